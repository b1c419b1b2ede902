// SPDX-License-Identifier: MIT
// y = (x - offset) / scale, feature by feature, with numbers that are kept and saved with the network, but not learned
#pragma once

#include <nn/layers/base/offset_and_scale.hpp>

namespace nn {

/// The first layer of a network that takes its inputs in their own units (Keras: Normalization). Its state is the
/// offsets of all features and then their scales, 0 and 1 until set_normalization says what they are.
struct Normalize : OffsetAndScale<Normalize> {
  static constexpr std::string_view name() { return "Normalize"; }
  template <class T>
  static T value(const T& x, const T& offset, const T& scale) {
    return (x - offset) / scale;
  }
  template <class T>
  static T gradient(const T& dy, const T& scale) {
    return dy / scale;
  }
  constexpr bool operator==(const Normalize&) const = default;
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
