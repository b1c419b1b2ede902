// SPDX-License-Identifier: MIT
// Pictures of 28 x 28 bytes: read from a PGM file, and drawn with letters.
#pragma once

#include <nn/core/errors.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <istream>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "terminal.hpp"

namespace mnist {

inline constexpr int side = 28;
using Picture = std::array<std::uint8_t, static_cast<std::size_t>(side) * side>;

// Reads PGM (netpbm.sourceforge.net/doc/pgm.html), binary (P5) or in words (P2).
class PgmReader {
 public:
  PgmReader(std::istream& stream, const std::string& name) : stream_(stream), name_(name) {}

  Picture read() {
    const char p = next(), kind = next();
    if (p != 'P' || (kind != '5' && kind != '2')) fail("is no PGM picture: it does not begin with P5 or P2");
    const int width = number("its width"), height = number("its height"), white = number("its brightest value");
    if (width != side || height != side)
      fail(std::string("is ") + std::to_string(width) + "x" + std::to_string(height) +
           ", but the network reads 28x28; " + "try: magick PICTURE -resize 28x28! -colorspace gray FILE.pgm");
    if (white < 1 || white > 65535)
      fail(std::string("has a brightest value of ") + std::to_string(white) + " instead of 1 to 65535");
    if (kind == '5' && !std::isspace(static_cast<unsigned char>(next()))) fail("has no space before its pixels");

    Picture picture{};
    for (std::uint8_t& pixel : picture) {
      int value = 0;
      if (kind == '2') {
        value = number("a pixel");
      } else {
        value = static_cast<unsigned char>(next());
        if (white > 255) value = 256 * value + static_cast<unsigned char>(next());
      }
      if (value > white)
        fail(std::string("has a pixel of ") + std::to_string(value) + ", brighter than its brightest value " +
             std::to_string(white));
      pixel = static_cast<std::uint8_t>((255 * value + white / 2) / white);
    }
    return picture;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const { throw nn::load_error("--predict: \"", name_, "\" ", what); }

  char next() {
    const int c = stream_.get();
    if (c == std::istream::traits_type::eof()) fail("ends too early; it is damaged or no picture");
    return static_cast<char>(c);
  }

  // Spaces and comments, then digits; what comes after them stays.
  int number(const char* what) {
    int c = stream_.peek();
    while (c == '#' || (c != std::istream::traits_type::eof() && std::isspace(c))) {
      if (c == '#')
        while (next() != '\n') {
        }
      else
        next();
      c = stream_.peek();
    }
    if (c == std::istream::traits_type::eof()) fail("ends too early; it is damaged or no picture");
    if (!std::isdigit(c)) fail(std::string("has something else where ") + what + " should be");
    int value = 0;
    for (; std::isdigit(stream_.peek()); next()) {
      value = 10 * value + (stream_.peek() - '0');
      if (value > 99'999) fail(std::string("has a number too large for ") + what);
    }
    return value;
  }

  std::istream& stream_;
  const std::string& name_;
};

/// Throws nn::load_error where it is no picture of 28 x 28.
inline Picture read_pgm(const std::string& path) {
  errno = 0;
  std::ifstream stream(path, std::ios::binary);
  if (!stream)
    throw nn::load_error("--predict: \"", path, "\" cannot be opened: ", std::generic_category().message(errno));
  return PgmReader(stream, path).read();
}

/// Whether it is dark ink on bright paper; the network knows bright ink on dark paper.
inline bool has_bright_paper(const Picture& picture) {
  int sum = 0;
  for (int i = 0; i < side; ++i)
    for (const int border : {i, side * (side - 1) + i, side * i, side * i + side - 1})
      sum += picture[static_cast<std::size_t>(border)];
  return sum > 127 * 4 * side;
}

/// The picture in lines of letters, two rows of pixels each. A border of one pixel is left out, so that three pictures
/// fit on a line of 80.
inline std::vector<std::string> drawn(const Picture& picture, const Terminal& terminal) {
  const auto pixel = [&](int row, int column) {
    const int position = side * row + column;
    return int{picture[static_cast<std::size_t>(position)]};
  };
  std::vector<std::string> lines;
  for (int row = 0; row < side; row += 2) {
    std::string line;
    for (int column = 1; column + 1 < side; ++column) {
      const int upper = pixel(row, column), lower = pixel(row + 1, column);
      if (terminal.has_colors && terminal.has_blocks) {  // 24 shades of grey, from 232 on
        const auto shade = [](int brightness) { return std::to_string(232 + brightness * 23 / 255); };
        line += "\x1b[38;5;" + shade(upper) + ";48;5;" + shade(lower) + "m▀";
      } else if (terminal.has_blocks) {
        line += upper > 100 ? (lower > 100 ? "█" : "▀") : (lower > 100 ? "▄" : " ");
      } else {
        const auto ink = static_cast<std::size_t>(std::max(upper, lower));
        line += std::string_view(" .:-=+*#%@")[ink * 9 / 255];
      }
    }
    if (terminal.has_colors && terminal.has_blocks) line += "\x1b[0m";
    lines.push_back(line);
  }
  return lines;
}
inline constexpr int drawn_width = side - 2;

}  // namespace mnist
