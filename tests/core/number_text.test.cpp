// SPDX-License-Identifier: MIT
#include <nn/core/number_text.hpp>

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <nn/core/finite.hpp>
#include <nn/core/random.hpp>

#include "../catch.hpp"
#include "../effort.hpp"

namespace {

// What was read, how much of the text that took, and what was wrong.
template <class T>
struct Read {
  T number = T(-77);
  std::ptrdiff_t length = 0;
  std::errc problem{};
  bool operator==(const Read&) const = default;
};

template <class T, class Function>
Read<T> read_by(const Function& function, std::string_view text) {
  Read<T> read;
  const auto [end, problem] = function(text.data(), text.data() + text.size(), read.number);
  read.length = end - text.data();
  read.problem = problem;
  return read;
}
template <class T>
Read<T> read_plainly(std::string_view text) {
  return read_by<T>([](auto&&... all) { return nn::detail::read_by_c_library<T>(all...); }, text);
}

template <class T>
std::string written_plainly(T number) {
  std::array<char, nn::detail::longest_number> digits;
  return {digits.data(), nn::detail::write_by_c_library(digits.data(), number)};
}

}  // namespace

TEST_CASE("The C library reads decimal numbers to the nearest double, and stops where one ends") {
  CHECK(read_plainly<double>("0.1") == Read<double>{0.1, 3});
  CHECK(read_plainly<double>("-12.5e-1x") == Read<double>{-1.25, 8});
  CHECK(read_plainly<double>("1,5") == Read<double>{1, 1});
  CHECK(read_plainly<double>("1e") == Read<double>{1, 1});
  CHECK(read_plainly<double>("1e+") == Read<double>{1, 1});
  CHECK(read_plainly<double>("0x10") == Read<double>{0, 1});
  CHECK(read_plainly<double>("9007199254740993") == Read<double>{9007199254740992.0, 16});
  CHECK(read_plainly<float>("16777217.0000001") == Read<float>{16777218.0F, 16});
  CHECK(read_plainly<double>("5e-324") == Read<double>{std::numeric_limits<double>::denorm_min(), 6});
  for (const char* wrong : {"", "-", ".", "-.", "e5", "+1", " 1", "inf", "nan", "-inf", "x"})
    CHECK(read_plainly<double>(wrong) == Read<double>{-77, 0, std::errc::invalid_argument});
  for (const char* far : {"1e400", "-1e400", "1e-400", "-1e-400"})
    CHECK(read_plainly<double>(far) ==
          Read<double>{-77, static_cast<std::ptrdiff_t>(std::string_view(far).size()), std::errc::result_out_of_range});
  CHECK(read_plainly<float>("1e39").problem == std::errc::result_out_of_range);
}

#ifdef __cpp_lib_to_chars
TEST_CASE("Both ways to read agree") {
  std::vector<std::string> texts{"0",     "-0",     "1",    "1.",     ".5",      "-.5e3",  "1e5",   "1E+5",
                                 "00012", "1e-45",  "1e39", "1e-46",  "1e-323",  "1e-324", "1e309", "0x1p3",
                                 "1.5.2", "1ee5",   "--1",  "12-3",   "1e5f",    ".e5",    "-.",    "123abc",
                                 "0e999", "0.0e-9", "1 2",  "3.4e38", "2.3e-308"};
  texts.push_back("0." + std::string(400, '0') + "1");
  texts.push_back("1" + std::string(400, '0'));
  texts.push_back("4.9406564584124654417656879286822137236505980e-324");
  nn::Random random(1);
  const std::string_view alphabet = "0123456789.-eE+";
  for (int i = 0; i < test::effort(20000); ++i) {
    std::string text;
    for (std::uint64_t size = random.next() % 9 + 1; size > 0; --size)
      text += alphabet[static_cast<std::size_t>(random.next() % alphabet.size())];
    texts.push_back(text);
  }
  const auto agree = [&]<class T>(T, const std::string& text) {
    const auto by_library = [](auto&&... all) { return std::from_chars(all...); };
    INFO(text);
    if (read_plainly<T>(text) != read_by<T>(by_library, text))
      CHECK(read_plainly<T>(text) == read_by<T>(by_library, text));
  };
  for (const std::string& text : texts) {
    agree(double(), text);
    agree(float(), text);
  }
}
#endif

TEMPLATE_TEST_CASE("Whatever is written reads back to the same bits, with few digits where few do", "", float, double) {
  CHECK(written_plainly(TestType(0.1)) == "0.1");
  CHECK(written_plainly(TestType(-0.0)) == "-0");
  CHECK(written_plainly(TestType(1e30)) == "1e+30");
  CHECK(written_plainly(TestType(1) / 3).size() <= (sizeof(TestType) == 4 ? 11 : 19));
  nn::Random random(2);
  for (int i = 0; i < test::effort(20000); ++i) {
    const auto number = static_cast<TestType>((random.uniform() - 0.5) * std::pow(10.0, 60 * (random.uniform() - 0.5)));
    for (const std::string& text : {written_plainly(number), [&] {
                                      std::array<char, nn::detail::longest_number> digits;
                                      return std::string(digits.data(),
                                                         nn::detail::write_number(digits.data(), number));
                                    }()}) {
      TestType back = 0;
      const auto [end, problem] = nn::detail::read_number(text.data(), text.data() + text.size(), back);
      if (back != number || end != text.data() + text.size()) FAIL_CHECK(text);
    }
  }
}

TEST_CASE("The longest texts have room") {
  for (const double number : {-std::numeric_limits<double>::min(), -std::numeric_limits<double>::max(),
                              -std::numeric_limits<double>::denorm_min(), -2.2250738585072019e-308}) {
    std::array<char, nn::detail::longest_number> digits;
    CHECK(nn::detail::write_number(digits.data(), number) < digits.data() + digits.size());
    double back = 0;
    const std::string text = written_plainly(number);
    CHECK(text.size() < nn::detail::longest_number);
    nn::detail::read_number(text.data(), text.data() + text.size(), back);
    CHECK(back == number);
  }
}
