// SPDX-License-Identifier: MIT
#include <sstream>

#include <nn/formats/onnx/wire_reader.hpp>

#include "../../catch.hpp"
#include "../../io/files.hpp"

namespace {

using nn::detail::onnx::Document;
using nn::detail::onnx::Message;
using nn::detail::onnx::WireWriter;
using namespace std::string_literals;

// The sentence by which the fields of a message are refused.
std::string refusal_of_fields(const std::string& bytes) {
  Document document("the test", bytes);
  return test::load_error_of([&] {
    Message message(document, document.bytes(), "Thing");
    while (message.next()) {
    }
  });
}

std::vector<std::int64_t> integers_at(const std::string& bytes, int field) {
  Document document("the test", bytes);
  std::vector<std::int64_t> numbers;
  Message(document, document.bytes(), "Thing").for_each(field, [&](const Message& at) {
    at.for_each_integer([&](std::int64_t number) { numbers.push_back(number); });
  });
  return numbers;
}

}  // namespace

TEST_CASE("What is written is read again") {
  WireWriter writer;
  writer.integer(1, 150);
  writer.integer(2, -3);
  writer.bytes(3, "text");
  writer.float32(4, -0.5F);
  writer.integer(5, std::numeric_limits<std::int64_t>::min());
  Document document("the test", writer.text());
  Message message(document, document.bytes(), "Thing");
  REQUIRE(message.next());
  CHECK(message.field() == 1);
  CHECK(message.integer() == 150);
  REQUIRE(message.next());
  CHECK(message.integer() == -3);
  REQUIRE(message.next());
  CHECK(message.bytes() == "text");
  REQUIRE(message.next());
  CHECK(message.float32() == -0.5F);
  REQUIRE(message.next());
  CHECK(message.integer() == std::numeric_limits<std::int64_t>::min());
  CHECK(!message.next());
  CHECK(!message.next());
}

TEST_CASE("Repeated numbers are read packed and not packed, also mixed") {
  CHECK(integers_at("\x08\x01\x08\x02"s, 1) == std::vector<std::int64_t>{1, 2});
  CHECK(integers_at("\x0a\x03\x01\x96\x01"s, 1) == std::vector<std::int64_t>{1, 150});
  CHECK(integers_at("\x0a\x02\x01\x02\x10\x07\x08\x03\x0a\x00"s, 1) == std::vector<std::int64_t>{1, 2, 3});
  CHECK(integers_at("\x0a\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"s, 1) == std::vector<std::int64_t>{-1});

  Document document("the test", "\x0a\x08\x00\x00\x80\x3f\x00\x00\x00\x40\x0d\x00\x00\x40\x40"s);
  std::vector<std::uint32_t> bits;
  Message(document, document.bytes(), "Thing").for_each(1, [&](const Message& at) {
    at.for_each_fixed<std::uint32_t>([&](std::uint32_t number) { bits.push_back(number); });
  });
  CHECK(bits == std::vector<std::uint32_t>{0x3f800000, 0x40000000, 0x40400000});
}

TEST_CASE("The wire reader refuses what is no message, and says where") {
  CHECK(refusal_of_fields("\x08\x96\x01"s).empty());
  CHECK(refusal_of_fields("").empty());
  CHECK(refusal_of_fields("\x08\x96"s) ==
        "load: the test: Thing ends within a number; it is damaged or no ONNX model (at byte 1)");
  CHECK_THAT(refusal_of_fields("\x0b\x0c"s), Catch::Matchers::ContainsSubstring("type 3, which is a group"));
  CHECK_THAT(refusal_of_fields("\x0c"s), Catch::Matchers::ContainsSubstring("type 4, which is a group"));
  CHECK_THAT(refusal_of_fields("\x0e"s), Catch::Matchers::ContainsSubstring("type 6"));
  CHECK_THAT(refusal_of_fields("\x00\x01"s), Catch::Matchers::ContainsSubstring("the field number 0"));
  CHECK_THAT(refusal_of_fields("\x80\x80\x80\x80\x10\x01"s),
             Catch::Matchers::ContainsSubstring("the field number 536870912"));  // one more than the largest
  CHECK(refusal_of_fields("\xf8\xff\xff\xff\x0f\x01"s).empty());
  CHECK_THAT(refusal_of_fields("\x0a\x05xy"s), Catch::Matchers::ContainsSubstring("5 bytes, but only 2 are left"));
  CHECK_THAT(refusal_of_fields("\x0d\x01\x02\x03"s), Catch::Matchers::ContainsSubstring("4 bytes, but only 3"));
  CHECK_THAT(refusal_of_fields("\x09\x01"s), Catch::Matchers::ContainsSubstring("8 bytes, but only 1"));
  CHECK_THAT(refusal_of_fields("\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"s),
             Catch::Matchers::ContainsSubstring("18446744073709551615 bytes"));
  const std::string eleven = "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"s;
  CHECK_THAT(refusal_of_fields(eleven), Catch::Matchers::ContainsSubstring("more than 64 bits"));
  const std::string too_large = "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"s;
  CHECK_THAT(refusal_of_fields(too_large), Catch::Matchers::ContainsSubstring("more than 64 bits"));
}

TEST_CASE("A value of another wire type than it is read as is refused") {
  Document document("the test",
                    "\x08\x01\x12\x03"
                    "abc"
                    "\x1a\x02\x80\x80"s);
  Message message(document, document.bytes(), "Thing");
  REQUIRE(message.next());
  CHECK_THAT(test::load_error_of([&] { static_cast<void>(message.bytes()); }),
             Catch::Matchers::ContainsSubstring("wire type 0 for field 1, but must have 2"));
  CHECK(!test::load_error_of([&] { static_cast<void>(message.float32()); }).empty());
  REQUIRE(message.next());
  CHECK(!test::load_error_of([&] { static_cast<void>(message.integer()); }).empty());
  CHECK_THAT(test::load_error_of([&] { message.for_each_fixed<std::uint32_t>([](std::uint32_t) {}); }),
             Catch::Matchers::ContainsSubstring("3 bytes of numbers of 4 bytes each"));
  REQUIRE(message.next());
  CHECK(!test::load_error_of([&] { message.for_each_integer([](std::int64_t) {}); }).empty());
}

TEST_CASE("A message that is given in parts is one") {
  WireWriter first, second, outer;
  first.integer(1, 5);
  second.integer(2, 6);
  outer.message(7, first);
  outer.integer(3, 0);
  outer.message(7, second);
  Document document("the test", outer.text());
  const Message message(document, document.bytes(), "Thing");
  Message inner = message.merged(7, "Inner");
  REQUIRE(inner.next());
  CHECK(inner.integer() == 5);
  REQUIRE(inner.next());
  CHECK(inner.integer() == 6);
  CHECK(!message.merged(8, "Missing").next());
  CHECK(message.count(7) == 2);
  CHECK(message.has(3));
  CHECK(!message.has(8));
}

TEST_CASE("Messages may be nested a hundred deep and no deeper") {
  const auto depth_reached = [](int wanted) {
    std::string bytes;
    for (int i = 0; i < wanted; ++i) {
      WireWriter outer;
      outer.bytes(1, bytes);
      bytes = outer.text();
    }
    Document document("the test", bytes);
    int depth = 0;
    const std::string refusal = test::load_error_of([&] {
      std::vector<Message> all{Message(document, document.bytes(), "Thing")};
      while (all.back().next()) {
        all.push_back(all.back().message("Thing"));
        ++depth;
      }
    });
    return std::pair(depth, refusal);
  };
  CHECK(depth_reached(100) == std::pair(100, std::string()));
  CHECK_THAT(depth_reached(101).second, Catch::Matchers::ContainsSubstring("deeper than 100 messages"));
}
