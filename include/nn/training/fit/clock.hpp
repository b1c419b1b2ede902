// SPDX-License-Identifier: MIT
// How time is told: by the system's clock, or by one that the program has.
#pragma once

#include <chrono>
#include <functional>

#include <nn/core/errors.hpp>

namespace nn {

/// The time in seconds, counted from anywhere.
using Clock = std::function<double()>;

/// By the system's clock that nobody sets.
inline double steady_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

namespace detail {

/// Throws data_error where there is none.
inline void require_clock(const char* who, const Clock& clock) {
  if (!clock) throw data_error(who, ": the clock is an empty function; give one that returns seconds, or leave it out");
}

}  // namespace detail

}  // namespace nn
