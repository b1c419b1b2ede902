// SPDX-License-Identifier: MIT
// Networks as ONNX models.
#pragma once

#include <algorithm>
#include <cstdint>
#include <exception>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <nn/core/finite.hpp>
#include <nn/formats/onnx/layer_writer.hpp>
#include <nn/io/atomic_file.hpp>
#include <nn/networks/graph.hpp>

namespace nn {

struct SaveOnnxOptions {
  std::int64_t opset = 17;  ///< of the operators: 13 to 23
  /// Inputs and outputs are height x width x channels as in nn, not channels first. Those that load_onnx left in the
  /// order of a file are written in that order.
  bool channels_last = false;
  std::string name = "network";
  std::vector<std::string> class_names =
      {};  ///< of the outputs, kept as the model's metadata "class_names", one a line
};

namespace detail::onnx {

/// The version of the format that came with an opset.
constexpr std::int64_t ir_version_of(std::int64_t opset) {
  return opset >= 23 ? 11 : opset >= 21 ? 10 : opset >= 19 ? 9 : opset >= 15 ? 8 : 7;
}

/// The layout outside of an input or an output: with its dimensions in the file that it came from, if there is one.
inline Layout outer_layout(Shape shape, bool first, const std::vector<std::int64_t>& sizes) {
  for (const Layout layout : {Layout::flat_last, Layout::time_last, Layout::image_last})
    if (!sizes.empty() && sizes_of(layout, shape) == sizes) return layout;
  return outer_layout(shape, first);
}

inline WrittenShape outer_shape(Layout layout, Shape shape) {
  WrittenShape sizes{std::string("batch")};
  for (const std::int64_t size : sizes_of(layout, shape)) sizes.emplace_back(size);
  return sizes;
}

inline void require_options(const SaveOnnxOptions& options) {
  constexpr std::int64_t oldest = 13, newest = 23;
  if (options.opset < oldest || options.opset > newest)
    throw data_error("save_onnx: opset ", options.opset, " is not written; give one from ", oldest, " to ", newest);
  for (const std::string& name : options.class_names)
    if (name.find('\n') != std::string::npos)
      throw data_error("save_onnx: the class name ", in_quotes(name), " has a line end in it; give another");
}

/// Throws load_error naming the first number that is not finite.
template <class Network>
void require_finite_tensors(const Network& network) {
  for (const auto& tensor : network.tensors()) {
    const std::ptrdiff_t i = first_not_finite(tensor.values.data(), tensor.values.size());
    if (i < tensor.values.size())
      throw load_error("save: ", tensor.name, " has the number ", tensor.values.data()[i],
                       "; go back to parameters from before the training diverged, and lower the learning rate");
  }
}

/// "input", or "input_0" and so on where there are several.
inline std::string numbered(std::string_view name, std::size_t k, std::size_t count) {
  return count == 1 ? std::string(name) : std::string(name) + '_' + std::to_string(k);
}

/// What a network says of its inputs and outputs: names, and dimensions in a file; "input" and "output" of most.
template <class Network>
Signature signature_of(const Network& network) {
  Signature signature;
  if constexpr (requires { network.signature(); }) signature = network.signature();
  std::size_t inputs = 1, outputs = 1;
  if constexpr (requires { network.input_count(); }) {
    inputs = static_cast<std::size_t>(network.input_count());
    outputs = static_cast<std::size_t>(network.output_count());
  }
  std::vector<std::string> names;
  const auto complete = [&](std::vector<Signature::Value>& values, std::size_t count, const char* kind) {
    values.resize(count);
    for (std::size_t k = 0; k < count; ++k) {
      std::string& name = values[k].name;
      if constexpr (requires { network.input_name(0); })
        if (name.empty() && kind == std::string_view("input")) name = network.input_name(static_cast<Index>(k));
      if (name.empty()) name = numbered(kind, k, count);
      while (std::find(names.begin(), names.end(), name) != names.end()) name += '_';
      names.push_back(name);
    }
  };
  complete(signature.inputs, inputs, "input");
  complete(signature.outputs, outputs, "output");
  return signature;
}

/// Writes the inputs and the layers of a network, and returns its outputs.
template <class Network>
std::vector<WrittenValue> write_layers(const Network& network, const std::vector<WrittenLayer>& layers,
                                       const Signature& signature, WrittenGraph& graph, LayerWriter& writer,
                                       bool channels_first) {
  std::vector<WrittenValue> values;
  const auto input = [&](const Signature::Value& outside, Shape shape) {
    const Layout layout = outer_layout(shape, channels_first, outside.sizes);
    graph.input(outside.name, outer_shape(layout, shape));
    values.push_back({outside.name, shape, layout, {}});
  };
  if constexpr (requires { network.input_count(); }) {
    network.require_finished("save_onnx");
    const auto inputs = static_cast<std::size_t>(network.input_count());
    for (std::size_t k = 0; k < inputs; ++k) input(signature.inputs[k], network.input_shape(static_cast<Index>(k)));
    const std::vector<Description> descriptions = network.descriptions();
    std::vector<WrittenValue> read;
    for (std::size_t i = 0; i < layers.size(); ++i) {
      if (layers[i].level > 0) continue;
      read.clear();
      for (const auto& [name, number] : descriptions[inputs + i].options)
        if (name.starts_with("reads ")) read.push_back(values[static_cast<std::size_t>(number)]);
      if (layers[i].type() == detail::Outputs::name()) {
        for (WrittenValue& value : read) value = writer.with_samples(value);
        return read;
      }
      values.push_back(writer.write(read));
    }
    return {writer.with_samples(values.back())};  // all others lead to it
  } else {
    input(signature.inputs[0], network.input_shape());
    return {writer.with_samples(writer.row(values[0], 0))};
  }
}

/// Throws load_error with a list of the layers that cannot be written.
template <class Network>
WrittenGraph written_graph(const Network& network, const SaveOnnxOptions& options) {
  network.require_whole("save_onnx");
  if constexpr (AnyLength<Network>)
    throw load_error("save: a model is written for one number of steps, and this network is for any; copy its ",
                     "parameters to a network of nn::Sequence<features, steps> and save that");
  require_options(options);
  require_finite_tensors(network);
  WrittenGraph graph(sizeof(typename Network::Scalar) == 4 ? DataType::float32 : DataType::float64, options.opset);
  const std::vector<WrittenLayer> layers = layers_of(network);
  LayerWriter writer(graph, layers);
  const Signature signature = signature_of(network);
  const std::vector<WrittenValue> ends =
      write_layers(network, layers, signature, graph, writer, !options.channels_last);
  if (!writer.problems().empty()) throw load_error("save: the network cannot be written as ONNX:", writer.problems());
  std::vector<WrittenValue> moved;  // all of them before the first is named as an output
  for (std::size_t k = 0; k < ends.size(); ++k)
    moved.push_back(graph.in(ends[k], outer_layout(ends[k].shape, !options.channels_last, signature.outputs[k].sizes)));
  for (std::size_t k = 0; k < ends.size(); ++k)
    graph.output(moved[k], signature.outputs[k].name, outer_shape(moved[k].layout, ends[k].shape));
  std::string names;
  for (const std::string& name : options.class_names) names += (names.empty() ? "" : "\n") + name;
  if (!names.empty()) graph.metadata("class_names", names);
  return graph;
}

}  // namespace detail::onnx

/// Writes a network as an ONNX model with any number of samples, in its own number type, in the way it is used, without
/// what is of training alone. Its tensors keep their names, and a graph from load_onnx the names and dimensions of its
/// inputs and outputs. Throws load_error where a layer has no operator or a number
/// is not finite, before anything is written; data_error where an option makes no sense.
template <class Network>
void save_onnx(const Network& network, std::ostream& stream, const SaveOnnxOptions& options = {}) {
  detail::onnx::WrittenGraph graph = detail::onnx::written_graph(network, options);
  const auto write = [&](std::string_view text) {
    try {
      if (stream) stream.write(text.data(), static_cast<std::streamsize>(text.size()));
    } catch (const std::exception&) {  // where the stream's owner asked for exceptions; its state says the same
    }
    if (!stream) throw load_error("save: the stream failed; is its disk full, was its file opened?");
  };
  graph.write(options.name, detail::onnx::ir_version_of(options.opset), write);
}

/// As above, to a file that is replaced as a whole or not at all; see AtomicFile.
template <class Network>
void save_onnx(const Network& network, const std::string& path, const SaveOnnxOptions& options = {}) {
  detail::onnx::WrittenGraph graph = detail::onnx::written_graph(network, options);
  AtomicFile file(path);
  graph.write(options.name, detail::onnx::ir_version_of(options.opset),
              [&](std::string_view text) { file.write(text); });
  file.commit();
}

}  // namespace nn
