// SPDX-License-Identifier: MIT
// How channels make heads of attention: what layers of attention have in common.
#pragma once

#include <string_view>

#include <nn/core/shape.hpp>

namespace nn::detail {

/// The heads of keys and values, where 0 stands for as many as there are heads.
constexpr Index key_value_heads_of(Index heads, Index key_value_heads) {
  return key_value_heads == 0 ? heads : key_value_heads;
}

/// Throws shape_error where the channels do not make equal heads, or the heads cannot share those of keys and values.
constexpr void require_heads(std::string_view layer, Index channels, Index heads, Index key_value_heads) {
  if (heads < 1 || channels % heads != 0)
    throw shape_error(layer, ": ", channels, " channels do not make ", heads,
                      " equal heads; use a number of heads that divides them");
  if (key_value_heads < 0 || heads % key_value_heads_of(heads, key_value_heads) != 0)
    throw shape_error(layer, ": ", heads, " heads cannot share ", key_value_heads,
                      " heads of keys and values; use a number that divides them, or 0 for one each");
}

}  // namespace nn::detail
