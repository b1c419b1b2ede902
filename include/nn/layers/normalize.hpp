// SPDX-License-Identifier: MIT
// y = (x - offset) / scale, feature by feature, with numbers that are kept and saved with the network, but not learned
#pragma once

#include <nn/core/buffer.hpp>
#include <nn/core/finite.hpp>
#include <nn/core/place.hpp>

namespace nn {

/// The first layer of a network that takes its inputs in their own units (Keras: Normalization). Its state is the
/// offsets of all features and then their scales, 0 and 1 until set_normalization says what they are.
struct Normalize {
  static constexpr std::string_view name() { return "Normalize"; }

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
    normalize(inference.state, x, y);
  }
  template <class T>
  void forward(Shape, const auto&, const auto& x, auto&& y, const Training<T>& training) const {
    normalize(training.state, x, y);
  }
  template <class T>
  void backward(Shape, const auto&, auto& gradients, const Training<T>& training) const {
    if (gradients.wanted == InputGradient::none) return;
    const Index features = gradients.output.rows();
    for (Index sample = 0; sample < gradients.output.cols(); ++sample)
      for (Index i = 0; i < features; ++i)
        gradients.input(i, sample) = gradients.output(i, sample) / training.state[features + i];
  }

  constexpr bool operator==(const Normalize&) const = default;

 private:
  template <class T>
  static void normalize(const T* state, const auto& x, auto&& y) {
    for (Index sample = 0; sample < x.cols(); ++sample)
      for (Index i = 0; i < x.rows(); ++i) y(i, sample) = (x(i, sample) - state[i]) / state[x.rows() + i];
  }
};

/// Gives the network's first Normalize layer, also inside of a container, the offset and the scale of a Standardize or
/// a MinMax, one number per feature. Network::initialize takes them away again. Throws shape_error where there is no
/// such layer or it has another number of features, data_error where a number does not fit the network's type or a
/// scale is 0.
template <class Net, class Scaling>
void set_normalization(Net& network, const Scaling& scaling) {
  using T = typename Net::Scalar;
  network.require_whole("set_normalization");
  Place place{};
  bool is_found = false;
  network.for_each_inside([&](const auto& layer, const Place& here, Index) {
    if (is_found || layer.name() != Normalize::name()) return;
    is_found = true;
    place = here;
  });
  if (!is_found)
    throw shape_error("set_normalization: none of the network's ", network.depth(),
                      " layers is a Normalize; make it the first after the input");
  const Index features = place.input.size();
  if (scaling.offset.size() != features || scaling.scale.size() != features)
    throw shape_error("set_normalization: ", scaling.offset.size(), " offsets and ", scaling.scale.size(),
                      " scales do not fit the ", features, " features of Normalize; fit them to the same inputs");
  OwnVector<T> state(2 * features);
  state << scaling.offset.template cast<T>(), scaling.scale.template cast<T>();
  for (Index i = 0; i < features; ++i)
    if (!is_finite(state[i]) || !is_finite(state[features + i]) || state[features + i] == T(0))
      throw data_error("set_normalization: feature ", i, " has the offset ", scaling.offset[i], " and the scale ",
                       scaling.scale[i], "; both must be finite in the network's number type, the scale not 0");
  network.state().segment(place.state_offset, 2 * features) = state;
}

}  // namespace nn
