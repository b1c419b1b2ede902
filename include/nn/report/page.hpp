// SPDX-License-Identifier: MIT
// One HTML file from sections, charts and numbers; it needs no other file, no server and no network.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nn/core/views.hpp>
#include <nn/report/chart.hpp>
#include <nn/report/markup.hpp>
#include <nn/report/page_style.hpp>

namespace nn::detail {

class Page {
 public:
  explicit Page(std::string title) : title_(std::move(title)) {}

  /// The inside of a section is HTML; its heading is a text.
  void add_section(std::string heading, std::string html) {
    sections_.emplace_back(std::move(heading), std::move(html));
  }
  /// The figure of a chart, whose numbers become part of the page's.
  std::string add_chart(const Chart& chart) {
    const ChartDrawing drawing(chart, charts_.size());
    charts_.push_back(drawing.json());
    return drawing.html();
  }
  /// Numbers in JSON, beside those of the charts.
  void add_data(std::string_view name, const std::string& json) {
    data_.push_back(JsonObject().add("name", json_in_html(name)).add("value", json).text());
  }

  std::string html() const {
    std::string text =
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
        "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';style-src 'unsafe-inline';"
        "script-src 'unsafe-inline';img-src data:\"><title>";
    text += html_text(title_) + "</title>\n<style>" + std::string(page_style) + "</style></head>\n<body><header><h1>" +
            html_text(title_) +
            "</h1><button type=\"button\" id=\"theme\" hidden>Dark</button><nav aria-label=\"Sections\">";
    for (std::size_t i = 0; i < sections_.size(); ++i)
      text += "<a href=\"#section" + std::to_string(i) + "\">" + html_text(sections_[i].first) + "</a>";
    text += "</nav></header>\n<main>";
    for (std::size_t i = 0; i < sections_.size(); ++i) {
      const std::string id = "section" + std::to_string(i);
      text += "\n<section aria-labelledby=\"" + id + "\"><h2 id=\"" + id + "\">" + html_text(sections_[i].first) +
              "</h2>" + sections_[i].second + "</section>";
    }
    const std::string json = JsonObject()
                                 .add("title", json_in_html(title_))
                                 .add("charts", json_list(charts_))
                                 .add("data", json_list(data_))
                                 .text();
    return text +
           "\n</main><footer>All numbers are in this page as JSON, in the script element report-data.</footer>\n" +
           "<script type=\"application/json\" id=\"report-data\">" + json + "</script>\n<script>" +
           std::string(page_script) + "</script></body></html>\n";
  }

 private:
  std::string title_;
  std::vector<std::pair<std::string, std::string>> sections_;
  std::vector<std::string> charts_, data_;
};

/// A few numbers with their names, large.
class Tiles {
 public:
  void add(std::string_view name, const std::string& value) {
    if (value == "–") return;  // what there is not needs no place
    html_ += "<div><dt>" + html_text(name) + "</dt><dd>" + html_text(value) + "</dd></div>";
  }
  std::string html() const { return "<dl class=\"tiles\">" + html_ + "</dl>"; }

 private:
  std::string html_;
};

/// How numbers are distributed, in few words and as small bars.
struct Distribution {
  static constexpr std::size_t bars = 24;
  double low = 0, high = 0, mean = 0, deviation = 0, zeros = 0;  // zeros: the share that is exactly 0
  std::vector<double> counts = std::vector<double>(bars);
  double size = 0;

  template <class Values>
  static Distribution of(const Values& values) {
    Distribution result;
    result.low = std::numeric_limits<double>::max();
    result.high = -result.low;
    double squares = 0;
    const auto for_each = [&](auto&& use) {
      for (Index column = 0; column < values.cols(); ++column)
        for (Index row = 0; row < values.rows(); ++row)
          if (const auto value = static_cast<double>(values(row, column)); is_finite(value)) use(value);
    };
    for_each([&](double value) {
      result.low = std::min(result.low, value);
      result.high = std::max(result.high, value);
      result.mean += value;
      result.zeros += value == 0;
      ++result.size;
    });
    if (result.size == 0) return {};
    result.mean /= result.size;
    result.zeros /= result.size;
    const double width = result.high > result.low ? (result.high - result.low) / static_cast<double>(bars) : 1;
    for_each([&](double value) {
      squares += (value - result.mean) * (value - result.mean);
      const auto bar = static_cast<std::size_t>((value - result.low) / width);
      ++result.counts[std::min(bar, bars - 1)];
    });
    result.deviation = std::sqrt(squares / result.size);
    return result;
  }

  std::string html() const {
    const double most = std::max(1.0, *std::max_element(counts.begin(), counts.end()));
    std::string text = "<svg class=\"small\" viewBox=\"0 0 144 40\" role=\"img\" aria-label=\"from " + shown(low, 3) +
                       " to " + shown(high, 3) + ", mean " + shown(mean, 3) + ", standard deviation " +
                       shown(deviation, 3) + "\">";
    for (std::size_t i = 0; i < bars; ++i) {
      const double height = counts[i] == 0 ? 0 : std::max(1.0, std::round(38 * counts[i] / most));
      text += "<rect x=\"" + std::to_string(6 * i) + "\" width=\"5\" y=\"" + shown(40 - height) + "\" height=\"" +
              shown(height) + "\"><title>" + shown(counts[i]) + " near " +
              shown(low + (static_cast<double>(i) + 0.5) * (high - low) / static_cast<double>(bars), 3) +
              "</title></rect>";
    }
    return text + "</svg>";
  }
  std::string json() const {
    return JsonObject()
        .add("low", low)
        .add("high", high)
        .add("mean", mean)
        .add("standard_deviation", deviation)
        .add("zeros", zeros)
        .add("counts", json_numbers(counts))
        .text();
  }
};

}  // namespace nn::detail
