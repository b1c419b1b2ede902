// SPDX-License-Identifier: MIT
#include <nn/data/csv_number.hpp>

#include <string>

#include "../catch.hpp"

using nn::detail::NumberFormat;

TEST_CASE("A plain number has a point, and nothing else stands beside it") {
  const NumberFormat plain;
  CHECK(plain.read("1234.5") == 1234.5);
  CHECK(plain.read("+.5") == 0.5);
  CHECK(plain.read("-5.") == -5);
  CHECK(plain.read("1e-3") == 0.001);
  for (const std::string text :
       {"", "+", "-", ".", "+-1", "--1", "1,5", "1 2", " 1", "1 ", "0x10", "inf", "nan", "1e999"})
    CHECK_FALSE(plain.read(text));
}

TEST_CASE("Marks of decimals and of thousands are taken where they may stand") {
  const NumberFormat german{',', '.'}, swiss{'.', '\''}, comma{',', '\0'};
  CHECK(german.read("1.234.567,25") == 1234567.25);
  CHECK(german.read("-1.234") == -1234);
  CHECK(german.read("1234,5") == 1234.5);
  CHECK(german.read("+12,5e-1") == 1.25);
  CHECK(german.read(",5") == 0.5);
  CHECK(swiss.read("12'345.5") == 12345.5);
  CHECK(comma.read("1,5") == 1.5);
  for (const std::string text : {"1.5", "1.23", "1.2345", "1234.567", ".123", "1.234.56", "1,234.5", "1,5,5", "1..234",
                                 "", ",", "1e", "1e+", "12x", "1 234", "1,5e999"})
    CHECK_FALSE(german.read(text));
}

TEST_CASE("Numbers of all usual formats are told from other texts") {
  for (const std::string text :
       {"1", "-1.5", "1,5", "1,234.5", "1.234,5", "1 234 567", "1'234.5", "1e999", "1e-999", "+.5"})
    CHECK(NumberFormat::looks_like_number(text));
  for (const std::string text :
       {"", "-", "x", "12x", "2..5", "1.2.3.4", "2020-01-31", "31.01.2020", "12:30", "1 2", "0x10", "nan"})
    CHECK_FALSE(NumberFormat::looks_like_number(text));
  for (const std::string unit : {"%", "$", "\xE2\x82\xAC", "\x80"})  // the euro sign in UTF-8 and in Windows-1252
    CHECK(NumberFormat::looks_like_number("5 " + unit));
}
