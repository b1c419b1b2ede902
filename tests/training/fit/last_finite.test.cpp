// SPDX-License-Identifier: MIT
#include <nn/training/fit/last_finite.hpp>

#include <limits>

#include <nn/layers/dense.hpp>
#include <nn/layers/input.hpp>
#include <nn/losses/mean_squared_error.hpp>
#include <nn/networks/network.hpp>
#include <nn/optimizers/sgd.hpp>
#include <nn/training/step/training_step.hpp>

#include "../../catch.hpp"

using Catch::Matchers::Message;

TEST_CASE("a training goes back to its last update whose numbers were finite, and says which is not") {
  nn::Network<double, nn::Input<1>, nn::Dense<1>> network;
  network.parameters() << 1, 2;
  nn::TrainingStep step{network, nn::MeanSquaredError{}, nn::SGD{}, nn::TrainerOptions{}};
  nn::LastFinite before(step);
  network.parameters() << 3, 4;
  CHECK(before.keep(step));
  network.parameters()[1] = std::numeric_limits<double>::infinity();
  CHECK_FALSE(before.keep(step));
  CHECK_THROWS_MATCHES(before.require(step), nn::data_error,
                       Message("fit: after update 0 parameter 1 of layer 1 (Dense) is inf; the network is again as it "
                               "was after update 0. Lower the learning rate, or scale the inputs to about -1..1"));
  CHECK(network.parameters() == nn::Vector<double>{{3, 4}});
  CHECK_NOTHROW(before.require(step));
}
