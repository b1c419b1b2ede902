// SPDX-License-Identifier: MIT
// L = the mean over pixels or steps of L', which sees the channels of one
#pragma once

#include <optional>

#include <nn/core/shape.hpp>
#include <nn/losses/loss.hpp>

namespace nn {

namespace detail {

/// A loss for outputs of height x width x channels: that of the channels of each pixel (or step), averaged over these,
/// as Keras and PyTorch do. One position, or a loss that takes_whole_samples, is the loss itself. What trains and
/// measures networks takes every loss so. It refers to the loss.
template <class Loss>
struct OverPositions {
  const Loss& loss;
  Index positions = 1;

  static constexpr OutputKind output_kind = nn::output_kind<Loss>();
  static constexpr std::optional<double> decision_boundary = nn::decision_boundary<Loss>();

  OverPositions(const Loss& given, Shape outputs) : loss(given), positions(positions_of<Loss>(outputs)) {}

  /// Throws data_error where the loss cannot take the targets of a position.
  void require_target(const auto& t) const {
    const Index channels = t.size() / positions;
    for (Index first = 0; first < t.size(); first += channels) nn::require_target(loss, t.segment(first, channels));
  }

  /// The loss of one sample, outputs y, targets t.
  template <class Y, class Target>
  typename Y::Scalar operator()(const Y& y, const Target& t) const {
    if (positions == 1) return loss(y, t);
    using T = typename Y::Scalar;
    const Index channels = y.size() / positions;
    T sum = 0;
    for (Index first = 0; first < y.size(); first += channels)
      sum += loss(y.segment(first, channels), t.segment(first, channels));
    return sum / static_cast<T>(positions);
  }

  template <class Y, class Target, class Gradient>
  void gradient(const Y& y, const Target& t, Gradient& dy) const {
    if (positions == 1) return loss.gradient(y, t, dy);
    const Index channels = y.size() / positions;
    for (Index first = 0; first < y.size(); first += channels) {
      auto of_position = dy.segment(first, channels);
      loss.gradient(y.segment(first, channels), t.segment(first, channels), of_position);
    }
    dy /= static_cast<typename Y::Scalar>(positions);
  }
};

}  // namespace detail

}  // namespace nn
