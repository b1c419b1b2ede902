// SPDX-License-Identifier: MIT
// The shape of one sample: height x width x channels, channels last; plain features are 1 x 1 x n.
#pragma once

#include <limits>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>

#include <nn/core/errors.hpp>
#include <nn/core/views.hpp>

namespace nn {

/// a * b, or shape_error where a factor is negative or the product does not fit an Index.
constexpr Index checked_product(Index a, Index b) {
  if (a < 0 || b < 0) throw shape_error("a size cannot be negative, got ", a, " x ", b, "; check the sizes given");
  Index product = -1;
  if (std::is_constant_evaluated()) {  // where nvcc does not know the function below
    if (b == 0 || a <= std::numeric_limits<Index>::max() / b) product = a * b;
  } else if (__builtin_mul_overflow(a, b, &product)) {
    product = -1;
  }
  if (product < 0) throw shape_error("the product of sizes ", a, " x ", b, " is too large to count; use smaller sizes");
  return product;
}

/// a + b, or shape_error where the sum does not fit an Index.
constexpr Index checked_sum(Index a, Index b) {
  if (a < 0 || b < 0) throw shape_error("a size cannot be negative, got ", a, " + ", b, "; check the sizes given");
  if (a > std::numeric_limits<Index>::max() - b)
    throw shape_error("the sum of sizes ", a, " + ", b, " is too large to count; use smaller sizes");
  return a + b;
}

struct Shape {
  Index height = 1;
  Index width = 1;
  Index channels = 1;

  constexpr Shape() = default;
  /// Plain features.
  constexpr explicit Shape(Index features) : channels(features) {}
  constexpr Shape(Index rows, Index columns, Index depth) : height(rows), width(columns), channels(depth) {}

  /// How many numbers one sample has; throws shape_error where that cannot be counted.
  constexpr Index size() const { return checked_product(checked_product(height, width), channels); }

  constexpr bool operator==(const Shape&) const = default;
};

/// "784" for features, "28x28x1" for an image.
inline std::string to_string(const Shape& shape) {
  const std::string channels = std::to_string(shape.channels);
  if (shape.height == 1 && shape.width == 1) return channels;
  return std::to_string(shape.height) + 'x' + std::to_string(shape.width) + 'x' + channels;
}

inline std::ostream& operator<<(std::ostream& stream, const Shape& shape) { return stream << to_string(shape); }

/// Throws shape_error where the input of a layer of that name is no sequence.
constexpr void require_sequence(std::string_view layer, Shape input) {
  if (input.height != 1)
    throw shape_error(layer, ": reads a sequence, 1 x steps x features, got ", input,
                      "; put a Reshape{1, steps, features} before it");
}

}  // namespace nn
