// SPDX-License-Identifier: MIT
// Writes a network's layers and parameters as JSON, each row of a matrix on its own line.
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <nn/core/finite.hpp>
#include <nn/core/number_text.hpp>
#include <nn/data/schema.hpp>
#include <nn/io/outline.hpp>

namespace nn::detail {

/// The newest version of the format that this library reads. It writes the oldest one that has all a file needs:
/// 2 for classes or a self-test, 3 for a schema, 4 for names of a graph's inputs and layers.
inline constexpr int json_version = 4;

/// A text in JSON, in quotes.
inline std::string json_text(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    constexpr std::string_view digits = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') result += '\\';
    if (byte >= 0x20)
      result += c;
    else
      result.append("\\u00").append(1, digits[byte / 16]).append(1, digits[byte % 16]);
  }
  return result + '"';
}

/// Throws load_error naming the first number that is not finite: JSON has no NaN and no infinity.
inline constexpr const char* finite_only =
    ", and a file holds finite numbers only; go back to parameters from before the training diverged, and lower the "
    "learning rate";
template <class T>
void require_finite(const Outline& outline, const T* parameters, const T* state) {
  const auto refuse = [](T number, const char* matrix, std::size_t layer, const auto&... position) {
    throw load_error("save: ", matrix, '[', layer, ']', position..., " is ", number, finite_only);
  };
  for (const Description& layer : outline.layers)
    for (const auto& [name, value] : layer.options)
      if (!is_finite(value))
        throw load_error("save: the option ", name, " of ", layer.type, " is ", value,
                         ", and a file holds finite numbers only; give the layer another one");
  for (std::size_t k = 0; k < outline.weights.size(); ++k) {
    const WeightPlace& place = outline.weights[k];
    const T* weight = parameters + place.weight_offset;
    const T* bias = parameters + place.bias_offset;
    const Index i = first_not_finite(weight, place.rows * place.columns);
    if (i < place.rows * place.columns)
      refuse(weight[i], "W", k + 1, " row ", i % place.rows, " column ", i / place.rows);
    const Index j = first_not_finite(bias, place.bias_size);
    if (j < place.bias_size) refuse(bias[j], "B", k + 1, " row ", j);
  }
  for (const NamedPlace& tensor : outline.others) {
    const T* numbers = parameters + tensor.place.weight_offset;
    const Index i = first_not_finite(numbers, tensor.place.rows * tensor.place.columns);
    if (i < tensor.place.rows * tensor.place.columns)
      throw load_error("save: ", tensor.name, " row ", i % tensor.place.rows, " column ", i / tensor.place.rows, " is ",
                       numbers[i], finite_only);
  }
  const auto i = static_cast<std::size_t>(first_not_finite(state, outline.state_count));
  if (i < static_cast<std::size_t>(outline.state_count)) refuse(state[i], "state", i);
}

/// What a file may hold beside a network's layers and numbers: the names of its classes, one input and its output,
/// and the schema of the table that it was trained on.
template <class T>
struct Extras {
  std::vector<std::string> classes = {};
  std::vector<T> input = {};
  std::vector<T> output = {};
  Schema schema = {};

  int version() const {
    if (!schema.is_empty()) return 3;
    return classes.empty() && input.empty() ? 1 : 2;
  }
};

/// Sink: called with pieces of text, in order.
template <class Sink>
class JsonWriter {
 public:
  explicit JsonWriter(Sink& sink) : sink_(sink) {}

  /// {"format": ..., "version": ..., "layers": [...], "W": [...], "B": [...]}, "tensors": {"2.gate": [...]} where the
  /// network has tensors that are neither, "state": [...] where it has one, and then the extras; the caller has called
  /// require_finite. A container of layers says how many, and they follow it in "layers"; their W and B follow each
  /// other as if they stood in the network itself.
  template <class T>
  void write(const Outline& outline, const T* parameters, const T* state, const Extras<T>& extras = {}) {
    text("{\n\"format\": \"nn\",\n\"version\": ");
    const auto is_named = [](const Description& layer) { return !layer.name.empty(); };
    number(std::any_of(outline.layers.begin(), outline.layers.end(), is_named) ? json_version : extras.version());
    text(",\n\"layers\": [\n");
    for (const Description& layer : outline.layers) {
      layer_object(layer);
      text(&layer == &outline.layers.back() ? "\n],\n\"W\": [\n" : ",\n");
    }
    zeros(outline.input_size);  // stands for the input layer, so that W[i] belongs to the i-th layer with weights
    for (const WeightPlace& place : outline.weights) {
      text(",\n");
      matrix(place, parameters);
    }
    text("\n],\n\"B\": [\n");
    zeros(outline.input_size);
    for (const WeightPlace& place : outline.weights) {
      text(",\n");
      if (place.bias_size > 0)
        list(parameters + place.bias_offset, place.bias_size, 1);
      else
        zeros(place.rows);
    }
    text("\n]");
    for (const NamedPlace& tensor : outline.others) {
      text(&tensor == outline.others.data() ? ",\n\"tensors\": {\n" : ",\n");
      text(json_text(tensor.name));
      text(": ");
      matrix(tensor.place, parameters);
      if (&tensor == &outline.others.back()) text("\n}");
    }
    if (outline.state_count > 0) {
      text(",\n\"state\": ");
      list(state, outline.state_count, 1);
    }
    write_extras(extras);
    text("\n}\n");
    flush();
  }

 private:
  template <class T>
  void write_extras(const Extras<T>& extras) {
    for (std::size_t i = 0; i < extras.classes.size(); ++i) {
      text(i == 0 ? ",\n\"classes\": [" : ", ");
      text(json_text(extras.classes[i]));
      if (i + 1 == extras.classes.size()) text("]");
    }
    if (!extras.schema.is_empty()) write_schema(extras.schema);
    if (extras.input.empty()) return;
    text(",\n\"self_test\": {\n\"input\": ");
    list(extras.input.data(), static_cast<Index>(extras.input.size()), 1);
    text(",\n\"output\": ");
    list(extras.output.data(), static_cast<Index>(extras.output.size()), 1);
    text("\n}");
  }

  void write_schema(const Schema& schema) {
    text(",\n\"schema\": {\n\"inputs\": [\n");
    for (const Column& column : schema.inputs) {
      column_object(column);
      text(&column == &schema.inputs.back() ? "\n],\n\"target\": " : ",\n");
    }
    column_object(schema.target);
    text("\n}");
  }

  void column_object(const Column& column) {
    text("{\"name\": ");
    text(json_text(column.name));
    for (std::size_t i = 0; i < column.categories.size(); ++i) {
      text(i == 0 ? ", \"categories\": [" : ", ");
      text(json_text(column.categories[i]));
      if (i + 1 == column.categories.size()) text("]");
    }
    if (column.filling) {
      text(", \"filling\": ");
      number(*column.filling);
    }
    text("}");
  }

  void layer_object(const Description& layer) {
    text("{\"type\": ");
    text(json_text(layer.type));
    if (!layer.name.empty()) {
      text(", \"name\": ");
      text(json_text(layer.name));
    }
    for (const auto& [name, value] : layer.options) {
      text(", ");
      text(json_text(name));
      text(": ");
      number(value);
    }
    text("}");
  }

  template <class T>
  void matrix(const WeightPlace& place, const T* parameters) {
    text("[\n");
    for (Index row = 0; row < place.rows; ++row) {
      list(parameters + place.weight_offset + row, place.columns, place.rows);
      text(row + 1 < place.rows ? ",\n" : "\n]");
    }
  }

  template <class T>
  void list(const T* first, Index count, Index stride) {
    text("[");
    for (Index i = 0; i < count; ++i) {
      if (i > 0) text(",");
      real(first[i * stride]);
    }
    text("]");
  }

  void zeros(Index count) {
    text("[");
    for (Index i = 0; i < count; ++i) text(i > 0 ? ",0.0" : "0.0");
    text("]");
  }

  // The shortest text that reads back to the same bits. Whole numbers get a ".0": Python would make integers of them,
  // and "-0" would lose its sign.
  template <class T>
  void real(T value) {
    make_room(longest_number);
    const std::size_t begin = size_;
    number(value);
    for (std::size_t i = begin; i < size_; ++i)
      if (buffer_[i] == '.' || buffer_[i] == 'e') return;
    text(".0");
  }

  template <class T>
  void number(T value) {
    make_room(longest_number);
    char* const first = buffer_.data() + size_;
    if constexpr (std::is_floating_point_v<T>)
      size_ += static_cast<std::size_t>(write_number(first, value) - first);
    else
      size_ += static_cast<std::size_t>(std::to_chars(first, buffer_.data() + buffer_.size(), value).ptr - first);
  }

  void text(std::string_view piece) {
    while (!piece.empty()) {
      make_room(1);
      const std::size_t count = std::min(piece.size(), buffer_.size() - size_);
      std::memcpy(buffer_.data() + size_, piece.data(), count);
      size_ += count;
      piece.remove_prefix(count);
    }
  }

  void make_room(std::size_t count) {
    if (buffer_.size() - size_ < count) flush();
  }

  void flush() {
    sink_(std::string_view(buffer_.data(), size_));
    size_ = 0;
  }

  Sink& sink_;
  std::array<char, 16384> buffer_;
  std::size_t size_ = 0;
};

}  // namespace nn::detail
