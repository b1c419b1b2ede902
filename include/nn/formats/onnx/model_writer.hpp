// SPDX-License-Identifier: MIT
// An ONNX model put together node by node.
#pragma once

#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <nn/formats/onnx/data_type.hpp>
#include <nn/formats/onnx/wire_writer.hpp>
#include <nn/io/encoding.hpp>

namespace nn::detail::onnx {

/// A size of a value: a number, or a name where it is free.
struct WrittenDimension {
  std::int64_t size = 0;
  std::string name;

  WrittenDimension(std::int64_t number) : size(number) {}
  WrittenDimension(std::string free) : name(std::move(free)) {}
};
using WrittenShape = std::vector<WrittenDimension>;

template <class T>
inline constexpr DataType data_type_of = std::is_same_v<T, double>         ? DataType::float64
                                         : std::is_same_v<T, std::int64_t> ? DataType::int64
                                                                           : DataType::float32;

/// An attribute of a node.
class WrittenAttribute {
 public:
  WrittenAttribute(std::string_view name, float value) : WrittenAttribute(name, 1) { message_.float32(2, value); }
  WrittenAttribute(std::string_view name, double value) : WrittenAttribute(name, static_cast<float>(value)) {}
  WrittenAttribute(std::string_view name, std::int64_t value) : WrittenAttribute(name, 2) {
    message_.integer(3, value);
  }
  WrittenAttribute(std::string_view name, std::string_view value) : WrittenAttribute(name, 3) {
    message_.bytes(4, value);
  }
  WrittenAttribute(std::string_view name, const char* value) : WrittenAttribute(name, std::string_view(value)) {}
  WrittenAttribute(std::string_view name, const std::vector<std::int64_t>& values) : WrittenAttribute(name, 7) {
    for (const std::int64_t value : values) message_.integer(8, value);
  }
  WrittenAttribute(std::string_view name, const std::vector<std::string_view>& values) : WrittenAttribute(name, 8) {
    for (const std::string_view value : values) message_.bytes(9, value);
  }
  /// A message of the kind that AttributeProto has in this field: 5 is a tensor, 6 a graph.
  WrittenAttribute(std::string_view name, int field, const WireWriter& value) : WrittenAttribute(name, field - 1) {
    message_.message(field, value);
  }
  const WireWriter& message() const { return message_; }

 private:
  WrittenAttribute(std::string_view name, int type) {
    message_.bytes(1, name);
    message_.integer(20, type);
  }
  WireWriter message_;
};

/// Collects a GraphProto, and writes the ModelProto around it.
class ModelWriter {
 public:
  void input(std::string_view name, DataType type, const WrittenShape& shape) {
    graph_.message(11, value(name, type, shape));
  }
  void output(std::string_view name, DataType type, const WrittenShape& shape) {
    graph_.message(12, value(name, type, shape));
  }

  void node(std::string_view op_type, const std::vector<std::string>& inputs, const std::vector<std::string>& outputs,
            const std::vector<WrittenAttribute>& attributes = {}, std::string_view name = "") {
    WireWriter node;
    for (const std::string& input : inputs) node.bytes(1, input);
    for (const std::string& output : outputs) node.bytes(2, output);
    if (!name.empty()) node.bytes(3, name);
    node.bytes(4, op_type);
    for (const WrittenAttribute& attribute : attributes) node.message(5, attribute.message());
    graph_.message(1, node);
  }

  /// Numbers in row-major order, as raw data.
  template <class T>
  void initializer(std::string_view name, const std::vector<std::int64_t>& dims, std::span<const T> numbers) {
    const WireWriter tensor = tensor_of(name, dims, data_type_of<T>, numbers.size_bytes());
    graph_.header(5, tensor.text().size() + numbers.size_bytes());
    graph_.append(tensor.text());
    append_numbers(graph_, numbers);
  }
  template <class T>
  void initializer(std::string_view name, const std::vector<std::int64_t>& dims, const std::vector<T>& numbers) {
    initializer(name, dims, std::span<const T>(numbers));
  }
  void initializer(std::string_view name, const std::vector<std::int64_t>& dims, const std::vector<bool>& numbers) {
    WireWriter tensor = tensor_of(name, dims, DataType::boolean, numbers.size());
    tensor.append(std::string(numbers.begin(), numbers.end()));
    graph_.message(5, tensor);
  }
  /// The same as a message of its own, for an attribute.
  template <class T>
  static WireWriter tensor(std::string_view name, const std::vector<std::int64_t>& dims,
                           const std::vector<T>& numbers) {
    WireWriter tensor = tensor_of(name, dims, data_type_of<T>, numbers.size() * sizeof(T));
    append_numbers(tensor, std::span<const T>(numbers));
    return tensor;
  }

  void name(std::string_view name) { graph_.bytes(2, name); }
  void metadata(std::string_view key, std::string_view value) {
    WireWriter entry;
    entry.bytes(1, key);
    entry.bytes(2, value);
    metadata_.message(14, entry);
  }

  /// Calls write(text) with the pieces of the file, in order.
  template <class Write>
  void write(std::int64_t ir_version, std::int64_t opset, const Write& write) const {
    WireWriter model, version;
    version.bytes(1, "");
    version.integer(2, opset);
    model.integer(1, ir_version);
    model.bytes(2, "nn");
    model.message(8, version);
    model.append(metadata_.text());
    model.header(7, graph_.text().size());
    write(std::string_view(model.text()));
    write(std::string_view(graph_.text()));
  }
  std::string text(std::int64_t ir_version, std::int64_t opset) const {
    std::string all;
    write(ir_version, opset, [&](std::string_view piece) { all += piece; });
    return all;
  }

 private:
  // Up to its numbers, which follow in so many bytes.
  static WireWriter tensor_of(std::string_view name, const std::vector<std::int64_t>& dims, DataType type,
                              std::size_t bytes) {
    WireWriter tensor;
    for (const std::int64_t size : dims) tensor.integer(1, size);
    tensor.integer(2, static_cast<std::int64_t>(type));
    tensor.bytes(8, name);
    tensor.header(9, bytes);
    return tensor;
  }
  template <class T>
  static void append_numbers(WireWriter& writer, std::span<const T> numbers) {
    using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
    for (const T number : numbers) {
      Bits bits;
      std::memcpy(&bits, &number, sizeof bits);
      bits = little_endian(bits);
      char bytes[sizeof bits];
      std::memcpy(bytes, &bits, sizeof bits);
      writer.append({bytes, sizeof bytes});
    }
  }
  static WireWriter value(std::string_view name, DataType type, const WrittenShape& shape) {
    WireWriter sizes, tensor, kind, value;
    for (const WrittenDimension& dimension : shape) {
      WireWriter size;
      if (dimension.name.empty())
        size.integer(1, dimension.size);
      else
        size.bytes(2, dimension.name);
      sizes.message(1, size);
    }
    tensor.integer(1, static_cast<std::int64_t>(type));
    tensor.message(2, sizes);
    kind.message(1, tensor);
    value.bytes(1, name);
    value.message(2, kind);
    return value;
  }

  WireWriter graph_;
  WireWriter metadata_;
};

}  // namespace nn::detail::onnx
