// SPDX-License-Identifier: MIT
#include <nn/report/page_style.hpp>

#include <algorithm>

#include "../catch.hpp"

TEST_CASE("style and script name no address, and cannot end their elements") {
  for (const std::string_view text : {nn::detail::page_style, nn::detail::page_script}) {
    CHECK(text.find("http") == std::string_view::npos);
    CHECK(text.find("url(") == std::string_view::npos);
    CHECK(text.find("@import") == std::string_view::npos);
    CHECK(text.find("fetch") == std::string_view::npos);
    CHECK(text.find("</") == std::string_view::npos);
    CHECK(std::count(text.begin(), text.end(), '{') == std::count(text.begin(), text.end(), '}'));
    CHECK(std::count(text.begin(), text.end(), '(') == std::count(text.begin(), text.end(), ')'));
  }
}
