// SPDX-License-Identifier: MIT
// The number types of ONNX tensors: their names, their widths, and what their bits mean.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include <nn/core/bit_cast.hpp>

namespace nn::detail::onnx {

/// TensorProto.DataType.
enum class DataType : std::int32_t {
  undefined = 0,
  float32 = 1,
  uint8 = 2,
  int8 = 3,
  uint16 = 4,
  int16 = 5,
  int32 = 6,
  int64 = 7,
  text = 8,
  boolean = 9,
  float16 = 10,
  float64 = 11,
  uint32 = 12,
  uint64 = 13,
  complex64 = 14,
  complex128 = 15,
  bfloat16 = 16,
  float8e4m3fn = 17,
  float8e4m3fnuz = 18,
  float8e5m2 = 19,
  float8e5m2fnuz = 20,
  uint4 = 21,
  int4 = 22,
  float4e2m1 = 23,
  float8e8m0 = 24,
  uint2 = 25,
  int2 = 26,
};

/// Which field of a TensorProto holds numbers of a type, where raw_data does not.
enum class DataField { none = 0, floats = 4, int32s = 5, texts = 6, int64s = 7, doubles = 10, uint64s = 11 };

enum class NumberKind { none, real, signed_integer, unsigned_integer };

struct DataTypeFacts {
  std::string_view name = "an unknown type";
  int bits = 0;
  DataField field = DataField::none;
  NumberKind kind = NumberKind::none;  ///< none: texts and complex numbers
};

constexpr DataTypeFacts facts_of(DataType type) {
  using enum DataType;
  using Field = DataField;
  using Kind = NumberKind;
  switch (type) {
    case float32:
      return {"float32", 32, Field::floats, Kind::real};
    case uint8:
      return {"uint8", 8, Field::int32s, Kind::unsigned_integer};
    case int8:
      return {"int8", 8, Field::int32s, Kind::signed_integer};
    case uint16:
      return {"uint16", 16, Field::int32s, Kind::unsigned_integer};
    case int16:
      return {"int16", 16, Field::int32s, Kind::signed_integer};
    case int32:
      return {"int32", 32, Field::int32s, Kind::signed_integer};
    case int64:
      return {"int64", 64, Field::int64s, Kind::signed_integer};
    case text:
      return {"text", 0, Field::texts};
    case boolean:
      return {"bool", 8, Field::int32s, Kind::unsigned_integer};
    case float16:
      return {"float16", 16, Field::int32s, Kind::real};
    case float64:
      return {"float64", 64, Field::doubles, Kind::real};
    case uint32:
      return {"uint32", 32, Field::uint64s, Kind::unsigned_integer};
    case uint64:
      return {"uint64", 64, Field::uint64s, Kind::unsigned_integer};
    case complex64:
      return {"complex64", 64, Field::floats};
    case complex128:
      return {"complex128", 128, Field::doubles};
    case bfloat16:
      return {"bfloat16", 16, Field::int32s, Kind::real};
    case float8e4m3fn:
      return {"float8e4m3fn", 8, Field::int32s, Kind::real};
    case float8e4m3fnuz:
      return {"float8e4m3fnuz", 8, Field::int32s, Kind::real};
    case float8e5m2:
      return {"float8e5m2", 8, Field::int32s, Kind::real};
    case float8e5m2fnuz:
      return {"float8e5m2fnuz", 8, Field::int32s, Kind::real};
    case uint4:
      return {"uint4", 4, Field::int32s, Kind::unsigned_integer};
    case int4:
      return {"int4", 4, Field::int32s, Kind::signed_integer};
    case float4e2m1:
      return {"float4e2m1", 4, Field::int32s, Kind::real};
    case float8e8m0:
      return {"float8e8m0", 8, Field::int32s, Kind::real};
    case uint2:
      return {"uint2", 2, Field::int32s, Kind::unsigned_integer};
    case int2:
      return {"int2", 2, Field::int32s, Kind::signed_integer};
    case undefined:
      break;
  }
  return {};
}

constexpr bool is_integer(DataType type) {
  const NumberKind kind = facts_of(type).kind;
  return kind == NumberKind::signed_integer || kind == NumberKind::unsigned_integer;
}

/// sign, exponent and mantissa, the highest bit first.
inline double small_float(std::uint64_t bits, int exponent_bits, int mantissa_bits, int bias) {
  const auto part = [&](int first, int count) {
    return static_cast<int>(bits >> first & ((std::uint64_t{1} << count) - 1));
  };
  const int mantissa = part(0, mantissa_bits), exponent = part(mantissa_bits, exponent_bits);
  const double size = exponent == 0 ? std::ldexp(mantissa, 1 - bias - mantissa_bits)
                                    : std::ldexp((1 << mantissa_bits) + mantissa, exponent - bias - mantissa_bits);
  return part(mantissa_bits + exponent_bits, 1) == 1 ? -size : size;
}

/// The same where all ones in the exponent mean infinity or, with a mantissa, no number (IEEE 754).
inline double small_ieee_float(std::uint64_t bits, int exponent_bits, int mantissa_bits) {
  const int ones = (1 << exponent_bits) - 1;
  if (static_cast<int>(bits >> mantissa_bits & static_cast<unsigned>(ones)) != ones)
    return small_float(bits, exponent_bits, mantissa_bits, ones / 2);
  if ((bits & ((std::uint64_t{1} << mantissa_bits) - 1)) != 0) return std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  return bits >> (mantissa_bits + exponent_bits) == 1 ? -infinity : infinity;
}

/// The whole number that these bits are, as an int64 whose bits a uint64 shares.
constexpr std::int64_t integer_of(DataType type, std::uint64_t bits) {
  const DataTypeFacts facts = facts_of(type);
  if (facts.kind == NumberKind::signed_integer && facts.bits < 64 && (bits >> (facts.bits - 1) & 1) == 1)
    bits |= ~std::uint64_t{0} << facts.bits;
  return static_cast<std::int64_t>(type == DataType::boolean ? bits != 0 : bits);
}

/// The number that these bits are; 0 of a type that has none.
inline double number_of(DataType type, std::uint64_t bits) {
  constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
  switch (type) {
    case DataType::float32:
      return bit_cast<float>(static_cast<std::uint32_t>(bits));
    case DataType::float64:
      return bit_cast<double>(bits);
    case DataType::float16:
      return small_ieee_float(bits, 5, 10);
    case DataType::bfloat16:
      return bit_cast<float>(static_cast<std::uint32_t>(bits << 16));
    case DataType::float8e4m3fn:
      return (bits & 0x7f) == 0x7f ? not_a_number : small_float(bits, 4, 3, 7);
    case DataType::float8e4m3fnuz:
      return bits == 0x80 ? not_a_number : small_float(bits, 4, 3, 8);
    case DataType::float8e5m2:
      return small_ieee_float(bits, 5, 2);
    case DataType::float8e5m2fnuz:
      return bits == 0x80 ? not_a_number : small_float(bits, 5, 2, 16);
    case DataType::float4e2m1:
      return small_float(bits, 2, 1, 1);
    case DataType::float8e8m0:
      return bits == 0xff ? not_a_number : std::ldexp(1, static_cast<int>(bits) - 127);
    case DataType::uint64:
      return static_cast<double>(bits);
    default:
      return is_integer(type) ? static_cast<double>(integer_of(type, bits)) : 0;
  }
}

}  // namespace nn::detail::onnx
