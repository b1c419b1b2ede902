// SPDX-License-Identifier: MIT
#include <nn/formats/tensorboard.hpp>

#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "../catch.hpp"
#include "../io/files.hpp"

namespace {

std::uint64_t little_endian(const std::string& bytes, std::size_t first, std::size_t count) {
  std::uint64_t number = 0;
  for (std::size_t i = count; i-- > 0;) number = number << 8 | static_cast<std::uint8_t>(bytes.at(first + i));
  return number;
}

// Bit by bit, as the definition says: the remainder of the reflected polynomial.
std::uint32_t slow_check(const std::string& bytes) {
  std::uint32_t crc = ~0u;
  for (const char byte : bytes)
    for (int bit = 0; bit < 8; ++bit) {
      const bool is_set = ((crc ^ static_cast<std::uint8_t>(byte) >> bit) & 1) != 0;
      crc = is_set ? crc >> 1 ^ 0x82f63b78u : crc >> 1;
    }
  crc = ~crc;
  return ((crc >> 15) | (crc << 17)) + 0xa282ead8u;
}

// The bytes of all records; checks sizes and both checks of each.
std::vector<std::string> records_of(const std::string& file) {
  std::vector<std::string> records;
  for (std::size_t at = 0; at < file.size();) {
    const std::uint64_t size = little_endian(file, at, 8);
    REQUIRE(at + 16 + size <= file.size());
    CHECK(little_endian(file, at + 8, 4) == slow_check(file.substr(at, 8)));
    records.push_back(file.substr(at + 12, size));
    CHECK(little_endian(file, at + 12 + size, 4) == slow_check(records.back()));
    at += 16 + size;
  }
  return records;
}

// A message of protocol buffers: numbers as they are, texts and messages as bytes.
struct Fields {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> numbers;
  std::vector<std::pair<std::uint64_t, std::string>> texts;

  explicit Fields(const std::string& message) {
    std::size_t at = 0;
    const auto varint = [&] {
      std::uint64_t value = 0;
      for (int shift = 0;; shift += 7) {
        const auto byte = static_cast<std::uint8_t>(message.at(at++));
        value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
        if (byte < 0x80) return value;
      }
    };
    while (at < message.size()) {
      const std::uint64_t key = varint(), type = key & 7;
      if (type == 0) {
        numbers.emplace_back(key >> 3, varint());
      } else if (type == 2) {
        const std::uint64_t size = varint();
        texts.emplace_back(key >> 3, message.substr(at, size));
        at += size;
      } else {
        REQUIRE((type == 1 || type == 5));
        const std::size_t size = type == 1 ? 8 : 4;
        numbers.emplace_back(key >> 3, little_endian(message, at, size));
        at += size;
      }
    }
  }
};

struct LoggedScalar {
  std::string tag;
  std::int64_t step;
  float value;
  bool operator==(const LoggedScalar&) const = default;
};

LoggedScalar scalar_of(const std::string& record) {
  const Fields event(record);
  REQUIRE(event.numbers.size() == 2);
  CHECK(event.numbers[0].first == 1);
  double time = 0;
  std::memcpy(&time, &event.numbers[0].second, sizeof time);
  CHECK(time > 1.6e9);  // seconds since 1970
  CHECK(event.numbers[1].first == 2);
  REQUIRE(event.texts.size() == 1);
  CHECK(event.texts[0].first == 5);
  const Fields summary(event.texts[0].second);
  REQUIRE(summary.texts.size() == 1);
  CHECK(summary.texts[0].first == 1);
  const Fields value(summary.texts[0].second);
  REQUIRE(value.texts.size() == 1);
  REQUIRE(value.numbers.size() == 1);
  CHECK(value.texts[0].first == 1);
  CHECK(value.numbers[0].first == 2);
  const auto bits = static_cast<std::uint32_t>(value.numbers[0].second);
  LoggedScalar scalar{value.texts[0].second, static_cast<std::int64_t>(event.numbers[1].second), 0};
  std::memcpy(&scalar.value, &bits, sizeof bits);
  return scalar;
}

struct Logged {
  int epoch = 1;
  double loss = 0.5, validation_loss = 0.75, validation_accuracy = std::numeric_limits<double>::quiet_NaN();
  double learning_rate = 1e-3;
};

}  // namespace

TEST_CASE("crc32c has the check value of its catalogue, and those of RFC 3720") {
  static_assert(nn::detail::crc32c("123456789") == 0xe3069283u);
  CHECK(nn::detail::crc32c(std::string(32, '\0')) == 0x8a9136aau);
  CHECK(nn::detail::crc32c(std::string(32, '\xff')) == 0x62a8ab43u);
  CHECK(nn::detail::crc32c("") == 0);
}

TEST_CASE("an event file holds its version, then the scalars of every epoch, as soon as they are logged") {
  const test::Folder folder;
  nn::TensorBoardLog log(folder / "run");
  CHECK(log.path().find("/events.out.tfevents.") != std::string::npos);
  log(Logged{});
  log(Logged{.epoch = 300, .loss = 0.25});
  log.scalar("gradient/norm", 2, 7);
  log.scalar("too large", 1e300, 7);

  const std::vector<std::string> records = records_of(test::read_file(log.path()));
  REQUIRE(records.size() == 8);
  const Fields first(records[0]);
  REQUIRE(first.texts.size() == 1);
  CHECK(first.texts[0] == std::pair<std::uint64_t, std::string>(3, "brain.Event:2"));
  std::vector<LoggedScalar> scalars;
  for (std::size_t i = 1; i < records.size(); ++i) scalars.push_back(scalar_of(records[i]));
  CHECK(scalars == std::vector<LoggedScalar>{{"loss/training", 1, 0.5f},
                                             {"loss/validation", 1, 0.75f},
                                             {"learning rate", 1, 1e-3f},
                                             {"loss/training", 300, 0.25f},
                                             {"loss/validation", 300, 0.75f},
                                             {"learning rate", 300, 1e-3f},
                                             {"gradient/norm", 7, 2.0f}});
}

TEST_CASE("each log has a file of its own, and one that cannot be written is an error at once") {
  const test::Folder folder;
  const nn::TensorBoardLog first(folder / "run"), second(folder / "run");
  CHECK(first.path() != second.path());
  CHECK_THROWS_AS(nn::TensorBoardLog("/no/such/folder/run"), nn::load_error);
}
