// SPDX-License-Identifier: MIT
// What the tests of all layers ask alike: outputs, gradients, the same bits in every kind of network.
#pragma once

#include <cmath>
#include <functional>
#include <limits>
#include <string>

#include <nn/layers/dense.hpp>
#include <nn/layers/input.hpp>
#include <nn/networks/network.hpp>
#include <nn/networks/sequential.hpp>

#include "catch.hpp"
#include "fixture.hpp"
#include "numbers.hpp"

namespace test {

/// What a layer puts out for x; its parameters are given, too.
template <class T, class L>
nn::Matrix<T> forward(const L& layer, const nn::Matrix<T>& x, const nn::Vector<T>& parameters = {}) {
  const nn::Shape shape(x.rows());
  nn::Matrix<T> y = nn::Matrix<T>::Constant(layer.output_shape(shape).size(), x.cols(), T(77));
  layer.forward(shape, nn::ConstVectorView<T>(parameters.data(), parameters.size()),
                nn::ConstMatrixView<T>(x.data(), x.rows(), x.cols()), nn::MatrixView<T>(y.data(), y.rows(), y.cols()));
  return y;
}

/// The gradient of the input for a gradient dy of the output, of a layer without parameters.
template <class T, class L>
nn::Matrix<T> backward(const L& layer, const nn::Matrix<T>& x, const nn::Matrix<T>& dy) {
  const nn::Matrix<T> y = forward<T>(layer, x);
  nn::Matrix<T> dx = nn::Matrix<T>::Constant(x.rows(), x.cols(), T(77));
  const nn::Values values{nn::ConstVectorView<T>(nullptr, 0), nn::ConstMatrixView<T>(x.data(), x.rows(), x.cols()),
                          nn::ConstMatrixView<T>(y.data(), y.rows(), y.cols())};
  nn::Gradients gradients{nn::VectorView<T>(nullptr, 0), nn::MatrixView<T>(dx.data(), dx.rows(), dx.cols()),
                          nn::ConstMatrixView<T>(dy.data(), dy.rows(), dy.cols()), nn::InputGradient::none};
  layer.backward(nn::Shape(x.rows()), values, gradients);
  CHECK((dx.array() == T(77)).all());  // not wanted, not written
  gradients.wanted = nn::InputGradient::all;
  layer.backward(nn::Shape(x.rows()), values, gradients);
  return dx;
}

/// The layer's outputs and input gradients are those that PyTorch has, in the lines `key` and `key`.dx of the fixture.
template <class L>
void check_against_pytorch(const L& layer, const std::string& key) {
  const nn::Matrix<double> x = fixture("activations", "x", 5), dy = fixture("activations", "dy", 5);
  CHECK((forward<double>(layer, x) - fixture("activations", key, 5)).cwiseAbs().maxCoeff() < 1e-10);
  CHECK((backward<double>(layer, x, dy) - fixture("activations", key + ".dx", 5)).cwiseAbs().maxCoeff() < 1e-10);
}

/// Far from 0, at the largest number and at infinity an activation has this value and this slope, to a few last places;
/// 0 and -0 are the same to it, and NaN stays NaN.
template <class T, class L>
void check_extremes(const L& layer, const std::function<T(T)>& value, const std::function<T(T)>& slope) {
  const auto is_close = [](T a, T b) {
    return a == b || std::abs(a - b) <= 4 * std::numeric_limits<T>::epsilon() * std::abs(b);
  };
  const auto at = [&](T x) { return forward<T>(layer, nn::Matrix<T>{{x}})(0, 0); };
  for (const T magnitude : {T(1e4), std::numeric_limits<T>::max(), infinity<T>})
    for (const T x : {magnitude, -magnitude}) {
      const T dx = backward<T>(layer, nn::Matrix<T>{{x}}, nn::Matrix<T>{{1}})(0, 0);
      CAPTURE(x, at(x), value(x), dx, slope(x));
      CHECK(is_close(at(x), value(x)));
      CHECK(is_close(dx, slope(x)));
    }
  CHECK(at(0) == at(T(-0.0)));
  CHECK(std::isnan(at(not_a_number<T>)));
}

/// Input{5} -> Dense{6} -> what add_layer adds -> Dense{3}.
template <class T>
nn::Sequential<T> sandwich(const std::function<void(nn::Sequential<T>&)>& add_layer);

/// All gradients of the network with the mean squared error, for one sample and for seven.
template <class T>
void check_gradients_of_network(nn::Sequential<T> network);

/// All gradients of Dense -> layer -> Dense -> mean squared error, in float and double.
template <class L>
void check_gradients_of(const L& layer) {
  check_gradients_of_network(sandwich<double>([&](auto& network) { network.add(layer); }));
  check_gradients_of_network(sandwich<float>([&](auto& network) { network.add(layer); }));
}

/// Output, and all gradients for an output gradient of ones.
template <class T>
struct Pass {
  nn::Matrix<T> output;
  nn::Vector<T> gradient;
  nn::Matrix<T> input_gradient;
};
template <class Net, class T = typename Net::Scalar>
Pass<T> pass_through(const Net& network, const nn::Matrix<T>& x) {
  const nn::Index outputs = network.output_shape().size();
  Pass<T> result;
  nn::Workspace<T> workspace;
  workspace.reserve_gradients(network, x.cols());
  workspace.reserve_activations(network, x.cols());
  nn::Vector<T> state = network.state();
  const nn::Training<T> mode{state.data()};
  const T* y =
      nn::forward_pass(network, network.parameters().data(), x, workspace, network.depth(), {0, x.cols()}, mode);
  result.output = nn::ConstMatrixView<T>(y, outputs, x.cols());
  nn::MatrixView<T>(workspace.gradient(network, network.depth(), x.cols()), outputs, x.cols()).setOnes();
  result.gradient.setZero(network.parameter_count());
  nn::add_gradients(network, network.parameters().data(), x, workspace, network.depth(), result.gradient.data(),
                    nn::InputGradient::all, mode);
  result.input_gradient = nn::ConstMatrixView<T>(workspace.gradient(network, 0, x.cols()), x.rows(), x.cols());
  return result;
}
extern template Pass<float> pass_through(const nn::Sequential<float>&, const nn::Matrix<float>&);
extern template Pass<double> pass_through(const nn::Sequential<double>&, const nn::Matrix<double>&);

/// Whether both passes are finite, move parameters, and are the same to the bit.
template <class T>
void check_same_pass(const Pass<T>& a, const Pass<T>& b);

/// The layer gives the same bits in a network of sizes in its type, of sizes given at run time, and in a Sequential. In
/// float, whose kernels have the most ways; double goes through networks of both kinds in training/every_layer*.
template <class FixedLayer, class Layer>
void check_same_bits_of(const FixedLayer& fixed, const Layer& free) {
  const nn::Network<float, nn::Input<5>, nn::Dense<6>, FixedLayer, nn::Dense<3>> a(nn::Input<5>{}, nn::Dense<6>{},
                                                                                   fixed, nn::Dense<3>{});
  const nn::Network<float, nn::Input<>, nn::Dense<>, Layer, nn::Dense<>> b(nn::Input{5}, nn::Dense{6}, free,
                                                                           nn::Dense{3});
  const nn::Sequential<float> c = sandwich<float>([&](auto& network) { network.add(free); });
  CHECK(have_same_bits(a.parameters(), b.parameters()));
  CHECK(have_same_bits(a.parameters(), c.parameters()));
  for (const nn::Index samples : {1, 7}) {
    CAPTURE(samples);
    const nn::Matrix<float> x = drawn<float>(5, samples, 3);
    const Pass<float> of_a = pass_through(a, x);
    check_same_pass(of_a, pass_through(b, x));
    check_same_pass(of_a, pass_through(c, x));
  }
}
template <class Layer>
void check_same_bits_of(const Layer& layer) {
  check_same_bits_of(layer, layer);
}

}  // namespace test
