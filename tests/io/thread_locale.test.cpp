// SPDX-License-Identifier: MIT
#include <clocale>
#include <locale>

#include "../catch.hpp"
#include "../left_out.hpp"
#include "files.hpp"

namespace {

// Sets the program's locale, if there is one of these, and afterwards what was before.
class ProgramLocale {
 public:
  explicit ProgramLocale(std::initializer_list<const char*> names) : before_(std::setlocale(LC_ALL, nullptr)) {
    for (const char* name : names)
      if (!is_set_ && std::setlocale(LC_ALL, name) != nullptr) is_set_ = true;
  }
  ProgramLocale(const ProgramLocale&) = delete;
  ProgramLocale& operator=(const ProgramLocale&) = delete;
  ~ProgramLocale() { std::setlocale(LC_ALL, before_.c_str()); }
  bool is_set() const { return is_set_; }

 private:
  std::string before_;
  bool is_set_ = false;
};

struct Comma : std::numpunct<char> {
  char do_decimal_point() const override { return ','; }
  char do_thousands_sep() const override { return '.'; }
  std::string do_grouping() const override { return "\3"; }
};

const nn::Network<double, nn::Input<2>, nn::Dense<1>> network = [] {
  nn::Network<double, nn::Input<2>, nn::Dense<1>> result;
  result.parameters() << 1234567.25, -0.1, 1e-7;
  return result;
}();

void check_round_trip() {
  auto copy = network;
  copy.parameters().setZero();
  test::load_text(copy, test::text_of(network));
  CHECK(test::have_equal_bits(copy, network));
}

}  // namespace

TEST_CASE("Numbers keep their point where the country writes a comma") {
  const std::string expected = test::text_of(network);
  const ProgramLocale locale{"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "fr_FR.utf8", "de_AT.UTF-8", "nl_NL.UTF-8"};
  if (!locale.is_set()) {
    test::left_out("a locale with a decimal comma: none is installed");
    return;
  }
  REQUIRE(std::string(std::localeconv()->decimal_point) == ",");
  CHECK(test::text_of(network) == expected);
  check_round_trip();
  CHECK(std::string(std::localeconv()->decimal_point) == ",");  // the program's own choice stands
}

TEST_CASE("Numbers keep their point where the country writes a character of several bytes") {
  const ProgramLocale locale{"ps_AF.UTF-8", "ps_AF.utf8", "ps_AF"};
  if (!locale.is_set()) {
    test::left_out("a locale whose decimal point is several bytes long: none is installed");
    return;
  }
  REQUIRE(std::string(std::localeconv()->decimal_point).size() > 1);
  check_round_trip();
}

TEST_CASE("Streams and the global C++ locale may write numbers as they like") {
  const std::string expected = test::text_of(network);
  const std::locale before = std::locale::global(std::locale(std::locale::classic(), new Comma));
  std::ostringstream out;
  out.imbue(std::locale());
  nn::save(network, out);
  std::istringstream in(out.str());
  in.imbue(std::locale());
  auto copy = network;
  copy.parameters().setZero();
  nn::load(copy, in);
  std::locale::global(before);
  CHECK(out.str() == expected);
  CHECK(test::have_equal_bits(copy, network));
}

TEST_CASE("The locale of a thread ends with its scope") {
  const locale_t before = ::uselocale(nullptr);
  {
    const nn::detail::ThreadLocale plain;
    CHECK(::uselocale(nullptr) != before);
  }
  CHECK(::uselocale(nullptr) == before);
}
