// SPDX-License-Identifier: MIT
// The tensors of a network to and from safetensors files, under the names and in the order of PyTorch.
#pragma once

#include <istream>
#include <ostream>
#include <string>
#include <type_traits>

#include <nn/io/atomic_file.hpp>
#include <nn/io/safetensors_reader.hpp>
#include <nn/io/safetensors_writer.hpp>
#include <nn/io/stream_sink.hpp>

// A network of the same layers as an nn.Sequential has the same names ("0.weight"; in containers "2.0.weight"), and
// the same shapes: Dense outputs x inputs, convolutions filters x channels x height x width, all row by row. Features
// that were an image are in the file channel by channel; see TensorFileOptions. A file says nothing of the layers.
namespace nn {

namespace detail {

template <class Network>
SafetensorsReader<typename Network::Scalar> tensor_reader(const Network& network, const TensorFileOptions& options) {
  using T = typename Network::Scalar;
  static_assert(std::is_same_v<T, float> || std::is_same_v<T, double>,
                "nn::load_tensors: a network of float or double");
  return {tensor_plan(network, options, "load_tensors"), network.parameter_count(), network.state().size()};
}

template <class Network, class Sink>
SafetensorsWriter<typename Network::Scalar, Sink> tensor_writer(const Network& network,
                                                                const TensorFileOptions& options) {
  using T = typename Network::Scalar;
  static_assert(std::is_same_v<T, float> || std::is_same_v<T, double>,
                "nn::save_tensors: a network of float or double");
  if (options.batches_tracked < 0)
    throw data_error("save_tensors: batches_tracked is ", options.batches_tracked, ", and counts from 0");
  SafetensorsWriter<T, Sink> writer(tensor_plan(network, options, "save_tensors"), options, network.parameters().data(),
                                    network.state().data());
  writer.require_writable();
  return writer;
}

template <class Network, class Reader>
void take_tensors(Network& network, const Reader& reader) {
  network.parameters() = reader.parameters();
  network.state() = reader.state();
}

}  // namespace detail

/// Writes all that the network learned and keeps. Throws load_error, before anything is written, where a number is not
/// finite, and where the stream fails; data_error where options.names do not fit the network, and shape_error where the
/// order of its features cannot be said (see TensorFileOptions::channels_last).
template <class Network>
void save_tensors(const Network& network, std::ostream& stream, const TensorFileOptions& options = {}) {
  const auto writer = detail::tensor_writer<Network, detail::StreamSink>(network, options);
  detail::StreamSink sink(stream);
  writer.write(sink);
  sink.finish();
}

/// As above, to a file that is replaced as a whole or not at all; see AtomicFile.
template <class Network>
void save_tensors(const Network& network, const std::string& path, const TensorFileOptions& options = {}) {
  struct FileSink {
    AtomicFile& file;
    void operator()(std::string_view bytes) const { file.write(bytes); }
  };
  const auto writer = detail::tensor_writer<Network, FileSink>(network, options);
  AtomicFile file(path);
  FileSink sink{file};
  writer.write(sink);
  file.commit();
}

/// Reads all tensors of the network from a stream, up to its end: numbers of F64, F32, F16 or BF16. The bytes are data
/// only and may be anything. What is missing, left over or of another shape is one load_error that lists all of it, as
/// is what cannot be read; then the network is unchanged. Throws data_error and shape_error as save_tensors().
template <class Network>
void load_tensors(Network& network, std::istream& stream, const TensorFileOptions& options = {}) {
  auto reader = detail::tensor_reader(network, options);
  detail::StreamSource source(stream);
  reader.read(source, detail::unknown_size);
  detail::take_tensors(network, reader);
}

/// The same from a file. A path that ends in .json is the index of a model in several files
/// ("model.safetensors.index.json"), which must stand in its folder; see NeighbourFile.
template <class Network>
void load_tensors(Network& network, const std::string& path, const TensorFileOptions& options = {}) {
  auto reader = detail::tensor_reader(network, options);
  detail::FileSource source(path);
  if (path.ends_with(".json"))
    reader.read_shards(source, detail::folder_of(path));
  else
    reader.read(source, source.size());
  detail::take_tensors(network, reader);
}

}  // namespace nn
