// SPDX-License-Identifier: MIT
// How much of a long test to run: $NN_TEST_EFFORT is the share of its cases, 1 (all of them) when not set.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdlib>

namespace test {

/// `cases`, or its share where the build is slow (sanitizers); at least 1.
auto effort(std::integral auto cases) {
  const char* share = std::getenv("NN_TEST_EFFORT");
  if (!share) return cases;
  return std::max(decltype(cases)(1), static_cast<decltype(cases)>(static_cast<double>(cases) * std::atof(share)));
}

}  // namespace test
