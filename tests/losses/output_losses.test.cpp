// SPDX-License-Identifier: MIT
#include <nn/losses/output_losses.hpp>

#include <nn/layers/dense.hpp>
#include <nn/layers/input.hpp>
#include <nn/losses/mean_absolute_error.hpp>
#include <nn/losses/mean_squared_error.hpp>
#include <nn/networks/sequential.hpp>
#include <nn/optimizers/sgd.hpp>
#include <nn/training/trainer.hpp>

#include "../catch.hpp"
#include "../numbers.hpp"

using Catch::Matchers::Message;
using nn::MeanAbsoluteError;
using nn::MeanSquaredError;
using nn::OutputLoss;
using nn::OutputLosses;

TEST_CASE("The losses of several outputs are weighted and summed") {
  const OutputLosses loss{OutputLoss{MeanSquaredError{}, 1, 2.0}, OutputLoss{MeanAbsoluteError{}, 2}};
  const nn::Vector<double> y{{3, 1, 5}}, t{{1, 2, 3}};
  nn::Vector<double> dy(3);
  CHECK(loss(y, t) == 2.0 * MeanSquaredError{}(y.segment(0, 1), t.segment(0, 1)) + 1.5);  // the mean of 1 and 2
  loss.gradient(y, t, dy);
  CHECK(dy[0] == 2 * 2 * (3 - 1));
  CHECK(dy.tail(2) == nn::Vector<double>{{-0.5, 0.5}});
}

TEST_CASE("Every output has its loss, and weights and options make sense, before anything is learned") {
  nn::Sequential<float> network(nn::Input{2}, nn::Dense{3});
  const auto trainer_of = [&](auto loss) { nn::Trainer(network, loss, nn::SGD{}); };
  CHECK_THROWS_MATCHES(trainer_of(OutputLosses{OutputLoss{MeanSquaredError{}, 2}}), nn::shape_error,
                       Message("OutputLosses: its losses take 2 outputs, but the network has 3; give every output of "
                               "the network its loss, in their order"));
  CHECK_THROWS_MATCHES(trainer_of(OutputLosses{OutputLoss{MeanSquaredError{}, 0}}), nn::data_error,
                       Message("OutputLosses: a loss for 0 outputs; give it at least 1"));
  CHECK_THROWS_AS(trainer_of(OutputLosses{OutputLoss{MeanSquaredError{}, 3, -1.0}}), nn::data_error);
  CHECK_THROWS_AS(trainer_of(OutputLosses{OutputLoss{MeanSquaredError{}, 3, test::not_a_number<double>}}),
                  nn::data_error);
}
