// SPDX-License-Identifier: MIT
// The options of an ONNX node: what they are called, of which type they are, and their values.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <nn/formats/onnx/model.hpp>

namespace nn::detail::onnx {

/// The fields of an AttributeProto that hold a value, the type that each means, and how many there are.
struct AttributeField {
  int field;
  AttributeType type;
};
inline constexpr AttributeField attribute_fields[] = {
    {2, AttributeType::float32}, {3, AttributeType::integer}, {4, AttributeType::text},     {5, AttributeType::tensor},
    {6, AttributeType::graph},   {7, AttributeType::floats},  {8, AttributeType::integers}, {9, AttributeType::texts}};

inline Message message_of(Document& document, const Attribute& attribute) {
  return {document, attribute.message, "AttributeProto", attribute.depth};
}

inline Attribute attribute_of(Message message) {
  Attribute attribute;
  attribute.message = message.all();
  attribute.depth = message.depth();
  std::int64_t type = 0, references = 0;
  AttributeType by_field = AttributeType::undefined;
  while (message.next()) {
    if (message.field() == 1) attribute.name = message.bytes();
    if (message.field() == 20) type = message.integer();
    if (message.field() == 21) references += !message.bytes().empty();
    for (const AttributeField& known : attribute_fields)
      if (message.field() == known.field) by_field = known.type;
  }
  if (attribute.name.empty()) message.fail(" has no name");
  if (references > 0) message.fail(" ", in_quotes(attribute.name), " refers to one of a function");
  attribute.type = by_field;  // old files do not say the type
  if (type > 0) attribute.type = type <= 8 ? static_cast<AttributeType>(type) : AttributeType::other;
  return attribute;
}

/// The values of attributes. Each is what the type says, or a load_error; a list that is empty has no field at all.
template <class Value>
Value value_of(const Message& attribute, int field, Value missing, const auto& read) {
  attribute.for_each(field, [&](const Message& at) { missing = read(at); });
  return missing;
}
inline float float_of(const Message& attribute) {
  return value_of(attribute, 2, 0.0F, [](const Message& at) { return at.float32(); });
}
inline std::int64_t integer_of(const Message& attribute) {
  return value_of(attribute, 3, std::int64_t{0}, [](const Message& at) { return at.integer(); });
}
inline std::string_view text_of(const Message& attribute) {
  return value_of(attribute, 4, std::string_view(), [](const Message& at) { return at.bytes(); });
}
inline Tensor tensor_of_attribute(const Message& attribute) { return tensor_of(attribute.merged(5, "TensorProto")); }
inline std::vector<float> floats_of(const Message& attribute) {
  std::vector<float> numbers;
  attribute.for_each(7, [&](const Message& at) {
    at.for_each_fixed<std::uint32_t>([&](std::uint32_t bits) { numbers.push_back(bit_cast<float>(bits)); });
  });
  return numbers;
}
inline std::vector<std::int64_t> integers_of(const Message& attribute) {
  std::vector<std::int64_t> numbers;
  attribute.for_each(
      8, [&](const Message& at) { at.for_each_integer([&](std::int64_t number) { numbers.push_back(number); }); });
  return numbers;
}

}  // namespace nn::detail::onnx
