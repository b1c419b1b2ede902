// SPDX-License-Identifier: MIT
#include <nn/training/fit_state.hpp>

#include "../catch.hpp"

TEST_CASE("a training that has not begun has no best, and any loss is better") {
  const nn::FitState<float> state;
  CHECK(state.best_parameters.size() == 0);
  CHECK(1e300 < state.best_loss);
  CHECK_FALSE(state.is_within_epoch);
  CHECK(state.history.epochs.empty());
}
