// SPDX-License-Identifier: MIT
// y = x scale + offset, feature by feature, with numbers that are kept and saved with the network, but not learned
#pragma once

#include <nn/layers/base/offset_and_scale.hpp>

namespace nn {

/// The last layer of a network that puts its outputs out in their own units, as prices (Keras: Normalization with
/// invert=True). What trains and evaluates the network has the loss in scaled units, L(x, (t - offset) / scale), so
/// that a target of 180,000 trains like one of 1; predictions, and reports of them, are in the targets' units. Its
/// state is the offsets of all features and then their scales, 0 and 1 until set_normalization(network, data) says what
/// they are.
struct Denormalize : OffsetAndScale<Denormalize> {
  static constexpr std::string_view name() { return "Denormalize"; }
  template <class T>
  static T value(const T& x, const T& offset, const T& scale) {
    return x * scale + offset;
  }
  template <class T>
  static T gradient(const T& dy, const T& scale) {
    return dy * scale;
  }
  constexpr bool operator==(const Denormalize&) const = default;
};

}  // namespace nn
