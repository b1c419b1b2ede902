// SPDX-License-Identifier: MIT
// Digits drawn by a program: strokes of the ten digits, bent, slanted and shifted at random, with a pen of random
// width.
#pragma once

#include <nn/core/random.hpp>
#include <nn/data/dataset.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <utility>
#include <vector>

#include "strokes.hpp"

namespace mnist {

inline Point operator+(Point a, Point b) { return {a.x + b.x, a.y + b.y}; }
inline Point operator-(Point a, Point b) { return {a.x - b.x, a.y - b.y}; }
inline Point operator*(double factor, Point a) { return {factor * a.x, factor * a.y}; }

// A curve through all points (Catmull and Rom 1974), as many short straight pieces.
inline Stroke smooth(const Stroke& points) {
  constexpr int pieces = 6;
  Stroke curve;
  for (std::size_t i = 0; i + 1 < points.size(); ++i) {
    const Point a = points[i], b = points[i + 1];
    const Point before = i > 0 ? points[i - 1] : a, after = i + 2 < points.size() ? points[i + 2] : b;
    const Point leave = 0.5 * (b - before), arrive = 0.5 * (after - a);
    for (int piece = 0; piece < pieces; ++piece) {
      const double t = static_cast<double>(piece) / pieces, s = 1 - t;
      curve.push_back((1 + 2 * t) * s * s * a + t * s * s * leave + t * t * (3 - 2 * t) * b - t * t * s * arrive);
    }
  }
  curve.push_back(points.back());
  return curve;
}

class DigitGenerator {
 public:
  static constexpr nn::Index height = 28, width = 28;

  explicit DigitGenerator(const nn::Random& random) : random_(random) {}

  /// So many digits, each of the ten equally likely.
  nn::Dataset dataset(nn::Index count) {
    std::vector<std::uint8_t> bytes;
    std::vector<int> labels;
    bytes.reserve(static_cast<std::size_t>(count * height * width));
    for (nn::Index i = 0; i < count; ++i) {
      labels.push_back(static_cast<int>(random_.below(10)));
      const std::vector<std::uint8_t> image = draw(labels.back());
      bytes.insert(bytes.end(), image.begin(), image.end());
    }
    return nn::Dataset(nn::Shape(height, width, 1), std::move(bytes), std::move(labels), 10);
  }

  /// One image of a digit, row after row; 0 is paper, 255 is ink.
  std::vector<std::uint8_t> draw(int digit) {
    const std::vector<std::string_view>& ways = ways_to_write[static_cast<std::size_t>(digit)];
    return draw(read_glyph(ways[static_cast<std::size_t>(random_.below(ways.size()))]));
  }

  /// One image of what is no digit: a line that goes to and fro through points anywhere, round or with corners, or two
  /// of them.
  std::vector<std::uint8_t> scribble() {
    Glyph glyph(1 + random_.below(2));
    const bool has_corners = random_.below(2) == 0;
    for (Stroke& stroke : glyph)
      for (std::uint64_t points = 3 + random_.below(12); points > 0; --points)
        stroke.insert(stroke.end(), has_corners ? 2 : 1, {random_.uniform(0, 1), random_.uniform(0, 1)});
    return draw(glyph);
  }

 private:
  std::vector<std::uint8_t> draw(Glyph glyph) {
    bend(glyph);
    place(glyph);
    ink_.fill(0);
    const double pen = std::clamp(random_.normal() * 0.4 + 1.45, 0.9, 2.4);  // half its width, in pixels
    for (const Stroke& stroke : glyph) draw(stroke, pen);
    return exposed();
  }

  double around(double mean, double deviation) { return mean + deviation * std::clamp(random_.normal(), -2.2, 2.2); }

  // No hand hits the same points twice, and the whole digit is warped a little.
  void bend(Glyph& glyph) {
    const double wave_x = around(0, 0.035), wave_y = around(0, 0.035);
    const double phase_x = random_.uniform(0, 2 * std::numbers::pi), phase_y = random_.uniform(0, 2 * std::numbers::pi);
    for (Stroke& stroke : glyph) {
      for (std::size_t i = 0; i < stroke.size(); ++i) {
        Point& point = stroke[i];
        const bool is_corner = i > 0 && point.x == stroke[i - 1].x && point.y == stroke[i - 1].y;
        if (is_corner) continue;
        const Point moved{around(point.x, 0.025) + wave_x * std::sin(5 * point.y + phase_x),
                          around(point.y, 0.022) + wave_y * std::sin(5 * point.x + phase_y)};
        if (i + 1 < stroke.size() && point.x == stroke[i + 1].x && point.y == stroke[i + 1].y) stroke[i + 1] = moved;
        point = moved;
      }
      stroke = smooth(stroke);
    }
  }

  // Slant, turn and scale; then its centre of mass near the middle of the image, where that of MNIST's digits is.
  void place(Glyph& glyph) {
    const double slant = around(0.18, 0.16), turn = around(0, 0.08);
    const double tall = around(17.6, 1.0), wide = tall * std::clamp(around(0.76, 0.13), 0.42, 1.1);
    const double cosine = std::cos(turn), sine = std::sin(turn);
    Point low{1e9, 1e9}, high{-1e9, -1e9}, sum{0, 0};
    double length = 0;
    for (Stroke& stroke : glyph)
      for (std::size_t i = 0; i < stroke.size(); ++i) {
        Point& point = stroke[i];
        const double y = tall * (point.y - 0.5), x = wide * (point.x - 0.5) - slant * y;
        point = {cosine * x - sine * y, sine * x + cosine * y};
        low = {std::min(low.x, point.x), std::min(low.y, point.y)};
        high = {std::max(high.x, point.x), std::max(high.y, point.y)};
        if (i == 0) continue;
        const double piece = std::hypot(point.x - stroke[i - 1].x, point.y - stroke[i - 1].y);
        sum = sum + piece * point;
        length += piece;
      }
    const double fit = std::min({1.0, 21 / (high.x - low.x), 21 / (high.y - low.y)});
    const Point shift{around(width / 2.0, 0.6), around(height / 2.0, 0.6)};
    for (Stroke& stroke : glyph)
      for (Point& point : stroke) point = fit * (point - (1 / length) * sum) + shift;
  }

  // A pixel gets ink by its distance to the middle of the line; the pen is pressed more here, less there.
  void draw(const Stroke& stroke, double pen) {
    const double start = pen * around(1, 0.12), end = pen * around(0.95, 0.14);
    for (std::size_t i = 0; i + 1 < stroke.size(); ++i) {
      const double t = static_cast<double>(i) / static_cast<double>(stroke.size());
      draw(stroke[i], stroke[i + 1], start + t * (end - start));
    }
  }

  void draw(Point a, Point b, double pen) {
    const Point along = b - a;
    const double length = along.x * along.x + along.y * along.y;
    const double reach = pen + 1;
    const auto from = [&](double p, double q) { return std::max<nn::Index>(0, std::lround(std::min(p, q) - reach)); };
    const auto to = [&](double p, double q, nn::Index size) {
      return std::min<nn::Index>(size - 1, std::lround(std::max(p, q) + reach));
    };
    for (nn::Index row = from(a.y, b.y); row <= to(a.y, b.y, height); ++row)
      for (nn::Index column = from(a.x, b.x); column <= to(a.x, b.x, width); ++column) {
        const Point pixel = Point{static_cast<double>(column) + 0.5, static_cast<double>(row) + 0.5} - a;
        const double t = length > 0 ? std::clamp((pixel.x * along.x + pixel.y * along.y) / length, 0.0, 1.0) : 0.0;
        const Point away = pixel - t * along;
        const double ink = std::clamp((pen + 0.65 - std::hypot(away.x, away.y)) / 1.3, 0.0, 1.0);
        double& pixel_ink = ink_[static_cast<std::size_t>(row * width + column)];
        pixel_ink = std::max(pixel_ink, ink);
      }
  }

  // As a scanner sees it: uneven where there is ink, a speck now and then where there is none.
  std::vector<std::uint8_t> exposed() {
    std::vector<std::uint8_t> image(ink_.size());
    const double strength = random_.uniform(0.9, 1.05), grain = random_.uniform(0.0, 0.08);
    for (std::size_t i = 0; i < ink_.size(); ++i) {
      double brightness = ink_[i] * strength;
      if (ink_[i] > 0) brightness += grain * random_.normal();
      image[i] = static_cast<std::uint8_t>(std::lround(255 * std::clamp(brightness, 0.0, 1.0)));
    }
    for (std::uint64_t specks = random_.below(4); specks > 0; --specks)
      image[static_cast<std::size_t>(random_.below(image.size()))] = static_cast<std::uint8_t>(random_.below(120));
    return image;
  }

  nn::Random random_;
  std::array<double, static_cast<std::size_t>(height* width)> ink_{};
};

}  // namespace mnist
