// SPDX-License-Identifier: MIT
// An offset and a scale for every feature, which are kept and saved with a network, but not learned.
#pragma once

#include <string_view>

#include <nn/core/buffer.hpp>
#include <nn/core/errors.hpp>
#include <nn/core/finite.hpp>
#include <nn/core/place.hpp>

namespace nn {

/// The base of Normalize and Denormalize, which say how a number x becomes y, `value(x, offset, scale)`, and a gradient
/// by y one by x, `gradient(dy, scale)`. The state is the offsets of all features and then their scales, 0 and 1 until
/// set_normalization says what they are.
template <class Derived>
struct OffsetAndScale {
  constexpr Shape output_shape(Shape input) const { return input; }
  constexpr void tensors(Shape input, auto tensor) const {
    // Channels first, as other programs have the input.
    const auto [height, width, channels] = input;
    const Dimension depth{.size = channels, .is_input = true};
    const Dimension rows{.size = height, .stride = width * channels}, columns{.size = width, .stride = channels};
    const Dimensions dimensions = height * width == 1 ? Dimensions{depth} : Dimensions{depth, rows, columns};
    tensor({"offset", input.size(), 1, Role::statistic, dimensions});
    tensor({"scale", input.size(), 1, Role::statistic, dimensions});
  }
  void initialize_state(Shape input, auto state) const {
    state.head(input.size()).setZero();
    state.tail(input.size()).setOnes();
  }

  template <class T>
  void forward(Shape, const auto&, const auto& x, auto&& y, const Inference<T>& inference) const {
    write_values(inference.state, x, y);
  }
  template <class T>
  void forward(Shape, const auto&, const auto& x, auto&& y, const Training<T>& training) const {
    write_values(training.state, x, y);
  }
  template <class T>
  void backward(Shape, const auto&, auto& gradients, const Training<T>& training) const {
    if (gradients.wanted == InputGradient::none) return;
    const Index features = gradients.output.rows();
    for (Index sample = 0; sample < gradients.output.cols(); ++sample)
      for (Index i = 0; i < features; ++i)
        gradients.input(i, sample) = Derived::gradient(gradients.output(i, sample), training.state[features + i]);
  }

  constexpr bool operator==(const OffsetAndScale&) const = default;

 private:
  template <class T>
  static void write_values(const T* state, const auto& x, auto&& y) {
    for (Index sample = 0; sample < x.cols(); ++sample)
      for (Index i = 0; i < x.rows(); ++i) y(i, sample) = Derived::value(x(i, sample), state[i], state[x.rows() + i]);
  }
};

namespace detail {

/// The state of such a layer of so many features, from a scaling that was fitted to `data`: inputs or targets. Throws
/// shape_error for another number of features, data_error where a number does not fit T or a scale is 0.
template <class T, class Scaling>
OwnVector<T> offsets_and_scales(const Scaling& scaling, Index features, std::string_view layer, std::string_view data) {
  if (scaling.offset.size() != features || scaling.scale.size() != features)
    throw shape_error("set_normalization: ", scaling.offset.size(), " offsets and ", scaling.scale.size(),
                      " scales do not fit the ", features, " features of ", layer, "; fit them to the same ", data);
  OwnVector<T> state(2 * features);
  state << scaling.offset.template cast<T>(), scaling.scale.template cast<T>();
  for (Index i = 0; i < features; ++i)
    if (!is_finite(state[i]) || !is_finite(state[features + i]) || state[features + i] == T(0))
      throw data_error("set_normalization: feature ", i, " has the offset ", scaling.offset[i], " and the scale ",
                       scaling.scale[i], "; both must be finite in the network's number type, the scale not 0");
  return state;
}

}  // namespace detail

}  // namespace nn
