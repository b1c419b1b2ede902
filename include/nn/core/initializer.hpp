// SPDX-License-Identifier: MIT
// How the weights of a new network are drawn: mean 0, variance gain / fan, from a normal or a uniform distribution.
#pragma once

#include <nn/core/options.hpp>
#include <nn/core/random.hpp>
#include <nn/core/rounding.hpp>
#include <nn/core/views.hpp>

namespace nn {

struct Initializer {
  enum class Distribution { normal, uniform, constant };
  enum class Fan { inputs, average };

  Distribution distribution = Distribution::normal;
  Fan fan = Fan::inputs;
  double gain = 2;            ///< of the variance
  double value = 0;           ///< of a constant
  bool draws_biases = false;  ///< uniformly within +-1 / sqrt(inputs), as PyTorch; they are 0 if not

  /// Throws data_error where a number makes no sense, or none in the network's number type.
  template <class Number = double>
  void validate() const {
    require_not_negative<Number>("Initializer", "the gain", gain, "2 is that of He et al., 1 of Glorot and LeCun");
    require_number<Number>("Initializer", "the value of a constant", value, "0 is usual");
  }

  /// Fills the weights of a layer where every output sums fan_in inputs and every input feeds fan_out outputs.
  template <class Weights>
  void operator()(Weights&& weights, Index fan_in, Index fan_out, Random& random) const {
    using Scalar = typename std::remove_cvref_t<Weights>::Scalar;
    const double inputs = static_cast<double>(fan_in);
    const double outputs = static_cast<double>(fan_out);
    const double variance = rounded_quotient(gain, fan == Fan::inputs ? inputs : (inputs + outputs) / 2);
    const double deviation = rounded_root(variance);
    const double limit = rounded_root(rounded_product(3, variance));  // uniform on [-limit, limit] has this variance
    for (Index column = 0; column < weights.cols(); ++column)
      for (Index row = 0; row < weights.rows(); ++row)
        weights(row, column) =
            static_cast<Scalar>(distribution == Distribution::constant ? value
                                : distribution == Distribution::normal ? rounded_product(deviation, random.normal())
                                                                       : random.uniform(-limit, limit));
  }

  /// Fills the biases of a layer where every output sums fan_in inputs, to be called after its weights.
  template <class Biases>
  void set_biases(Biases&& biases, Index fan_in, Random& random) const {
    using Scalar = typename std::remove_cvref_t<Biases>::Scalar;
    biases.setZero();
    if (!draws_biases) return;
    const double limit = rounded_quotient(1, rounded_root(static_cast<double>(fan_in)));
    for (Index i = 0; i < biases.size(); ++i) biases[i] = static_cast<Scalar>(random.uniform(-limit, limit));
  }
};

/// He et al. 2015, eq. 10: keeps the variance of activations through ReLU layers, also through very many.
inline constexpr Initializer he_normal{};
inline constexpr Initializer he_uniform{.distribution = Initializer::Distribution::uniform};

/// Glorot and Bengio 2010, eq. 12 and 16: for tanh and sigmoid; keeps the variance both forward and backward.
inline constexpr Initializer glorot_normal{.fan = Initializer::Fan::average, .gain = 1};
inline constexpr Initializer glorot_uniform{
    .distribution = Initializer::Distribution::uniform, .fan = Initializer::Fan::average, .gain = 1};

/// LeCun et al. 1998, eq. 16: keeps the variance through layers of slope 1 (not truncated, unlike that of Keras).
inline constexpr Initializer lecun_normal{.gain = 1};
inline constexpr Initializer lecun_uniform{.distribution = Initializer::Distribution::uniform, .gain = 1};

/// All weights alike: units then learn alike too, so this serves for tests and for single-layer networks.
constexpr Initializer constant(double value) {
  return {.distribution = Initializer::Distribution::constant, .value = value};
}
inline constexpr Initializer zeros = constant(0);

/// What PyTorch draws for its Linear and Conv layers: LeCun's uniform distribution of a third of the variance.
inline constexpr Initializer pytorch_default{
    .distribution = Initializer::Distribution::uniform, .gain = 1.0 / 3, .draws_biases = true};
/// What Keras draws, and scikit-learn's perceptrons.
inline constexpr Initializer keras_default = glorot_uniform;

/// That of new networks. It was at most 0.036 behind the best of nine rules in each of 26 tasks, he_normal up to 0.15:
/// tests/benchmarks/initializers.
inline constexpr Initializer default_initializer = glorot_uniform;

}  // namespace nn
