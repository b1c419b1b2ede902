// SPDX-License-Identifier: MIT
// Grey pictures of any size: read from PGM, PNG and JPEG files, put side by side, and written as PNG.
#pragma once

#include <nn/core/views.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace mnist {

/// Brightness, row after row.
struct Image {
  nn::Index height, width;
  std::vector<std::uint8_t> pixels;

  Image(nn::Index rows, nn::Index columns, std::uint8_t brightness = 0)
      : height(rows), width(columns), pixels(static_cast<std::size_t>(rows * columns), brightness) {}
  std::uint8_t& operator()(nn::Index row, nn::Index column) {
    return pixels[static_cast<std::size_t>(row * width + column)];
  }
  std::uint8_t operator()(nn::Index row, nn::Index column) const {
    return pixels[static_cast<std::size_t>(row * width + column)];
  }
};

/// Colours become grey; what is transparent becomes paper that the rest stands out of. Throws nn::load_error where the
/// file is no whole picture, or one of more than nn::largest_picture pixels, which it finds out before it decodes it.
Image read_image(const std::string& path);
/// The same from all bytes of a file; the path is for the errors.
Image image_of(std::string whole, const std::string& path);

/// Throws nn::load_error where it cannot be written.
void write_png(const std::string& path, const Image& image);

/// Puts a picture into a larger one, each of its pixels factor x factor large.
void paste(Image& sheet, nn::Index top, nn::Index left, const Image& image, nn::Index factor = 1);
/// Writes letters, black, 12 pixels high.
void print(Image& sheet, nn::Index top, nn::Index left, std::string text);

/// Throws nn::load_error, which says what to install, where this program was built without stb: pictures are then read
/// from PGM files only, and none are written.
void require_stb(const std::string& what);

}  // namespace mnist
