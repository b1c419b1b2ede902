// SPDX-License-Identifier: MIT
#include <nn/training/step/batch_gradient.hpp>

#include <limits>
#include <vector>

#include <nn/layers/batch_norm.hpp>
#include <nn/layers/dense.hpp>
#include <nn/layers/input.hpp>
#include <nn/layers/last_step.hpp>
#include <nn/layers/sequence.hpp>
#include <nn/networks/network.hpp>

#include "../../catch.hpp"

using Catch::Matchers::Message;

namespace {

using BatchLine = nn::Network<double, nn::Input<1>, nn::Dense<1>>;

BatchLine batch_line(double w, double b) {
  BatchLine network;
  network.parameters() << w, b;
  return network;
}

}  // namespace

TEST_CASE("a batch goes forward, its loss is summed and its gradient added, on any number of threads") {
  // y = 2 x + 1; with the loss y / 2 and the gradient 1 / 2 of each sample, dw is half the sum of x and db half of 4.
  const nn::Matrix<double> x{{1, 2, 3, 4}};
  for (const nn::Index threads : {1, 2, 3}) {
    CAPTURE(threads);
    BatchLine network = batch_line(2, 1);
    nn::BatchGradient<BatchLine> batch(network, {.threads = threads});
    const nn::ConstMatrixView<double> samples(x.data(), 1, 4);
    const auto forward = [&] {
      batch.begin(1, 0);
      batch.forward(samples, 1, [&](nn::Index first, nn::Index last) {
        for (nn::Index i = first; i < last; ++i) {
          batch.losses()[i] = batch.outputs(samples, 1)[i] / 2;
          batch.output_gradient(4, 1)[i] = 0.5;
        }
      });
    };
    forward();
    CHECK(batch.sum_of_losses(samples) == (3 + 5 + 7 + 9) / 2.0);
    nn::Buffer<double> gradient(nn::Vector<double>{{100, 100}});
    batch.add_gradient(samples, gradient, true, [](nn::Index, nn::Index) {});
    CHECK(gradient.view() == nn::Vector<double>{{5, 2}});
    forward();
    std::vector<nn::Index> finished(2);
    batch.add_gradient(samples, gradient, false, [&](nn::Index first, nn::Index last) {
      for (nn::Index k = first; k < last; ++k) ++finished[static_cast<std::size_t>(k)];
    });
    CHECK(gradient.view() == nn::Vector<double>{{10, 4}});
    CHECK(finished == std::vector<nn::Index>{1, 1});
    forward();
    batch.descend(samples, 0.5);
    CHECK(network.parameters() == nn::Vector<double>{{2 - 0.5 * 5, 1 - 0.5 * 2}});
  }
}

TEST_CASE("a loss that is not finite names the number that made it so, and the state goes back") {
  nn::Network<double, nn::Input<1>, nn::BatchNorm, nn::Dense<1>> network;
  const nn::Vector<double> state = network.state();
  nn::BatchGradient<decltype(network)> batch(network, {});
  CHECK(batch.least_samples() == 2);
  const nn::Matrix<double> x{{1, 2}};
  const nn::ConstMatrixView<double> samples(x.data(), 1, 2);
  batch.begin(3, 0);
  batch.forward(samples, 2, [&](nn::Index first, nn::Index last) {
    for (nn::Index i = first; i < last; ++i) batch.losses()[i] = std::numeric_limits<double>::infinity();
  });
  CHECK_FALSE(network.state() == state);
  CHECK_THROWS_MATCHES(batch.sum_of_losses(samples), nn::data_error,
                       Message("step 3: the loss is inf though all outputs are finite; the outputs are too large for "
                               "this loss, lower the learning rate or scale the targets"));
  CHECK(network.state() == state);
}

TEST_CASE("a network for any length is laid out for the samples at hand") {
  nn::Network<double, nn::Sequence<2>, nn::LastStep, nn::Dense<1>> network;
  nn::BatchGradient<decltype(network)> batch(network, {});
  batch.lay_out(6);
  CHECK(batch.layout().input_shape() == nn::Shape{1, 3, 2});
  batch.lay_out(2);
  CHECK(batch.layout().input_shape() == nn::Shape{1, 1, 2});
}
