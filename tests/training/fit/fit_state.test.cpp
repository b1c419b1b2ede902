// SPDX-License-Identifier: MIT
#include <nn/training/fit/fit_state.hpp>

#include <algorithm>
#include <string>
#include <vector>

#include "../../catch.hpp"

TEST_CASE("a training that has not begun has no best, and any loss is better") {
  const nn::FitState<float> state;
  CHECK(state.best_parameters.size() == 0);
  CHECK(1e300 < state.best_loss);
  CHECK_FALSE(state.is_within_epoch);
  CHECK(state.history.epochs.empty());
}

TEST_CASE("every field of a training that has not begun is as a checkpoint needs it, and its name is its own") {
  nn::FitState<float> state;
  std::vector<std::string> names;
  const auto visit = [&](std::string_view name, const auto&, const auto& problem) {
    CHECK(std::string(problem()).empty());
    names.emplace_back(name);
  };
  nn::FitState<float>::for_each_field(state, visit, 4, 2, 0);
  CHECK(names.size() > 20);
  std::sort(names.begin(), names.end());
  CHECK(std::unique(names.begin(), names.end()) == names.end());
}
