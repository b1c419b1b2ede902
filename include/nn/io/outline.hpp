// SPDX-License-Identifier: MIT
// What a file of parameters must know of a network: its layers in words, and where each W and b, and every other tensor
// that is learned, lies in the flat vector.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <nn/core/errors.hpp>
#include <nn/core/layer.hpp>
#include <nn/core/number_text.hpp>
#include <nn/core/printable.hpp>
#include <nn/core/views.hpp>

namespace nn::detail {

/// Positions in the flat vector. W has one row per output and is stored column by column; b may be missing (size 0).
struct WeightPlace {
  Index rows;
  Index columns;
  Index weight_offset;
  Index bias_offset = 0;
  Index bias_size = 0;
};

/// A tensor that is neither W nor b of its layer, by its name.
struct NamedPlace {
  std::string name;
  WeightPlace place;
};

struct Outline {
  Index input_size;
  Index parameter_count;
  std::vector<Description> layers;
  std::vector<WeightPlace> weights;
  Index state_count = 0;
  std::vector<NamedPlace> others = {};
};

template <class Network>
Outline outline(const Network& network) {
  Outline result{
      network.input_shape().size(), network.parameter_count(), network.descriptions(), {}, network.state().size()};
  const auto* first = network.parameters().data();
  std::vector<Index> covered;
  for (Index k = 0; k < network.weight_count(); ++k) {
    const auto weight = network.weight(k);
    const auto bias = network.bias(k);
    result.weights.push_back({weight.rows(), weight.cols(), weight.data() - first, bias.data() - first, bias.size()});
    covered.push_back(weight.data() - first);
    if (bias.size() > 0) covered.push_back(bias.data() - first);
  }
  for (const auto& tensor : network.tensors())
    if (is_learned(tensor.role) &&
        std::find(covered.begin(), covered.end(), tensor.values.data() - first) == covered.end())
      result.others.push_back(
          {tensor.name, {tensor.values.rows(), tensor.values.cols(), tensor.values.data() - first}});
  return result;
}

/// "Dense (units 256, bias 1)"
inline std::string in_words(const Description& layer) {
  std::string options;
  for (const auto& [name, value] : layer.options) {
    std::array<char, longest_number> digits;
    const std::string number(digits.data(), write_number(digits.data(), value));
    options += (options.empty() ? " (" : ", ") + printable(name) + ' ' + number;
  }
  return printable(layer.type) + options + (options.empty() ? "" : ")");
}

/// The same type and the same options, in any order.
inline bool describe_the_same(const Description& a, const Description& b) {
  return a.type == b.type && a.options.size() == b.options.size() &&
         std::is_permutation(a.options.begin(), a.options.end(), b.options.begin());
}

}  // namespace nn::detail
