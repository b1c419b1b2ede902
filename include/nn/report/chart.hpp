// SPDX-License-Identifier: MIT
// Lines and dots as SVG that reads well alone; the page's script adds values under the pointer and switches lines.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include <nn/core/finite.hpp>
#include <nn/report/chart_axis.hpp>
#include <nn/report/markup.hpp>

namespace nn::detail {

struct Series {
  std::string name;
  std::vector<double> x = {};
  std::vector<double> y = {};  // where one is not finite there is a gap
  bool is_dots = false;
};

struct Chart {
  std::string title;
  std::string x_label;
  std::string y_label;
  std::vector<Series> series = {};
  bool may_be_logarithmic = false;  // the upright axis
  bool is_square = false;           // both axes are shares from 0 to 1
};

/// The size of the drawing, and what is left for words at the sides of the axes; the script knows the same.
struct ChartFrame {
  static constexpr double width = 480, height = 288, left = 62, right = 14, top = 10, bottom = 44;
  static double x(double position) { return left + position * (width - left - right); }
  static double y(double position) { return height - bottom - position * (height - top - bottom); }
};

class ChartDrawing {
 public:
  ChartDrawing(const Chart& chart, std::size_t number)
      : chart_(chart),
        number_(number),
        x_(chart.is_square ? ChartAxis(0, 1) : ChartAxis::around(all(&Series::x), false, 0)),
        y_(chart.is_square ? ChartAxis(0, 1) : ChartAxis::around(all(&Series::y), chart.may_be_logarithmic)) {}

  /// A figure: the drawing, its legend, a place for values, and the numbers as a table.
  std::string html() const {
    std::string text = "<figure class=\"chart\" data-chart=\"" + std::to_string(number_) + "\"><figcaption>" +
                       html_text(chart_.title) +
                       "</figcaption><svg viewBox=\"0 0 480 288\" role=\"img\" tabindex=\"0\" " + "aria-label=\"" +
                       html_text(description()) + "\">" + axes();
    for (std::size_t i = 0; i < chart_.series.size(); ++i) text += drawn(i);
    text += "<line class=\"cross\" y1=\"" + at(ChartFrame::y(1)) + "\" y2=\"" + at(ChartFrame::y(0)) + "\"/></svg>";
    return text + legend() + "<output class=\"values\" aria-live=\"polite\"></output>" + table() + "</figure>";
  }

  std::string json() const {
    std::vector<std::string> series;
    for (const Series& one : chart_.series)
      series.push_back(JsonObject()
                           .add("name", json_in_html(one.name))
                           .add("x", json_numbers(one.x))
                           .add("y", json_numbers(one.y))
                           .text());
    return JsonObject()
        .add("title", json_in_html(chart_.title))
        .add("x_label", json_in_html(chart_.x_label))
        .add("y_label", json_in_html(chart_.y_label))
        .add("x_low", x_.low())
        .add("x_high", x_.high())
        .add("series", json_list(series))
        .text();
  }

 private:
  std::vector<double> all(std::vector<double> Series::*numbers) const {
    std::vector<double> together;
    for (const Series& series : chart_.series)
      together.insert(together.end(), (series.*numbers).begin(), (series.*numbers).end());
    return together;
  }

  // A coordinate of the drawing, to a tenth of its unit.
  static std::string at(double coordinate) { return shown(std::round(coordinate * 10) / 10, 6); }

  std::string description() const {
    std::string text = chart_.title + ": " + chart_.y_label + " by " + chart_.x_label + '.';
    for (const Series& series : chart_.series) {
      const auto last = std::find_if(series.y.rbegin(), series.y.rend(), [](double y) { return is_finite(y); });
      if (last == series.y.rend()) continue;
      double least = *last, largest = *last;
      for (const double y : series.y)
        if (is_finite(y)) {
          least = std::min(least, y);
          largest = std::max(largest, y);
        }
      text +=
          ' ' + series.name + ": from " + shown(least) + " to " + shown(largest) + ", at the end " + shown(*last) + '.';
    }
    return text;
  }

  std::string axes() const {
    std::string text;
    for (const double tick : y_.ticks()) {
      const std::string y = at(ChartFrame::y(y_.position(tick)));
      text += "<line class=\"grid\" x1=\"62\" x2=\"466\" y1=\"" + y + "\" y2=\"" + y +
              "\"/><text class=\"tick end\" x=\"56\" y=\"" + y + "\" dy=\".35em\">" + shown(tick) + "</text>";
    }
    for (const double tick : x_.ticks())
      text += "<text class=\"tick middle\" x=\"" + at(ChartFrame::x(x_.position(tick))) + "\" y=\"261\">" +
              shown(tick) + "</text>";
    text += "<line class=\"axis\" x1=\"62\" x2=\"466\" y1=\"244\" y2=\"244\"/>";
    text += "<text class=\"label middle\" x=\"264\" y=\"281\">" + html_text(chart_.x_label) + "</text>";
    return text + "<text class=\"label middle\" transform=\"translate(13 127) rotate(-90)\">" +
           html_text(chart_.y_label) + (y_.is_logarithmic() ? " (logarithmic)" : "") + "</text>";
  }

  std::string drawn(std::size_t i) const {
    const Series& series = chart_.series[i];
    std::string line, dots;
    bool has_point_before = false;
    std::size_t points = 0;
    for (std::size_t k = 0; k < series.x.size() && k < series.y.size(); ++k) {
      const bool is_point = is_finite(series.x[k]) && is_finite(series.y[k]);
      if (is_point) {
        const std::string x = at(ChartFrame::x(x_.position(series.x[k])));
        const std::string y = at(ChartFrame::y(y_.position(series.y[k])));
        line += (has_point_before ? "L" : "M") + x + ' ' + y;
        dots += "<circle cx=\"" + x + "\" cy=\"" + y + "\" r=\"" + (series.is_dots ? "2" : "2.6") + "\"/>";
        ++points;
      }
      has_point_before = is_point;
    }
    const std::string number = std::to_string(i % 8);
    std::string text = "<g class=\"series color" + number + "\" data-series=\"" + std::to_string(i) + "\">";
    if (!series.is_dots) text += "<path class=\"dash" + number + "\" d=\"" + line + "\"/>";
    if (series.is_dots || points <= 40) text += dots;
    return text + "</g>";
  }

  std::string legend() const {
    std::string text = "<div class=\"legend\">";
    for (std::size_t i = 0; i < chart_.series.size(); ++i) {
      const std::string number = std::to_string(i % 8);
      text += "<button type=\"button\" aria-pressed=\"true\" data-series=\"" + std::to_string(i) +
              "\"><svg class=\"key color" + number + "\" viewBox=\"0 0 24 8\" aria-hidden=\"true\">" +
              (chart_.series[i].is_dots ? "<circle cx=\"12\" cy=\"4\" r=\"3\"/>"
                                        : "<path class=\"dash" + number + "\" d=\"M0 4H24\"/>") +
              "</svg>" + html_text(chart_.series[i].name) + "</button>";
    }
    return text + "</div>";
  }

  // Of long series some rows, evenly spread, the last one always.
  std::string table() const {
    constexpr std::size_t most = 50;
    std::string text = "<details><summary>Numbers</summary><div class=\"wide\"><table>";
    for (const Series& series : chart_.series) {
      text += "<tr><th scope=\"col\">" + html_text(chart_.x_label) + "</th><th scope=\"col\">" +
              html_text(series.name) + "</th></tr>";
      const std::size_t rows = std::min(series.x.size(), most);
      for (std::size_t row = 0; row < rows; ++row) {
        const std::size_t k = rows < 2 ? row : row * (series.x.size() - 1) / (rows - 1);
        text += "<tr><td>" + shown(series.x[k]) + "</td><td>" + shown(series.y[k]) + "</td></tr>";
      }
    }
    return text + "</table></div></details>";
  }

  const Chart& chart_;
  std::size_t number_;
  ChartAxis x_, y_;
};

}  // namespace nn::detail
