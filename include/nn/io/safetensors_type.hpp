// SPDX-License-Identifier: MIT
// The number types of safetensors, and the numbers of those that a network can have.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include <nn/core/bit_cast.hpp>
#include <nn/io/encoding.hpp>
#include <nn/io/half.hpp>

namespace nn::detail {

struct TensorType {
  std::string_view name;
  std::uint64_t bits;
  constexpr bool operator==(const TensorType&) const = default;
};

/// In the order of the format, by whose reverse tensors are written: those of the widest numbers stand first.
inline constexpr std::array<TensorType, 22> tensor_types{{
    {"BOOL", 8},    {"F4", 4},      {"F6_E2M3", 6}, {"F6_E3M2", 6},     {"U8", 8},          {"I8", 8},
    {"F8_E5M2", 8}, {"F8_E4M3", 8}, {"F8_E8M0", 8}, {"F8_E4M3FNUZ", 8}, {"F8_E5M2FNUZ", 8}, {"I16", 16},
    {"U16", 16},    {"F16", 16},    {"BF16", 16},   {"I32", 32},        {"U32", 32},        {"F32", 32},
    {"C64", 64},    {"F64", 64},    {"I64", 64},    {"U64", 64},
}};

/// The type of that name, or nullptr.
constexpr const TensorType* tensor_type(std::string_view name) {
  for (const TensorType& type : tensor_types)
    if (type.name == name) return &type;
  return nullptr;
}

/// Whether numbers of a type can be a network's.
constexpr bool is_real(std::string_view type) {
  return type == "F64" || type == "F32" || type == "F16" || type == "BF16";
}

/// The number of a real type whose bytes begin there.
inline double decode_real(std::string_view type, const char* bytes) {
  const auto word = [&]<class Word>(Word bits) {
    std::memcpy(&bits, bytes, sizeof bits);
    return little_endian(bits);
  };
  if (type == "F64") return bit_cast<double>(word(std::uint64_t{}));
  if (type == "F32") return static_cast<double>(bit_cast<float>(word(std::uint32_t{})));
  const std::uint16_t half = word(std::uint16_t{});
  return static_cast<double>(type == "F16" ? float_of_half(half) : float_of_bfloat16(half));
}

}  // namespace nn::detail
