// SPDX-License-Identifier: MIT
#include <nn/io/safetensors_type.hpp>

#include "../catch.hpp"

TEST_CASE("Types have names and widths, those of real numbers are told from the others") {
  REQUIRE(nn::detail::tensor_type("F8_E5M2FNUZ") != nullptr);
  CHECK(nn::detail::tensor_type("F8_E5M2FNUZ")->bits == 8);
  CHECK(nn::detail::tensor_type("F4")->bits == 4);
  CHECK(nn::detail::tensor_type("C64")->bits == 64);
  CHECK(nn::detail::tensor_type("f32") == nullptr);
  CHECK(nn::detail::tensor_type("") == nullptr);
  int real = 0;
  for (const auto& type : nn::detail::tensor_types) real += nn::detail::is_real(type.name);
  CHECK(real == 4);
  CHECK(nn::detail::is_real("BF16"));
  CHECK(!nn::detail::is_real("I32"));
}

TEST_CASE("Real numbers are read from little-endian bytes") {
  CHECK(nn::detail::decode_real("F64", "\0\0\0\0\0\0\xF8\xBF") == -1.5);
  CHECK(nn::detail::decode_real("F32", "\0\0\xC0\xBF") == -1.5);
  CHECK(nn::detail::decode_real("F16", "\0\xBE") == -1.5);
  CHECK(nn::detail::decode_real("BF16", "\xC0\xBF") == -1.5);
}
