// SPDX-License-Identifier: MIT
// What the tests of layers for images ask alike: known values, PyTorch's values, the same bits in threads and parts.
#pragma once

#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>
#include <nn/layers/reshape.hpp>

#include "../layer_cases.hpp"

namespace test {

/// Numbers in [-1, 1), as the Python programs make them.
inline nn::Matrix<double> scattered(nn::Index rows, nn::Index columns, nn::Index step, nn::Index prime) {
  nn::Matrix<double> numbers(rows, columns);
  for (nn::Index i = 0; i < numbers.size(); ++i)
    numbers.data()[i] = 2 * (static_cast<double>(step * i % prime) / static_cast<double>(prime)) - 1;
  return numbers;
}

/// One layer forward and backward on images of a shape.
template <class T>
struct ImagePass {
  nn::Matrix<T> y, dx;
  nn::Vector<T> parameter_gradients;

  template <class L>
  ImagePass(const L& layer, nn::Shape shape, const nn::Matrix<T>& x, const nn::Vector<T>& parameters,
            const nn::Matrix<T>& dy) {
    y.setConstant(layer.output_shape(shape).size(), x.cols(), T(77));
    dx.setConstant(x.rows(), x.cols(), T(77));
    parameter_gradients.setZero(parameters.size());
    const nn::ConstVectorView<T> parameter_view(parameters.data(), parameters.size());
    const nn::ConstMatrixView<T> input(x.data(), x.rows(), x.cols());
    const nn::Index room = nn::memory_size(layer, shape) * x.cols();
    nn::Vector<T> state(nn::place_of(layer, shape).state_count), values_kept, gradients_kept;
    nn::initialize_state(layer, shape, nn::VectorView<T>(state.data(), state.size()));
    values_kept.setConstant(room, not_a_number<T>);  // what is read before it is written shows
    gradients_kept.setConstant(room, not_a_number<T>);
    const nn::Training<T> training{.state = state.data(),
                                   .memory = {values_kept.data(), gradients_kept.data(), x.cols()}};
    nn::forward(layer, shape, parameter_view, input, nn::MatrixView<T>(y.data(), y.rows(), y.cols()), training);
    REQUIRE(y.size() == dy.size());
    const nn::Values values{parameter_view, input, nn::ConstMatrixView<T>(y.data(), y.rows(), y.cols())};
    nn::Gradients gradients{nn::VectorView<T>(parameter_gradients.data(), parameter_gradients.size()),
                            nn::MatrixView<T>(dx.data(), dx.rows(), dx.cols()),
                            nn::ConstMatrixView<T>(dy.data(), dy.rows(), dy.cols()), nn::InputGradient::none};
    nn::backward(layer, shape, values, gradients, training);
    CHECK((dx.array() == T(77)).all());  // not wanted, not written
    parameter_gradients.setZero();
    gradients.wanted = nn::InputGradient::all;
    nn::backward(layer, shape, values, gradients, training);
  }
};

/// The output of a layer without parameters, and the gradient of its input.
template <class T, class L>
nn::Matrix<T> forward_image(const L& layer, nn::Shape shape, const nn::Matrix<T>& x) {
  return ImagePass<T>(layer, shape, x, {}, nn::Matrix<T>::Zero(layer.output_shape(shape).size(), x.cols())).y;
}
template <class T, class L>
nn::Matrix<T> backward_image(const L& layer, nn::Shape shape, const nn::Matrix<T>& x, const nn::Matrix<T>& dy) {
  return ImagePass<T>(layer, shape, x, {}, dy).dx;
}

/// The layer does what PyTorch's does, forward and backward, to 1e-10 (tests/fixtures/convolution.py, or another).
template <class L>
void check_fixture(const std::string& name, const L& layer, nn::Shape shape, const std::string& topic = "convolution") {
  CAPTURE(name);
  const std::string here = __FILE__;
  std::ifstream file(here.substr(0, here.find_last_of("/\\") + 1) + "../fixtures/" + topic + ".json");
  const auto expected = nlohmann::json::parse(file).at(name);
  constexpr nn::Index samples = 2;
  const nn::Matrix<double> x = scattered(shape.size(), samples, 31, 4099);
  const nn::Vector<double> parameters = scattered(nn::place_of(layer, shape).parameter_count, 1, 7919, 10007);
  const nn::Matrix<double> dy = scattered(layer.output_shape(shape).size(), samples, 17, 211);
  const ImagePass<double> pass(layer, shape, x, parameters, dy);
  const auto check = [&](const char* key, const auto& numbers) {
    CAPTURE(key);
    const auto list = expected.at(key).template get<std::vector<double>>();
    REQUIRE(static_cast<nn::Index>(list.size()) == numbers.size());
    double worst = 0;
    for (nn::Index i = 0; i < numbers.size(); ++i)
      worst = std::max(worst, std::abs(numbers.data()[i] - list[static_cast<std::size_t>(i)]));
    CHECK(worst < 1e-10);
  };
  check("y", pass.y);
  check("dx", pass.dx);
  if (parameters.size() > 0) check("parameters", pass.parameter_gradients);
}

/// All gradients of Dense -> image -> layer -> Dense -> mean squared error, in float and double.
template <class L>
void check_gradients_of_image_layer(const L& layer, nn::Shape shape) {
  const auto add = [&](auto& network) {
    network.add(nn::Dense{shape.size()}).add(nn::Reshape{shape.height, shape.width, shape.channels}).add(layer);
  };
  check_gradients_of_network(sandwich<double>(add));
  check_gradients_of_network(sandwich<float>(add));
}

/// The layer gives the same bits with sizes in its type, at run time, and in a Sequential, after an image.
template <nn::Index Height, nn::Index Width, nn::Index Channels, class FixedLayer, class Layer>
void check_same_bits_after_image(const FixedLayer& fixed, const Layer& free) {
  const nn::Network<float, nn::Input<Height, Width, Channels>, FixedLayer, nn::Dense<3>> a(
      nn::Input<Height, Width, Channels>{}, fixed, nn::Dense<3>{});
  const nn::Network<float, nn::Input<>, Layer, nn::Dense<>> b(nn::Input{Height, Width, Channels}, free, nn::Dense{3});
  const nn::Sequential<float> c(nn::Input{Height, Width, Channels}, free, nn::Dense{3});
  CHECK(have_same_bits(a.parameters(), b.parameters()));
  CHECK(have_same_bits(a.parameters(), c.parameters()));
  for (const nn::Index samples : {1, 7}) {
    CAPTURE(samples);
    const nn::Matrix<float> x = drawn<float>(Height * Width * Channels, samples, 3);
    const Pass<float> of_a = pass_through(a, x);
    check_same_pass(of_a, pass_through(b, x));
    check_same_pass(of_a, pass_through(c, x));
  }
}

}  // namespace test
