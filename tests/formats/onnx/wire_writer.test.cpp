// SPDX-License-Identifier: MIT
#include <nn/formats/onnx/wire_writer.hpp>

#include "../../catch.hpp"

using namespace std::string_literals;

TEST_CASE("The wire format's own example: field 1 is 150, field 2 a text") {
  nn::detail::onnx::WireWriter message;
  message.integer(1, 150);
  message.bytes(2, "testing");
  CHECK(message.text() == "\x08\x96\x01\x12\x07testing"s);
}

TEST_CASE("Negative numbers take ten bytes, and zero one") {
  nn::detail::onnx::WireWriter message;
  message.integer(1, -1);
  message.integer(2, 0);
  CHECK(message.text() == "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x10\x00"s);
}

TEST_CASE("A float is four bytes, the lowest first, and a field number above 15 takes two") {
  nn::detail::onnx::WireWriter message, outer;
  message.float32(2, 1.5F);  // 0x3fc00000
  message.integer(20, 1);
  CHECK(message.text() == "\x15\x00\x00\xc0\x3f\xa0\x01\x01"s);
  outer.message(1, message);
  outer.header(3, 2);
  outer.append("ab");
  CHECK(outer.text() == "\x0a\x08\x15\x00\x00\xc0\x3f\xa0\x01\x01\x1a\x02"s + "ab");
}

TEST_CASE("A double is eight bytes, the lowest first") {
  nn::detail::onnx::WireWriter message;
  message.float64(1, -1.5);  // 0xbff8000000000000
  CHECK(message.text() == "\x09\x00\x00\x00\x00\x00\x00\xf8\xbf"s);
}
