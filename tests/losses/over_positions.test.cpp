// SPDX-License-Identifier: MIT
#include <nn/losses/over_positions.hpp>

#include <cmath>
#include <vector>

#include <nn/training.hpp>

#include "../catch.hpp"
#include "../numbers.hpp"

namespace {

// 2 x 2 pixels of 3 classes, each seen through a 1 x 1 window.
template <class T>
nn::Sequential<T> classes_of_pixels() {
  nn::Sequential<T> network(nn::Input{2, 2, 2}, nn::Conv2D{4, 1}, nn::Tanh{}, nn::Conv2D{3, 1});
  network.initialize(nn::Random{3});
  return network;
}

// Sees whether the outputs of a sample came together.
struct Whole {
  static constexpr bool takes_whole_samples = true;
  auto operator()(const auto& y, const auto&) const { return y.sum(); }
  void gradient(const auto&, const auto&, auto& dy) const { dy.setOnes(); }
};

}  // namespace

TEST_CASE("The loss of an image of classes is the mean over its pixels, each of them a softmax of its own") {
  const nn::SoftmaxCrossEntropy loss;
  const nn::detail::OverPositions over(loss, nn::Shape(1, 2, 2));
  const nn::Vector<double> y{{0, std::log(3.0), 1, 1}}, t{{1, 0, 0, 1}};
  nn::Vector<double> dy(4);
  CHECK(std::abs(over(y, t) - (std::log(4.0) + std::log(2.0)) / 2) < 1e-15);
  over.gradient(y, t, dy);
  CHECK((dy - nn::Vector<double>{{-0.375, 0.375, 0.25, -0.25}}).cwiseAbs().maxCoeff() < 1e-15);
}

TEST_CASE("One position, and a loss that takes whole samples, is the loss itself") {
  const nn::MeanSquaredError loss;
  const nn::Vector<float> y = test::drawn<float>(6, 1, 1), t = test::drawn<float>(6, 1, 2);
  CHECK(nn::detail::OverPositions(loss, nn::Shape(6))(y, t) == loss(y, t));
  CHECK(std::abs(nn::detail::OverPositions(loss, nn::Shape(3, 1, 2))(y, t) - loss(y, t)) < 1e-6F);
  const Whole whole;
  CHECK(nn::detail::OverPositions(whole, nn::Shape(3, 1, 2)).positions == 1);
}

TEST_CASE("Gradients of a network that classifies every pixel are right, with labels for each") {
  const std::vector<int> labels{0, 1, 2, 2, 1, 1, 0, 2};  // of 2 samples
  const auto check =
      nn::check_gradients(classes_of_pixels<double>(), nn::SoftmaxCrossEntropy{}, test::drawn<double>(8, 2, 1), labels);
  CHECK(check.worst_relative_error < 1e-12);
  CHECK(check.worst_central_difference_error < 1e-7);
}

TEST_CASE("Softmax of every pixel and CrossEntropy are differentiated as one") {
  nn::Sequential<double> network = classes_of_pixels<double>();
  network.add(nn::Softmax{});
  const std::vector<int> labels{0, 1, 2, 2, 1, 1, 0, 2};
  const nn::Matrix<double> x = test::drawn<double>(8, 2, 1);
  const auto check = nn::check_gradients(network, nn::CrossEntropy{}, x, labels);
  CHECK(check.worst_relative_error < 1e-12);
  nn::Sequential<double> logits = classes_of_pixels<double>();
  nn::Trainer of_both(network, nn::CrossEntropy{}, nn::SGD{});
  nn::Trainer of_logits(logits, nn::SoftmaxCrossEntropy{}, nn::SGD{});
  CHECK(of_both.step(x, labels) == of_logits.step(x, labels));
  CHECK(test::have_same_bits(nn::Vector<double>(network.parameters()), nn::Vector<double>(logits.parameters())));
  CHECK(std::abs(nn::evaluate(network, nn::CrossEntropy{}, x, nn::Matrix<double>::Constant(12, 2, 0.25)).loss -
                 nn::evaluate(logits, nn::SoftmaxCrossEntropy{}, x, nn::Matrix<double>::Constant(12, 2, 0.25)).loss) <
        1e-12);
}

TEST_CASE("A network learns the class of every pixel, and accuracy counts pixels") {
  nn::Sequential<float> network = classes_of_pixels<float>();
  const nn::Matrix<float> x = test::drawn<float>(8, 60, 1);
  std::vector<int> labels;
  nn::Matrix<float> targets = nn::Matrix<float>::Zero(12, 60);
  for (nn::Index sample = 0; sample < 60; ++sample)
    for (nn::Index pixel = 0; pixel < 4; ++pixel) {
      const float a = x(2 * pixel, sample), b = x(2 * pixel + 1, sample);
      labels.push_back(a > 0.2F ? 0 : b > 0 ? 1 : 2);
      targets(3 * pixel + labels.back(), sample) = 1;
    }
  nn::Trainer trainer(network, nn::SoftmaxCrossEntropy{}, nn::Adam{.learning_rate = 0.05});
  const double first = trainer.step(x, labels);
  for (int step = 0; step < 200; ++step) trainer.step(x, targets);
  const auto result = nn::evaluate(network, nn::SoftmaxCrossEntropy{}, x, targets);
  CHECK(result.loss < 0.2 * first);
  nn::Index right = 0;
  const nn::Matrix<float> y = network.predict(x);
  for (nn::Index k = 0; k < 240; ++k) {
    nn::Index largest = 0;
    y.reshaped(3, 240).col(k).maxCoeff(&largest);
    right += largest == labels[static_cast<std::size_t>(k)];
  }
  CHECK(result.accuracy == static_cast<double>(right) / 240);
  CHECK(result.accuracy > 0.9);
}

TEST_CASE("The targets of every position are asked for what the loss cannot take") {
  const nn::ClassWeighted loss{nn::MeanSquaredError{}, {1, 2, 3}};
  const nn::detail::OverPositions<nn::ClassWeighted<nn::MeanSquaredError>> pixels(loss, {1, 2, 3}),
      whole(loss, nn::Shape(6));
  nn::Vector<double> t(6);
  t << 0, 1, 0, 1, 0, 0;
  CHECK_NOTHROW(pixels.require_target(t));
  CHECK_THROWS_AS(whole.require_target(t), nn::data_error);  // of 6 classes
  t[3] = 0;
  CHECK_THROWS_AS(pixels.require_target(t), nn::data_error);
}
