// SPDX-License-Identifier: MIT
// y = gamma (x - mean) / sqrt(variance + epsilon) + beta, over all pixels of each group of channels
#pragma once

#include <concepts>
#include <string_view>

#include <nn/core/extent.hpp>
#include <nn/layers/base/normalization.hpp>

namespace nn {

/// Group normalization (Wu and He 2018): GroupNorm<8>, and with the number of groups given at run time GroupNorm{8},
/// GroupNorm{8, 1e-3}. Throws shape_error where the channels do not make equal groups, or epsilon is not above 0.
template <Index Groups = dynamic>
struct GroupNorm : NormalizationLayer<GroupNorm<Groups>> {
  [[no_unique_address]] Extent<Groups> groups;
  double epsilon = 1e-5;

  constexpr GroupNorm() = default;
  constexpr explicit GroupNorm(std::integral auto group_count, double least_variance = 1e-5) requires(Groups == dynamic)
      : groups(static_cast<Index>(group_count)), epsilon(least_variance) {}

  static constexpr std::string_view name() { return "GroupNorm"; }
  static constexpr bool keeps_shape = Groups != dynamic;
  constexpr Normalization layout(Shape input) const {
    if (groups.value() < 1 || input.channels % groups.value() != 0)
      throw shape_error("GroupNorm: ", input.channels, " channels do not make ", groups.value(),
                        " equal groups; use a number of groups that divides them");
    return {.pixels = checked_product(input.height, input.width), .channels = input.channels, .groups = groups.value()};
  }
  static void for_each_option(auto& layer, auto option) {
    option("groups", layer.groups.value());
    option("epsilon", layer.epsilon);
  }
  constexpr bool operator==(const GroupNorm&) const = default;
};

template <std::integral Count>
GroupNorm(Count, double = 0) -> GroupNorm<>;

}  // namespace nn
