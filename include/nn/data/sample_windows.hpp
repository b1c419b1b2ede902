// SPDX-License-Identifier: MIT
// The samples of an order, batch after batch: of a Dataset all are at hand; of a LazyDataset a window, while a thread
// reads the next one.
#pragma once

#include <cstddef>
#include <exception>
#include <numeric>
#include <optional>
#include <span>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <nn/core/callback.hpp>
#include <nn/core/views.hpp>
#include <nn/data/dataset.hpp>
#include <nn/data/lazy_dataset.hpp>

namespace nn::detail {

class SampleWindows {
 public:
  /// For batches of this size, the last of which may be smaller or less than twice as large.
  SampleWindows(DataReference data, Index batch_size) : data_(data), batch_size_(batch_size) {}
  SampleWindows(const SampleWindows&) = delete;
  SampleWindows& operator=(const SampleWindows&) = delete;
  ~SampleWindows() { wait(); }

  /// Some samples of a data set.
  struct Part {
    const Dataset& data;
    std::span<const Index> samples;
  };

  /// The batch of `count` samples from `first` on of an order, which must stay as it is until the next one begins, at
  /// 0. Calls check(window) for what has been read. Throws what reading throws.
  Part batch(std::span<const Index> order, Index first, Index count, const Callback<const Dataset&>& check) {
    const auto begin = static_cast<std::size_t>(first), size = static_cast<std::size_t>(count);
    if (data_.lazy() == nullptr) return {*data_.whole(), order.subspan(begin, size)};
    if (first == 0 || first < begin_ || first >= end_) go_to(order, first, check);
    return {*window_, std::span(positions_).subspan(static_cast<std::size_t>(first - begin_), size)};
  }

 private:
  void go_to(std::span<const Index> order, Index first, const Callback<const Dataset&>& check) {
    const auto size = static_cast<Index>(order.size());
    Index begin = 0, end = 0;
    while (end <= first) {
      begin = end;
      end = data_.lazy()->window_end(begin, size, batch_size_);
    }
    const auto part = [&](Index from, Index to) {
      return order.subspan(static_cast<std::size_t>(from), static_cast<std::size_t>(to - from));
    };
    wait();
    if (begin == 0 || begin != end_) {
      window_.reset();
      read(part(begin, end));
    }
    if (problem_) std::rethrow_exception(std::exchange(problem_, nullptr));
    window_ = std::exchange(next_, std::nullopt);
    begin_ = begin;
    end_ = end;
    positions_.resize(static_cast<std::size_t>(end - begin));
    std::iota(positions_.begin(), positions_.end(), Index(0));
    if (end < size) read_ahead(part(end, data_.lazy()->window_end(end, size, batch_size_)));
    check(*window_);
  }

  void read_ahead(std::span<const Index> samples) {
    try {
      thread_ = std::thread([this, samples] { read(samples); });
    } catch (const std::system_error&) {  // there are no more threads
      read(samples);
    }
  }

  void read(std::span<const Index> samples) {
    try {
      next_ = data_.lazy()->select(samples);
    } catch (...) {
      problem_ = std::current_exception();
    }
  }

  void wait() {
    if (thread_.joinable()) thread_.join();
  }

  DataReference data_;
  Index batch_size_;
  Index begin_ = 0, end_ = 0;  // of the window within the order
  std::optional<Dataset> window_, next_;
  std::vector<Index> positions_;  // within the window
  std::thread thread_;            // which reads the next one
  std::exception_ptr problem_;    // that it met
};

/// Calls use(window) for all samples in their order: once for a Dataset, for a LazyDataset with windows of whole
/// batches.
inline void for_each_window(DataReference data, Index batch_size, const Callback<const Dataset&>& use) {
  if (data.lazy() == nullptr) return use(*data.whole());
  std::vector<Index> order(static_cast<std::size_t>(data.size()));
  std::iota(order.begin(), order.end(), Index(0));
  SampleWindows windows(data, batch_size);
  for (Index first = 0; first < data.size(); first = data.lazy()->window_end(first, data.size(), batch_size))
    static_cast<void>(windows.batch(order, first, 1, use));
}

}  // namespace nn::detail
