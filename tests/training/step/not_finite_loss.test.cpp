// SPDX-License-Identifier: MIT
// The first number that is not finite is named: a parameter, else an output, else the loss itself.
#include <nn/training/step/not_finite_loss.hpp>

#include <limits>
#include <string>

#include <nn/activations/relu.hpp>
#include <nn/layers/dense.hpp>
#include <nn/layers/input.hpp>
#include <nn/networks/network.hpp>

#include "../../catch.hpp"

using Catch::Matchers::Message;

namespace {

constexpr double nan_number = std::numeric_limits<double>::quiet_NaN();

using TwoLayers = nn::Network<double, nn::Input<1>, nn::Dense<2>, nn::ReLU>;

// After both layers passed samples of which those from the second on are looked at.
template <class Change>
void say_why(TwoLayers& network, nn::Index depth, const Change& change) {
  const nn::Matrix<double> x{{1, 2, 3}};
  nn::Workspace<double> workspace;
  workspace.reserve_activations(network, 3);
  nn::forward_pass(network, network.parameters().data(), nn::ConstMatrixView<double>(x.data(), 1, 3), workspace, 2,
                   nn::SampleRange{0, 3}, nn::Inference<double>{network.state().data()});
  change(workspace.activation(network.place(0), 3), workspace.activation(network.place(1), 3));
  nn::detail::throw_not_finite_loss(network, network, workspace, depth, 3, {1, 2}, 7, nan_number);
}

}  // namespace

TEST_CASE("a loss that is not finite is because of the first parameter or output that is not") {
  TwoLayers network;
  network.parameters() << 1, 1, 0, 0;
  const auto nothing = [](double*, double*) {};
  const std::string end_of_output = "; lower the learning rate, or scale the inputs to about -1..1";
  CHECK_THROWS_MATCHES(say_why(network, 2, nothing), nn::data_error,
                       Message("step 7: the loss is nan though all outputs are finite; the outputs are too large for "
                               "this loss, lower the learning rate or scale the targets"));
  const auto second_layer = [](double*, double* y) { y[3] = y[5] = nan_number; };
  CHECK_THROWS_MATCHES(say_why(network, 2, second_layer), nn::data_error,
                       Message("step 7: the loss is nan because output 1 of layer 2 (ReLU) is nan" + end_of_output));
  const auto both = [](double* first, double* y) { first[4] = y[2] = std::numeric_limits<double>::infinity(); };
  CHECK_THROWS_MATCHES(say_why(network, 2, both), nn::data_error,
                       Message("step 7: the loss is nan because output 0 of layer 1 (Dense) is inf" + end_of_output));

  const std::string all_finite = "though all outputs are finite";
  const auto other_sample = [](double* first, double*) { first[0] = nan_number; };  // which another process looks at
  CHECK_THROWS_WITH(say_why(network, 2, other_sample), Catch::Matchers::ContainsSubstring(all_finite));
  CHECK_THROWS_WITH(say_why(network, 1, second_layer), Catch::Matchers::ContainsSubstring(all_finite));  // not passed

  network.bias<0>()[1] = nan_number;
  CHECK_THROWS_MATCHES(say_why(network, 2, nothing), nn::data_error,
                       Message("step 7: the loss is nan because parameter 3 of layer 1 (Dense) is nan; load "
                               "or initialize the network again"));
}
