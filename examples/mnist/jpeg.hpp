// SPDX-License-Identifier: MIT
// stb_image before 2.28 writes beyond its memory where a Huffman table of a JPEG has more than 256 codes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace mnist {

/// Whether this is a JPEG with such a table (ITU-T T.81, B.2.4.2) anywhere before its end.
inline bool has_oversized_huffman_table(std::string_view bytes) {
  if (!bytes.starts_with('\xff')) return false;
  const auto byte = [&](std::size_t at) { return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0u; };
  for (std::size_t at = bytes.find('\xff'); at < bytes.size(); at = bytes.find('\xff', at)) {
    while (byte(at) == 0xff) ++at;
    const unsigned marker = byte(at++);
    if (marker == 0xd9) return false;                                 // the end; what comes after it is not read
    if (marker == 0 || (marker >= 0xd0 && marker <= 0xd8)) continue;  // no segment: those of restarts, and the begin
    const std::size_t length = std::max<std::size_t>(256 * byte(at) + byte(at + 1), 2);
    for (std::size_t table = at + 2; marker == 0xc4 && table < at + length;) {
      std::size_t codes = 0;
      for (std::size_t bits = 1; bits <= 16; ++bits) codes += byte(table + bits);
      if (codes > 256) return true;
      table += 17 + codes;
    }
    at += length;
  }
  return false;
}

}  // namespace mnist
