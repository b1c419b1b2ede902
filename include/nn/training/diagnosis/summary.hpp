// SPDX-License-Identifier: MIT
// What a network is made of: the layers with their output shapes, parameters, bytes and multiply-adds.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <nn/core/place.hpp>
#include <nn/core/shape.hpp>

namespace nn {

struct Cost {
  Index parameters = 0;
  Index bytes = 0;          ///< of the parameters and the state
  Index multiply_adds = 0;  ///< forward, for one sample
  constexpr bool operator==(const Cost&) const = default;
};

/// What a network of sizes in the types costs; known to the compiler.
template <class Net>
constexpr Cost cost() {
  Cost sum;
  for (Index i = 0; i < Net::depth(); ++i) {
    const Place& place = Net::static_place(i);
    sum.parameters += place.parameter_count;
    sum.bytes += (place.parameter_count + place.state_count) * static_cast<Index>(sizeof(typename Net::Scalar));
    sum.multiply_adds += place.multiply_adds;
  }
  return sum;
}

/// A table of the layers, one line each, and their sums. Those that a layer is made of follow it, indented.
template <class Net>
std::string summary(const Net& network) {
  network.require_whole("summary");
  using Line = std::array<std::string, 5>;
  std::vector<Line> rows{{"layer", "output", "parameters", "bytes", "multiply-adds"}};
  rows.push_back({"Input", to_string(network.input_shape()), "", "", ""});
  Cost sum;
  network.for_each_inside([&](const auto& layer, const Place& place, Index level) {
    const Index bytes = (place.parameter_count + place.state_count) * static_cast<Index>(sizeof(typename Net::Scalar));
    const auto number = [](Index n) { return n == 0 ? std::string() : std::to_string(n); };
    rows.push_back({std::string(static_cast<std::size_t>(2 * level), ' ') + std::string(layer.name()),
                    to_string(place.output), number(place.parameter_count), number(bytes),
                    number(place.multiply_adds)});
    if (level > 0) return;
    sum.parameters += place.parameter_count;
    sum.bytes += bytes;
    sum.multiply_adds += place.multiply_adds;
  });
  rows.push_back(
      {"sum", "", std::to_string(sum.parameters), std::to_string(sum.bytes), std::to_string(sum.multiply_adds)});

  std::array<std::size_t, 5> width{};
  for (const Line& row : rows)
    for (std::size_t k = 0; k < row.size(); ++k) width[k] = std::max(width[k], row[k].size());
  std::string text;
  for (const Line& row : rows) {
    std::string line = row[0] + std::string(width[0] - row[0].size(), ' ');
    for (std::size_t k = 1; k < row.size(); ++k) line += "  " + std::string(width[k] - row[k].size(), ' ') + row[k];
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
  return text;
}

}  // namespace nn
