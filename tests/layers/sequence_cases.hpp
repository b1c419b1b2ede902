// SPDX-License-Identifier: MIT
// What the tests of recurrent layers ask alike: PyTorch's values and training, and the same bits alone and in a batch.
#pragma once

#include <string>

#include "image_cases.hpp"

namespace test {

/// The layer does what PyTorch's does (tests/fixtures/recurrent.py): outputs, gradients, and 50 steps of training.
template <class L>
void check_recurrent_fixture(const std::string& name, const L& layer) {
  CAPTURE(name);
  const nn::Shape shape(1, 5, 3);
  constexpr nn::Index samples = 7;
  const nn::Matrix<double> x = scattered(shape.size(), samples, 31, 4099);
  nn::Vector<double> parameters = scattered(nn::place_of(layer, shape).parameter_count, 1, 7919, 10007);
  const nn::Matrix<double> target = scattered(layer.output_shape(shape).size(), samples, 17, 211);
  nn::Matrix<double> dy = target;
  const auto difference = [&](const std::string& key, const auto& numbers) {
    const nn::Vector<double> expected = fixture("recurrent", name + "." + key);
    REQUIRE(expected.size() == numbers.size());
    return (nn::ConstVectorView<double>(numbers.data(), numbers.size()) - expected).cwiseAbs().maxCoeff();
  };
  for (int step = 0; step < 50; ++step) {
    dy = ImagePass<double>(layer, shape, x, parameters, dy).y - target;
    const ImagePass<double> pass(layer, shape, x, parameters, dy);
    if (step == 0) {
      CHECK(difference("y", pass.y) < 1e-10);
      CHECK(difference("dx", pass.dx) < 1e-10);
      CHECK(difference("gradient", pass.parameter_gradients) < 1e-10);
      const ImagePass<double> alone(layer, shape, x.col(0), parameters, dy.col(0));
      CHECK(have_same_bits(nn::Matrix<double>(alone.y), nn::Matrix<double>(pass.y.col(0))));
      CHECK(have_same_bits(nn::Matrix<double>(alone.dx), nn::Matrix<double>(pass.dx.col(0))));
    }
    parameters -= 0.01 * pass.parameter_gradients;
  }
  CHECK(difference("trained", parameters) < 1e-10);
}

/// All gradients of Dense -> 3 steps of 2 features -> layer -> Dense, and the same bits in every network.
template <class FixedLayer, class Layer>
void check_recurrent_layer(const FixedLayer& fixed, const Layer& free) {
  check_gradients_of_image_layer(free, {1, 3, 2});
  check_same_bits_after_image<1, 3, 2>(fixed, free);
}

}  // namespace test
