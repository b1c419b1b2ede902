// SPDX-License-Identifier: MIT
// A size that is known to the compiler, and then takes no memory, or a number known at run time; as in std::span.
#pragma once

#include <nn/core/views.hpp>

namespace nn {

/// In place of a number of steps: sequences of different lengths.
inline constexpr Index any_length = -2;

template <Index Size>
struct Extent {
  constexpr Extent() = default;
  constexpr Index value() const { return Size; }
  constexpr bool operator==(const Extent&) const = default;
};

template <>
struct Extent<dynamic> {
  Index size;

  constexpr explicit Extent(Index run_time_size) : size(run_time_size) {}
  constexpr Index value() const { return size; }
  constexpr Index& value() { return size; }
  constexpr bool operator==(const Extent&) const = default;
};

}  // namespace nn
