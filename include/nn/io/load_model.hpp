// SPDX-License-Identifier: MIT
// A network and the schema of its table from one file, for a program that has never seen the table.
#pragma once

#include <concepts>
#include <istream>
#include <string>
#include <utility>

#include <nn/data/model.hpp>
#include <nn/io/load_network.hpp>

namespace nn {

namespace detail {

template <class T>
Model<T> read_model(ByteSource& source, LoadNetworkOptions<T> options) {
  Schema schema;
  Schema* const wanted = std::exchange(options.schema, &schema);
  Sequential<T> network = read_network<LayerBuilder<T>>(source, options);
  if (schema.is_empty())
    throw load_error("load: ", source.name(),
                     ": holds no schema, without which rows cannot be read by name; save the "
                     "network with {.schema = schema}, or take nn::load_network");
  if (wanted != nullptr) *wanted = schema;
  return Model<T>(std::move(network), std::move(schema));
}

}  // namespace detail

/// What save(network, path, {.schema = schema}) wrote. The bytes are data only and may be anything: throws one
/// load_error that says what is wrong and where.
template <std::floating_point T = float>
Model<T> load_model(const std::string& path, const LoadNetworkOptions<T>& options = {}) {
  detail::FileSource source(path);
  return detail::read_model<T>(source, options);
}

template <std::floating_point T = float>
Model<T> load_model(std::istream& stream, const LoadNetworkOptions<T>& options = {}) {
  detail::StreamSource source(stream);
  return detail::read_model<T>(source, options);
}

}  // namespace nn
