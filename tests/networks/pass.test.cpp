// SPDX-License-Identifier: MIT
#include <nn/networks/pass.hpp>

#include <vector>

#include <nn/activations/relu.hpp>
#include <nn/activations/tanh.hpp>
#include <nn/layers/dense.hpp>
#include <nn/layers/input.hpp>
#include <nn/networks/sequential.hpp>

#include "../catch.hpp"
#include "../numbers.hpp"

namespace {

// What a layer was asked for in backward.
std::vector<nn::InputGradient>& asked() {
  static std::vector<nn::InputGradient> all;
  return all;
}

// y = a x with one parameter a, and no descend of its own.
struct Scale {
  static constexpr std::string_view name() { return "Scale"; }
  constexpr nn::Shape output_shape(nn::Shape input) const { return input; }
  constexpr void tensors(nn::Shape, auto tensor) const { tensor({"scale", 1, 1, nn::Role::scale}); }
  void forward(nn::Shape, const auto& parameters, const auto& x, auto&& y) const {
    for (nn::Index i = 0; i < x.size(); ++i) y.data()[i] = parameters[0] * x.data()[i];
  }
  void backward(nn::Shape, const auto& values, auto& gradients) const {
    asked().push_back(gradients.wanted);
    for (nn::Index i = 0; i < values.input.size(); ++i) {
      gradients.parameters[0] += values.input.data()[i] * gradients.output.data()[i];
      if (gradients.wanted != nn::InputGradient::none)
        gradients.input.data()[i] = values.parameters[0] * gradients.output.data()[i];
    }
  }
  bool operator==(const Scale&) const = default;
};

struct FlatScale : Scale {
  static constexpr bool is_flat_where_zero = true;
  bool operator==(const FlatScale&) const = default;
};

// y = x, whose gradient is made of what forward has kept: dx = (the square of x) dy.
struct Keeping {
  static constexpr std::string_view name() { return "Keeping"; }
  constexpr nn::Shape output_shape(nn::Shape input) const { return input; }
  constexpr nn::Index memory_size(nn::Shape input) const { return input.size(); }
  void forward(nn::Shape, const auto&, const auto& x, auto&& y, const auto& mode) const {
    y = x;
    auto* kept = mode.memory.values + mode.first_sample * x.rows();
    for (nn::Index i = 0; i < x.size(); ++i) kept[i] = x.data()[i] * x.data()[i];
  }
  template <class T>
  void backward(nn::Shape, const auto&, auto& gradients, const nn::Training<T>& training) const {
    const T* kept = training.memory.values + training.first_sample * gradients.output.rows();
    for (nn::Index i = 0; i < gradients.output.size(); ++i)
      gradients.input.data()[i] = kept[i] * gradients.output.data()[i];
  }
  bool operator==(const Keeping&) const = default;
};

// A forward pass, then a gradient of ones at the given depth.
template <class Net>
nn::Workspace<double> prepared(const Net& network, const nn::Matrix<double>& x, nn::Index depth) {
  nn::Workspace<double> workspace;
  workspace.reserve_gradients(network, x.cols());
  nn::forward_pass(network, network.parameters().data(), x, workspace, depth);
  nn::MatrixView<double>(workspace.gradient(network, depth, x.cols()), network.shape(depth).size(), x.cols()).setOnes();
  return workspace;
}

}  // namespace

TEST_CASE("a forward pass goes through as many layers as asked for") {
  nn::Sequential<double> network(nn::Input{2}, Scale{}, Scale{}, Scale{});
  network.parameters() << 2, 3, 5;
  const nn::Matrix<double> x{{1, 10}, {-1, 7}};
  nn::Workspace<double> workspace;
  for (const auto& [depth, factor] : {std::pair<nn::Index, double>{0, 1}, {1, 2}, {2, 6}, {3, 30}}) {
    const double* y = nn::forward_pass(network, network.parameters().data(), x, workspace, depth);
    CHECK(nn::ConstMatrixView<double>(y, 2, 2) == factor * x);
  }
}

TEST_CASE("a backward pass adds to the gradients of the parameters, in each layer's slice") {
  nn::Sequential<double> network(nn::Input{1}, Scale{}, Scale{}, Scale{});
  network.parameters() << 2, 3, 5;
  const nn::Matrix<double> x{{7}};
  auto workspace = prepared(network, x, 3);
  nn::Vector<double> gradient{{100, 200, 300}};
  nn::add_gradients(network, network.parameters().data(), x, workspace, 3, gradient.data(), nn::InputGradient::all,
                    nn::Training<double>{});
  CHECK(gradient == nn::Vector<double>{{100 + 7 * 15, 200 + 7 * 10, 300 + 7 * 6}});
  CHECK(workspace.gradient(network, 0, 1)[0] == 30);
  // From depth 2 the last layer is not asked.
  workspace = prepared(network, x, 2);
  gradient.setZero();
  nn::add_gradients(network, network.parameters().data(), x, workspace, 2, gradient.data(), nn::InputGradient::none,
                    nn::Training<double>{});
  CHECK(gradient == nn::Vector<double>{{7 * 3, 7 * 2, 0}});
}

TEST_CASE("the layers are told which input gradient is wanted") {
  nn::Sequential<double> network(nn::Input{1}, FlatScale{}, Scale{}, Scale{});
  network.parameters() << 2, 3, 5;
  const nn::Matrix<double> x{{7}};
  auto workspace = prepared(network, x, 3);
  nn::Vector<double> gradient = nn::Vector<double>::Zero(3);
  using enum nn::InputGradient;
  asked().clear();
  nn::add_gradients(network, network.parameters().data(), x, workspace, 3, gradient.data(), none,
                    nn::Training<double>{});
  CHECK(asked() == std::vector{all, where_nonzero, none});  // the last layer first
  asked().clear();
  nn::add_gradients(network, network.parameters().data(), x, workspace, 3, gradient.data(), all,
                    nn::Training<double>{});
  CHECK(asked() == std::vector{all, where_nonzero, all});
}

TEST_CASE("descend subtracts rate times the gradients, whether a layer has its own descend or not") {
  for (const nn::Index samples : {1, 4}) {
    CAPTURE(samples);
    nn::Sequential<double> network(nn::Input{3}, nn::Dense{5}, nn::ReLU{}, Scale{}, nn::Dense{4, nn::no_bias},
                                   nn::Tanh{}, nn::Dense{2});
    network.parameters()[20] = 1.5;
    const nn::Matrix<double> x = test::drawn<double>(3, samples, 4);
    auto workspace = prepared(network, x, network.depth());
    nn::Vector<double> gradient = nn::Vector<double>::Zero(network.parameter_count());
    nn::add_gradients(network, std::as_const(network).parameters().data(), x, workspace, network.depth(),
                      gradient.data(), nn::InputGradient::none, nn::Training<double>{});
    const nn::Vector<double> expected = network.parameters() - 0.125 * gradient;

    auto again = prepared(network, x, network.depth());
    nn::descend(network, network.parameters().data(), x, again, network.depth(), 0.125, nn::Training<double>{});
    CHECK((network.parameters() - expected).cwiseAbs().maxCoeff() < 1e-15);
    CHECK((gradient.array() != 0).count() > network.parameter_count() / 2);
  }
}

TEST_CASE("what a layer keeps is there on the way back, for every sample, also of some of a batch") {
  const nn::Sequential<double> network(nn::Input{2}, Keeping{}, Keeping{});
  const nn::Matrix<double> x{{1, 2, 3}, {4, 5, 6}};
  nn::Workspace<double> workspace;
  workspace.reserve_activations(network, 3);
  workspace.reserve_gradients(network, 3);
  const nn::Training<double> training{};
  for (const nn::SampleRange range : {nn::SampleRange{2, 1}, nn::SampleRange{0, 2}})
    nn::forward_pass(network, network.parameters().data(), x, workspace, 2, range, training);
  nn::MatrixView<double>(workspace.gradient(network, 2, 3), 2, 3).setOnes();
  for (const nn::SampleRange range : {nn::SampleRange{0, 1}, nn::SampleRange{1, 2}})
    nn::write_input_gradients(network, network.parameters().data(), x, workspace, 2, range, training);
  const nn::ConstMatrixView<double> dx(workspace.gradient(network, 0, 3), 2, 3);
  CHECK(dx == x.array().square().square().matrix());
}
