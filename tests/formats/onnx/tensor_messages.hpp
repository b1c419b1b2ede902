// SPDX-License-Identifier: MIT
// Tensors as they stand in a file, for the tests of their readers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nn/formats/onnx/tensor_numbers.hpp>

#include "../../io/files.hpp"

namespace test {

using nn::detail::onnx::DataType;
using nn::detail::onnx::WireWriter;

inline WireWriter tensor_message(DataType type, const std::vector<std::int64_t>& dims) {
  WireWriter message;
  for (const std::int64_t size : dims) message.integer(1, size);
  message.integer(2, static_cast<std::int64_t>(type));
  message.bytes(8, "W");
  return message;
}

inline WireWriter raw_tensor(DataType type, const std::vector<std::int64_t>& dims, std::string_view raw) {
  WireWriter message = tensor_message(type, dims);
  message.bytes(9, raw);
  return message;
}

inline WireWriter external_tensor(const std::vector<std::pair<std::string, std::string>>& entries) {
  WireWriter message = tensor_message(DataType::uint8, {3});
  for (const auto& [key, value] : entries) {
    WireWriter entry;
    entry.bytes(1, key);
    entry.bytes(2, value);
    message.message(13, entry);
  }
  message.integer(14, 1);
  return message;
}

template <class T = double>
std::vector<T> numbers_in(const WireWriter& message, const std::string& folder = "") {
  nn::detail::onnx::Document document("the test", message.text(), folder);
  const nn::detail::onnx::Tensor tensor =
      tensor_of(nn::detail::onnx::Message(document, document.bytes(), "TensorProto"));
  return nn::detail::onnx::numbers_of<T>(document, tensor);
}

template <class T = double>
std::string refusal_of_tensor(const WireWriter& message, const std::string& folder = "") {
  return load_error_of([&] { static_cast<void>(numbers_in<T>(message, folder)); });
}

}  // namespace test
