// SPDX-License-Identifier: MIT
// In training y = x / (1 - rate) or, with probability rate, y = 0; otherwise y = x
#pragma once

#include <nn/core/finite.hpp>
#include <nn/core/layer.hpp>
#include <nn/core/random.hpp>

namespace nn {

/// Inverted dropout (Srivastava et al. 2014, as all frameworks have it): nothing is left to do when the network is
/// used. Every number is kept or dropped for itself; Dropout2D drops whole channels.
template <bool WholeChannels>
struct BasicDropout {
  double rate = 0.5;

  constexpr BasicDropout() = default;
  constexpr explicit BasicDropout(double share_dropped) : rate(share_dropped) {}

  static constexpr bool keeps_shape = true;
  static constexpr std::string_view name() { return WholeChannels ? "Dropout2D" : "Dropout"; }

  /// Throws shape_error where the rate is none.
  constexpr Shape output_shape(Shape input) const {
    if (!is_finite(rate) || rate < 0 || rate >= 1)
      throw shape_error(name(), ": the rate must be at least 0 and below 1, got ", rate, "; 0.5 is usual");
    return input;
  }
  static constexpr Streaming streaming(Shape) { return each_step_alone; }
  void forward(Shape, const auto&, const auto& x, auto&& y) const { y = x; }
  template <class T>
  void forward(Shape input, const auto&, const auto& x, auto&& y, const Training<T>& training) const {
    multiply<T>(input, x, y, training);
  }
  // What was drawn on the way forward is drawn again: that is cheaper than to remember it.
  template <class T>
  void backward(Shape input, const auto&, auto& gradients, const Training<T>& training) const {
    if (gradients.wanted != InputGradient::none) multiply<T>(input, gradients.output, gradients.input, training);
  }

  static void for_each_option(auto& layer, auto option) { option("rate", layer.rate); }
  constexpr bool operator==(const BasicDropout&) const = default;

 private:
  template <class T>
  void multiply(Shape input, const auto& x, auto&& y, const Training<T>& training) const {
    if (!training.is_random) return forward(input, x, x, y);
    const T kept = static_cast<T>(1 / (1 - rate));
    const auto threshold = static_cast<std::uint64_t>(rate * 0x1p32);  // 32 random bits decide
    const Index drawn = WholeChannels ? input.channels : x.rows();
    for (Index sample = 0; sample < x.cols(); ++sample) {
      Random random(training.seed + static_cast<std::uint64_t>(training.first_sample + sample));
      std::uint64_t bits = 0;
      for (Index i = 0; i < drawn; ++i) {
        bits = i % 2 == 0 ? random.next() : bits >> 32;
        const T factor = (bits & 0xffffffffu) < threshold ? T(0) : kept;
        for (Index k = i; k < x.rows(); k += drawn) y(k, sample) = x(k, sample) * factor;
      }
    }
  }
};

using Dropout = BasicDropout<false>;
/// Tompson et al. 2015.
using Dropout2D = BasicDropout<true>;

}  // namespace nn
