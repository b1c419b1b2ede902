// SPDX-License-Identifier: MIT
#include <nn/formats/onnx/tensor.hpp>

#include "../../catch.hpp"
#include "tensor_messages.hpp"

namespace {

using namespace test;
using namespace std::string_literals;

}  // namespace

TEST_CASE("A tensor with more or fewer numbers than its dims say is refused") {
  CHECK_THAT(refusal_of_tensor(raw_tensor(DataType::float32, {2}, "\x00\x00\x80\x3f"s)),
             Catch::Matchers::ContainsSubstring("tensor \"W\", float32 [2] needs 8 bytes, but its raw data have 4"));
  CHECK(!refusal_of_tensor(raw_tensor(DataType::float32, {1}, "12345")).empty());
  CHECK(!refusal_of_tensor(raw_tensor(DataType::int4, {3}, "1")).empty());
  WireWriter floats = tensor_message(DataType::float32, {2});
  floats.float32(4, 0.5F);
  CHECK_THAT(refusal_of_tensor(floats), Catch::Matchers::ContainsSubstring("needs 2 numbers, but has 1"));
  CHECK_THAT(refusal_of_tensor(tensor_message(DataType::float32, {})),
             Catch::Matchers::ContainsSubstring("needs 1 numbers, but has 0"));
}

TEST_CASE("A tensor whose sizes are negative or overflow is refused, also next to a zero") {
  const std::int64_t large = std::int64_t{1} << 40;
  for (const auto& dims : std::vector<std::vector<std::int64_t>>{{-1},
                                                                 {large, large},
                                                                 {large, large, 0},
                                                                 {0, -1},
                                                                 {std::int64_t{1} << 62, 4},
                                                                 {large, 1 << 20},
                                                                 {large, 1 << 21}}) {
    INFO(dims.size() << " dims");
    CHECK(!refusal_of_tensor(raw_tensor(DataType::float32, dims, "")).empty());
  }
}

TEST_CASE("A tensor of texts, complex or unknown numbers has no numbers, and a segment is refused") {
  WireWriter texts = tensor_message(DataType::text, {2});
  texts.bytes(6, "cat");
  texts.bytes(6, "dog");
  CHECK_THAT(refusal_of_tensor(texts), Catch::Matchers::ContainsSubstring("should hold numbers"));
  CHECK_THAT(refusal_of_tensor(raw_tensor(DataType::complex64, {1}, "12345678")),
             Catch::Matchers::ContainsSubstring("should hold numbers"));
  CHECK_THAT(refusal_of_tensor(raw_tensor(static_cast<DataType>(99), {1}, "1")),
             Catch::Matchers::ContainsSubstring("has the type 99"));
  CHECK_THAT(refusal_of_tensor<std::int64_t>(raw_tensor(DataType::float32, {1}, "1234")),
             Catch::Matchers::ContainsSubstring("should hold whole numbers"));
  WireWriter segment = raw_tensor(DataType::uint8, {1}, "1");
  segment.bytes(3, "");
  CHECK_THAT(refusal_of_tensor(segment), Catch::Matchers::ContainsSubstring("segment"));
}

TEST_CASE("External data with an offset, a length or a key that is none are refused") {
  const test::Folder folder;
  test::write_file(folder / "weights.bin", "12345678");
  const auto refusal = [&](const std::vector<std::pair<std::string, std::string>>& more) {
    std::vector<std::pair<std::string, std::string>> entries{{"location", "weights.bin"}};
    entries.insert(entries.end(), more.begin(), more.end());
    return refusal_of_tensor(external_tensor(entries), folder.path());
  };
  CHECK(refusal({}).empty());
  CHECK_THAT(refusal({{"length", "4"}}),
             Catch::Matchers::ContainsSubstring("needs 3 bytes, but its external data have 4"));
  CHECK_THAT(refusal({{"offset", "6"}}),
             Catch::Matchers::ContainsSubstring("needs 3 bytes at 6 of its file, which has 8"));
  for (const std::string offset : {"-1", "999999999999999999", "9999999999999999999999", "1e3", "0x1", " 1", ""}) {
    INFO(offset);
    CHECK(!refusal({{"offset", offset}}).empty());
    CHECK(!refusal({{"length", offset}}).empty());
  }
  CHECK_THAT(refusal({{"__class__", "x"}}), Catch::Matchers::ContainsSubstring("\"__class__\" unknown or twice"));
  CHECK(!refusal({{"location", "other.bin"}}).empty());
  CHECK(!refusal({{"offset", "0"}, {"offset", "1"}}).empty());
  CHECK_THAT(refusal_of_tensor(external_tensor({{"offset", "0"}}), folder.path()),
             Catch::Matchers::ContainsSubstring("without a location"));
  CHECK_THAT(refusal_of_tensor(external_tensor({{"location", "weights.bin"}})),
             Catch::Matchers::ContainsSubstring("a stream has none beside it"));
}

// CVE-2022-25882 and CVE-2024-27318: paths that climb out. CVE-2026-27489: a symbolic link. CVE-2026-34446: a hard
// link. CVE-2024-27319: a length that lies. CVE-2026-34445: attributes of one's own, and a size that exhausts the
// memory. CVE-2025-51480 and CVE-2024-5187 are of writing and unpacking, which nothing here does at a path from a file.