// SPDX-License-Identifier: MIT
// y = x(last step)
#pragma once

#include <algorithm>
#include <type_traits>

#include <nn/core/layer.hpp>

namespace nn {

/// 1 x steps x features in, the features of the last step out.
struct LastStep {
  static constexpr std::string_view name() { return "LastStep"; }
  /// Throws shape_error where the input is no sequence.
  constexpr Shape output_shape(Shape input) const {
    require_sequence(name(), input);
    return Shape(input.channels);
  }
  static constexpr Streaming streaming(Shape) { return {StepOutput::last}; }

  void forward(Shape input, const auto&, const auto& x, auto&& y) const {
    const Index features = input.channels;
    for (Index sample = 0; sample < x.cols(); ++sample)
      std::copy_n(x.data() + (sample + 1) * x.rows() - features, features, y.data() + sample * features);
  }

  void backward(Shape input, const auto& values, auto& gradients) const {
    using T = typename std::remove_cvref_t<decltype(values.input)>::Scalar;
    if (gradients.wanted == InputGradient::none) return;
    const Index features = input.channels, size = values.input.rows();
    for (Index sample = 0; sample < values.input.cols(); ++sample) {
      T* dx = gradients.input.data() + sample * size;
      std::fill_n(dx, size - features, T(0));
      std::copy_n(gradients.output.data() + sample * features, features, dx + size - features);
    }
  }

  constexpr bool operator==(const LastStep&) const = default;
};

}  // namespace nn
