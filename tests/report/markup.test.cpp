// SPDX-License-Identifier: MIT
#include <nn/report/markup.hpp>

#include <limits>

#include "../catch.hpp"

TEST_CASE("what users name is a text in HTML and in JSON, whatever it holds") {
  CHECK(nn::detail::html_text("a < b & \"c\" > d") == "a &lt; b &amp; &quot;c&quot; &gt; d");
  CHECK(nn::detail::html_text("größer\n\x80") == "größer??");
  CHECK(nn::detail::json_in_html("</script>\\ \"&") == R"("\u003c/script\u003e\\ \"\u0026")");
  CHECK(nn::detail::json_in_html("a\nb") == "\"a?b\"");
}

TEST_CASE("numbers are written as people read them, and for programs with all their digits") {
  const double none = std::numeric_limits<double>::quiet_NaN();
  CHECK(nn::detail::shown(1234567) == "1234567");
  CHECK(nn::detail::shown(0.123456) == "0.1235");
  CHECK(nn::detail::shown(none) == "–");
  CHECK(nn::detail::shown(-0.0) == "0");
  CHECK(nn::detail::shown_percent(0.1234) == "12.3 %");
  CHECK(nn::detail::json_number(0.1) == "0.1");
  CHECK(nn::detail::json_number(none) == "null");
  CHECK(nn::detail::json_numbers(std::vector<double>{1, none, 0.5}) == "[1,null,0.5]");
  CHECK(nn::detail::JsonObject().add("a", 1).add("b", "[]").text() == R"({"a":1,"b":[]})");
}

TEST_CASE("bytes become base64 as RFC 4648 has it") {
  const auto encoded = [](std::string_view text) {
    return nn::detail::base64(std::vector<std::uint8_t>(text.begin(), text.end()));
  };
  CHECK(encoded("") == "");
  CHECK(encoded("f") == "Zg==");
  CHECK(encoded("fo") == "Zm8=");
  CHECK(encoded("foobar") == "Zm9vYmFy");
  CHECK(nn::detail::base64(std::vector<std::uint8_t>{0xFB, 0xFF, 0xFE}) == "+//+");
}
