// SPDX-License-Identifier: MIT
#include <nn/training/step/losses_of_batch.hpp>

#include <vector>

#include <nn/losses/mean_squared_error.hpp>

#include "../../catch.hpp"

namespace {

const nn::Matrix<double> outputs_of_three{{1, 2, 0}, {3, 4, 2}}, targets_of_three{{0, 2, 0}, {1, 4, 0}};

}  // namespace

TEST_CASE("losses of some samples, and gradients of the mean over all") {
  // Mean squared error over 2 outputs: ((1 - 0)^2 + (3 - 1)^2) / 2, and its gradient (y - t), of which a third counts.
  std::vector<double> losses(3, -1);
  nn::Matrix<double> dy = nn::Matrix<double>::Constant(2, 3, -1);
  nn::losses_and_gradients(nn::MeanSquaredError{}, 0, 2, 3, 2, targets_of_three.data(), {}, outputs_of_three.data(),
                           losses.data(), dy.data());
  CHECK(losses == std::vector<double>{2.5, 0, -1});
  CHECK(dy == nn::Matrix<double>{{1.0 / 3, 0, -1}, {2.0 / 3, 0, -1}});
}

TEST_CASE("weights multiply losses and gradients of their samples") {
  std::vector<double> losses(3);
  nn::Matrix<double> dy(2, 3);
  nn::losses_and_gradients(nn::MeanSquaredError{}, 0, 3, 1, 2, targets_of_three.data(), std::vector<double>{2, 1, -0.5},
                           outputs_of_three.data(), losses.data(), dy.data());
  CHECK(losses == std::vector<double>{5, 0, -1});
  CHECK(dy == nn::Matrix<double>{{2, 0, 0}, {4, 0, -1}});
}
