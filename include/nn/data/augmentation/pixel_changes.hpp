// SPDX-License-Identifier: MIT
// Strokes made thicker or thinner, noise on every pixel, a rectangle wiped out.
#pragma once

#include <algorithm>

#include <nn/core/finite.hpp>
#include <nn/core/random.hpp>
#include <nn/data/augmentation/picture.hpp>

namespace nn {

/// Blends the picture with the largest (thicker) or the smallest (thinner) of every pixel and its four neighbours, by a
/// share of up to `strength`.
struct RandomThickness {
  static constexpr const char* name() { return "RandomThickness"; }

  double strength = 0.5;  ///< 0: none, 1: the whole of the largest or the smallest

  /// Calls visit(name, option) for every option; self is const where they are only read.
  template <class Self, class Visit>
  static void for_each_option(Self& self, Visit&& visit) {
    visit("strength", self.strength);
  }

  void validate() const {
    if (!is_finite(strength) || strength < 0 || strength > 1)
      throw data_error("RandomThickness: the strength must lie in 0..1, got ", strength, "; 0.5 is usual");
  }
  void apply(const Picture& picture, Random& random) const {
    const Picture::Copy from = picture.copy();
    const auto share = static_cast<float>(random.uniform(-strength, strength));
    const auto [height, width, channels] = picture.shape;
    for (Index i = 0; i < height; ++i)
      for (Index j = 0; j < width; ++j)
        for (Index channel = 0; channel < channels; ++channel) {
          const auto old = [&](Index row, Index column) {
            if (row < 0 || column < 0 || row >= picture.shape.height || column >= picture.shape.width) return 0.0F;
            return from[static_cast<std::size_t>((row * picture.shape.width + column) * picture.shape.channels +
                                                 channel)];
          };
          const float here = old(i, j);
          const auto all = {here, old(i - 1, j), old(i + 1, j), old(i, j - 1), old(i, j + 1)};
          const float target = share > 0 ? std::max(all) : std::min(all);
          picture.at(i, j, channel) = here + std::abs(share) * (target - here);
        }
  }
};

/// Adds noise to every number and keeps it within 0..1.
struct GaussianNoise {
  static constexpr const char* name() { return "GaussianNoise"; }
  static constexpr bool needs_image = false;  ///< every number by itself, so that plain features may have it, too

  double deviation = 0.1;  ///< of the noise, where pixels are 0 to 1

  /// Calls visit(name, option) for every option; self is const where they are only read.
  template <class Self, class Visit>
  static void for_each_option(Self& self, Visit&& visit) {
    visit("deviation", self.deviation);
  }

  void validate() const {
    if (!is_finite(deviation) || deviation < 0 || deviation >= 1e6)
      throw data_error("GaussianNoise: the deviation must not be negative, got ", deviation, "; 0.1 is usual");
  }
  void apply(const Picture& picture, Random& random) const {
    for (Index i = 0; i < picture.shape.size(); ++i)
      picture.pixels[i] = std::clamp(picture.pixels[i] + static_cast<float>(deviation * random.normal()), 0.0F, 1.0F);
  }
};

/// Sets a rectangle to 0 (Zhong et al. 2020), each of its sides up to `share` of the picture's.
struct RandomErase {
  static constexpr const char* name() { return "RandomErase"; }

  double share = 0.3;  ///< so at most 0.09 of the pixels

  /// Calls visit(name, option) for every option; self is const where they are only read.
  template <class Self, class Visit>
  static void for_each_option(Self& self, Visit&& visit) {
    visit("share", self.share);
  }

  void validate() const {
    if (!is_finite(share) || share < 0 || share > 1)
      throw data_error("RandomErase: the share must lie in 0..1, got ", share, "; 0.3 is usual");
  }
  void apply(const Picture& picture, Random& random) const {
    const auto part = [&](Index size) {
      const auto length = static_cast<Index>(random.uniform() * share * static_cast<double>(size));
      const auto first = static_cast<Index>(random.below(static_cast<std::uint64_t>(size - length + 1)));
      return std::pair(first, first + length);
    };
    const auto [top, bottom] = part(picture.shape.height);
    const auto [left, right] = part(picture.shape.width);
    for (Index i = top; i < bottom; ++i)
      std::fill_n(&picture.at(i, left, 0), (right - left) * picture.shape.channels, 0.0F);
  }
};

}  // namespace nn
