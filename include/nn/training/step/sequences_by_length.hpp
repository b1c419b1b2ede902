// SPDX-License-Identifier: MIT
// A batch of sequences of different lengths, taken apart into those of one length.
#pragma once

#include <algorithm>
#include <numeric>
#include <span>
#include <vector>

#include <nn/core/buffer.hpp>
#include <nn/core/views.hpp>

namespace nn::detail {

/// The samples of one length, gathered in one block. Made once, reused.
template <class T>
struct SequencesByLength {
  Index count = 0;  ///< of those that were found last
  Buffer<T> targets;
  std::vector<double> weights;

  /// Short ones first, and those of one length as they come.
  void order_by(std::span<const Index> lengths) {
    order_.resize(lengths.size());
    std::iota(order_.begin(), order_.end(), Index(0));
    std::sort(order_.begin(), order_.end(), [&](Index a, Index b) {
      const Index of_a = lengths[static_cast<std::size_t>(a)], of_b = lengths[static_cast<std::size_t>(b)];
      return of_a != of_b ? of_a < of_b : a < b;
    });
  }

  /// Counts those of one length from this position of the order on, and returns their length.
  Index find(std::span<const Index> lengths, Index first) {
    const auto length = [&](Index i) { return lengths[static_cast<std::size_t>(order_[static_cast<std::size_t>(i)])]; };
    const Index size = static_cast<Index>(order_.size());
    count = 1;
    while (first + count < size && length(first + count) == length(first)) ++count;
    return length(first);
  }

  /// Copies the first numbers of each of them, and of their targets.
  void gather(const ConstMatrixView<T>& all_x, Index features, const ConstMatrixView<T>& all_targets, Index outputs,
              std::span<const double> all_weights, Index first) {
    features_ = features;
    x_.reserve(checked_product(features, count));
    targets.reserve(checked_product(outputs, count));
    weights.clear();
    for (Index i = 0; i < count; ++i) {
      const Index sample = order_[static_cast<std::size_t>(first + i)];
      std::copy_n(all_x.data() + sample * all_x.rows(), features, x_.data() + i * features);
      std::copy_n(all_targets.data() + sample * all_targets.rows(), outputs, targets.data() + i * outputs);
      if (!all_weights.empty()) weights.push_back(all_weights[static_cast<std::size_t>(sample)]);
    }
  }

  ConstMatrixView<T> x() const { return {x_.data(), features_, count}; }

 private:
  std::vector<Index> order_;
  Buffer<T> x_;
  Index features_ = 0;
};

}  // namespace nn::detail
