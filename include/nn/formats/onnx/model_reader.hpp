// SPDX-License-Identifier: MIT
// From the bytes of a file to a Model.
#pragma once

#include <cstdint>
#include <istream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nn/formats/onnx/attribute.hpp>
#include <nn/formats/onnx/model.hpp>

namespace nn::detail::onnx {

Graph graph_of(Message message);

inline Graph graph_of_attribute(const Message& attribute) { return graph_of(attribute.merged(6, "GraphProto")); }

/// Refuses an attribute whose value is not whole, so that nobody who takes it out later meets a surprise.
inline void require_value(const Message& message, const Attribute& attribute) {
  switch (attribute.type) {
    case AttributeType::float32:
      float_of(message);
      break;
    case AttributeType::integer:
      integer_of(message);
      break;
    case AttributeType::text:
      text_of(message);
      break;
    case AttributeType::tensor:
      tensor_of_attribute(message);
      break;
    case AttributeType::graph:
      graph_of_attribute(message);
      break;
    case AttributeType::floats:
      message.for_each(7, [](const Message& at) { at.for_each_fixed<std::uint32_t>([](std::uint32_t) {}); });
      break;
    case AttributeType::integers:
      message.for_each(8, [](const Message& at) { at.for_each_integer([](std::int64_t) {}); });
      break;
    case AttributeType::texts:
      message.for_each(9, [](const Message& at) { at.bytes(); });
      break;
    default:
      break;
  }
}

/// Several times as many as any operator has.
inline constexpr std::size_t most_attributes = 100;

inline Node node_of(Message message) {
  Node node;
  Document& document = message.document();
  if (message.count(5) > most_attributes) message.fail(" has more than ", most_attributes, " attributes");
  document.reserve(node.inputs, message.count(1));
  document.reserve(node.outputs, message.count(2));
  document.reserve(node.attributes, message.count(5));
  while (message.next()) switch (message.field()) {
      case 1:
        node.inputs.push_back(message.bytes());
        break;
      case 2:
        node.outputs.push_back(message.bytes());
        break;
      case 3:
        node.name = message.bytes();
        break;
      case 4:
        node.op_type = message.bytes();
        break;
      case 5: {
        const Message inner = message.message("AttributeProto");
        const Attribute attribute = attribute_of(inner);
        if (node.find(attribute.name) != nullptr)
          inner.fail(" ", in_quotes(attribute.name), " is given twice to one node");
        require_value(inner, attribute);
        node.attributes.push_back(attribute);
        break;
      }
      case 7:
        node.domain = plain_domain(message.bytes());
        break;
      default:
        break;
    }
  if (node.op_type.empty()) message.fail(" has no op_type");
  return node;
}

inline Dimension dimension_of(Message message) {
  Dimension dimension;
  while (message.next()) {
    if (message.field() == 1) dimension = {message.integer(), {}};
    if (message.field() == 2) dimension = {std::nullopt, message.bytes()};
  }
  if (dimension.size && *dimension.size < 0) dimension.size.reset();  // -1 is some exporters' "any"
  return dimension;
}

inline ValueInfo value_info_of(Message message) {
  ValueInfo info;
  Message type = message.merged(2, "TypeProto");
  while (message.next())
    if (message.field() == 1) info.name = message.bytes();
  while (type.next())  // of several kinds the last one counts
    if (const int kind = type.field(); kind == 1 || kind == 4 || kind == 5 || kind == 7 || kind == 8 || kind == 9)
      info.is_tensor = kind == 1;
  if (!info.is_tensor) return info;
  Message tensor = type.merged(1, "TypeProto.Tensor");
  info.has_shape = tensor.has(2);
  const Message shape = tensor.merged(2, "TensorShapeProto");
  while (tensor.next())
    if (tensor.field() == 1) info.type = static_cast<DataType>(static_cast<std::int32_t>(tensor.integer()));
  shape.document().reserve(info.shape, shape.count(1));
  shape.for_each(1, [&](const Message& at) { info.shape.push_back(dimension_of(at.message("a dimension"))); });
  return info;
}

inline Graph graph_of(Message message) {
  Graph graph;
  Document& document = message.document();
  document.reserve(graph.nodes, message.count(1));
  document.reserve(graph.initializers, message.count(5));
  document.reserve(graph.inputs, message.count(11));
  document.reserve(graph.outputs, message.count(12));
  while (message.next()) switch (message.field()) {
      case 1:
        graph.nodes.push_back(node_of(message.message("NodeProto")));
        break;
      case 2:
        graph.name = message.bytes();
        break;
      case 5:
        graph.initializers.push_back(tensor_of(message.message("TensorProto")));
        break;
      case 11:
        graph.inputs.push_back(value_info_of(message.message("ValueInfoProto")));
        break;
      case 12:
        graph.outputs.push_back(value_info_of(message.message("ValueInfoProto")));
        break;
      case 15:
        ++graph.sparse_initializers;
        break;
      default:
        break;
    }
  return graph;
}

inline OpsetImport opset_of(Message message) {
  OpsetImport opset;
  while (message.next()) {
    if (message.field() == 1) opset.domain = plain_domain(message.bytes());
    if (message.field() == 2) opset.version = message.integer();
  }
  return opset;
}

inline Metadata metadata_of(Message message) {
  Metadata entry;
  while (message.next()) {
    if (message.field() == 1) entry.key = message.bytes();
    if (message.field() == 2) entry.value = message.bytes();
  }
  return entry;
}

/// Throws load_error where the bytes are no ONNX model.
inline Model model_of(Document bytes) {
  Model model;
  model.document = std::make_unique<Document>(std::move(bytes));
  Document& document = *model.document;
  Message message(document, document.bytes(), "ModelProto");
  document.reserve(model.opsets, message.count(8));
  document.reserve(model.metadata, message.count(14));
  if (!message.has(7)) message.fail(" has no graph");
  model.graph = graph_of(message.merged(7, "GraphProto"));
  while (message.next()) switch (message.field()) {
      case 1:
        model.ir_version = message.integer();
        break;
      case 2:
        model.producer_name = message.bytes();
        break;
      case 3:
        model.producer_version = message.bytes();
        break;
      case 8:
        model.opsets.push_back(opset_of(message.message("OperatorSetIdProto")));
        break;
      case 14:
        model.metadata.push_back(metadata_of(message.message("StringStringEntryProto")));
        break;
      case 25:
        ++model.functions;
        break;
      default:
        break;
    }
  if (model.ir_version < 1) message.fail(" has no ir_version");
  return model;
}

}  // namespace nn::detail::onnx
