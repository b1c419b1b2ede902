// SPDX-License-Identifier: MIT
#include <nn/report/chart.hpp>

#include <limits>
#include <string>

#include "../catch.hpp"

namespace {

std::size_t times_in_chart(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

}  // namespace

TEST_CASE("a chart draws lines with gaps where there is no number, and says in words what it shows") {
  const double none = std::numeric_limits<double>::quiet_NaN();
  const nn::detail::Chart chart{.title = "Loss <1>",
                                .x_label = "epoch",
                                .y_label = "loss",
                                .series = {{.name = "a", .x = {1, 2, 3, 4}, .y = {4, none, 2, 3}}}};
  const nn::detail::ChartDrawing drawing(chart, 7);
  const std::string html = drawing.html();
  CHECK(html.find("data-chart=\"7\"") != std::string::npos);
  CHECK(html.find("Loss &lt;1&gt;: loss by epoch. a: from 2 to 4, at the end 3.") != std::string::npos);
  CHECK(times_in_chart(html, "<circle") == 3);
  const std::size_t path = html.find(" d=\"M");
  REQUIRE(path != std::string::npos);
  const std::string line = html.substr(path, html.find('"', path + 4) - path);
  CHECK(times_in_chart(line, "M") == 2);
  CHECK(times_in_chart(line, "L") == 1);
  CHECK(drawing.json().find("\"y\":[4,null,2,3]") != std::string::npos);
}

TEST_CASE("the places of a square chart are shares of its axes") {
  const nn::detail::Chart chart{.title = "t",
                                .x_label = "x",
                                .y_label = "y",
                                .series = {{.name = "a", .x = {0, 1}, .y = {0, 1}}},
                                .is_square = true};
  CHECK(nn::detail::ChartDrawing(chart, 0).html().find("d=\"M62 244L466 10\"") != std::string::npos);
}

TEST_CASE("of a long series the table has some rows, with the last one") {
  nn::detail::Series series{"a"};
  for (int i = 1; i <= 10000; ++i) {
    series.x.push_back(i);
    series.y.push_back(i % 10);
  }
  const nn::detail::Chart chart{.title = "t", .x_label = "x", .y_label = "y", .series = {series}};
  const std::string html = nn::detail::ChartDrawing(chart, 0).html();
  CHECK(times_in_chart(html, "<tr>") == 51);
  CHECK(html.find("<td>10000</td>") != std::string::npos);
  CHECK(times_in_chart(html, "<circle") == 0);
}
