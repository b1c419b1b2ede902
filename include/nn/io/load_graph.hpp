// SPDX-License-Identifier: MIT
// A graph from a file alone: the file says which inputs, which layers, and what each of them reads.
#pragma once

#include <concepts>
#include <istream>
#include <string>

#include <nn/io/graph_builder.hpp>
#include <nn/io/load_network.hpp>

namespace nn {

/// The graph that save() wrote, with its names, parameters and state; layers of several inputs of the program's own are
/// added to the table as any other. A file of a row of layers gives the graph of that row. The bytes are data only and
/// may be anything: throws one load_error that says what is wrong and where.
template <std::floating_point T = float>
Graph<T> load_graph(const std::string& path, const LoadNetworkOptions<T>& options = {}) {
  detail::FileSource source(path);
  return detail::read_network<detail::GraphBuilder<T>>(source, options);
}

template <std::floating_point T = float>
Graph<T> load_graph(std::istream& stream, const LoadNetworkOptions<T>& options = {}) {
  detail::StreamSource source(stream);
  return detail::read_network<detail::GraphBuilder<T>>(source, options);
}

}  // namespace nn
