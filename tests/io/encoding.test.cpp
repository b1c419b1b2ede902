// SPDX-License-Identifier: MIT
#include <nn/io/encoding.hpp>

#include <cstddef>
#include <string>
#include <vector>

#include "../catch.hpp"

namespace {

template <class Value>
std::string encoded(const Value& value) {
  std::string bytes(nn::detail::encoded_size<Value>(), '?');
  CHECK(nn::detail::encode(value, bytes.data()) == bytes.data() + bytes.size());
  return bytes;
}

struct Pair {
  double real = 0;
  std::ptrdiff_t whole = 0;
  template <class Self, class Use>
  static void for_each_number(Self& self, Use& use) {
    use(self.real);
    use(self.whole);
  }
};

}  // namespace

TEST_CASE("Numbers stand in a file with the lowest byte first, whole ones in 64 bits") {
  CHECK(encoded(1.0f) == std::string("\0\0\x80\x3F", 4));
  CHECK(encoded(-2.0) == std::string("\0\0\0\0\0\0\0\xC0", 8));
  CHECK(encoded(0x0102030405) == std::string("\5\4\3\2\1\0\0\0", 8));
  CHECK(encoded(-2) == std::string("\xFE\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 8));
  CHECK(encoded(true) == "\1");
  CHECK(encoded('x') == "x");
  CHECK(encoded(Pair{1, 3}) == std::string("\0\0\0\0\0\0\xF0\x3F\3\0\0\0\0\0\0\0", 16));
  nn::Random random;
  random.state() = {1, 2, 3, 0x400};
  CHECK(encoded(random) == std::string("\1\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0\3\0\0\0\0\0\0\0\0\4\0\0\0\0\0\0", 32));
}

TEST_CASE("Decoding gives the values back, and refuses what is none of the type") {
  const auto decoded = [](auto value) {
    decltype(value) read{};
    CHECK(nn::detail::decode(read, encoded(value).data()));
    return read;
  };
  CHECK(decoded(-0x1.8p-3f) == -0x1.8p-3f);
  CHECK(decoded(1e-300) == 1e-300);
  CHECK(decoded(std::int64_t{-7}) == -7);
  CHECK(decoded(~std::uint64_t{3}) == ~std::uint64_t{3});
  CHECK(decoded(true));
  CHECK(decoded(nn::Random(5)) == nn::Random(5));
  CHECK(decoded(Pair{0.5, -1}).whole == -1);
  bool flag = false;
  CHECK_FALSE(nn::detail::decode(flag, "\2"));
  int small = 0;
  CHECK_FALSE(nn::detail::decode(small, encoded(std::int64_t{1} << 40).data()));
}

TEST_CASE("Many values go through in pieces") {
  std::vector<double> numbers(3000), again(3000);
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<double>(i) / 7;
  std::string bytes;
  std::size_t pieces = 0;
  nn::detail::write_values(nn::detail::values_of(numbers), [&](std::string_view piece) {
    bytes += piece;
    ++pieces;
  });
  CHECK(bytes.size() == 24'000);
  CHECK(pieces == 3);
  std::size_t at = 0;
  CHECK(nn::detail::read_values(nn::detail::values_of(again), [&](char* to, std::size_t size) {
    bytes.copy(to, size, at);
    at += size;
  }));
  CHECK(again == numbers);
}
