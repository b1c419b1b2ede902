// SPDX-License-Identifier: MIT
// Ink on paper: the brightness of the paper is taken away, a threshold tells ink from paper, specks are left out.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <utility>
#include <vector>

#include <nn/core/views.hpp>

namespace nn::detail {

/// Brightness, row after row.
struct GreyPicture {
  Index height, width;
  std::vector<double> values;

  GreyPicture(Index rows, Index columns)
      : height(rows), width(columns), values(static_cast<std::size_t>(rows * columns)) {}
  std::size_t position(Index row, Index column) const { return static_cast<std::size_t>(row * width + column); }
  double& operator()(Index row, Index column) { return values[position(row, column)]; }
  double operator()(Index row, Index column) const { return values[position(row, column)]; }
};

/// For each pixel, whether it is one of those meant.
using Mask = std::vector<char>;

/// Calls visit(row, column) for the pixels within `reach` rows and columns of a place that are in the picture.
void for_each_near(const GreyPicture& picture, Index row, Index column, Index reach, auto visit) {
  for (Index r = std::max<Index>(row - reach, 0); r <= std::min(row + reach, picture.height - 1); ++r)
    for (Index c = std::max<Index>(column - reach, 0); c <= std::min(column + reach, picture.width - 1); ++c)
      visit(r, c);
}

/// The number that a share of the numbers is below; 0 of none.
template <class Number = double>
double quantile(std::vector<Number> numbers, double share) {
  if (numbers.empty()) return 0;
  const auto place = numbers.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(numbers.size() - 1));
  std::nth_element(numbers.begin(), place, numbers.end());
  return *place;
}

/// The standard deviation of the noise, from the smaller ones of the differences between neighbours, which are neither
/// edges nor shading: a quarter of normal numbers is within 0.3186 deviations.
double noise_deviation(const auto& picture) {
  std::vector<double> differences;
  differences.reserve(2 * picture.values.size());
  for (Index row = 0; row < picture.height; ++row)
    for (Index column = 0; column < picture.width; ++column) {
      if (column > 0) differences.push_back(std::abs(picture(row, column) - picture(row, column - 1)));
      if (row > 0) differences.push_back(std::abs(picture(row, column) - picture(row - 1, column)));
    }
  return quantile(std::move(differences), 0.25) / (0.3186 * std::sqrt(2.0));
}

/// Makes every pixel the mean of itself, counted four times, its neighbours in the row and the column, counted twice,
/// and those across. Returns how much is left of the deviation of noise: sqrt(1 + 4 + 1 + ...) / 16.
inline double smooth(GreyPicture& picture) {
  const GreyPicture from = picture;
  for (Index row = 0; row < picture.height; ++row)
    for (Index column = 0; column < picture.width; ++column) {
      double sum = 0, weights = 0;
      for_each_near(from, row, column, 1, [&](Index r, Index c) {
        const double weight = (r == row ? 2 : 1) * (c == column ? 2 : 1);
        sum += weight * from(r, c);
        weights += weight;
      });
      picture(row, column) = sum / weights;
    }
  return 0.375;
}

/// Where the values split into two classes whose means differ most, weighted by their sizes (Otsu 1979); the middle of
/// such places where a gap leaves several.
template <class Number = double>
double otsu_threshold(const std::vector<Number>& values) {
  constexpr std::size_t bins = 256;
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  const double bin_width = (*high - *low) / bins;
  if (!(bin_width > 0)) return *low;
  std::array<double, bins> counts{};
  for (const double value : values)
    counts[std::min(bins - 1, static_cast<std::size_t>((value - *low) / bin_width))] += 1;

  double total = 0;
  for (std::size_t bin = 0; bin < bins; ++bin) total += counts[bin] * static_cast<double>(bin);
  const double count = static_cast<double>(values.size());
  double below = 0, sum = 0, best = -1;
  std::size_t first = 0, last = 0;
  for (std::size_t bin = 0; bin + 1 < bins; ++bin) {
    below += counts[bin];
    sum += counts[bin] * static_cast<double>(bin);
    const double difference = sum / below - (total - sum) / (count - below);
    const double between = below * (count - below) * difference * difference;
    if (between > best) first = bin;
    if (between >= best) last = bin;
    best = std::max(best, between);
  }
  return *low + bin_width * (static_cast<double>(first + last) / 2 + 1);
}

/// Takes away the plane that fits the border best by least absolute differences (reweighted least squares, a
/// coefficient at a time): ink that touches the border hardly counts. Made for values between 0 and 1.
void subtract_border_plane(auto& picture) {
  using Terms = std::array<double, 3>;
  const auto terms = [&](Index row, Index column) {
    return Terms{1, static_cast<double>(2 * row + 1 - picture.height) / static_cast<double>(picture.height),
                 static_cast<double>(2 * column + 1 - picture.width) / static_cast<double>(picture.width)};
  };
  std::vector<std::pair<Terms, double>> border;
  for (Index row = 0; row < picture.height; ++row)
    for (Index column = 0; column < picture.width; ++column)
      if (row == 0 || column == 0 || row == picture.height - 1 || column == picture.width - 1)
        border.emplace_back(terms(row, column), picture(row, column));

  Terms plane{};
  for (double smallest = 1; smallest > 1e-4; smallest *= 0.95)
    for (std::size_t i = 0; i < plane.size(); ++i) {
      double weighted = 0, weights = 1e-12;
      for (const auto& [term, rest] : border) {
        const double weight = 1 / (std::abs(rest) + smallest);
        weighted += weight * term[i] * rest;
        weights += weight * term[i] * term[i];
      }
      plane[i] += weighted / weights;
      for (auto& [term, rest] : border) rest -= weighted / weights * term[i];
    }
  for (Index row = 0; row < picture.height; ++row)
    for (Index column = 0; column < picture.width; ++column) {
      const Terms term = terms(row, column);
      picture(row, column) -= plane[0] + plane[1] * term[1] + plane[2] * term[2];
    }
}

/// Takes away what shading is left: the mean of the paper around each pixel, in a window of a quarter of the picture.
/// Paper is what is below the threshold and no further from the median of that than noise explains.
void subtract_shading(auto& picture, double threshold, double noise) {
  std::vector<double> paper;
  std::copy_if(picture.values.begin(), picture.values.end(), std::back_inserter(paper),
               [&](double value) { return value <= threshold; });
  const double middle = quantile(paper, 0.5);
  for (double& value : paper) value = std::abs(value - middle);
  const double farthest = 3 * std::max(noise, 1.4826 * quantile(std::move(paper), 0.5));

  // Sums over all pixels above and to the left make every window four look-ups (Crow 1984).
  GreyPicture sums(picture.height + 1, picture.width + 1), counts = sums;
  for (Index row = 0; row < picture.height; ++row)
    for (Index column = 0; column < picture.width; ++column) {
      const double value = picture(row, column);
      const bool is_paper = value <= threshold && std::abs(value - middle) <= farthest;
      const auto add = [&](GreyPicture& to, double summand) {
        to(row + 1, column + 1) = summand + to(row, column + 1) + to(row + 1, column) - to(row, column);
      };
      add(sums, is_paper ? value : 0);
      add(counts, is_paper ? 1 : 0);
    }
  const Index reach = std::max<Index>(2, std::max(picture.height, picture.width) / 8);
  for (Index row = 0; row < picture.height; ++row)
    for (Index column = 0; column < picture.width; ++column) {
      const Index top = std::max<Index>(row - reach, 0), bottom = std::min(row + reach + 1, picture.height),
                  left = std::max<Index>(column - reach, 0), right = std::min(column + reach + 1, picture.width);
      const auto in_window = [&](const GreyPicture& of) {
        return of(bottom, right) - of(top, right) - of(bottom, left) + of(top, left);
      };
      // Where there is next to no paper, that of the whole picture counts.
      picture(row, column) -= (in_window(sums) + middle) / (in_window(counts) + 1);
    }
}

/// The pixels above the threshold in pieces of a size: pieces (joined by sides or corners) with less than a share of
/// the ink of the largest one are specks and left out.
Mask large_pieces(const auto& picture, double threshold, double share) {
  std::vector<Index> piece_of(picture.values.size(), -1), to_visit;
  std::vector<double> inks;
  for (std::size_t start = 0; start < piece_of.size(); ++start) {
    if (piece_of[start] >= 0 || !(picture.values[start] > threshold)) continue;
    const Index piece = static_cast<Index>(inks.size());
    inks.push_back(0);
    piece_of[start] = piece;
    to_visit.push_back(static_cast<Index>(start));
    while (!to_visit.empty()) {
      const Index row = to_visit.back() / picture.width, column = to_visit.back() % picture.width;
      to_visit.pop_back();
      inks.back() += picture(row, column);
      for_each_near(picture, row, column, 1, [&](Index r, Index c) {
        Index& neighbour = piece_of[picture.position(r, c)];
        if (neighbour >= 0 || !(picture(r, c) > threshold)) return;
        neighbour = piece;
        to_visit.push_back(r * picture.width + c);
      });
    }
  }
  Mask mask(piece_of.size());
  if (inks.empty()) return mask;
  const double least = share * *std::max_element(inks.begin(), inks.end());
  for (std::size_t i = 0; i < mask.size(); ++i)
    mask[i] = piece_of[i] >= 0 && inks[static_cast<std::size_t>(piece_of[i])] >= least;
  return mask;
}

}  // namespace nn::detail
