// SPDX-License-Identifier: MIT
#include <nn/training/fit/history.hpp>

#include <cmath>

#include "../../catch.hpp"

TEST_CASE("an epoch without a validation set has NaN there, not a zero that looks like a result") {
  const nn::Epoch epoch;
  CHECK(std::isnan(epoch.validation_loss));
  CHECK(std::isnan(epoch.validation_accuracy));
  const nn::Progress progress;
  CHECK(std::isnan(progress.validation_loss));
  CHECK(std::isnan(progress.validation_accuracy));
  CHECK(nn::History{}.epochs.empty());
  CHECK_FALSE(nn::History{}.is_stopped);
}

TEST_CASE("progress remembers that it was asked to stop") {
  nn::Progress progress;
  CHECK_FALSE(progress.is_stopped);
  progress.stop();
  CHECK(progress.is_stopped);
}
