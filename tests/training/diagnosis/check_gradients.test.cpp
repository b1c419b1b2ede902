// SPDX-License-Identifier: MIT
#include <nn/training/diagnosis/check_gradients.hpp>

#include <vector>

#include <nn/activations/relu.hpp>
#include <nn/activations/sigmoid.hpp>
#include <nn/activations/tanh.hpp>
#include <nn/layers/dense.hpp>
#include <nn/layers/input.hpp>
#include <nn/losses/mean_squared_error.hpp>
#include <nn/networks/network.hpp>
#include <nn/networks/sequential.hpp>

#include "../../catch.hpp"
#include "../../numbers.hpp"

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::Message;

namespace {

// tanh with mistakes of the kinds that are made.
enum class Mistake { none, factor, missing_factor, one_sample_only, nothing_written, not_a_number };
struct WrongTanh {
  Mistake mistake = Mistake::none;
  static constexpr std::string_view name() { return "WrongTanh"; }
  constexpr nn::Shape output_shape(nn::Shape input) const { return input; }
  void forward(nn::Shape, const auto&, const auto& x, auto&& y) const {
    using std::tanh;
    for (nn::Index i = 0; i < x.size(); ++i) y.data()[i] = tanh(x.data()[i]);
  }
  void backward(nn::Shape, const auto& values, auto& gradients) const {
    using T = typename std::remove_cvref_t<decltype(values.input)>::Scalar;
    const nn::Index count = mistake == Mistake::one_sample_only ? values.input.rows() : values.input.size();
    if (mistake == Mistake::nothing_written) return;
    for (nn::Index i = 0; i < count; ++i) {
      const T y = values.output.data()[i];
      T slope = 1 - y * y;
      if (mistake == Mistake::factor) slope *= T(1.001);
      if (mistake == Mistake::missing_factor) slope = 1;
      if (mistake == Mistake::not_a_number && i == 2) slope = test::not_a_number<T>;
      gradients.input.data()[i] = gradients.output.data()[i] * slope;
    }
  }
  bool operator==(const WrongTanh&) const = default;
};

// A bias whose gradient is written, not added, or counts one sample alone.
struct WrongLoss : nn::MeanSquaredError {
  template <class Y, class Target, class Gradient>
  void gradient(const Y& y, const Target& t, Gradient& dy) const {
    for (nn::Index i = 0; i < y.size(); ++i) dy(i) = y(i) - t(i);  // without 2 / n
  }
};

nn::GradientCheck check(Mistake mistake) {
  nn::Sequential<double> network(nn::Input{3}, nn::Dense{4}, WrongTanh{mistake}, nn::Dense{2});
  return nn::check_gradients(network, nn::MeanSquaredError{}, test::drawn<double>(3, 5, 1),
                             test::drawn<double>(2, 5, 2));
}

}  // namespace

TEST_CASE("check_gradients finds no mistake where there is none") {
  const auto result = check(Mistake::none);
  CHECK(result.worst_relative_error < 1e-12);
  CHECK(result.worst_central_difference_error < 1e-7);
  CHECK(result.derivatives == 16 + 10 + 15);  // all parameters and inputs
  CHECK(result.kinks == 0);
}

TEST_CASE("check_gradients catches a layer whose backward is wrong") {
  for (const Mistake mistake : {Mistake::factor, Mistake::missing_factor, Mistake::one_sample_only,
                                Mistake::nothing_written, Mistake::not_a_number}) {
    CAPTURE(static_cast<int>(mistake));
    const auto result = check(mistake);
    CHECK_FALSE(result.worst_relative_error < 1e-5);
    CHECK_FALSE(result.worst_central_difference_error < 1e-5);
    CHECK_FALSE(result.worst.empty());
  }
}

TEST_CASE("check_gradients catches a wrong factor of one in a thousand, and says where") {
  const auto result = check(Mistake::factor);
  CHECK(result.worst_relative_error > 1e-4);
  CHECK(result.worst_relative_error < 1e-2);
  CHECK_THAT(result.worst, ContainsSubstring(" for "));
  // It is one of those before the layer: a parameter below 16 or an input.
  CHECK((result.worst.rfind("input ", 0) == 0 || std::stoi(result.worst.substr(10)) < 16));
}

TEST_CASE("check_gradients names the input, and takes what is no number for the worst of all") {
  nn::Sequential<double> network(nn::Input{3}, WrongTanh{Mistake::not_a_number}, nn::Dense{2});
  const auto result =
      nn::check_gradients(network, nn::MeanSquaredError{}, test::drawn<double>(3, 5, 1), test::drawn<double>(2, 5, 2));
  CHECK(result.worst_relative_error == test::infinity<double>);
  CHECK(result.worst_central_difference_error == test::infinity<double>);
  CHECK(result.worst.rfind("input 2: ", 0) == 0);
}

TEST_CASE(
    "an error of check_gradients is relative to the derivative, or to the root mean square of all if that is larger") {
  // dL/dx is y (1 - y^2), and is taken for y: the errors are y^3, the larger one where the derivative is the smaller
  // one.
  nn::Sequential<double> network(nn::Input{2}, WrongTanh{Mistake::missing_factor});
  const nn::Matrix<double> x{{0.5}, {2}};
  const auto result = nn::check_gradients(network, nn::MeanSquaredError{}, x, nn::Matrix<double>::Zero(2, 1));
  const double small = std::tanh(0.5), large = std::tanh(2.0);
  const double typical = std::hypot(small * (1 - small * small), large * (1 - large * large)) / std::sqrt(2.0);
  CHECK(result.worst_relative_error == Approx(large * large * large / typical).epsilon(1e-12));
  CHECK(result.worst_central_difference_error == Approx(large * large * large / typical).epsilon(1e-8));
  CHECK(result.worst == "input 1: 0.964028 for 0.0681093");
  CHECK(result.derivatives == 2);
}

TEST_CASE("check_gradients catches a loss whose gradient is wrong") {
  nn::Sequential<double> network(nn::Input{3}, nn::Dense{4}, nn::Tanh{}, nn::Dense{3});
  const auto result =
      nn::check_gradients(network, WrongLoss{}, test::drawn<double>(3, 5, 1), test::drawn<double>(3, 5, 2));
  CHECK(result.worst_relative_error > 0.1);
}

TEST_CASE("check_gradients does not hold a kink against central differences, and counts it") {
  // The inputs 0 and 1e-6 lie on the kink of ReLU, within the step of central differences.
  nn::Sequential<double> network(nn::Input{3}, nn::ReLU{});
  const nn::Matrix<double> x{{0}, {1e-6}, {0.5}}, t{{1}, {1}, {1}};
  const auto result = nn::check_gradients(network, nn::MeanSquaredError{}, x, t);
  CHECK(result.derivatives == 3);
  CHECK(result.kinks == 2);
  CHECK(result.worst_relative_error < 1e-12);
  CHECK(result.worst_central_difference_error < 1e-7);
}

TEST_CASE("check_gradients takes class labels, float networks and sizes in the type") {
  const nn::Network<nn::Input<3>, nn::Dense<4>, nn::Sigmoid, nn::Dense<3>> network;
  const std::vector<int> labels{0, 2, 1, 1, 0};
  const auto result = nn::check_gradients(network, nn::SoftmaxCrossEntropy{}, test::drawn<float>(3, 5, 1), labels);
  CHECK(result.worst_relative_error < 1e-5);
  CHECK(result.worst_relative_error > 0);  // float is not exact
  nn::Matrix<float> one_hot = nn::Matrix<float>::Zero(3, 5);
  for (std::size_t i = 0; i < labels.size(); ++i) one_hot(labels[i], static_cast<nn::Index>(i)) = 1;
  const auto same = nn::check_gradients(network, nn::SoftmaxCrossEntropy{}, test::drawn<float>(3, 5, 1), one_hot);
  CHECK(result.worst == same.worst);
  CHECK(result.worst_relative_error == same.worst_relative_error);
}

TEST_CASE("check_gradients leaves the network alone and refuses what does not fit") {
  const nn::Sequential<double> network(nn::Input{3}, nn::Dense{2});
  const auto before = network;
  const nn::MeanSquaredError loss;
  using M = nn::Matrix<double>;
  CHECK_THROWS_MATCHES(nn::check_gradients(network, loss, M(4, 1), M(2, 1)), nn::shape_error,
                       Message("check_gradients: a sample of 4 features does not fit the network's input of 3; give "
                               "features x samples, one column each"));
  CHECK_THROWS_AS(nn::check_gradients(network, loss, M(3, 0), M(2, 0)), nn::data_error);
  CHECK_THROWS_AS(nn::check_gradients(network, loss, M::Zero(3, 2), M::Zero(2, 1)), nn::shape_error);
  CHECK_THROWS_AS(nn::check_gradients(network, loss, M::Zero(3, 1), M::Constant(2, 1, test::infinity<double>)),
                  nn::data_error);
  CHECK_THROWS_AS(nn::check_gradients(network, loss, M::Zero(3, 1), std::vector<int>{2}), nn::data_error);
  CHECK(network == before);
}

TEST_CASE("check_gradients refuses a loss whose options make no sense") {
  const nn::Sequential<double> network(nn::Input{2}, nn::Dense{2}, nn::Softmax{});
  const nn::Matrix<double> x{{1}, {2}};
  CHECK_THROWS_AS(nn::check_gradients(network, nn::CrossEntropy{.label_smoothing = 2}, x, std::vector<int>{1}),
                  nn::data_error);
}
