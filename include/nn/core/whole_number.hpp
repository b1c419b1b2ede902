// SPDX-License-Identifier: MIT
// Inputs that are integers: the number of a word, the length of a sequence.
#pragma once

#include <cmath>

#include <nn/core/errors.hpp>
#include <nn/core/finite.hpp>
#include <nn/core/shape.hpp>

namespace nn {

/// The integer from 0 to `most` that x is, which may be a dual number. Throws data_error, which begins with `where`,
/// for anything else.
template <class T>
Index whole_number(const T& x, Index most, const auto&... where) {
  double number;
  if constexpr (requires { x.value; })
    number = static_cast<double>(x.value);
  else
    number = static_cast<double>(x);
  if (!is_finite(number) || number < 0 || number > static_cast<double>(most) || number != std::floor(number))
    throw data_error(where..., " is ", number, "; give integers from 0 to ", most);
  return static_cast<Index>(number);
}

}  // namespace nn
