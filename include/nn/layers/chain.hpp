// SPDX-License-Identifier: MIT
// y = the last layer of (... the second of (the first of x))
#pragma once

#include <nn/layers/base/block.hpp>

namespace nn {

/// Layers in a row as one layer, for a branch of Concat or a part that is used more than once: Chain<Dense<4>, ReLU>,
/// and with sizes given at run time Chain{Dense{4}, ReLU{}}.
template <class... Layers>
struct Chain : Block<Chain<Layers...>, Layers...> {
  using Block<Chain, Layers...>::Block;

  static constexpr bool is_row = true;
  static constexpr std::string_view name() { return "Chain"; }

  constexpr Place place(Shape input) const {
    const auto places = this->places(input);
    Place all = this->all_of(places, input, places.back().output);
    all.memory_size = places.back().activation_offset;  // the last output is the chain's
    all.is_flat_where_zero = places.back().is_flat_where_zero;
    return all;
  }

  void forward(Shape input, const auto& parameters, const auto& x, auto&& y, const auto& mode) const {
    this->row_forward(this->places(input), parameters, x.data(), y.data(), x.cols(), mode);
  }

  template <bool writes, class T>
  void go_back(Shape input, const auto& values, auto& gradients, const Training<T>& training, const auto& visit) const {
    this->row_back(this->places(input), values, values.output.data(), gradients.input.data(), gradients.output.data(),
                   gradients.wanted, training, visit);
  }

  constexpr bool operator==(const Chain&) const = default;
};

template <class... Layers>
Chain(Layers...) -> Chain<Layers...>;

}  // namespace nn
