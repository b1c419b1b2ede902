// SPDX-License-Identifier: MIT
// Protocol buffers' wire format, written: fields of a number and a type, one after the other.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <nn/core/bit_cast.hpp>

namespace nn::detail::onnx {

/// What may stand behind a field's number; groups, 3 and 4, are long dead.
enum class WireType { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

/// A message that grows field by field. Fields that are absent have their default, so zeros and empty texts that mean
/// it need not be written.
class WireWriter {
 public:
  /// Seven bits to a byte, the lowest first; negative numbers take ten bytes.
  void integer(int field, std::int64_t value) {
    key(field, WireType::varint);
    varint(static_cast<std::uint64_t>(value));
  }
  void bytes(int field, std::string_view value) {
    key(field, WireType::bytes);
    varint(value.size());
    bytes_ += value;
  }
  void float32(int field, float value) {
    key(field, WireType::fixed32);
    for (int byte = 0; byte < 4; ++byte) bytes_ += static_cast<char>(bit_cast<std::uint32_t>(value) >> 8 * byte & 0xff);
  }
  void float64(int field, double value) {
    key(field, WireType::fixed64);
    for (int byte = 0; byte < 8; ++byte) bytes_ += static_cast<char>(bit_cast<std::uint64_t>(value) >> 8 * byte & 0xff);
  }
  void message(int field, const WireWriter& inner) { bytes(field, inner.bytes_); }
  /// What comes before a value of `size` bytes that is written elsewhere.
  void header(int field, std::uint64_t size) {
    key(field, WireType::bytes);
    varint(size);
  }

  /// Bytes of a value whose header is written.
  void append(std::string_view bytes) { bytes_ += bytes; }

  const std::string& text() const { return bytes_; }

 private:
  void key(int field, WireType type) { varint(static_cast<std::uint64_t>(field) << 3 | static_cast<unsigned>(type)); }
  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes_ += static_cast<char>((value & 0x7f) | 0x80);
    bytes_ += static_cast<char>(value);
  }

  std::string bytes_;
};

}  // namespace nn::detail::onnx
