// SPDX-License-Identifier: MIT
// An ONNX model as plain structures: views of the file's bytes, in the file's order. Whether it makes sense is asked
// later.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <nn/formats/onnx/tensor.hpp>

namespace nn::detail::onnx {

/// AttributeProto.AttributeType.
enum class AttributeType { undefined, float32, integer, text, tensor, graph, floats, integers, texts, other };

/// An option of a node; its value is taken out of the message when it is asked for.
struct Attribute {
  std::string_view name;
  AttributeType type = AttributeType::undefined;
  std::string_view message;
  int depth = 0;
};

struct Node {
  std::string_view name;
  std::string_view op_type;
  std::string_view domain;               ///< "" for ai.onnx, which is the same
  std::vector<std::string_view> inputs;  ///< an empty name: not given
  std::vector<std::string_view> outputs;
  std::vector<Attribute> attributes;
  bool is_recognised = false;  ///< put in place of several, of whatever opset the model is

  const Attribute* find(std::string_view attribute) const {
    for (const Attribute& candidate : attributes)
      if (candidate.name == attribute) return &candidate;
    return nullptr;
  }
};

/// One size of a tensor: a number, a name, or neither.
struct Dimension {
  std::optional<std::int64_t> size;
  std::string_view name;
};

/// What a value is said to be.
struct ValueInfo {
  std::string_view name;
  bool is_tensor = false;  ///< otherwise a sequence, a map, something optional, or nothing is said
  DataType type = DataType::undefined;
  bool has_shape = false;
  std::vector<Dimension> shape;
};

struct Graph {
  std::string_view name;
  std::vector<Node> nodes;
  std::vector<Tensor> initializers;
  std::vector<ValueInfo> inputs;
  std::vector<ValueInfo> outputs;
  std::size_t sparse_initializers = 0;
};

struct OpsetImport {
  std::string_view domain;
  std::int64_t version = 0;
};

struct Metadata {
  std::string_view key, value;
};

struct Model {
  std::unique_ptr<Document> document;  ///< whose bytes all views here are of
  std::int64_t ir_version = 0;
  std::string_view producer_name, producer_version;
  std::vector<OpsetImport> opsets;
  Graph graph;
  std::vector<Metadata> metadata;
  std::size_t functions = 0;

  /// The version of the operators of a domain; 0 where the model imports none.
  std::int64_t opset(std::string_view domain = "") const {
    for (const OpsetImport& opset : opsets)
      if (opset.domain == domain) return opset.version;
    return 0;
  }
};

constexpr std::string_view plain_domain(std::string_view domain) { return domain == "ai.onnx" ? "" : domain; }

}  // namespace nn::detail::onnx
