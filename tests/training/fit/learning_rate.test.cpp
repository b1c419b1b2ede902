// SPDX-License-Identifier: MIT
#include <nn/training/fit/learning_rate.hpp>

#include <cmath>
#include <cstdint>
#include <stdexcept>

#include <nn/optimizers/sgd.hpp>

#include "../../catch.hpp"

namespace {

// Each update halves it.
nn::Schedule halving() {
  return nn::Schedule(
      [](std::int64_t update) { return update < 2000 ? std::ldexp(1.0, -static_cast<int>(update)) : 0; });
}

struct RatelessOptimizer {};

}  // namespace

TEST_CASE("the rate of an update is the schedule's, or the optimizer's own, and never 0") {
  const nn::SGD optimizer{.learning_rate = 0.25};
  CHECK(nn::rate_of(optimizer, nn::Schedule(), 3) == 0.25);
  CHECK(nn::rate_of(optimizer, halving(), 3) == 0.125);
  CHECK(nn::rate_of(optimizer, halving(), -1) == 1);  // before the first
  CHECK(nn::rate_of(optimizer, halving(), 2000) == 1e-30);
  CHECK(nn::rate_of(optimizer, halving(), 99) == std::ldexp(1.0, -99));  // 1.6e-30
  CHECK(nn::rate_of(optimizer, halving(), 100) == 1e-30);
}

TEST_CASE("an optimizer without a rate takes no schedule") {
  CHECK(nn::rate_of(RatelessOptimizer{}, nn::Schedule(), 3) == 0);
  CHECK_THROWS_AS(nn::rate_of(RatelessOptimizer{}, halving(), 3), nn::data_error);
}

TEST_CASE("an optimizer has the rate it is given until the end of a block, however that ends") {
  nn::SGD optimizer{.learning_rate = 0.25};
  try {
    const nn::LearningRate rate(optimizer, 0.5);
    CHECK(optimizer.learning_rate == 0.5);
    throw std::runtime_error("an update that cannot be made");
  } catch (const std::runtime_error&) {
  }
  CHECK(optimizer.learning_rate == 0.25);
}
