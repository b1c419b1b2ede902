// SPDX-License-Identifier: MIT
// A graph without the layers that lead to none of its outputs: those of which a model only asks the shape.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <nn/core/place.hpp>
#include <nn/core/views.hpp>
#include <nn/networks/graph.hpp>

namespace nn::detail::onnx {

/// Of a graph with these names of its inputs and these values of its layers and outputs; the parameters and the state
/// of the layers that stay are kept.
template <class T>
nn::Graph<T> without_unread_layers(nn::Graph<T> graph, const std::vector<std::string>& input_names,
                                   const std::vector<typename nn::Graph<T>::Value>& layers,
                                   const std::vector<typename nn::Graph<T>::Value>& outputs) {
  std::vector<bool> is_read(layers.size());
  for (std::size_t i = layers.size(); i-- > 0;) {
    is_read[i] = is_read[i] || std::find(outputs.begin(), outputs.end(), layers[i]) != outputs.end();
    if (!is_read[i]) continue;
    for (const Index number : graph.reads(static_cast<Index>(i)))
      if (number >= graph.input_count()) is_read[static_cast<std::size_t>(number - graph.input_count())] = true;
  }
  if (std::find(is_read.begin(), is_read.end(), false) == is_read.end()) return graph;

  nn::Graph<T> rest;
  std::vector<typename nn::Graph<T>::Value> values;  // of the inputs and then of the layers; any where it is not read
  for (Index k = 0; k < graph.input_count(); ++k)
    values.push_back(rest.input(graph.input_shape(k), input_names[static_cast<std::size_t>(k)]));
  std::vector<Place> from;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const auto number = static_cast<Index>(i);
    if (!is_read[i]) {
      values.push_back(values[0]);
      continue;
    }
    std::vector<typename nn::Graph<T>::Value> reads;
    for (const Index read : graph.reads(number)) reads.push_back(values[static_cast<std::size_t>(read)]);
    const auto& layer = graph.layer(number);
    const std::string name = graph.layer_name(number);
    values.push_back(layer.single() != nullptr ? rest.add(name, *layer.single(), reads)
                                               : rest.add(name, *layer.merge(), reads));
    from.push_back(graph.place(number));
  }
  for (const auto& output : outputs) {
    const auto at = std::find(layers.begin(), layers.end(), output) - layers.begin();
    rest.output(values[static_cast<std::size_t>(graph.input_count() + at)]);
  }
  for (std::size_t i = 0; i < from.size(); ++i) {
    const Place& to = rest.place(static_cast<Index>(i));
    std::copy_n(graph.parameters().data() + from[i].parameter_offset, from[i].parameter_count,
                rest.parameters().data() + to.parameter_offset);
    std::copy_n(graph.state().data() + from[i].state_offset, from[i].state_count,
                rest.state().data() + to.state_offset);
  }
  return rest;
}

}  // namespace nn::detail::onnx
