// SPDX-License-Identifier: MIT
// Digits that travel in the page: 28 x 28 pixels of 16 shades, two in a byte, and a byte for the label before them.
#pragma once

#include <nn/core/errors.hpp>
#include <nn/data/dataset.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace handwriting {

constexpr std::size_t pixels_per_digit = 28 * 28, bytes_per_digit = 1 + pixels_per_digit / 2;

/// Of each class the same number of digits, the first ones of the data that stand at `first` or later.
inline std::vector<std::uint8_t> digit_bytes(const nn::Dataset& data, nn::Index first, int per_class) {
  std::vector<std::uint8_t> bytes;
  std::vector<int> left(10, per_class);
  for (nn::Index i = first; i < data.size(); ++i) {
    const int label = data.labels()[static_cast<std::size_t>(i)];
    if (left[static_cast<std::size_t>(label)]-- <= 0) continue;
    const nn::Matrix<float> pixels = data.inputs(i, 1);  // 784 x 1, 0 to 1
    bytes.push_back(static_cast<std::uint8_t>(label));
    const auto shade = [&](nn::Index pixel) { return static_cast<unsigned>(15 * pixels(pixel, 0) + 0.5F); };
    for (nn::Index pixel = 0; pixel < pixels.rows(); pixel += 2)
      bytes.push_back(static_cast<std::uint8_t>(shade(pixel) << 4 | shade(pixel + 1)));
  }
  return bytes;
}

/// The other way. Throws nn::load_error where the bytes are not of whole digits, or a label is above 9.
inline nn::Dataset digits_of(std::span<const std::uint8_t> bytes) {
  if (bytes.empty() || bytes.size() % bytes_per_digit != 0)
    throw nn::load_error("digits_of: ", bytes.size(), " bytes are not of whole digits, of ", bytes_per_digit,
                         " bytes each");
  std::vector<std::uint8_t> pixels;
  std::vector<int> labels;
  for (; !bytes.empty(); bytes = bytes.subspan(bytes_per_digit)) {
    if (bytes[0] > 9) throw nn::load_error("digits_of: the label of digit ", labels.size(), " is ", int{bytes[0]});
    labels.push_back(bytes[0]);
    for (const std::uint8_t two : bytes.subspan(1, pixels_per_digit / 2)) {
      pixels.push_back(static_cast<std::uint8_t>((two >> 4) * 17));
      pixels.push_back(static_cast<std::uint8_t>((two & 15) * 17));
    }
  }
  return nn::Dataset(nn::Shape(28, 28, 1), std::move(pixels), std::move(labels), 10);
}

}  // namespace handwriting
