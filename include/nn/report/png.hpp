// SPDX-License-Identifier: MIT
// A small image as PNG (ISO/IEC 15948), grey or in colours, not compressed: every browser shows it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

#include <nn/core/errors.hpp>
#include <nn/core/shape.hpp>

namespace nn {

namespace detail {

/// The bytes of a PNG file as they come together.
class PngBytes {
 public:
  void add_number(std::uint32_t number) {
    for (const unsigned shift : {24U, 16U, 8U, 0U}) bytes_.push_back(static_cast<std::uint8_t>(number >> shift));
  }
  /// Length, type, content and its checksum.
  void add_chunk(std::string_view type, std::span<const std::uint8_t> content) {
    add_number(static_cast<std::uint32_t>(content.size()));
    const std::size_t begin = bytes_.size();
    bytes_.insert(bytes_.end(), type.begin(), type.end());
    bytes_.insert(bytes_.end(), content.begin(), content.end());
    add_number(crc(std::span(bytes_).subspan(begin)));
  }
  std::vector<std::uint8_t>& bytes() { return bytes_; }

 private:
  static std::uint32_t crc(std::span<const std::uint8_t> bytes) {
    std::uint32_t rest = 0xFFFFFFFFU;
    for (const std::uint8_t byte : bytes) {
      rest ^= byte;
      for (int bit = 0; bit < 8; ++bit) rest = rest >> 1U ^ (rest & 1U ? 0xEDB88320U : 0U);
    }
    return ~rest;
  }

  std::vector<std::uint8_t> bytes_;
};

/// A zlib stream (RFC 1950) of stored blocks.
inline std::vector<std::uint8_t> stored_by_zlib(std::span<const std::uint8_t> content) {
  PngBytes stream;
  stream.bytes() = {0x78, 0x01};
  std::uint32_t a = 1, b = 0;  // Adler-32
  for (const std::uint8_t byte : content) {
    a = (a + byte) % 65521U;
    b = (b + a) % 65521U;
  }
  for (std::size_t first = 0; first < content.size(); first += 65535) {
    const auto block = content.subspan(first, std::min<std::size_t>(65535, content.size() - first));
    const auto low = static_cast<std::uint8_t>(block.size()), high = static_cast<std::uint8_t>(block.size() >> 8U);
    const auto is_last = static_cast<std::uint8_t>(first + block.size() == content.size());
    for (const int byte : {int{is_last}, int{low}, int{high}, 255 - low, 255 - high})
      stream.bytes().push_back(static_cast<std::uint8_t>(byte));
    stream.bytes().insert(stream.bytes().end(), block.begin(), block.end());
  }
  stream.add_number(b << 16U | a);
  return std::move(stream.bytes());
}

}  // namespace detail

/// Whether a sample of this shape is an image: more than one pixel high and wide, grey or in red, green and blue.
constexpr bool is_image(Shape shape) {
  return shape.height > 1 && shape.width > 1 && (shape.channels == 1 || shape.channels == 3);
}

/// The bytes of a PNG file of an image of 1 or 3 channels, pixel by pixel, row by row, from the least number as black
/// to the largest as white, which are at least as far apart as 0 and 1. Throws shape_error for what is no such image.
inline std::vector<std::uint8_t> png(Shape shape, std::span<const double> pixels) {
  if (!is_image(shape) || static_cast<Index>(pixels.size()) != shape.size() || shape.size() > 1 << 24)
    throw shape_error("png: ", pixels.size(), " numbers of shape ", shape,
                      " are no image; give height x width x 1 or 3 channels, at most 16777216 of them");
  const double low = std::min(0.0, *std::min_element(pixels.begin(), pixels.end()));
  const double range = std::max(1.0, *std::max_element(pixels.begin(), pixels.end())) - low;
  std::vector<std::uint8_t> rows;
  const Index row_size = shape.width * shape.channels;
  for (Index i = 0; i < shape.size(); ++i) {
    if (i % row_size == 0) rows.push_back(0);  // a row that is not filtered
    rows.push_back(static_cast<std::uint8_t>((pixels[static_cast<std::size_t>(i)] - low) / range * 255 + 0.5));
  }
  detail::PngBytes header, file;
  header.add_number(static_cast<std::uint32_t>(shape.width));
  header.add_number(static_cast<std::uint32_t>(shape.height));
  const auto color_type = static_cast<std::uint8_t>(shape.channels == 1 ? 0 : 2);
  for (const std::uint8_t byte : {std::uint8_t{8}, color_type, std::uint8_t{0}, std::uint8_t{0}, std::uint8_t{0}})
    header.bytes().push_back(byte);
  file.bytes() = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  file.add_chunk("IHDR", header.bytes());
  file.add_chunk("IDAT", detail::stored_by_zlib(rows));
  file.add_chunk("IEND", {});
  return std::move(file.bytes());
}

}  // namespace nn
