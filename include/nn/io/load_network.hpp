// SPDX-License-Identifier: MIT
// A network from a file alone: the file says which layers.
#pragma once

#include <concepts>
#include <istream>
#include <string>
#include <utility>
#include <vector>

#include <nn/io/json.hpp>
#include <nn/io/known_layers.hpp>
#include <nn/io/layer_builder.hpp>
#include <nn/io/network_reader.hpp>

namespace nn {

template <std::floating_point T = float>
struct LoadNetworkOptions {
  LayerTable<T> layers = known_layers<T>();  ///< that the file may name; known_layers<T>().add(Gated{})
  std::string activation = {};               ///< between the layers of a file that names none, as the course's: "ReLU"
  bool self_test = true;                     ///< as LoadOptions
  std::vector<std::string>* classes = nullptr;  ///< as LoadOptions
  Schema* schema = nullptr;                     ///< as LoadOptions
};

namespace detail {

template <class Builder, class T = typename Builder::Scalar>
typename Builder::Network read_network(ByteSource& source, const LoadNetworkOptions<T>& options) {
  static_assert(std::same_as<T, float> || std::same_as<T, double>, "nn::load_network: of float or double");
  NetworkReader<Builder> reader(options.layers, options.activation, source);
  read_json(reader, source);
  typename Builder::Network network = reader.network();
  finish_loading(network, reader.extras(), source.name(),
                 {.self_test = options.self_test, .classes = options.classes, .schema = options.schema});
  return network;
}

}  // namespace detail

/// The network that a file describes, with its parameters and its state: what save() wrote, in this version or an
/// earlier one, or the course's program. Containers come back with their layers in a vector, everything else as its
/// form with sizes given at run time. One for sequences of any length comes from load_network<float, any_length>, a
/// graph from load_graph. The bytes are data only and may be anything: throws one load_error that says what is wrong
/// and where.
template <std::floating_point T = float, Index Length = dynamic>
Sequential<T, Length> load_network(const std::string& path, const LoadNetworkOptions<T>& options = {}) {
  detail::FileSource source(path);
  return detail::read_network<detail::LayerBuilder<T, Length>>(source, options);
}

template <std::floating_point T = float, Index Length = dynamic>
Sequential<T, Length> load_network(std::istream& stream, const LoadNetworkOptions<T>& options = {}) {
  detail::StreamSource source(stream);
  return detail::read_network<detail::LayerBuilder<T, Length>>(source, options);
}

}  // namespace nn
