// SPDX-License-Identifier: MIT
// Networks to and from JSON: {"W": [...], "B": [...]} as the course has it, and the layers in words.
#pragma once

#include <exception>
#include <istream>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>

#include <nlohmann/json.hpp>

#include <nn/io/atomic_file.hpp>
#include <nn/io/json_reader.hpp>
#include <nn/io/json_writer.hpp>
#include <nn/io/thread_locale.hpp>

namespace nn {

namespace detail {

// Changes the network once the whole file is read, or throws load_error.
template <class Network>
void read_json(Network& network, ByteSource& source) {
  using T = typename Network::Scalar;
  static_assert(std::is_same_v<T, float> || std::is_same_v<T, double>, "nn::load: a network of float or double");
  network.require_whole("load");
  const Outline outline = detail::outline(network);
  const ThreadLocale locale;
  JsonReader<T> reader(outline, source);
  nlohmann::json::sax_parse(ByteIterator(source), ByteIterator(), &reader);
  network.parameters() = reader.parameters();
  network.state() = reader.state();
}

}  // namespace detail

/// Writes the network's layers and parameters; load() gives the same bits back. Throws load_error, before anything is
/// written, where a parameter is not finite, and where the stream fails.
template <class Network>
void save(const Network& network, std::ostream& stream) {
  network.require_whole("save");
  const detail::Outline outline = detail::outline(network);
  detail::require_finite(outline, network.parameters().data(), network.state().data());
  const auto check = [&] {
    if (!stream) throw load_error("save: the stream failed; is its disk full, was its file opened?");
  };
  auto sink = [&](std::string_view text) {
    check();
    try {
      stream.write(text.data(), static_cast<std::streamsize>(text.size()));
    } catch (const std::exception&) {  // where the stream's owner asked for exceptions; its state says the same
    }
    check();
  };
  detail::JsonWriter(sink).write(outline, network.parameters().data(), network.state().data());
  try {
    stream.flush();
  } catch (const std::exception&) {
  }
  check();
}

/// As above, to a file that is replaced as a whole or not at all; see AtomicFile.
template <class Network>
void save(const Network& network, const std::string& path) {
  network.require_whole("save");
  const detail::Outline outline = detail::outline(network);
  detail::require_finite(outline, network.parameters().data(), network.state().data());
  AtomicFile file(path);
  auto sink = [&](std::string_view text) { file.write(text); };
  detail::JsonWriter(sink).write(outline, network.parameters().data(), network.state().data());
  file.commit();
}

/// Reads what save() or the course's program wrote, up to the end of the stream. The bytes are data only and may be
/// anything: throws one load_error that says what is wrong and where, and then the network is unchanged.
template <class Network>
void load(Network& network, std::istream& stream) {
  detail::StreamSource source(stream);
  detail::read_json(network, source);
}

template <class Network>
void load(Network& network, const std::string& path) {
  detail::FileSource source(path);
  detail::read_json(network, source);
}

}  // namespace nn
