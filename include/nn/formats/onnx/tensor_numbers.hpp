// SPDX-License-Identifier: MIT
// The numbers of an ONNX tensor, taken out of the model's file or of one beside it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <nn/formats/onnx/tensor.hpp>
#include <nn/io/neighbour_file.hpp>

namespace nn::detail::onnx {

/// Gives visit(bits) the numbers of a tensor one after the other: of those of less than 8 bits there are several in a
/// byte, the lowest bits first, and the last byte may not be full.
template <class Visit>
class NumberSplitter {
 public:
  NumberSplitter(const Tensor& tensor, const Visit& visit)
      : width_(static_cast<unsigned>(tensor.facts().bits)), left_(tensor.count), visit_(visit) {}

  /// A number, or a byte of several.
  void operator()(std::uint64_t bits) {
    if (width_ >= 8) return visit_(bits);
    for (unsigned at = 0; at < 8 && left_ > 0; at += width_, --left_)
      visit_(bits >> at & ((std::uint64_t{1} << width_) - 1));
  }
  /// Little-endian bytes of whole numbers.
  void raw(std::string_view bytes) {
    const std::size_t size = width_ < 8 ? 1 : width_ / 8;
    for (std::size_t at = 0; at + size <= bytes.size(); at += size) {
      std::uint64_t bits = 0;
      for (std::size_t i = size; i-- > 0;) bits = bits << 8 | static_cast<unsigned char>(bytes[at + i]);
      (*this)(bits);
    }
  }
  /// A number that stands in a field for wider ones.
  void narrowed(const Message& at, std::int64_t value) {
    const unsigned bits = width_ < 8 ? 8 : width_;
    if (bits == 64) return (*this)(static_cast<std::uint64_t>(value));
    const std::int64_t limit = std::int64_t{1} << bits;
    if (value >= limit || value < -limit / 2) at.fail(" has the number ", value, " in a tensor of ", width_, " bits");
    (*this)(static_cast<std::uint64_t>(value) & static_cast<std::uint64_t>(limit - 1));
  }

 private:
  unsigned width_;
  std::uint64_t left_;
  const Visit& visit_;
};

/// The file that a tensor's numbers are in, which it must be long enough for.
inline NeighbourFile external_file(const Document& document, const Message& message, const Tensor& tensor) {
  if (document.folder().empty())
    message.fail(": ", in_words(tensor), " is in another file, and a stream has none beside it");
  NeighbourFile file(document.folder(), tensor.external->location);
  const std::uint64_t offset = tensor.external->offset;
  if (offset > file.size() || tensor.byte_count() > file.size() - offset)
    message.fail(": ", in_words(tensor), " needs ", tensor.byte_count(), " bytes at ", offset,
                 " of its file, which has ", file.size());
  return file;
}

/// Calls visit(bits) for every number of a tensor that has numbers, in row-major order. External data are read from the
/// model's folder. Throws load_error.
template <class Visit>
void for_each_number(const Message& message, const Tensor& tensor, const Visit& visit) {
  const DataTypeFacts facts = tensor.facts();
  NumberSplitter numbers(tensor, visit);
  if (tensor.external) {
    const NeighbourFile file = external_file(message.document(), message, tensor);
    std::string block(1 << 16, '\0');
    for (std::uint64_t done = 0; done < tensor.byte_count(); done += block.size()) {
      block.resize(static_cast<std::size_t>(std::min<std::uint64_t>(block.size(), tensor.byte_count() - done)));
      file.read(tensor.external->offset + done, block.data(), block.size());
      numbers.raw(block);
    }
  } else if (tensor.raw) {
    numbers.raw(*tensor.raw);
  } else {
    message.for_each(static_cast<int>(facts.field), [&](const Message& at) {
      if (facts.field == DataField::floats)
        at.for_each_fixed<std::uint32_t>([&](std::uint32_t bits) { numbers(bits); });
      else if (facts.field == DataField::doubles)
        at.for_each_fixed<std::uint64_t>([&](std::uint64_t bits) { numbers(bits); });
      else
        at.for_each_integer([&](std::int64_t value) { numbers.narrowed(at, value); });
    });
  }
}

/// The numbers of a tensor, each as the nearest T. Throws load_error.
template <class T>
std::vector<T> numbers_of(Document& document, const Tensor& tensor) {
  const Message message(document, tensor.message, "TensorProto", tensor.depth);
  if (tensor.facts().kind == NumberKind::none || (std::is_same_v<T, std::int64_t> && !is_integer(tensor.type)))
    message.fail(": ", in_words(tensor), " should hold ", std::is_same_v<T, std::int64_t> ? "whole " : "", "numbers");
  if (tensor.external) static_cast<void>(external_file(document, message, tensor));  // before memory is taken
  std::vector<T> numbers;
  numbers.reserve(static_cast<std::size_t>(tensor.count));
  for_each_number(message, tensor, [&](std::uint64_t bits) {
    if constexpr (std::is_same_v<T, std::int64_t>) {
      numbers.push_back(integer_of(tensor.type, bits));
      if (tensor.type == DataType::uint64 && numbers.back() < 0)
        message.fail(": ", in_words(tensor), " has a number above 2^63");
    } else {
      numbers.push_back(static_cast<T>(number_of(tensor.type, bits)));
    }
  });
  return numbers;
}

}  // namespace nn::detail::onnx
