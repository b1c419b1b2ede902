// SPDX-License-Identifier: MIT
// y = x scale + offset, feature by feature, with numbers that are kept and saved with the network, but not learned
#pragma once

#include <nn/core/offset_and_scale.hpp>

namespace nn {

/// The last layer of a network that puts its outputs out in their own units, as prices (Keras: Normalization with
/// invert=True). What trains and evaluates the network has the loss in scaled units, L(x, (t - offset) / scale), so
/// that a target of 180,000 trains like one of 1; predictions, and reports of them, are in the targets' units. Its
/// state is the offsets of all features and then their scales, 0 and 1 until set_normalization(network, data) says what
/// they are.
struct Denormalize : OffsetAndScale {
  static constexpr std::string_view name() { return "Denormalize"; }

  template <class T>
  void forward(Shape, const auto&, const auto& x, auto&& y, const Inference<T>& inference) const {
    denormalize(inference.state, x, y);
  }
  template <class T>
  void forward(Shape, const auto&, const auto& x, auto&& y, const Training<T>& training) const {
    denormalize(training.state, x, y);
  }
  template <class T>
  void backward(Shape, const auto&, auto& gradients, const Training<T>& training) const {
    if (gradients.wanted == InputGradient::none) return;
    const Index features = gradients.output.rows();
    for (Index sample = 0; sample < gradients.output.cols(); ++sample)
      for (Index i = 0; i < features; ++i)
        gradients.input(i, sample) = gradients.output(i, sample) * training.state[features + i];
  }

  constexpr bool operator==(const Denormalize&) const = default;

 private:
  template <class T>
  static void denormalize(const T* state, const auto& x, auto&& y) {
    for (Index sample = 0; sample < x.cols(); ++sample)
      for (Index i = 0; i < x.rows(); ++i) y(i, sample) = x(i, sample) * state[x.rows() + i] + state[i];
  }
};

}  // namespace nn
