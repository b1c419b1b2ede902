// SPDX-License-Identifier: MIT
// ONNX's TensorProto: an array of numbers in the file, or in a file beside it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nn/formats/onnx/data_type.hpp>
#include <nn/formats/onnx/wire_reader.hpp>

namespace nn::detail::onnx {

/// Where the numbers are that do not stand in the model's file.
struct ExternalData {
  std::string_view location;
  std::uint64_t offset = 0;
  std::optional<std::uint64_t> length;
};

/// A view of the file: its numbers are taken out when they are asked for.
struct Tensor {
  std::string_view name;
  std::vector<std::int64_t> dims;
  DataType type = DataType::undefined;
  std::uint64_t count = 1;  ///< of numbers: the product of dims
  std::optional<std::string_view> raw;
  std::optional<ExternalData> external;
  std::string_view message;  ///< all of it, where numbers stand that are not raw
  int depth = 0;

  DataTypeFacts facts() const { return facts_of(type); }
  /// How many bytes its numbers take, those of less than 8 bits packed.
  std::uint64_t byte_count() const { return (count * static_cast<unsigned>(facts().bits) + 7) / 8; }
};

/// "float32 [3, 4]", and the name where it has one.
inline std::string in_words(const Tensor& tensor) {
  std::string text = (tensor.name.empty() ? "a tensor, " : "tensor " + in_quotes(tensor.name) + ", ") +
                     std::string(tensor.facts().name) + " [";
  for (std::size_t i = 0; i < tensor.dims.size() && i < 8; ++i)
    text += (i == 0 ? "" : ", ") + std::to_string(tensor.dims[i]);
  return text + (tensor.dims.size() > 8 ? ", ...]" : "]");
}

/// A number written in decimal digits alone.
inline std::uint64_t decimal_in(std::string_view text, const Message& at, const char* key) {
  std::uint64_t value = 0;
  if (text.empty() || text.size() > 18) at.fail(" has external data whose ", key, " is ", in_quotes(text));
  for (const char digit : text) {
    if (digit < '0' || digit > '9') at.fail(" has external data whose ", key, " is ", in_quotes(text));
    value = value * 10 + static_cast<std::uint64_t>(digit - '0');
  }
  return value;
}

/// Only the keys that there are, each once; a checksum, which is SHA-1 and optional, is not computed.
inline ExternalData external_data_of(const Message& tensor) {
  constexpr int key_field = 1, value_field = 2;
  ExternalData data;
  bool has_offset = false, has_checksum = false;
  tensor.for_each(13, [&](const Message& at) {
    std::string_view key, value;
    Message entry = at.message("an entry of external_data");
    while (entry.next()) {
      if (entry.field() == key_field) key = entry.bytes();
      if (entry.field() == value_field) value = entry.bytes();
    }
    bool is_new = false;
    if (key == "location") {
      is_new = data.location.empty();
      data.location = value;
    } else if (key == "offset") {
      is_new = !std::exchange(has_offset, true);
      data.offset = decimal_in(value, at, "offset");
    } else if (key == "length") {
      is_new = !data.length;
      data.length = decimal_in(value, at, "length");
    } else if (key == "checksum") {
      is_new = !std::exchange(has_checksum, true);
    }
    if (!is_new) at.fail(" has external data with the key ", in_quotes(key), " unknown or twice");
  });
  if (data.location.empty()) tensor.fail(" has external data without a location");
  return data;
}

/// How many numbers stand in the field of their type; of those of less than 8 bits, how many bytes.
inline std::uint64_t typed_count(const Message& tensor, DataField field) {
  std::uint64_t count = 0;
  tensor.for_each(static_cast<int>(field), [&](const Message& at) {
    if (field == DataField::texts)
      ++count, static_cast<void>(at.bytes());
    else if (field == DataField::floats)
      at.for_each_fixed<std::uint32_t>([&](std::uint32_t) { ++count; });
    else if (field == DataField::doubles)
      at.for_each_fixed<std::uint64_t>([&](std::uint64_t) { ++count; });
    else
      at.for_each_integer([&](std::int64_t) { ++count; });
  });
  return count;
}

/// Refuses a tensor whose numbers are not exactly as many as its dims say, wherever they stand.
inline void require_numbers(const Message& message, const Tensor& tensor) {
  const DataTypeFacts facts = tensor.facts();
  const std::string who = ": " + in_words(tensor);
  if (facts.field == DataField::none) message.fail(who, " has the type ", static_cast<std::int32_t>(tensor.type));
  if (facts.bits > 0 && tensor.count > (std::uint64_t{1} << 60) / static_cast<unsigned>(facts.bits))
    message.fail(who, " has more numbers than can be counted");
  if (tensor.external) {
    if (tensor.type == DataType::text) message.fail(who, " has texts as external data");
    if (tensor.raw) message.fail(who, " has raw and external data");
    if (tensor.external->length && *tensor.external->length != tensor.byte_count())
      message.fail(who, " needs ", tensor.byte_count(), " bytes, but its external data have ",
                   *tensor.external->length);
  } else if (tensor.raw) {
    if (tensor.type == DataType::text) message.fail(who, " has texts as raw data");
    if (tensor.raw->size() != tensor.byte_count())
      message.fail(who, " needs ", tensor.byte_count(), " bytes, but its raw data have ", tensor.raw->size());
  } else {
    const std::uint64_t count = typed_count(message, facts.field);
    std::uint64_t expected = facts.bits < 8 && facts.bits > 0 ? tensor.byte_count() : tensor.count;
    if (tensor.type == DataType::complex64 || tensor.type == DataType::complex128) expected *= 2;
    if (count != expected) message.fail(who, " needs ", expected, " numbers, but has ", count);
  }
}

/// Reads a TensorProto. Throws load_error.
inline Tensor tensor_of(Message message) {
  Tensor tensor;
  tensor.message = message.all();
  tensor.depth = message.depth();
  std::size_t rank = 0;
  message.for_each(1, [&](const Message& at) { at.for_each_integer([&](std::int64_t) { ++rank; }); });
  message.document().reserve(tensor.dims, rank);
  bool is_external = false;
  while (message.next()) switch (message.field()) {
      case 1:
        message.for_each_integer([&](std::int64_t size) { tensor.dims.push_back(size); });
        break;
      case 2:
        tensor.type = static_cast<DataType>(static_cast<std::int32_t>(message.integer()));
        break;
      case 3:
        message.fail(" is a segment of a tensor");
      case 8:
        tensor.name = message.bytes();
        break;
      case 9:
        tensor.raw = message.bytes();
        break;
      case 14:
        is_external = message.integer() == 1;
        break;
      default:
        break;
    }
  for (const std::int64_t size : tensor.dims) {
    if (size < 0) message.fail(": ", in_words(tensor), " has a negative size");
    if (__builtin_mul_overflow(tensor.count, static_cast<std::uint64_t>(size), &tensor.count))
      message.fail(": ", in_words(tensor), " has more numbers than can be counted");
  }
  if (is_external) tensor.external = external_data_of(message);
  require_numbers(message, tensor);
  return tensor;
}

}  // namespace nn::detail::onnx
