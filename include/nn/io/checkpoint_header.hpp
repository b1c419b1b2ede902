// SPDX-License-Identifier: MIT
// What a checkpoint says of itself before its numbers come: which training it is of, and which fields follow.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <nn/io/byte_source.hpp>
#include <nn/io/json_writer.hpp>
#include <nn/io/outline.hpp>

namespace nn::detail {

/// The version of the format that this library writes, and the newest one that it reads.
inline constexpr std::uint64_t checkpoint_version = 3;
/// In bytes; enough for ten thousand layers.
inline constexpr std::uint64_t largest_checkpoint_header = 1 << 20;

struct CheckpointHeader {
  struct Field {
    std::string name;
    std::uint64_t bytes = 0;
  };

  std::string format;
  std::uint64_t version = 0;
  std::string scalar;
  std::string optimizer;
  std::uint64_t optimizer_numbers = 0;
  std::vector<std::string> layers;
  std::vector<Field> fields;  // "parts" in version 1
};

/// What the checkpoint of a training says, but for the fields.
template <class Trainer>
CheckpointHeader header_of(const Trainer& trainer) {
  CheckpointHeader header;
  header.format = "nn checkpoint";
  header.version = checkpoint_version;
  header.scalar = sizeof(typename Trainer::Scalar) == sizeof(float) ? "float" : "double";
  header.optimizer = "one of the program's own";
  if constexpr (requires { trainer.optimizer().name(); }) header.optimizer = trainer.optimizer().name();
  header.optimizer_numbers = static_cast<std::uint64_t>(trainer.optimizer().state_count());
  for (const Description& layer : trainer.network().descriptions()) header.layers.push_back(in_words(layer));
  return header;
}

inline std::string json_of(const CheckpointHeader& header) {
  const auto list = [](const auto& items, auto&& text_of) {
    std::string text;
    for (const auto& item : items) text += (text.empty() ? "" : ", ") + text_of(item);
    return '[' + text + ']';
  };
  return "{\"format\": " + json_text(header.format) + ", \"version\": " + std::to_string(header.version) +
         ", \"scalar\": " + json_text(header.scalar) + ", \"optimizer\": " + json_text(header.optimizer) +
         ", \"optimizer_numbers\": " + std::to_string(header.optimizer_numbers) +
         ", \"layers\": " + list(header.layers, json_text) + ", \"fields\": " +
         list(header.fields,
              [](const CheckpointHeader::Field& field) {
                return "{\"name\": " + json_text(field.name) + ", \"bytes\": " + std::to_string(field.bytes) + '}';
              }) +
         '}';
}

/// Takes the events of a parser, those of nlohmann::json_sax, one by one. What cannot stand in a header is refused as
/// it comes, so that nothing is kept but the header, however deep the file is nested.
class CheckpointHeaderReader {
 public:
  CheckpointHeaderReader(CheckpointHeader& header, const ByteSource& source) : header_(header), source_(source) {}

  bool start_object(std::size_t) {
    if (state_ == State::start) return enter(State::root);
    if (state_ != State::fields) refuse();
    header_.fields.emplace_back();
    return enter(State::field);
  }
  bool key(std::string& name) {
    text_ = nullptr;
    number_ = nullptr;
    list_ = State::start;
    if (state_ == State::field) {
      if (name == "name") text_ = &header_.fields.back().name;
      if (name == "bytes") number_ = &header_.fields.back().bytes;
    } else {
      if (name == "format") text_ = &header_.format;
      if (name == "version") number_ = &header_.version;
      if (name == "scalar") text_ = &header_.scalar;
      if (name == "optimizer") text_ = &header_.optimizer;
      if (name == "optimizer_numbers") number_ = &header_.optimizer_numbers;
      if (name == "layers") list_ = State::layers;
      if (name == "fields" || name == "parts") list_ = State::fields;
    }
    if (text_ == nullptr && number_ == nullptr && list_ == State::start) refuse();
    return true;
  }
  bool end_object() { return enter(state_ == State::field ? State::fields : State::end); }
  bool start_array(std::size_t) {
    if (state_ != State::root || list_ == State::start) refuse();
    return enter(std::exchange(list_, State::start));
  }
  bool end_array() { return enter(State::root); }

  bool string(std::string& text) {
    if (state_ == State::layers)
      header_.layers.push_back(std::move(text));
    else if (text_ != nullptr)
      *std::exchange(text_, nullptr) = std::move(text);
    else
      refuse();
    return true;
  }
  bool number_unsigned(std::uint64_t value) {
    if (number_ == nullptr) refuse();
    *std::exchange(number_, nullptr) = value;
    return true;
  }
  bool number_integer(std::int64_t) { refuse(); }
  bool number_float(double, const std::string&) { refuse(); }
  bool boolean(bool) { refuse(); }
  bool null() { refuse(); }
  bool binary(auto&) { refuse(); }
  bool parse_error(std::size_t, const std::string&, const auto&) { refuse(); }

 private:
  enum class State { start, root, layers, fields, field, end };

  bool enter(State state) {
    state_ = state;
    return true;
  }
  [[noreturn]] void refuse() const {
    source_.fail(" is damaged: its header is not that of a checkpoint; use an older checkpoint");
  }

  CheckpointHeader& header_;
  const ByteSource& source_;
  State state_ = State::start;
  std::string* text_ = nullptr;      // where the value of the latest key goes, when it is a text,
  std::uint64_t* number_ = nullptr;  // or a number,
  State list_ = State::start;        // or a list
};

/// Refuses the checkpoint of something else; every difference is one sentence.
inline void require_same(const ByteSource& source, const CheckpointHeader& file, const CheckpointHeader& ours) {
  const auto require = [&](const char* key, const std::string& theirs, const std::string& needed) {
    if (theirs != needed)
      source.fail(": ", key, " is ", in_quotes(theirs), ", but must be ", in_quotes(needed),
                  "; resume with the trainer that the checkpoint was made with");
  };
  require("format", file.format, ours.format);
  if (file.version < 1 || file.version > ours.version)
    source.fail(": version is ", file.version, ", but this library reads versions from 1 to ", ours.version,
                "; use a newer one");
  require("scalar", file.scalar, ours.scalar);
  require("optimizer", file.optimizer, ours.optimizer);
  const auto layer = [](const CheckpointHeader& header, std::size_t i) {
    return i < header.layers.size() ? '"' + printable(header.layers[i], 200) + '"' : "nothing";
  };
  for (std::size_t i = 0; i < std::max(file.layers.size(), ours.layers.size()); ++i)
    if (i >= file.layers.size() || i >= ours.layers.size() || file.layers[i] != ours.layers[i])
      source.fail(": layer ", i, " is ", layer(file, i), " in the checkpoint, but ", layer(ours, i),
                  " in this network; resume with the network it was made with");
}

}  // namespace nn::detail
