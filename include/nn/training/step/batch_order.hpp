// SPDX-License-Identifier: MIT
// All samples in batches, in their order; sequences of different lengths by length, those of one length together.
#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <span>
#include <vector>

#include <nn/core/views.hpp>
#include <nn/data/dataset.hpp>

namespace nn {

namespace detail {

class BatchOrder {
 public:
  BatchOrder(const Dataset& data, Index batch_size) : order_(static_cast<std::size_t>(data.size())) {
    std::iota(order_.begin(), order_.end(), Index(0));
    const std::vector<Index>& lengths = data.lengths();
    const auto length = [&](Index sample) { return lengths.empty() ? 0 : lengths[static_cast<std::size_t>(sample)]; };
    if (!lengths.empty())
      std::stable_sort(order_.begin(), order_.end(), [&](Index a, Index b) { return length(a) < length(b); });
    for (std::size_t k = 0; k < order_.size(); ++k)
      if (k == 0 || k - begins_.back() == static_cast<std::size_t>(batch_size) ||
          length(order_[k]) != length(order_[k - 1]))
        begins_.push_back(k);
    begins_.push_back(order_.size());
    largest_ = batch_size;
  }

  Index largest() const { return largest_; }
  Index batch_count() const { return static_cast<Index>(begins_.size()) - 1; }
  std::span<const Index> batch(Index number) const {
    const auto k = static_cast<std::size_t>(number);
    return std::span(order_).subspan(begins_[k], begins_[k + 1] - begins_[k]);
  }

 private:
  std::vector<Index> order_;
  std::vector<std::size_t> begins_;
  Index largest_ = 0;
};

}  // namespace detail

}  // namespace nn
