// SPDX-License-Identifier: MIT
// Networks to and from JSON: {"W": [...], "B": [...]} as the course has it, and the layers in words.
#pragma once

#include <cstdio>
#include <exception>
#include <istream>
#include <limits>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <nn/io/atomic_file.hpp>
#include <nn/io/json_parser.hpp>
#include <nn/io/json_reader.hpp>
#include <nn/io/json_writer.hpp>
#include <nn/io/self_test.hpp>
#include <nn/io/thread_locale.hpp>

namespace nn {

/// What save() may do beside writing the network as it is.
struct SaveOptions {
  int precision = 0;                      ///< significant digits of its numbers; 0: as many as give the same bits back
  bool self_test = false;                 ///< adds one input and its output, which load() computes again
  std::vector<std::string> classes = {};  ///< the names of the network's outputs, channel by channel
  Schema schema = {};                     ///< of the table that it was trained on; load_model() gives both
};

/// What load() may do beside reading the network.
struct LoadOptions {
  bool self_test = true;                        ///< computes the file's self-test again and refuses a difference
  std::vector<std::string>* classes = nullptr;  ///< gets the names of the outputs, those of a schema too; or none
  Schema* schema = nullptr;                     ///< gets the schema; an empty one where the file has none
};

namespace detail {

inline void require_named_once(const std::vector<std::string>& classes, const Schema& schema) {
  if (!classes.empty())
    throw data_error("Schema: its target ", in_quotes(schema.target.name), " names the classes; leave \"classes\" out");
}

// What is to be checked once the numbers are in the network, and given to the caller.
template <class Network, class T = typename Network::Scalar>
void finish_loading(const Network& network, Extras<T>&& extras, const std::string& source, const LoadOptions& options) {
  const Index channels = network.output_shape().channels;
  if (!extras.classes.empty() && static_cast<Index>(extras.classes.size()) != channels)
    throw load_error("load: ", source, ": has names of ", extras.classes.size(), " classes, but the network has ",
                     channels, " outputs; save the network again");
  if (!extras.schema.is_empty()) {
    try {
      require_named_once(extras.classes, extras.schema);
      extras.schema.require_fit(network);
    } catch (const data_error& problem) {
      throw load_error("load: ", source, ": ", problem.what(), "; the file is damaged, or not all of one network");
    }
  }
  if (options.self_test) require_same_output(network, extras, source);
  const std::vector<std::string>& of_target = extras.schema.target.categories;
  if (static_cast<Index>(of_target.size()) == channels) extras.classes = of_target;
  if (options.classes != nullptr) *options.classes = std::move(extras.classes);
  if (options.schema != nullptr) *options.schema = std::move(extras.schema);
}

// Changes the network once the whole file is read, or throws load_error.
template <class Network>
void read_json(Network& network, ByteSource& source, const LoadOptions& options) {
  using T = typename Network::Scalar;
  static_assert(std::is_same_v<T, float> || std::is_same_v<T, double>, "nn::load: a network of float or double");
  network.require_whole("load");
  const Outline outline = detail::outline(network);
  JsonReader<T> reader(outline, source);
  read_json(reader, source);
  Extras<T> extras = reader.extras();
  if (options.self_test && !extras.input.empty()) {
    Network loaded = network;
    loaded.parameters() = reader.parameters();
    loaded.state() = reader.state();
    finish_loading(loaded, std::move(extras), source.name(), options);
  } else {
    finish_loading(network, std::move(extras), source.name(), options);
  }
  network.parameters() = reader.parameters();
  network.state() = reader.state();
}

// To so many significant digits.
template <class T>
void round_all(VectorView<T> numbers, int digits) {
  const ThreadLocale locale;
  for (T& number : numbers) {
    char text[64];
    const int size = std::snprintf(text, sizeof text, "%.*e", digits - 1, static_cast<double>(number));
    read_number(text, text + size, number);  // leaves the largest numbers, which would be rounded to infinity
  }
}

inline void require_text(const char* of, const std::string& name) {
  constexpr std::size_t longest = 1000;
  if (name.size() > longest)
    throw data_error("save: the name of a ", of, " has ", name.size(), " bytes, more than ", longest, "; shorten it");
  if (!is_utf8(name)) throw data_error("save: the name of the ", of, ' ', in_quotes(name), " is not UTF-8; convert it");
}
inline void require_texts(const Column& column) {
  require_text("column", column.name);
  for (const std::string& category : column.categories) require_text("category", category);
}

// What the file holds beside the network; throws where that cannot be.
template <class Network, class T = typename Network::Scalar>
Extras<T> extras_of(const Network& network, const SaveOptions& options) {
  Extras<T> extras{options.classes};
  extras.schema = options.schema;
  const Index channels = network.output_shape().channels;
  if (!extras.classes.empty() && static_cast<Index>(extras.classes.size()) != channels)
    throw data_error("save: got the names of ", extras.classes.size(), " classes, but the network has ", channels,
                     " outputs; give one name for each");
  for (const std::string& name : extras.classes) require_text("class", name);
  if (!extras.schema.is_empty()) {
    require_named_once(extras.classes, extras.schema);
    extras.schema.require_fit(network);
    for (const Column& column : extras.schema.inputs) require_texts(column);
    require_texts(extras.schema.target);
  }
  if (options.self_test) add_self_test(network, extras);
  return extras;
}

// Calls write(text) with one piece of the file after the other; begin() once it is known that there will be one.
template <class Network, class Begin, class Write>
void write_json(const Network& network, const SaveOptions& options, Begin&& begin, Write&& write) {
  network.require_whole("save");
  if (options.precision < 0)
    throw data_error("save: the precision must be at least 1 digit, or 0 for all, got ", options.precision,
                     "; 6 is usual");
  // With so many digits every number is itself.
  if (options.precision > 0 && options.precision < std::numeric_limits<typename Network::Scalar>::max_digits10) {
    Network rounded = network;
    round_all(rounded.parameters(), options.precision);
    round_all(rounded.state(), options.precision);
    SaveOptions others = options;
    others.precision = 0;
    return write_json(rounded, others, begin, write);
  }
  const Outline outline = detail::outline(network);
  for (const Description& layer : outline.layers) require_text("layer", layer.name);
  require_finite(outline, network.parameters().data(), network.state().data());
  const auto extras = extras_of(network, options);
  begin();
  JsonWriter(write).write(outline, network.parameters().data(), network.state().data(), extras);
}

}  // namespace detail

/// Writes the network's layers and parameters; load() gives the same bits back, load_network() the network. Throws
/// load_error, before anything is written, where a parameter is not finite, and where the stream fails; data_error
/// where an option makes no sense.
template <class Network>
void save(const Network& network, std::ostream& stream, const SaveOptions& options = {}) {
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
  detail::write_json(
      network, options, [] {}, sink);
  try {
    stream.flush();
  } catch (const std::exception&) {
  }
  check();
}

/// As above, to a file that is replaced as a whole or not at all; see AtomicFile.
template <class Network>
void save(const Network& network, const std::string& path, const SaveOptions& options = {}) {
  std::optional<AtomicFile> file;
  auto sink = [&](std::string_view text) { file->write(text); };
  detail::write_json(
      network, options, [&] { file.emplace(path); }, sink);
  file->commit();
}

/// Reads what save() or the course's program wrote, up to the end of the stream. The bytes are data only and may be
/// anything: throws one load_error that says what is wrong and where, and then the network is unchanged. A self-test
/// in the file is computed again.
template <class Network>
void load(Network& network, std::istream& stream, const LoadOptions& options = {}) {
  detail::StreamSource source(stream);
  detail::read_json(network, source, options);
}

template <class Network>
void load(Network& network, const std::string& path, const LoadOptions& options = {}) {
  detail::FileSource source(path);
  detail::read_json(network, source, options);
}

}  // namespace nn
