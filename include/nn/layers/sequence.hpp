// SPDX-License-Identifier: MIT
// The first entry of a network for sequences: features of one step, and how many steps there are.
#pragma once

#include <concepts>
#include <string_view>

#include <nn/core/extent.hpp>
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

/// Sequence<13> and Sequence{13}: 13 features of any number of steps. Sequence<13, 28> and Sequence{13, 28}: always 28
/// steps. A step's features stand side by side: 1 x steps x features. Throws shape_error where there is none.
template <Index Features = dynamic, Index Steps = any_length>
struct Sequence {
  static constexpr std::string_view name() { return "Sequence"; }
  constexpr Shape shape() const { return detail::sequence_shape(Features, Steps); }
  constexpr bool operator==(const Sequence&) const = default;
};

template <Index Features>
struct Sequence<Features, any_length> {
  static constexpr std::string_view name() { return "Sequence"; }
  constexpr Shape shape_of(Index steps) const { return detail::sequence_shape(Features, steps); }
  /// Of the shortest sequence.
  constexpr Shape shape() const { return shape_of(1); }
  constexpr bool operator==(const Sequence&) const = default;
};

template <>
struct Sequence<dynamic, any_length> {
  constexpr explicit Sequence(std::integral auto features) : features_(static_cast<Index>(features)) {}

  static constexpr std::string_view name() { return "Sequence"; }
  constexpr Shape shape_of(Index steps) const { return detail::sequence_shape(features_, steps); }
  constexpr Shape shape() const { return shape_of(1); }
  constexpr bool operator==(const Sequence&) const = default;

 private:
  Index features_;
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
template <std::integral Features>
Sequence(Features) -> Sequence<dynamic, any_length>;

}  // namespace nn
