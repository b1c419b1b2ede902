// SPDX-License-Identifier: MIT
// y = (x - offset) / scale, feature by feature, with numbers that are kept and saved with the network, but not learned
#pragma once

#include <nn/core/offset_and_scale.hpp>

namespace nn {

/// The first layer of a network that takes its inputs in their own units (Keras: Normalization). Its state is the
/// offsets of all features and then their scales, 0 and 1 until set_normalization says what they are.
struct Normalize : OffsetAndScale {
  static constexpr std::string_view name() { return "Normalize"; }

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
requires requires(const Scaling& scaling) {
  scaling.offset.size();
  scaling.scale.size();
}
void set_normalization(Net& network, const Scaling& scaling) {
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
  network.state().segment(place.state_offset, place.state_count) =
      detail::offsets_and_scales<typename Net::Scalar>(scaling, place.input.size(), Normalize::name(), "inputs");
}

}  // namespace nn
