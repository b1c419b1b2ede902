// SPDX-License-Identifier: MIT
// A layer that tests/all_layers.hpp does not list: tests/every_layer.cmake must fail on it.
#pragma once

namespace nn {

struct Forgotten : Elementwise<Forgotten> {
  static constexpr std::string_view name() { return "Forgotten"; }
};

}  // namespace nn
