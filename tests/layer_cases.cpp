// SPDX-License-Identifier: MIT
// The part of the layers' tests that does not depend on the layer: compiled once.
#include "layer_cases.hpp"

#include <nn/losses/mean_squared_error.hpp>
#include <nn/training/diagnosis/check_gradients.hpp>

namespace test {

template <class T>
nn::Sequential<T> sandwich(const std::function<void(nn::Sequential<T>&)>& add_layer) {
  nn::Sequential<T> network(nn::Input{5}, nn::Dense{6});
  add_layer(network);
  network.add(nn::Dense{3});
  return network;
}
template nn::Sequential<float> sandwich(const std::function<void(nn::Sequential<float>&)>&);
template nn::Sequential<double> sandwich(const std::function<void(nn::Sequential<double>&)>&);

template <class T>
void check_gradients_of_network(nn::Sequential<T> network) {
  network.initialize(nn::Random(12));
  for (nn::Index k = 0; k < network.weight_count(); ++k) network.bias(k) = drawn<T>(network.bias(k).size(), 1, 13);
  const nn::Index inputs = network.input_shape().size(), outputs = network.output_shape().size();
  for (const nn::Index samples : {1, 7}) {
    CAPTURE(samples, sizeof(T));
    const nn::GradientCheck result = nn::check_gradients(network, nn::MeanSquaredError{}, drawn<T>(inputs, samples, 14),
                                                         drawn<T>(outputs, samples, 15));
    INFO(result.worst);
    CHECK(result.derivatives == network.parameter_count() + inputs * samples);
    CHECK(result.kinks <= result.derivatives / 10);  // or central differences would have checked little
    CHECK(result.worst_relative_error <= (sizeof(T) == 8 ? 1e-12 : 1e-5));
    CHECK(result.worst_central_difference_error <= (sizeof(T) == 8 ? 1e-7 : 1e-5));
  }
}
template void check_gradients_of_network(nn::Sequential<float>);
template void check_gradients_of_network(nn::Sequential<double>);

template Pass<float> pass_through(const nn::Sequential<float>&, const nn::Matrix<float>&);
template Pass<double> pass_through(const nn::Sequential<double>&, const nn::Matrix<double>&);

template <class T>
void check_same_pass(const Pass<T>& a, const Pass<T>& b) {
  CHECK(a.output.array().isFinite().all());
  CHECK((a.gradient.array() != 0).any());
  CHECK(have_same_bits(a.output, b.output));
  CHECK(have_same_bits(a.gradient, b.gradient));
  CHECK(have_same_bits(a.input_gradient, b.input_gradient));
}
template void check_same_pass(const Pass<float>&, const Pass<float>&);
template void check_same_pass(const Pass<double>&, const Pass<double>&);

}  // namespace test
