// SPDX-License-Identifier: MIT
// What a file of parameters must know of a network: its layers in words, and where each W and b lies in the flat
// vector.
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
  Index bias_offset;
  Index bias_size;
};

struct Outline {
  Index input_size;
  Index parameter_count;
  std::vector<Description> layers;
  std::vector<WeightPlace> weights;
  Index state_count = 0;
};

/// Throws load_error where the network has parameters that are neither W nor b of a layer.
template <class Network>
Outline outline(const Network& network) {
  Outline result{
      network.input_shape().size(), network.parameter_count(), network.descriptions(), {}, network.state().size()};
  const auto* first = network.parameters().data();
  Index covered = 0;
  for (Index k = 0; k < network.weight_count(); ++k) {
    const auto weight = network.weight(k);
    const auto bias = network.bias(k);
    result.weights.push_back({weight.rows(), weight.cols(), weight.data() - first, bias.data() - first, bias.size()});
    covered += weight.size() + bias.size();
  }
  if (covered != result.parameter_count)
    throw load_error("a file holds W and B of layers, but ", result.parameter_count - covered, " of the network's ",
                     result.parameter_count, " parameters are neither; keep the network's parameters() yourself");
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
