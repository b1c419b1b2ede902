// SPDX-License-Identifier: MIT
#include <nn/report/page.hpp>

#include "../catch.hpp"
#include "page_reader.hpp"

TEST_CASE("a page is one document whose elements all end, with a place in the navigation for each section") {
  nn::detail::Page page("<Title> & \"more\"");
  page.add_section("First & only", "<p>text</p>");
  page.add_data("</script>", "[1]");
  const std::string html = page.html();
  CHECK(test::first_html_mistake(html) == "");
  CHECK(html.find("<title>&lt;Title&gt; &amp; &quot;more&quot;</title>") != std::string::npos);
  CHECK(html.find("<a href=\"#section0\">First &amp; only</a>") != std::string::npos);
  CHECK(html.find("\"name\":\"\\u003c/script\\u003e\",\"value\":[1]") != std::string::npos);
}

TEST_CASE("a distribution counts every finite number once") {
  const nn::Matrix<double> values{{0, 0, 1}, {1, 2, 3}};
  const auto numbers = nn::detail::Distribution::of(values);
  CHECK(numbers.size == 6);
  CHECK(numbers.low == 0);
  CHECK(numbers.high == 3);
  CHECK(numbers.mean == Approx(7.0 / 6));
  CHECK(numbers.deviation == Approx(std::sqrt(15.0 / 6 - 49.0 / 36)));
  CHECK(numbers.zeros == Approx(1.0 / 3));
  CHECK(numbers.counts.front() == 2);
  CHECK(numbers.counts[8] == 2);
  CHECK(numbers.counts.back() == 1);
  CHECK(test::first_html_mistake(numbers.html()) == "");
  CHECK(nn::detail::Distribution::of(nn::Matrix<double>(0, 0)).size == 0);
}
