// SPDX-License-Identifier: MIT
#include <cmath>

#include <nn/formats/onnx/data_type.hpp>

#include "../../catch.hpp"

namespace {

using nn::detail::onnx::DataType;
using nn::detail::onnx::number_of;

}  // namespace

TEST_CASE("Every data type has a name and a width, and there are 26") {
  for (int type = 1; type <= 26; ++type) {
    const auto facts = nn::detail::onnx::facts_of(static_cast<DataType>(type));
    INFO(type);
    CHECK(facts.name != "an unknown type");
    CHECK(facts.field != nn::detail::onnx::DataField::none);
    CHECK((facts.bits > 0 || facts.name == "text"));
  }
  CHECK(nn::detail::onnx::facts_of(static_cast<DataType>(27)).bits == 0);
  CHECK(nn::detail::onnx::facts_of(DataType::undefined).bits == 0);
  const auto bits = [](DataType type) { return nn::detail::onnx::facts_of(type).bits; };
  for (const DataType type : {DataType::float8e4m3fn, DataType::float8e4m3fnuz, DataType::float8e5m2,
                              DataType::float8e5m2fnuz, DataType::float8e8m0, DataType::int8, DataType::uint8})
    CHECK(bits(type) == 8);
  for (const DataType type : {DataType::float16, DataType::bfloat16, DataType::int16, DataType::uint16})
    CHECK(bits(type) == 16);
  CHECK((bits(DataType::float32) == 32 && bits(DataType::float64) == 64 && bits(DataType::float4e2m1) == 4));
}

TEST_CASE("Half precision: 1, -2, 65504, the smallest number, infinity and no number") {
  CHECK(number_of(DataType::float16, 0x3c00) == 1);
  CHECK(number_of(DataType::float16, 0xc000) == -2);
  CHECK(number_of(DataType::float16, 0x7bff) == 65504);
  CHECK(number_of(DataType::float16, 0x0001) == std::ldexp(1, -24));
  CHECK(number_of(DataType::float16, 0x3555) == 0.333251953125);  // the nearest to 1/3
  CHECK(number_of(DataType::float16, 0x7c00) == std::numeric_limits<double>::infinity());
  CHECK(number_of(DataType::float16, 0xfc00) == -std::numeric_limits<double>::infinity());
  CHECK(std::isnan(number_of(DataType::float16, 0x7e00)));
  CHECK(std::signbit(number_of(DataType::float16, 0x8000)));
}

TEST_CASE("The upper half of a float is a bfloat16") {
  CHECK(number_of(DataType::bfloat16, 0x3f80) == 1);
  CHECK(number_of(DataType::bfloat16, 0xc049) == -3.140625);
  CHECK(number_of(DataType::bfloat16, 0x7f80) == std::numeric_limits<double>::infinity());
}

TEST_CASE("Numbers of eight bits: the largest of each type, and which bits are no number") {
  CHECK(number_of(DataType::float8e4m3fn, 0x7e) == 448);
  CHECK(std::isnan(number_of(DataType::float8e4m3fn, 0x7f)));
  CHECK(std::isnan(number_of(DataType::float8e4m3fn, 0xff)));
  CHECK(number_of(DataType::float8e4m3fnuz, 0x7f) == 240);
  CHECK(std::isnan(number_of(DataType::float8e4m3fnuz, 0x80)));
  CHECK(number_of(DataType::float8e5m2, 0x7b) == 57344);
  CHECK(number_of(DataType::float8e5m2, 0xfc) == -std::numeric_limits<double>::infinity());
  CHECK(number_of(DataType::float8e5m2fnuz, 0x7f) == 57344);
  CHECK(std::isnan(number_of(DataType::float8e5m2fnuz, 0x80)));
  CHECK(number_of(DataType::float8e8m0, 127) == 1);
  CHECK(number_of(DataType::float8e8m0, 0) == std::ldexp(1, -127));
  CHECK(std::isnan(number_of(DataType::float8e8m0, 255)));
  CHECK(number_of(DataType::float4e2m1, 7) == 6);
  CHECK(number_of(DataType::float4e2m1, 9) == -0.5);
}

TEST_CASE("Whole numbers keep their sign, and all bits of 64") {
  using nn::detail::onnx::integer_of;
  CHECK(integer_of(DataType::int8, 0xff) == -1);
  CHECK(integer_of(DataType::uint8, 0xff) == 255);
  CHECK(integer_of(DataType::int4, 0x8) == -8);
  CHECK(integer_of(DataType::uint4, 0xf) == 15);
  CHECK(integer_of(DataType::int2, 0x3) == -1);
  CHECK(integer_of(DataType::int64, 0xffffffffffffffff) == -1);
  CHECK(integer_of(DataType::boolean, 2) == 1);
  CHECK(number_of(DataType::int16, 0x8000) == -32768);
  CHECK(number_of(DataType::uint64, 0x8000000000000000) == std::ldexp(1, 63));
  CHECK(number_of(DataType::float32, 0x40490fdb) == 3.1415927410125732421875);
  CHECK(number_of(DataType::float64, 0x3ff8000000000000) == 1.5);
}
