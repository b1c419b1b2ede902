// SPDX-License-Identifier: MIT
// What the ONNX writer is told of a layer: its description, its shapes and its tensors, whatever its type.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <nn/core/layer.hpp>
#include <nn/core/place.hpp>
#include <nn/core/tensor.hpp>
#include <nn/formats/onnx/imported_layers.hpp>
#include <nn/formats/onnx/written_graph.hpp>

namespace nn::detail::onnx {

/// A tensor of float or double, one of which is there.
struct WrittenTensor {
  std::string name;
  Dimensions dimensions;
  const float* floats = nullptr;
  const double* doubles = nullptr;

  double at(Index i) const { return floats != nullptr ? static_cast<double>(floats[i]) : doubles[i]; }
  Index size() const {
    Index size = 1;
    for (const nn::Dimension& dimension : dimensions) size *= dimension.size;
    return size;
  }
};

struct WrittenLayer {
  Description description;
  Shape input, output;
  Index level = 0;
  std::string prefix;  ///< of its tensors: "2.0."
  std::vector<WrittenTensor> tensors;
  const Rearrange* rearrange = nullptr;  ///< the layer where it is one, whose description does not say its places
  const Learned* learned = nullptr;      ///< where it is one

  std::string_view type() const { return description.type; }
  /// An option that the layer describes; 0 where it does not.
  double option(std::string_view name) const {
    for (const auto& [key, value] : description.options)
      if (key == name) return value;
    return 0;
  }
  std::int64_t whole(std::string_view name) const { return static_cast<std::int64_t>(option(name)); }
  const WrittenTensor* find(std::string_view name) const {
    for (const WrittenTensor& tensor : tensors)
      if (std::string_view(tensor.name).substr(prefix.size()) == name) return &tensor;
    return nullptr;
  }
};

/// Writes a tensor of a layer in row-major order of its dimensions, which `also` may follow as ones; where one is the
/// input's features, in the order that the input has them.
inline std::string write_tensor(WrittenGraph& graph, const WrittenLayer& layer, std::string_view name,
                                const WrittenValue& input, std::size_t ones = 0) {
  const WrittenTensor& tensor = *layer.find(name);
  const auto count = static_cast<std::size_t>(tensor.size());
  std::vector<std::int64_t> dims;
  for (const nn::Dimension& dimension : tensor.dimensions) dims.push_back(dimension.size);
  std::vector<double> numbers(count);
  for (std::size_t i = 0; i < count; ++i)
    numbers[i] = tensor.at(place_of_number(tensor.dimensions, input, static_cast<Index>(i)));
  dims.insert(dims.end(), ones, 1);
  return graph.constant(name, dims, numbers);
}

/// The layer where it is an L, whatever holds it; null where it is another.
template <class L>
const L* as(const auto& layer) {
  if constexpr (std::is_same_v<std::remove_cvref_t<decltype(layer)>, L>)
    return &layer;
  else if constexpr (requires { layer.template as<L>(); })
    return layer.template as<L>();
  else
    return nullptr;
}

/// The layers of a network, containers before those inside. They point into the network.
template <class Network>
std::vector<WrittenLayer> layers_of(const Network& network) {
  using T = typename Network::Scalar;
  std::vector<WrittenLayer> layers;
  std::vector<Index> path;
  const auto tensors = network.tensors();
  auto tensor = tensors.begin();
  network.for_each_inside([&](const auto& layer, const Place& place, Index level) {
    path.resize(static_cast<std::size_t>(level + 1), -1);
    ++path.back();
    WrittenLayer written{describe(layer),      place.input,       place.output, level, "", {},
                         as<Rearrange>(layer), as<Learned>(layer)};
    written.prefix = network.layer_name(path.front()) + '.';
    for (std::size_t k = 1; k < path.size(); ++k) written.prefix += std::to_string(path[k]) + '.';
    for_each_tensor(layer, place.input, [&](const TensorShape&) {
      WrittenTensor& added = written.tensors.emplace_back();
      added.name = tensor->name;
      added.dimensions = tensor->dimensions;
      if constexpr (std::is_same_v<T, float>)
        added.floats = tensor->values.data();
      else
        added.doubles = tensor->values.data();
      ++tensor;
    });
    layers.push_back(std::move(written));
  });
  return layers;
}

}  // namespace nn::detail::onnx
