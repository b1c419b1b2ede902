// SPDX-License-Identifier: MIT
// A network as one header in C, for microcontrollers and everything else that compiles C99 or C++11.
#pragma once

#include <algorithm>
#include <cstdint>
#include <exception>
#include <limits>
#include <ostream>
#include <string>
#include <vector>

#include <nn/core/views.hpp>
#include <nn/io/atomic_file.hpp>
#include <nn/io/c_header/layer.hpp>
#include <nn/io/c_header/source.hpp>
#include <nn/io/c_header/text.hpp>
#include <nn/networks/at_shape.hpp>
#include <nn/networks/pass.hpp>

namespace nn {

/// The number type of a header.
enum class CScalar { as_network, float32, float64 };

struct CHeaderOptions {
  std::string name = "network";  ///< every name in the header begins with it
  CScalar scalar = CScalar::as_network;
  std::vector<double> self_test_input =
      {};  ///< a sample, for which the header tests itself; empty: numbers from -1 to 1
};

namespace detail {

/// Numbers from -1 to 1 for every input; where a Normalize reads it, in its units, where an Embedding, its integers.
inline std::vector<double> usual_test_input(const std::vector<CLayer>& layers, const std::vector<Shape>& inputs) {
  std::vector<double> numbers;
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    const auto reads_this = [&](const CLayer& layer) {
      return layer.reads.empty() ? &layer == layers.data() : layer.reads[0] == static_cast<Index>(k);
    };
    const auto first = std::find_if(layers.begin(), layers.end(), reads_this);
    const std::string reader = first == layers.end() ? "" : first->name();
    const Index size = inputs[k].size();
    for (Index i = 0; i < size; ++i) {
      double number = static_cast<double>(i * 37 % 65 - 32) / 32;
      if (reader == "Normalize")
        number = first->tensor("offset", size)(i, 0) + number * first->tensor("scale", size)(i, 0);
      if (reader == "Embedding") number = static_cast<double>(i * 37 % first->whole("vocabulary"));
      numbers.push_back(number);
    }
  }
  return numbers;
}

/// The shapes of the inputs and of the outputs, of which a graph may have several.
template <class Network>
void add_shapes_of(const Network& network, CHeader& header) {
  if constexpr (is_graph<Network>) {
    for (Index k = 0; k < network.input_count(); ++k) header.inputs.push_back(network.input_shape(k));
    for (Index k = 0; k < network.output_count(); ++k) header.outputs.push_back(network.output_shape(k));
  } else {
    header.inputs = {network.input_shape()};
    header.outputs = {network.output_shape()};
  }
}

template <class Network>
std::string c_header_of(const Network& network, const CHeaderOptions& options) {
  using T = typename Network::Scalar;
  network.require_whole("save_c_header");
  if constexpr (is_graph<Network>) network.require_finished("save_c_header");
  if constexpr (AnyLength<Network>)
    throw load_error(
        "save_c_header: a header is written for one number of steps, and this network is for any; copy its ",
        "parameters to a network of nn::Sequence<features, steps> and save that");
  require_c_name(options.name);
  const bool is_double =
      options.scalar == CScalar::float64 || (options.scalar == CScalar::as_network && sizeof(T) == 8);
  const Index inputs = network.input_shape().size(), outputs = network.output_shape().size();
  CHeader header{.text = CText(options.name, is_double), .layers = c_layers_of(network)};
  header.test_input = options.self_test_input;
  add_shapes_of(network, header);
  for (const CLayer& layer : header.layers) require_finite(layer, is_double);
  for (Index i = 0; i < network.depth(); ++i) {
    const Place& place = network.place(i);
    header.multiply_adds = checked_sum(header.multiply_adds, place.multiply_adds);
    constexpr Index most = std::numeric_limits<std::int32_t>::max();  // what a long has everywhere
    if (std::max({place.input.size(), place.output.size(), place.parameter_count}) > most)
      throw shape_error("save_c_header: layer ", i, " has more than ", most,
                        " numbers, which is what a header can count");
  }
  if (header.test_input.empty()) header.test_input = usual_test_input(header.layers, header.inputs);
  Vector<T> x(inputs);
  network.require_features(static_cast<Index>(header.test_input.size()), "save_c_header: self_test_input");
  for (Index i = 0; i < inputs; ++i) {
    double& number = header.test_input[static_cast<std::size_t>(i)];
    if (!is_finite(static_cast<float>(number)))
      throw data_error("save_c_header: number ", i, " of the input of the self-test is ", number,
                       "; give a sample as the network will see");
    x[i] = static_cast<T>(number);
    if (!is_double || sizeof(T) == 4) number = static_cast<double>(static_cast<float>(number));
  }
  const auto y = network.predict(x);
  for (Index i = 0; i < outputs; ++i) {
    if (!is_finite(static_cast<float>(y(i, 0))))
      throw data_error("save_c_header: output ", i, " is ", y(i, 0),
                       " for the input of the self-test; give one as the network will see as .self_test_input");
    header.test_output.push_back(static_cast<double>(y(i, 0)));
  }
  return c_header_text(header);
}

}  // namespace detail

/// Writes a network or a graph, as it is in use, as one file that is valid C99 and C++11: functions, constants, and
/// nothing else. Its results are those of predict to some units in the last place; several inputs or outputs of a graph
/// stand one after the other. Throws data_error where the name is no identifier of C, load_error where the network has
/// a layer that is none of the library's or a number that is not finite, and where the stream fails; then nothing is
/// written.
template <class Network>
void save_c_header(const Network& network, std::ostream& stream, const CHeaderOptions& options = {}) {
  const std::string text = detail::c_header_of(network, options);
  try {
    stream.write(text.data(), static_cast<std::streamsize>(text.size()));
    stream.flush();
  } catch (const std::exception&) {  // where the stream's owner asked for exceptions; its state says the same
  }
  if (!stream) throw load_error("save_c_header: the stream failed; is its disk full, was its file opened?");
}

/// As above, to a file that is replaced as a whole or not at all; see AtomicFile.
template <class Network>
void save_c_header(const Network& network, const std::string& path, const CHeaderOptions& options = {}) {
  const std::string text = detail::c_header_of(network, options);
  AtomicFile file(path);
  file.write(text);
  file.commit();
}

}  // namespace nn
