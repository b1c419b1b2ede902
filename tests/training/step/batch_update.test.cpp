// SPDX-License-Identifier: MIT
// An update worked out by hand, of a loss that the test makes itself; where it cannot be made, nothing is changed.
#include <nn/training/step/batch_update.hpp>

#include <limits>

#include <nn/layers/dense.hpp>
#include <nn/layers/input.hpp>
#include <nn/networks/network.hpp>
#include <nn/optimizers/sgd.hpp>

#include "../../catch.hpp"

namespace {

using Line = nn::Network<double, nn::Input<1>, nn::Dense<1>>;

Line line_of(double w, double b) {
  Line network;
  network.parameters() << w, b;
  return network;
}

// The loss is half of the output of every sample, or not finite.
template <class Update>
double updated(Update& update, const nn::Matrix<double>& x, double loss_factor = 0.5) {
  const nn::ConstMatrixView<double> samples(x.data(), x.rows(), x.cols());
  return update(samples, 1, [&](nn::Index first, nn::Index last) {
    for (nn::Index i = first; i < last; ++i) {
      update.batch().losses()[i] = loss_factor * update.batch().outputs(samples, 1)[i];
      update.batch().output_gradient(x.cols(), 1)[i] = 0.5 / static_cast<double>(x.cols());
    }
  });
}

}  // namespace

TEST_CASE("an update is the step of its gradient: plain, of another optimizer, and of a whole gradient") {
  // x = 1, 3: the outputs are 3 and 7, the gradient of w is (1 + 3) / 4 = 1, that of b 1/2.
  const nn::Matrix<double> x{{1, 3}};
  const auto check = [&](const nn::SGD& optimizer, const nn::TrainerOptions& options, double w, double b) {
    Line network = line_of(2, 1);
    nn::BatchUpdate<Line, nn::SGD> update(network, optimizer, options);
    update.parameter_update().find_ranges(network);
    CHECK(updated(update, x) == 2.5);
    CHECK(network.parameters() == nn::Vector<double>{{w, b}});
    CHECK(update.pass_count() == 1);
    CHECK(update.parameter_update().step_count() == 1);
  };
  check({.learning_rate = 0.25}, {}, 1.75, 0.875);
  check({.learning_rate = 0.25, .momentum = 0.5}, {}, 1.75, 0.875);
  check({.learning_rate = 0.25}, {.l2 = 0.5}, 2 - 0.25 * 2, 0.875);
}

TEST_CASE("an update with a loss that is not finite leaves the network, the optimizer and the counts") {
  Line network = line_of(2, 1);
  nn::BatchUpdate<Line, nn::SGD> update(network, {.learning_rate = 0.25, .momentum = 0.5}, {});
  update.parameter_update().find_ranges(network);
  const nn::Matrix<double> x{{1, 3}};
  updated(update, x);
  Line once = network;
  CHECK_THROWS_AS(updated(update, x, std::numeric_limits<double>::infinity()), nn::data_error);
  CHECK(network == once);
  CHECK(update.pass_count() == 1);
  updated(update, x);  // with the velocity of the first alone: 1 + 0.5, 0.5 + 0.25
  CHECK(network.parameters() == nn::Vector<double>{{1.75 - 0.25 * 1.5, 0.875 - 0.25 * 0.75}});
}

TEST_CASE("an update goes back to a snapshot, once") {
  Line network = line_of(2, 1);
  nn::BatchUpdate<Line, nn::SGD> update(network, {.learning_rate = 0.25, .momentum = 0.5}, {});
  const nn::Matrix<double> x{{1, 3}};
  updated(update, x);
  nn::BatchUpdate<Line, nn::SGD>::Snapshot then;
  update.keep(then);
  updated(update, x);
  const Line twice = network;
  update.go_back_to(then);
  CHECK(network.parameters() == nn::Vector<double>{{1.75, 0.875}});
  CHECK(update.pass_count() == 1);
  CHECK(update.parameter_update().step_count() == 1);
  updated(update, x);
  CHECK(network == twice);
}
