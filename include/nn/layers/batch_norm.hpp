// SPDX-License-Identifier: MIT
// y = gamma (x - mean) / sqrt(variance + epsilon) + beta, for every channel over the batch and all its pixels
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <type_traits>

#include <nn/core/finite.hpp>
#include <nn/core/layer.hpp>

namespace nn {

/// Ioffe and Szegedy 2015, as PyTorch has it: in training the mean and the biased variance of the batch, and running
/// ones move towards the mean and the unbiased variance by `momentum`; in use the running ones. gamma is saved as a W
/// of one column, beta as B, the running means and then variances as state.
struct BatchNorm {
  double epsilon = 1e-5;
  double momentum = 0.1;

  constexpr BatchNorm() = default;
  constexpr explicit BatchNorm(double added_to_variance, double share_of_new = 0.1)
      : epsilon(added_to_variance), momentum(share_of_new) {}

  static constexpr bool keeps_shape = true;
  static constexpr std::string_view name() { return "BatchNorm"; }

  /// Throws shape_error where an option makes no sense.
  constexpr Shape output_shape(Shape input) const {
    if (!is_finite(epsilon) || epsilon <= 0)
      throw shape_error("BatchNorm: epsilon must be above 0, got ", epsilon, "; 1e-5 is usual");
    if (!is_finite(momentum) || momentum < 0 || momentum > 1)
      throw shape_error("BatchNorm: the momentum must lie in 0..1, got ", momentum, "; 0.1 is usual");
    return input;
  }
  constexpr void tensors(Shape input, auto tensor) const {
    tensor({"weight", input.channels, 1, Role::scale, one_per_channel(input.channels)});
    tensor({"bias", input.channels, 1, Role::bias, one_per_channel(input.channels)});
    tensor({"running_mean", input.channels, 1, Role::statistic, one_per_channel(input.channels)});
    tensor({"running_var", input.channels, 1, Role::statistic, one_per_channel(input.channels)});
  }
  static constexpr Streaming streaming(Shape) { return each_step_alone; }
  constexpr Index least_samples(Shape input) const { return checked_product(input.height, input.width) > 1 ? 1 : 2; }
  void initialize(Shape input, auto parameters, const auto&, auto&) const {
    parameters.head(input.channels).setOnes();
    parameters.tail(input.channels).setZero();
  }
  void initialize_state(Shape input, auto state) const {
    state.head(input.channels).setZero();
    state.tail(input.channels).setOnes();
  }

  template <class T>
  void forward(Shape input, const auto& parameters, const auto& x, auto&& y, const Inference<T>& inference) const {
    using std::sqrt;
    for_each_block(input, x, [&](Index first, Index count, Index columns) {
      std::array<T, block> scale{}, offset{};
      for (Index c = 0; c < count; ++c) {
        const T mean = inference.state[first + c], variance = inference.state[input.channels + first + c];
        scale[at(c)] = parameters[first + c] / sqrt(variance + T(epsilon));
        offset[at(c)] = parameters[input.channels + first + c] - mean * scale[at(c)];
      }
      for (Index j = 0; j < columns; ++j) {
        const auto* in = x.data() + j * input.channels + first;
        auto* out = y.data() + j * input.channels + first;
        for (Index c = 0; c < count; ++c) out[c] = in[c] * scale[at(c)] + offset[at(c)];
      }
    });
  }

  /// As in use where it is frozen. Throws data_error where a channel has a single value, whose variance says nothing.
  template <class T>
  void forward(Shape input, const auto& parameters, const auto& x, auto&& y, const Training<T>& training) const {
    if (training.is_frozen) return forward(input, parameters, x, y, Inference<T>{training.state});
    const Index values = input.height * input.width * x.cols();
    if (values < 2)
      throw data_error("BatchNorm: training needs more than one value per channel, got a batch of ", x.cols(),
                       " sample of ", input, "; use larger batches");
    for_each_block(input, x, [&](Index first, Index count, Index columns) {
      const Moments<T> moments = moments_of(input, x, first, count, columns);
      for (Index c = 0; c < count; ++c) {
        if (training.state == nullptr) break;
        T& mean = training.state[first + c];
        T& variance = training.state[input.channels + first + c];
        mean += T(momentum) * (moments.mean[at(c)] - mean);
        const T unbiased = moments.variance[at(c)] * T(values) / T(values - 1);
        variance += T(momentum) * (unbiased - variance);
      }
      for (Index j = 0; j < columns; ++j) {
        const auto* in = x.data() + j * input.channels + first;
        auto* out = y.data() + j * input.channels + first;
        for (Index c = 0; c < count; ++c)
          out[c] = (in[c] - moments.mean[at(c)]) * (moments.inverse_deviation[at(c)] * parameters[first + c]) +
                   parameters[input.channels + first + c];
      }
    });
  }

  // dx = gamma / deviation * (dy - mean(dy) - x^ mean(dy x^)), the moments being computed again; gamma / deviation * dy
  // where they are frozen, since then they do not depend on x.
  template <class T>
  void backward(Shape input, const auto& values, auto& gradients, const Training<T>& training) const {
    for_each_block(input, values.input, [&](Index first, Index count, Index columns) {
      const Moments<T> moments = training.is_frozen ? kept_moments(input, training.state, first, count)
                                                    : moments_of(input, values.input, first, count, columns);
      std::array<Sum<T>, block> sum{}, product_sum{};
      for (Index j = 0; j < columns; ++j) {
        const auto* in = values.input.data() + j * input.channels + first;
        const auto* dy = gradients.output.data() + j * input.channels + first;
        for (Index c = 0; c < count; ++c) {
          sum[at(c)] += Sum<T>(dy[c]);
          product_sum[at(c)] += Sum<T>(dy[c] * ((in[c] - moments.mean[at(c)]) * moments.inverse_deviation[at(c)]));
        }
      }
      std::array<T, block> mean_dy{}, mean_product{};
      for (Index c = 0; c < count; ++c) {
        if (gradients.parameters.size() > 0) {
          gradients.parameters[first + c] += T(product_sum[at(c)]);
          gradients.parameters[input.channels + first + c] += T(sum[at(c)]);
        }
        if (training.is_frozen) continue;
        mean_dy[at(c)] = T(sum[at(c)] / Sum<T>(columns));
        mean_product[at(c)] = T(product_sum[at(c)] / Sum<T>(columns));
      }
      if (gradients.wanted == InputGradient::none) return;
      for (Index j = 0; j < columns; ++j) {
        const auto* in = values.input.data() + j * input.channels + first;
        const auto* dy = gradients.output.data() + j * input.channels + first;
        auto* dx = gradients.input.data() + j * input.channels + first;
        for (Index c = 0; c < count; ++c) {
          const T normal = (in[c] - moments.mean[at(c)]) * moments.inverse_deviation[at(c)];
          dx[c] = values.parameters[first + c] * moments.inverse_deviation[at(c)] *
                  (dy[c] - mean_dy[at(c)] - normal * mean_product[at(c)]);
        }
      }
    });
  }

  static void for_each_option(auto& layer, auto option) {
    option("epsilon", layer.epsilon);
    option("momentum", layer.momentum);
  }
  constexpr bool operator==(const BatchNorm&) const = default;

 private:
  static constexpr std::size_t block = 64;  // channels that are worked on together
  static constexpr std::size_t at(Index c) { return static_cast<std::size_t>(c); }
  // Many floats are added up in double.
  template <class T>
  using Sum = std::conditional_t<std::is_same_v<T, float>, double, T>;

  // Calls use(first, count, columns) for some channels after the other; a column is one pixel of one sample.
  void for_each_block(Shape input, const auto& x, auto&& use) const {
    const Index columns = input.height * input.width * x.cols();
    for (Index first = 0; first < input.channels; first += static_cast<Index>(block))
      use(first, std::min(static_cast<Index>(block), input.channels - first), columns);
  }

  template <class T>
  struct Moments {
    std::array<T, block> mean{}, variance{}, inverse_deviation{};
  };

  // Mean and biased variance in two passes, which keeps the digits that a difference of squares would lose.
  template <class X, class T = typename X::Scalar>
  Moments<T> moments_of(Shape input, const X& x, Index first, Index count, Index columns) const {
    Moments<T> moments;
    std::array<Sum<T>, block> sum{};
    const auto add = [&](auto&& term) {
      sum.fill(Sum<T>(0));
      for (Index j = 0; j < columns; ++j) {
        const auto* in = x.data() + j * input.channels + first;
        for (Index c = 0; c < count; ++c) sum[at(c)] += term(Sum<T>(in[c]), c);
      }
    };
    add([](Sum<T> value, Index) { return value; });
    for (Index c = 0; c < count; ++c) moments.mean[at(c)] = T(sum[at(c)] / Sum<T>(columns));
    add([&](Sum<T> value, Index c) {
      const Sum<T> difference = value - Sum<T>(moments.mean[at(c)]);
      return difference * difference;
    });
    for (Index c = 0; c < count; ++c) moments.variance[at(c)] = T(sum[at(c)] / Sum<T>(columns));
    return with_deviation(moments, count);
  }

  // The running ones.
  template <class T>
  Moments<T> kept_moments(Shape input, const T* state, Index first, Index count) const {
    Moments<T> moments;
    std::copy_n(state + first, count, moments.mean.begin());
    std::copy_n(state + input.channels + first, count, moments.variance.begin());
    return with_deviation(moments, count);
  }

  template <class T>
  Moments<T> with_deviation(Moments<T> moments, Index count) const {
    using std::sqrt;
    for (Index c = 0; c < count; ++c)
      moments.inverse_deviation[at(c)] = T(1) / sqrt(moments.variance[at(c)] + T(epsilon));
    return moments;
  }
};

}  // namespace nn
