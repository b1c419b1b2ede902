// SPDX-License-Identifier: MIT
// Where in a file of parameters a parser stands, and the sentences for what cannot stand there.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include <nn/core/views.hpp>
#include <nn/io/byte_source.hpp>
#include <nn/io/outline.hpp>
#include <nn/io/schema_reader.hpp>

namespace nn::detail {

class JsonPosition {
 protected:
  enum class State {
    start,
    root,
    value,
    layers,
    layer,
    type,
    option,
    lists,
    tensors,
    tensor,
    matrix,
    numbers,
    classes,
    self_test,
    test_part,
    schema,
    end
  };
  static constexpr std::size_t most_options = 256;
  enum Key : std::size_t { format, version, layers, W, B, kept, others, classes, self_test, schema };
  static constexpr std::array<std::string_view, 10> keys{"format", "version", "layers",  "W",         "B",
                                                         "state",  "tensors", "classes", "self_test", "schema"};

  explicit JsonPosition(ByteSource& source) : source_(source), schema_(source) {}

  bool enter(State state) {
    state_ = state;
    return true;
  }
  bool is_value_of(Key key) const { return state_ == State::value && key_ == key; }
  bool is_in_matrix() const { return key_ == others || (key_ == W && list_index_ > 0); }

  // Which part is being read, as W[2][17][3]; or the list that it belongs to, W[2][17].
  std::string where(bool is_about_list) const {
    if (state_ == State::start || state_ == State::root || state_ == State::end) return " ";
    if (state_ == State::schema) return schema_.where();
    std::array<Index, 3> position{};
    std::size_t depth = 0;
    if (state_ != State::value && key_ != kept && key_ != others && key_ != self_test)
      position[depth++] = static_cast<Index>(list_index_);
    if (state_ == State::matrix || (state_ == State::numbers && is_in_matrix())) position[depth++] = row_;
    if (state_ == State::numbers) position[depth++] = column_;
    std::string path = ": " + std::string(keys[key_]);
    if (key_ == others && state_ != State::value && state_ != State::tensors)
      path += "[\"" + printable(tensor_) + "\"]";
    if (key_ == self_test && (state_ == State::test_part || state_ == State::numbers)) path += '.' + tensor_;
    for (std::size_t i = 0; i + (is_about_list ? 1 : 0) < depth; ++i) path += '[' + std::to_string(position[i]) + ']';
    if (state_ == State::type) path += ".type";
    if (state_ == State::option) path += '.' + printable(layer_.options.back().first);
    return path + ' ';
  }

  template <class... Pieces>
  [[noreturn]] void fail(const Pieces&... what) const {
    source_.fail(where(false), what...);
  }
  // Says bool, as the events of a parser do, but never returns.
  [[noreturn]] bool refuse(const char* what) const {
    const char* needed = "a list [...]";
    if (state_ == State::type || state_ == State::classes || is_value_of(format)) needed = "a text";
    if (state_ == State::option || state_ == State::numbers || is_value_of(version)) needed = "a number";
    if (state_ == State::start || state_ == State::layers || is_value_of(others) || is_value_of(self_test) ||
        is_value_of(schema))
      needed = "an object {...}";
    fail("is ", what, ", but must be ", needed);
  }
  [[noreturn]] void refuse_count(const char* what, auto count, auto expected) const {
    source_.fail(where(true), "ends after ", count, " of the ", expected, ' ', what, " that this network needs",
                 remedy);
  }
  [[noreturn]] void refuse_more(const char* what, auto expected) const {
    source_.fail(where(true), "has more than the ", expected, ' ', what, " that this network needs", remedy);
  }
  // What the parser itself could not read.
  [[noreturn]] void refuse_byte() const {
    const unsigned char byte = source_.last_byte();
    if (source_.has_ended() && source_.offset() == 0) source_.fail(" is empty");
    if (source_.has_ended()) fail("ends too early; the file is cut off");
    if (state_ == State::end) source_.fail(" goes on after its end");
    if (state_ == State::numbers && (byte == 'N' || byte == 'I'))
      refuse("NaN or Infinity, which is no JSON (Python writes it when a training diverged)");
    fail("is not JSON: did not expect the byte ", static_cast<int>(byte),
         byte > 0x20 && byte < 0x7F ? std::string(" '") + static_cast<char>(byte) + '\'' : "");
  }

  // The key of a layer's type, or of one of its options.
  bool layer_key(const std::string& name) {
    const auto is_it = [&](const auto& option) { return option.first == name; };
    if ((name == "name" && !layer_.name.empty()) || std::any_of(layer_.options.begin(), layer_.options.end(), is_it))
      fail("has the key ", in_quotes(name), " twice");
    if (layer_.options.size() == most_options) fail("has more than ", most_options, " options; no layer has so many");
    if (name == "type") {
      if (has_type_) fail("has the key \"type\" twice");
      return enter(State::type);
    }
    layer_.options.emplace_back(name, 0.0);
    return enter(State::option);
  }

  static constexpr const char* remedy = "; load the file into a network of the layers it was saved from";

  ByteSource& source_;
  State state_ = State::start;
  std::size_t key_ = 0;
  std::size_t list_index_ = 0;  // in layers, W or B
  Index row_ = 0;               // in W[list_index_]
  Index column_ = 0;            // in a list of numbers
  Description layer_;           // as far as it is known
  bool has_type_ = false;
  std::string tensor_;  // the name of one of the others, or the part of the self-test
  SchemaReader schema_;
};

}  // namespace nn::detail
