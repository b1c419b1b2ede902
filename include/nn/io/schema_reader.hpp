// SPDX-License-Identifier: MIT
// The schema of a table in a network's file: {"inputs": [{"name": "sex", "categories": ["female", "male"], "filling":
// 1}, ...], "target": {...}}, taken event by event.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include <nn/core/printable.hpp>
#include <nn/core/views.hpp>
#include <nn/data/schema.hpp>
#include <nn/io/byte_source.hpp>

namespace nn::detail {

/// Keeps as many columns and categories as the network can have features and classes, whatever the file. What names and
/// fillings must be like is Schema's to say, once all are known.
class SchemaReader {
 public:
  explicit SchemaReader(ByteSource& source) : source_(source) {}

  const Schema& schema() const { return schema_; }

  /// After its opening brace.
  void begin(Index most_features, Index most_classes) {
    most_features_ = most_features;
    most_classes_ = most_classes;
    at_ = At::schema;
  }
  /// Whether its closing brace has come.
  bool has_ended() const { return at_ == At::end; }

  bool start_object() {
    if (at_ != At::inputs && at_ != At::target) return refuse("an object");
    is_target_ = at_ == At::target;
    if (!is_target_) {
      count_feature();
      schema_.inputs.emplace_back();
    }
    has_ = {};
    return enter(At::column);
  }

  bool key(std::string_view name) {
    const auto once = [&](bool& has) {
      if (std::exchange(has, true)) fail("has the key ", in_quotes(name), " twice");
    };
    if (at_ == At::schema) {
      if (name != "inputs" && name != "target")
        fail("has the key ", in_quotes(name), ", which is none of \"inputs\", \"target\"");
      once(has_section_[name == "target"]);
      return enter(name == "target" ? At::target : At::inputs_list);
    }
    constexpr std::array<std::string_view, 3> keys{"name", "categories", "filling"};
    constexpr std::array<At, 3> values{At::name, At::categories_list, At::filling};
    for (std::size_t i = 0; i < keys.size(); ++i)
      if (name == keys[i]) {
        once(has_[i]);
        return enter(values[i]);
      }
    fail("has the key ", in_quotes(name), R"(, which is none of "name", "categories", "filling")");
  }

  bool end_object() {
    if (at_ == At::column) {
      if (!has_[0]) fail("lacks \"name\"");
      return enter(is_target_ ? At::schema : At::inputs);
    }
    for (const bool is_target : {false, true})
      if (!has_section_[is_target]) fail("lacks ", is_target ? "\"target\"" : "\"inputs\"");
    return enter(At::end);
  }

  bool start_array() {
    if (at_ == At::inputs_list) return enter(At::inputs);
    return at_ == At::categories_list ? enter(At::categories) : refuse("a list");
  }

  bool end_array() {
    if (at_ == At::inputs && schema_.inputs.empty()) fail("is missing; a network has at least one input");
    if (at_ == At::categories && column().categories.empty()) fail("is missing; leave \"categories\" out for numbers");
    return enter(at_ == At::inputs ? At::schema : At::column);
  }

  bool text(std::string&& text) {
    if (at_ == At::categories) {
      count_category();
      column().categories.push_back(std::move(text));
      return true;
    }
    if (at_ != At::name) return refuse("a text");
    column().name = std::move(text);
    return enter(At::column);
  }

  bool number(double number) {
    if (at_ != At::filling) return refuse("a number");
    column().filling = number;
    return enter(At::column);
  }

  /// Says bool, as the events of a parser do, but never returns.
  [[noreturn]] bool refuse(const char* what) const {
    const char* needed = "a list [...]";
    if (at_ == At::inputs || at_ == At::target) needed = "an object {...}";
    if (at_ == At::name || at_ == At::categories) needed = "a text";
    if (at_ == At::filling) needed = "a number";
    fail("is ", what, ", but must be ", needed);
  }

  /// Of what is being read: ": schema.inputs[2].categories[17] ".
  std::string where() const {
    std::string path = ": schema";
    if (at_ == At::inputs_list) path += ".inputs";
    if (at_ == At::inputs) path += ".inputs[" + std::to_string(schema_.inputs.size()) + ']';
    if (at_ == At::target) path += ".target";
    if (at_ >= At::column)
      path += is_target_ ? ".target" : ".inputs[" + std::to_string(schema_.inputs.size() - 1) + ']';
    if (at_ == At::name) path += ".name";
    if (at_ == At::filling) path += ".filling";
    if (at_ >= At::categories_list) path += ".categories";
    if (at_ == At::categories) path += '[' + std::to_string(column().categories.size()) + ']';
    return path + ' ';
  }

 private:
  // What comes next: in the schema a key, in inputs an object, in a column a key, in categories a text; or the value of
  // a key.
  enum class At { schema, inputs_list, inputs, target, end, column, name, filling, categories_list, categories };

  bool enter(At at) {
    at_ = at;
    return true;
  }
  template <class... Pieces>
  [[noreturn]] void fail(const Pieces&... what) const {
    source_.fail(where(), what...);
  }

  Column& column() { return is_target_ ? schema_.target : schema_.inputs.back(); }
  const Column& column() const { return is_target_ ? schema_.target : schema_.inputs.back(); }

  void count_feature() {
    if (features_++ == most_features_)
      fail("makes more than the ", most_features_, " features that a network may read");
  }
  void count_category() {
    const auto categories = static_cast<Index>(column().categories.size());
    if (is_target_ && categories == most_classes_)
      fail("is one more than the ", most_classes_, " classes there may be");
    if (!is_target_ && categories > 0) count_feature();
  }

  ByteSource& source_;
  Schema schema_;
  Index most_features_ = 0, most_classes_ = 0;
  Index features_ = 0;  // of the columns until now
  At at_ = At::schema;
  bool is_target_ = false;
  std::array<bool, 2> has_section_{};  // inputs, target
  std::array<bool, 3> has_{};          // of the column: name, categories, filling
};

}  // namespace nn::detail
