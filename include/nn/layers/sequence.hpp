// SPDX-License-Identifier: MIT
// The first entry of a network for sequences: features of one step, and how many steps there are.
#pragma once

#include <concepts>
#include <string_view>

#include <nn/core/shape.hpp>

namespace nn {

namespace detail {
constexpr Shape sequence_shape(Index features, Index steps) {
  if (features < 1 || steps < 1)
    throw shape_error("Sequence: needs at least 1 feature and 1 step, got ", features, " features and ", steps,
                      " steps; give Sequence{features, steps}");
  const Shape shape(1, steps, features);
  static_cast<void>(shape.size());  // throws where it cannot be counted
  return shape;
}
}  // namespace detail

/// Sequence<13, 28> and Sequence{13, 28}: 28 steps of 13 features, a step's features side by side: 1 x 28 x 13. Throws
/// shape_error where there is none. Sequence<13> is of any length, which no network can read yet: it does not compile.
template <Index Features = dynamic, Index Steps = dynamic>
struct Sequence {
  static constexpr std::string_view name() { return "Sequence"; }
  constexpr Shape shape() const {
    static_assert(Steps != dynamic,
                  "nn::Sequence: a network needs to know the number of steps; write nn::Sequence<features, steps>");
    return detail::sequence_shape(Features, Steps);
  }
  constexpr bool operator==(const Sequence&) const = default;
};

template <>
struct Sequence<dynamic, dynamic> {
  constexpr Sequence(std::integral auto features, std::integral auto steps)
      : features_(static_cast<Index>(features)), steps_(static_cast<Index>(steps)) {}

  static constexpr std::string_view name() { return "Sequence"; }
  constexpr Shape shape() const { return detail::sequence_shape(features_, steps_); }
  constexpr bool operator==(const Sequence&) const = default;

 private:
  Index features_, steps_;
};

template <std::integral Features, std::integral Steps>
Sequence(Features, Steps) -> Sequence<dynamic, dynamic>;

}  // namespace nn
