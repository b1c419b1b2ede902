// SPDX-License-Identifier: MIT
// How much memory does a piece of code take at most? Every allocation of the program is counted, Eigen's too.
#pragma once

#include <cstddef>

namespace test {

/// Watches from its construction on; one at a time.
class MemoryWatch {
 public:
  MemoryWatch();
  /// The most bytes that were in use at once, beyond those in use at the start.
  std::size_t peak() const;
  /// How many allocations there were.
  std::size_t allocations() const;

  /// Whether it counts at all; both are 0 where not: under sanitizers, which have their own allocator, and without the
  /// GNU C library.
  static bool works();

 private:
  std::size_t live_at_start_;
  std::size_t allocations_at_start_;
};

}  // namespace test
