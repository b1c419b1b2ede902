// SPDX-License-Identifier: MIT
// One picture that is changed in place, and reading it between its pixels.
#pragma once

#include <array>
#include <cmath>

#include <nn/core/errors.hpp>
#include <nn/core/shape.hpp>
#include <nn/core/views.hpp>

namespace nn {

/// The numbers of one sample, row by row, pixel by pixel, channel by channel.
struct Picture {
  float* pixels;
  Shape shape;

  /// How many numbers a picture may have, so that copies of it need no allocation.
  static constexpr Index largest = 4096;
  using Copy = std::array<float, static_cast<std::size_t>(largest)>;

  float& at(Index row, Index column, Index channel) const {
    return pixels[(row * shape.width + column) * shape.channels + channel];
  }
  /// Throws data_error where it is too large.
  void require_small() const {
    if (shape.size() > largest)
      throw data_error("augment: a picture of ", shape, " is too large; at most ", largest,
                       " numbers are worked on, scale it down");
  }
  Copy copy() const {
    Copy numbers;
    std::copy_n(pixels, shape.size(), numbers.data());
    return numbers;
  }
};

/// The value between four pixels, bilinear; 0 outside of the picture.
inline float sample_between(const Picture::Copy& from, Shape shape, double row, double column, Index channel) {
  const double row_below = std::floor(row), column_below = std::floor(column);
  const auto r = static_cast<Index>(row_below), c = static_cast<Index>(column_below);
  const auto down = static_cast<float>(row - row_below), right = static_cast<float>(column - column_below);
  const auto pixel = [&](Index i, Index j) {
    if (i < 0 || j < 0 || i >= shape.height || j >= shape.width) return 0.0F;
    return from[static_cast<std::size_t>((i * shape.width + j) * shape.channels + channel)];
  };
  const float above = pixel(r, c) + right * (pixel(r, c + 1) - pixel(r, c));
  const float below = pixel(r + 1, c) + right * (pixel(r + 1, c + 1) - pixel(r + 1, c));
  return above + down * (below - above);
}

}  // namespace nn
