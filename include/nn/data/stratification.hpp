// SPDX-License-Identifier: MIT
// How many samples of each class go to which part, so that every part has its share of every class.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <tuple>
#include <utility>
#include <vector>

#include <nn/core/views.hpp>

namespace nn::detail {

/// How many samples of a class each part gets.
using PartSizes = std::array<Index, 3>;

/// The sizes of the parts, each less than one sample from its share, by the largest remainder.
inline PartSizes part_sizes(const std::array<double, 3>& shares, Index samples) {
  PartSizes sizes{};
  std::array<double, 3> lacking{};
  Index left = samples;
  for (std::size_t part = 0; part < sizes.size(); ++part) {
    const double exact = shares[part] / (shares[0] + shares[1] + shares[2]) * static_cast<double>(samples);
    sizes[part] = static_cast<Index>(exact);
    lacking[part] = shares[part] > 0 ? exact - static_cast<double>(sizes[part]) : -1;
    left -= sizes[part];
  }
  for (; left > 0; --left) {
    const auto most = std::max_element(lacking.begin(), lacking.end());
    ++sizes[static_cast<std::size_t>(most - lacking.begin())];
    *most -= 1;
  }
  return sizes;
}

/// Spreads classes over parts of these sizes: each class is at most one sample off its share in every part, but for
/// what it takes that a class of as many samples as there are parts is in all of them. Begins with a good guess and, as
/// long as it helps, lets two or three parts pass on one sample each in a circle; none helps only where no other
/// spreading is better, the cost being convex (Klein 1967).
class Stratification {
 public:
  Stratification(const std::vector<Index>& class_sizes, const PartSizes& sizes) : class_sizes_(class_sizes) {
    const Index samples = std::accumulate(sizes.begin(), sizes.end(), Index(0));
    for (std::size_t part = 0; part < sizes.size(); ++part) {
      shares_[part] = static_cast<double>(sizes[part]) / static_cast<double>(samples);
      part_count_ += sizes[part] > 0;
    }
    deal(sizes, samples);
    while (pass_on()) {
    }
  }

  /// Class by class.
  const std::vector<PartSizes>& counts() const { return counts_; }

 private:
  static constexpr std::size_t parts = std::tuple_size_v<PartSizes>;

  // One sample after the other to the part that lacks most of its share so far.
  void deal(const PartSizes& sizes, Index samples) {
    PartSizes lacking{};  // in units of 1 / samples
    for (const Index size : class_sizes_) {
      PartSizes& count = counts_.emplace_back(PartSizes{});
      for (Index i = 0; i < size; ++i) {
        for (std::size_t part = 0; part < parts; ++part) lacking[part] += sizes[part];
        const auto neediest = std::max_element(lacking.begin(), lacking.end());
        *neediest -= samples;
        ++count[static_cast<std::size_t>(neediest - lacking.begin())];
      }
    }
  }

  // That a part has so many samples of a class: to be off costs little, to have none of many much; to be more than one
  // sample off costs so much that it happens by less than two, and only for a class that were lost else.
  double cost(std::size_t label, std::size_t part, Index count) const {
    const double off = std::abs(static_cast<double>(count) - shares_[part] * static_cast<double>(class_sizes_[label]));
    const double beyond = std::max(0.0, off - 1);
    const bool is_lost = count == 0 && shares_[part] > 0 && class_sizes_[label] >= part_count_;
    return off * off + 550 * beyond * beyond + (is_lost ? 1000 : 0);
  }

  struct Move {
    double cost;
    std::size_t label;
    bool operator<(const Move& other) const { return cost != other.cost ? cost < other.cost : label < other.label; }
  };
  // What it costs each class to give a sample from one part to another, the cheapest first.
  std::vector<Move> moves(std::size_t from, std::size_t to) const {
    std::vector<Move> all;
    for (std::size_t label = 0; label < counts_.size(); ++label) {
      const Index giving = counts_[label][from], taking = counts_[label][to];
      if (giving == 0) continue;
      all.push_back({cost(label, from, giving - 1) - cost(label, from, giving) + cost(label, to, taking + 1) -
                         cost(label, to, taking),
                     label});
    }
    std::sort(all.begin(), all.end());
    return all;
  }

  // False where no circle of two or three parts helps.
  bool pass_on() {
    std::array<std::array<std::vector<Move>, parts>, parts> all;
    for (std::size_t from = 0; from < parts; ++from)
      for (std::size_t to = 0; to < parts; ++to)
        if (from != to) all[from][to] = moves(from, to);
    std::vector<bool> has_changed(counts_.size());
    bool has_helped = false;
    for (std::size_t a = 0; a < parts; ++a)
      for (std::size_t b = 0; b < parts; ++b)
        for (std::size_t c = 0; c < parts; ++c) {  // where it is b, two parts make the circle
          if (a == b || a == c) continue;
          std::vector<std::pair<std::size_t, std::size_t>> circle{{a, b}, {c, a}};
          if (b != c) circle.emplace_back(b, c);
          std::array<std::size_t, parts> next{};
          const auto cheapest = [&](std::size_t i) -> const Move* {
            const std::vector<Move>& list = all[circle[i].first][circle[i].second];
            while (next[i] < list.size() && has_changed[list[next[i]].label]) ++next[i];
            return next[i] < list.size() ? &list[next[i]] : nullptr;
          };
          for (;;) {
            double change = 0;
            std::array<const Move*, parts> found{};
            for (std::size_t i = 0; i < circle.size(); ++i) {
              found[i] = cheapest(i);
              change += found[i] != nullptr ? found[i]->cost : 1e300;
            }
            if (change > -1e-9) break;
            for (std::size_t i = 0; i < circle.size(); ++i) {
              PartSizes& count = counts_[found[i]->label];
              --count[circle[i].first];
              ++count[circle[i].second];
              has_changed[found[i]->label] = true;
            }
            has_helped = true;
          }
        }
    return has_helped;
  }

  const std::vector<Index>& class_sizes_;
  std::array<double, parts> shares_{};
  Index part_count_ = 0;
  std::vector<PartSizes> counts_;
};

}  // namespace nn::detail
