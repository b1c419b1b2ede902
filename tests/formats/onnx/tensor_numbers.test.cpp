// SPDX-License-Identifier: MIT
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include <nn/formats/onnx/tensor_numbers.hpp>

#include "../../catch.hpp"
#include "tensor_messages.hpp"

namespace {

using namespace test;
using namespace std::string_literals;

}  // namespace

TEST_CASE("A tensor's numbers are raw, or stand in the field of their type") {
  CHECK(numbers_in(raw_tensor(DataType::float32, {2}, "\x00\x00\x80\x3f\x00\x00\x00\xc0"s)) ==
        std::vector<double>{1, -2});
  CHECK(numbers_in(raw_tensor(DataType::int4, {3}, "\xf8\x07"s)) == std::vector<double>{-8, -1, 7});
  CHECK(numbers_in(raw_tensor(DataType::float16, {}, "\x00\x3c"s)) == std::vector<double>{1});
  CHECK(numbers_in(raw_tensor(DataType::float32, {0, 5}, "")).empty());
  WireWriter floats = tensor_message(DataType::float32, {2});
  floats.float32(4, 0.5F);
  floats.bytes(4, "\x00\x00\x80\x3f"s);  // packed
  CHECK(numbers_in(floats) == std::vector<double>{0.5, 1});
  WireWriter doubles = tensor_message(DataType::float64, {1});
  doubles.bytes(10, "\x00\x00\x00\x00\x00\x00\xf8\x3f"s);
  CHECK(numbers_in(doubles) == std::vector<double>{1.5});
  WireWriter integers = tensor_message(DataType::int64, {2, 1});
  integers.integer(7, -5);
  integers.integer(7, 1'000'000'000'000);
  CHECK(numbers_in<std::int64_t>(integers) == std::vector<std::int64_t>{-5, 1'000'000'000'000});
  WireWriter bytes = tensor_message(DataType::int8, {2});
  bytes.integer(5, -128);
  bytes.integer(5, 127);
  CHECK(numbers_in(bytes) == std::vector<double>{-128, 127});
  WireWriter halves = tensor_message(DataType::bfloat16, {1});
  halves.integer(5, 0x3f80);
  CHECK(numbers_in<float>(halves) == std::vector<float>{1});
  WireWriter nibbles = tensor_message(DataType::uint4, {3});
  nibbles.integer(5, 0x21);
  nibbles.integer(5, 0x03);
  CHECK(numbers_in<std::int64_t>(nibbles) == std::vector<std::int64_t>{1, 2, 3});
  WireWriter unsigned_ones = tensor_message(DataType::uint32, {1});
  unsigned_ones.integer(11, 4'000'000'000);
  CHECK(numbers_in<std::int64_t>(unsigned_ones) == std::vector<std::int64_t>{4'000'000'000});
}

TEST_CASE("Raw data win over a typed field") {
  WireWriter both = raw_tensor(DataType::float32, {1}, "\x00\x00\x80\x3f"s);
  both.float32(4, 7);
  CHECK(numbers_in(both) == std::vector<double>{1});
}

TEST_CASE("A number that does not fit its type is refused") {
  WireWriter bytes = tensor_message(DataType::uint8, {1});
  bytes.integer(5, 256);
  CHECK_THAT(refusal_of_tensor(bytes), Catch::Matchers::ContainsSubstring("has the number 256 in a tensor of 8 bits"));
  WireWriter nibbles = tensor_message(DataType::uint4, {2});
  nibbles.integer(5, 256);  // two of them are in a byte
  CHECK_THAT(refusal_of_tensor(nibbles),
             Catch::Matchers::ContainsSubstring("has the number 256 in a tensor of 4 bits"));
  CHECK_THAT(refusal_of_tensor<std::int64_t>(raw_tensor(DataType::uint64, {1}, "\xff\xff\xff\xff\xff\xff\xff\xff"s)),
             Catch::Matchers::ContainsSubstring("above 2^63"));
}

TEST_CASE("External data are read from the model's folder") {
  const test::Folder folder;
  test::write_file(folder / "weights.bin", "..\x01\x02\x03...");
  const std::string beside = folder.path();
  CHECK(numbers_in(external_tensor({{"location", "weights.bin"}, {"offset", "2"}, {"length", "3"}}), beside) ==
        std::vector<double>{1, 2, 3});
  CHECK(numbers_in(external_tensor({{"location", "weights.bin"}, {"offset", "2"}}), beside).size() == 3);
  CHECK(numbers_in(external_tensor({{"location", "weights.bin"}, {"offset", "2"}, {"checksum", "x"}}), beside).size() ==
        3);
}

TEST_CASE("External data never leave the model's folder") {
  const test::Folder outer;
  std::filesystem::create_directory(outer / "model");
  std::filesystem::create_directory(outer / "model/sub");
  test::write_file(outer / "secret", "123");
  test::write_file(outer / "model/real", "123");
  const std::string folder = outer / "model";
  REQUIRE(::symlink("../secret", (folder + "/link").c_str()) == 0);
  REQUIRE(::symlink("..", (folder + "/up").c_str()) == 0);
  REQUIRE(::link((outer / "secret").c_str(), (folder + "/hard").c_str()) == 0);
  const auto refusal = [&](const std::string& location) {
    return refusal_of_tensor(external_tensor({{"location", location}}), folder);
  };
  CHECK(refusal("real").empty());
  for (const std::string& location :
       {"../secret"s, "sub/../../secret"s, "./../secret"s, outer / "secret", "link"s, "up/secret"s, "hard"s,
        "..\\secret"s, "real\0/../../secret"s, "sub"s, "/etc/passwd"s, "file:///etc/passwd"s}) {
    INFO(location);
    CHECK(!refusal(location).empty());
  }
  WireWriter bomb = tensor_message(DataType::uint8, {std::int64_t{1} << 50});
  WireWriter entry;
  entry.bytes(1, "location");
  entry.bytes(2, "real");
  bomb.message(13, entry);
  bomb.integer(14, 1);
  CHECK_THAT(refusal_of_tensor(bomb, folder), Catch::Matchers::ContainsSubstring("of its file, which has 3"));
}
