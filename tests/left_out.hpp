// SPDX-License-Identifier: MIT
// What a machine cannot test is said, so that nobody takes it for tested: tests/run.sh lists these lines at its end.
#pragma once

#include <cstdio>
#include <string>

#include "catch.hpp"

namespace test {

/// Says in one line what is not tested here, and why.
inline void left_out(const std::string& what_and_why) {
  std::printf("left out: %s\n", what_and_why.c_str());
  std::fflush(stdout);
  SUCCEED();
}

}  // namespace test
