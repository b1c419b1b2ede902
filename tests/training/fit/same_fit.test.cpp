// SPDX-License-Identifier: MIT
#include <nn/training/fit/same_fit.hpp>

#include <string>
#include <vector>

#include <nn/layers/dense.hpp>
#include <nn/layers/input.hpp>
#include <nn/losses/mean_squared_error.hpp>
#include <nn/networks/network.hpp>
#include <nn/optimizers/sgd.hpp>
#include <nn/training/step/training_step.hpp>

#include "../../catch.hpp"
#include "../../distributed/thread_group.hpp"

namespace {

// What each of two processes says that begin a fit with these epochs and weights.
std::vector<std::string> on_two(const nn::Index (&epochs)[2], const double (&weights)[2]) {
  const nn::Matrix<double> x{{1, 2}};
  const nn::Dataset data(x, x);
  return test::on_processes(2, [&](nn::ProcessGroup& group) {
    nn::Network<double, nn::Input<1>, nn::Dense<1>> network;
    network.parameters() << weights[group.rank()], 0;
    const nn::TrainingStep step{network, nn::MeanSquaredError{}, nn::SGD{}, nn::TrainerOptions{.group = group}};
    const nn::FitOptions options{.epochs = epochs[group.rank()]};
    nn::Processes(group).together(
        [&] { nn::require_same_fit(step, nn::FitIdentity(data, 2, options, 0), options, nullptr, nullptr); });
  });
}

}  // namespace

TEST_CASE("processes that begin a fit alike go on, others all say what is unlike") {
  CHECK(on_two({3, 3}, {1, 1}) == std::vector<std::string>(2));
  const std::vector<std::string> other_epochs = on_two({3, 4}, {1, 1});
  CHECK(other_epochs[0] == other_epochs[1]);
  CHECK_THAT(other_epochs[0], Catch::Matchers::Contains("epochs"));
  const std::vector<std::string> other_weights = on_two({3, 3}, {1, 2});
  CHECK(other_weights[0] == other_weights[1]);
  CHECK_THAT(other_weights[0], Catch::Matchers::Contains("parameters"));
}

TEST_CASE("processes whose parameters have drifted apart say so") {
  const auto sentences = test::on_processes(2, [&](nn::ProcessGroup& group) {
    nn::Vector<double> parameters{{1, 2}};
    nn::require_same_parameters<double>(group, {parameters.data(), 2}, 5);
    parameters[1] += static_cast<double>(group.rank());
    nn::Processes(group).together([&] { nn::require_same_parameters<double>(group, {parameters.data(), 2}, 5); });
  });
  for (const std::string& sentence : sentences)
    CHECK_THAT(sentence, Catch::Matchers::StartsWith("fit: after update 5 the 2 processes have different parameters"));
}
