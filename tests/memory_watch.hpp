// SPDX-License-Identifier: MIT
// The memory that a piece of code asks for: how much, full of what, and what happens when it is refused.
#pragma once

#include <cstddef>
#include <new>

namespace test {

/// How much memory does a piece of code take at most? Every allocation of the program is counted, Eigen's too. Watches
/// from its construction on; one at a time.
class MemoryWatch {
 public:
  MemoryWatch();
  /// The most bytes that were in use at once, beyond those in use at the start.
  std::size_t peak() const;
  /// How many allocations there were.
  std::size_t allocations() const;

  /// Whether it counts at all; both are 0 where not: under sanitizers, which have their own allocator, and without the
  /// GNU C library. What follows works there for operator new alone.
  static bool works();

 private:
  std::size_t live_at_start_;
  std::size_t allocations_at_start_;
};

/// While it lives, every byte of fresh memory is `byte`: 0xFF makes every number NaN. One at a time.
class FreshMemory {
 public:
  explicit FreshMemory(unsigned char byte);
  FreshMemory(const FreshMemory&) = delete;
  FreshMemory& operator=(const FreshMemory&) = delete;
  ~FreshMemory();
};

/// Refuses one allocation: of those from its construction on the one with this number, counted from 0. One at a time.
class FailingAllocation {
 public:
  explicit FailingAllocation(long number);
  FailingAllocation(const FailingAllocation&) = delete;
  FailingAllocation& operator=(const FailingAllocation&) = delete;
  ~FailingAllocation();
  /// Whether there were so many allocations that it was refused.
  bool has_come() const;
};

/// Calls prepare() and then work() for n = 0, 1, ... with the n-th allocation of the work failing, until it makes
/// fewer. It is to throw std::bad_alloc, or to do without the memory; then check(has_thrown) is called. Returns how
/// many allocations failed.
template <class Prepare, class Work, class Check>
long fail_every_allocation(const Prepare& prepare, const Work& work, const Check& check) {
  for (long n = 0;; ++n) {
    bool has_thrown = false, has_come = false;
    prepare();
    {
      const FailingAllocation failing(n);
      try {
        work();
      } catch (const std::bad_alloc&) {
        has_thrown = true;
      }
      has_come = failing.has_come();
    }
    if (!has_come) return n;
    check(has_thrown);
  }
}
template <class Work, class Check>
long fail_every_allocation(const Work& work, const Check& check) {
  return fail_every_allocation([] {}, work, check);
}

}  // namespace test
