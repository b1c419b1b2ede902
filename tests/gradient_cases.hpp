// SPDX-License-Identifier: MIT
// What every_layer.test.cpp and every_layer_in_network.test.cpp ask of each combination.
#pragma once

#include <algorithm>

#include <nn/training/diagnosis/check_gradients.hpp>

#include "all_layers.hpp"
#include "catch.hpp"
#include "numbers.hpp"

namespace test {

inline constexpr nn::Index features = 4, outputs = 3;

template <class T>
nn::Matrix<T> targets_for(Targets targets, nn::Index samples) {
  if (targets == Targets::distribution) return drawn_probabilities<T>(outputs, samples, 5);
  const nn::Matrix<T> numbers = drawn<T>(outputs, samples, 6, targets == Targets::yes_or_no ? 0 : -1, 1);
  return targets == Targets::sign ? nn::Matrix<T>(numbers.array().sign()) : numbers;
}

// How many combinations were checked, and the worst errors of all.
struct Sum {
  int combinations = 0;
  nn::Index derivatives = 0, kinks = 0;
  double dual = 0, central = 0;
};

template <class Net, class Loss>
void check(Net network, const Loss& loss, Targets targets, Sum& sum) {
  using T = typename Net::Scalar;
  network.initialize(nn::Random(21));
  for (nn::Index k = 0; k < network.weight_count(); ++k)
    network.bias(k) = drawn<T>(network.bias(k).size(), 1, 22, -0.5, 0.5);
  // Batch normalisation makes -1 and 1 of any two values: a gradient that cancels.
  const nn::Index fewest = network.state().size() > 0 ? 5 : 1;
  for (const nn::Index samples : {fewest, nn::Index(7)}) {
    const nn::GradientCheck result =
        nn::check_gradients(network, loss, drawn<T>(features, samples, 23), targets_for<T>(targets, samples));
    CAPTURE(samples, sizeof(T));
    INFO(result.worst);
    CHECK(result.derivatives == network.parameter_count() + features * samples);
    CHECK(result.worst_relative_error <= (sizeof(T) == 8 ? 1e-10 : 1e-5));
    CHECK(result.worst_central_difference_error <= (sizeof(T) == 8 ? 1e-7 : 1e-5));
    ++sum.combinations;
    sum.derivatives += result.derivatives;
    sum.kinks += result.kinks;
    sum.dual = std::max(sum.dual, result.worst_relative_error);
    sum.central = std::max(sum.central, result.worst_central_difference_error);
  }
}

}  // namespace test
