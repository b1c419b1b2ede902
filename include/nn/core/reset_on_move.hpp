// SPDX-License-Identifier: MIT
// A number that goes with what it counts: after a move the old place has none.
#pragma once

#include <utility>

namespace nn {

/// A value that is T() once it was moved from, so that its owner needs no move of its own.
template <class T>
class ResetOnMove {
 public:
  constexpr ResetOnMove(T value = T()) : value_(value) {}
  constexpr ResetOnMove(const ResetOnMove&) = default;
  constexpr ResetOnMove(ResetOnMove&& other) noexcept : value_(std::exchange(other.value_, T())) {}
  constexpr ResetOnMove& operator=(const ResetOnMove&) = default;
  constexpr ResetOnMove& operator=(ResetOnMove&& other) noexcept {
    value_ = std::exchange(other.value_, T());
    return *this;
  }
  ~ResetOnMove() = default;

  constexpr operator T() const { return value_; }

 private:
  T value_;
};

}  // namespace nn
