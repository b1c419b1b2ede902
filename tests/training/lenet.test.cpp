// SPDX-License-Identifier: MIT
// LeNet-5 (LeCun et al. 1998, with ReLU, max pools and softmax) tells where in the image a bar stands, and how.
#include <vector>

#include <nn/network.hpp>

#include "../catch.hpp"
#include "../numbers.hpp"

namespace {

using LeNet = nn::Network<nn::Input<28, 28, 1>, nn::Conv2D<6, 5, nn::ConvOptions{.padding = 2}>, nn::ReLU,
                          nn::MaxPool2D<2>, nn::Conv2D<16, 5>, nn::ReLU, nn::MaxPool2D<2>, nn::Flatten, nn::Dense<120>,
                          nn::ReLU, nn::Dense<84>, nn::ReLU, nn::Dense<10>, nn::Softmax>;

// Noise with a bar of 12 pixels anywhere: lying (class 0) or standing (class 1).
nn::Matrix<float> bars(nn::Index samples, std::uint64_t seed, std::vector<int>& labels) {
  nn::Matrix<float> x = test::drawn<float>(28 * 28, samples, seed, 0, 0.3);
  nn::Random random(seed + 1);
  labels.clear();
  for (nn::Index sample = 0; sample < samples; ++sample) {
    const bool stands = random.uniform(0, 1) < 0.5;
    const auto along = static_cast<nn::Index>(random.uniform(0, 17)),
               across = static_cast<nn::Index>(random.uniform(0, 28));
    for (nn::Index i = along; i < along + 12; ++i) x(stands ? i * 28 + across : across * 28 + i, sample) = 1;
    labels.push_back(stands);
  }
  return x;
}

}  // namespace

TEST_CASE("LeNet-5 learns to tell lying bars from standing ones") {
  LeNet network;
  network.initialize(nn::Random(0), nn::he_normal);  // ReLU: learns within fewer steps of plain SGD
  CHECK(network.parameter_count() == 61706);
  CHECK(network.shape(3) == nn::Shape(14, 14, 6));
  CHECK(network.shape(6) == nn::Shape(5, 5, 16));
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{.learning_rate = 0.02, .momentum = 0.9}};
  std::vector<int> labels;
  for (std::uint64_t step = 0; step < 100; ++step) {
    const nn::Matrix<float> x = bars(8, 100 + 2 * step, labels);
    trainer.step(x, labels);
  }
  const nn::Matrix<float> x = bars(200, 1, labels);  // not seen before
  const nn::Matrix<float> y = network.predict(x);
  int correct = 0;
  for (nn::Index sample = 0; sample < 200; ++sample) {
    nn::Index answer = 0;
    y.col(sample).maxCoeff(&answer);
    correct += answer == labels[static_cast<std::size_t>(sample)];
  }
  CHECK(correct >= 195);
}
