// SPDX-License-Identifier: MIT
// A short number for many bytes, the same on every machine: finds damage and mistakes, not malice.
#pragma once

#include <cstdint>
#include <string_view>

namespace nn {

/// FNV-1a, 64 bits (Fowler, Noll and Vo).
class Hash {
 public:
  constexpr void add(std::string_view bytes) {
    for (const char byte : bytes) value_ = (value_ ^ static_cast<unsigned char>(byte)) * 0x100000001b3u;
  }
  /// A number, whatever the order of its bytes on this machine.
  constexpr void add(std::uint64_t number) {
    for (int shift = 0; shift < 64; shift += 8) value_ = (value_ ^ (number >> shift & 0xFF)) * 0x100000001b3u;
  }

  constexpr std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0xcbf29ce484222325u;
};

}  // namespace nn
