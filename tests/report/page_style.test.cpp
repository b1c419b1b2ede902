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

TEST_CASE("the script looks for the pointer where the chart puts its numbers, from 62 to 466 of 480") {
  using nn::detail::page_script;
  CHECK(page_script.find("62+404*(x-chart.x_low)/(chart.x_high-chart.x_low)") != std::string_view::npos);
  CHECK(page_script.find("*480-62)/404*(chart.x_high-chart.x_low)") != std::string_view::npos);
}
