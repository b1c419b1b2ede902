// SPDX-License-Identifier: MIT
// Pictures of 28 x 28 bytes, as the network sees them, drawn with letters.
#pragma once

#include <nn/core/views.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "terminal.hpp"

namespace mnist {

inline constexpr int side = 28;
using Picture = std::array<std::uint8_t, static_cast<std::size_t>(side) * side>;

/// A sample as bytes.
inline Picture picture(const nn::Vector<float>& sample) {
  Picture picture{};
  for (std::size_t i = 0; i < picture.size(); ++i)
    picture[i] = static_cast<std::uint8_t>(std::lround(255 * sample(static_cast<nn::Index>(i))));
  return picture;
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
