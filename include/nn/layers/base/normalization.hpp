// SPDX-License-Identifier: MIT
// y = gamma (x - mean) / sqrt(variance + epsilon) + beta within one sample: what layer and group normalization share.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <type_traits>
#include <utility>

#include <nn/core/finite.hpp>
#include <nn/core/layer.hpp>

namespace nn {

/// Which numbers of a sample share a mean and a variance.
struct Normalization {
  Index sets = 1;    ///< of pixels that follow each other and are normalized together
  Index pixels = 1;  ///< of one set
  Index channels = 1;
  Index groups = 1;  ///< of channels, each normalized alone
};

/// The base of a layer that normalizes, which gives `layout(input)`, a Normalization, and `epsilon`. The variance is
/// that of the numbers themselves (divided by n). Its tensors are "weight", gamma, and "bias", beta; a new layer
/// has gamma 1 and beta 0.
template <class Derived>
struct NormalizationLayer {
  constexpr Shape output_shape(Shape input) const {
    if (!is_finite(self().epsilon) || self().epsilon <= 0)
      throw shape_error(Derived::name(), ": epsilon must be above 0, got ", self().epsilon, "; 1e-5 is usual");
    static_cast<void>(self().layout(input));  // throws where the groups do not fit
    return input;
  }
  constexpr void tensors(Shape input, auto tensor) const {
    tensor({"weight", input.channels, 1, Role::scale, one_per_channel(input.channels)});
    tensor({"bias", input.channels, 1, Role::bias, one_per_channel(input.channels)});
  }

  void initialize(Shape input, auto&& parameters, const Initializer&, Random&) const {
    parameters.head(input.channels).setOnes();
    parameters.tail(input.channels).setZero();
  }

  void forward(Shape input, const auto& parameters, const auto& x, auto&& y) const {
    using T = typename std::remove_cvref_t<decltype(x)>::Scalar;
    const T* gamma = parameters.data();
    const T* beta = gamma + input.channels;
    for_each_group(input, x, [&](const Group<T>& group) {
      group.for_each([&](Index i, Index channel) {
        y.data()[i] = gamma[channel] * group.normalized(x.data()[i]) + beta[channel];
      });
    });
  }

  /// dx = (g - mean g - x' mean(g x')) / deviation for g = gamma dy, where x' is x normalized
  void input_gradient(Shape input, const auto& values, auto& gradients) const {
    using T = ScalarOf<decltype(values)>;
    if (gradients.wanted == InputGradient::none) return;
    const T* gamma = values.parameters.data();
    const T* x = values.input.data();
    const T* dy = gradients.output.data();
    T* dx = gradients.input.data();
    for_each_group(input, values.input, [&](const Group<T>& group) {
      T sum = 0, sum_with_x = 0;
      group.for_each([&](Index i, Index channel) {
        sum += gamma[channel] * dy[i];
        sum_with_x += gamma[channel] * dy[i] * group.normalized(x[i]);
      });
      const T mean = sum / group.size(), mean_with_x = sum_with_x / group.size();
      group.for_each([&](Index i, Index channel) {
        dx[i] = (gamma[channel] * dy[i] - mean - group.normalized(x[i]) * mean_with_x) * group.inverse_deviation;
      });
    });
  }

  /// dgamma = the sum of dy x', dbeta = the sum of dy, over all samples before it is added. The last shard has both.
  void add_parameter_gradient(Shape input, const auto& values, const auto& gradients, auto* target, auto scale,
                              Shard shard) const {
    using T = ScalarOf<decltype(values)>;
    if (!shard.is_last()) return;
    constexpr Index most = 512;
    const T* x = values.input.data();
    const T* dy = gradients.output.data();
    const Index end = 2 * input.channels;
    for (Index first = 0; first < end; first += most) {
      const Index last = std::min(first + most, end);
      std::array<T, static_cast<std::size_t>(most)> sums{};
      const auto add = [&](Index parameter, T term) {
        if (parameter >= first && parameter < last) sums[static_cast<std::size_t>(parameter - first)] += term;
      };
      for_each_group(input, values.input, [&](const Group<T>& group) {
        group.for_each([&](Index i, Index channel) {
          add(channel, dy[i] * group.normalized(x[i]));
          add(input.channels + channel, dy[i]);
        });
      });
      for (Index k = first; k < last; ++k) target[k] += scale * sums[static_cast<std::size_t>(k - first)];
    }
  }

  constexpr bool operator==(const NormalizationLayer&) const = default;

 private:
  template <class V>
  using ScalarOf = typename std::remove_cvref_t<decltype(std::declval<V>().input)>::Scalar;

  // Numbers that share a mean and a variance: some channels of some pixels.
  template <class T>
  struct Group {
    Index first;    // place in the batch
    Index channel;  // the first
    Index pixels, channels;
    Index step;  // from one pixel to the next
    T mean = 0, inverse_deviation = 0;

    T size() const { return T(pixels * channels); }
    T normalized(const T& x) const { return (x - mean) * inverse_deviation; }
    // Calls visit(place, channel) for every number.
    template <class Visit>
    void for_each(Visit&& visit) const {
      for (Index pixel = 0; pixel < pixels; ++pixel)
        for (Index i = 0; i < channels; ++i) visit(first + pixel * step + i, channel + i);
    }
  };

  constexpr const Derived& self() const { return static_cast<const Derived&>(*this); }

  // Calls visit(group), with its mean and deviation, in the order in which the groups lie in the batch.
  template <class X, class Visit>
  void for_each_group(Shape input, const X& x, Visit&& visit) const {
    using T = typename X::Scalar;
    using std::sqrt;
    const auto [sets, pixels, channels, groups] = self().layout(input);
    for (Index set = 0; set < x.cols() * sets; ++set)
      for (Index channel = 0; channel < channels; channel += channels / groups) {
        Group<T> group{set * pixels * channels + channel, channel, pixels, channels / groups, channels};
        T sum = 0, squares = 0;
        group.for_each([&](Index i, Index) { sum += x.data()[i]; });
        group.mean = sum / group.size();
        group.for_each([&](Index i, Index) {
          const T difference = x.data()[i] - group.mean;
          squares += difference * difference;
        });
        group.inverse_deviation = T(1) / sqrt(squares / group.size() + T(self().epsilon));
        visit(std::as_const(group));
      }
  }
};

}  // namespace nn
