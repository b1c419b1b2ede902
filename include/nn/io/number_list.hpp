// SPDX-License-Identifier: MIT
// Numbers that come one by one, so many as nobody knows: in pieces, so that they take no more memory than they are.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include <nn/core/views.hpp>

namespace nn::detail {

template <class T>
class NumberList {
 public:
  Index size() const { return size_; }

  void push_back(T number) {
    if (size_ % piece == 0) {
      std::vector<T> next;
      next.reserve(static_cast<std::size_t>(piece));
      pieces_.push_back(std::move(next));
    }
    pieces_.back().push_back(number);
    ++size_;
  }

  T operator[](Index i) const {
    return pieces_[static_cast<std::size_t>(i / piece)][static_cast<std::size_t>(i % piece)];
  }

  std::vector<T> to_vector() const {
    std::vector<T> all;
    all.reserve(static_cast<std::size_t>(size_));
    for (const std::vector<T>& numbers : pieces_) all.insert(all.end(), numbers.begin(), numbers.end());
    return all;
  }

 private:
  static constexpr Index piece = 4096;

  std::vector<std::vector<T>> pieces_;
  Index size_ = 0;
};

}  // namespace nn::detail
