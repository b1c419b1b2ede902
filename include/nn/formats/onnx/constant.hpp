// SPDX-License-Identifier: MIT
// An array that is known when a model is read: weights, and what exporters compute of shapes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <nn/core/errors.hpp>
#include <nn/formats/onnx/attribute.hpp>
#include <nn/formats/onnx/tensor_numbers.hpp>

namespace nn::detail::onnx {

/// Why a node cannot be read. The importer collects these.
class unsupported : public error {
 public:
  using error::error;
};

using Sizes = std::vector<std::int64_t>;

/// How many numbers there are; refused where that cannot be counted.
inline std::size_t count_of(const Sizes& dims) {
  std::size_t count = 1;
  for (const std::int64_t size : dims)
    if (size < 0 || __builtin_mul_overflow(count, static_cast<std::size_t>(size), &count) || count > (1u << 30))
      throw unsupported("a shape with the size ", size, " is none or too large");
  return count;
}

/// In row-major order, any number of dimensions; whole numbers, or real ones.
struct Constant {
  Sizes dims;
  bool is_whole = false;
  std::vector<std::int64_t> integers;  ///< where it is whole
  std::vector<double> reals;           ///< where it is not

  std::size_t size() const { return is_whole ? integers.size() : reals.size(); }
  double number(std::size_t i) const { return is_whole ? static_cast<double>(integers[i]) : reals[i]; }
  /// An empty one of the same kind of numbers.
  Constant like(Sizes sizes) const {
    return {.dims = std::move(sizes), .is_whole = is_whole, .integers = {}, .reals = {}};
  }
  /// Appends number i of another of the same kind.
  void add(const Constant& from, std::size_t i) {
    if (is_whole)
      integers.push_back(from.integers[i]);
    else
      reals.push_back(from.reals[i]);
  }
  /// Its numbers as sizes, positions or axes.
  const std::vector<std::int64_t>& as_integers(const char* what) const {
    if (!is_whole || dims.size() > 1) throw unsupported(what, " is no list of whole numbers");
    return integers;
  }
};

inline Constant integers_constant(std::vector<std::int64_t> numbers) {
  return {.dims = {static_cast<std::int64_t>(numbers.size())},
          .is_whole = true,
          .integers = std::move(numbers),
          .reals = {}};
}

/// The numbers of a tensor. Throws load_error.
inline Constant constant_of(Document& document, const Tensor& tensor) {
  Constant constant{.dims = tensor.dims, .is_whole = is_integer(tensor.type), .integers = {}, .reals = {}};
  document.charge(count_of(tensor.dims) * sizeof(double));
  if (constant.is_whole)
    constant.integers = numbers_of<std::int64_t>(document, tensor);
  else
    constant.reals = numbers_of<double>(document, tensor);
  return constant;
}

/// An axis counted from the end where it is negative.
inline std::size_t axis_in(std::int64_t axis, std::size_t rank) {
  const auto count = static_cast<std::int64_t>(rank);
  if (axis < -count || axis >= count) throw unsupported("axis ", axis, " of ", rank, " dimensions");
  return static_cast<std::size_t>(axis < 0 ? axis + count : axis);
}

/// The options of a node, with the defaults that ONNX has.
class NodeOptions {
 public:
  NodeOptions(Document& document, const Node& node) : document_(document), node_(node) {}

  bool has(std::string_view name) const { return node_.find(name) != nullptr; }
  std::int64_t integer(std::string_view name, std::int64_t missing) const {
    return has(name) ? integer_of(typed(name, AttributeType::integer)) : missing;
  }
  double real(std::string_view name, double missing) const {
    return has(name) ? static_cast<double>(float_of(typed(name, AttributeType::float32))) : missing;
  }
  std::string_view text(std::string_view name, std::string_view missing) const {
    return has(name) ? text_of(typed(name, AttributeType::text)) : missing;
  }
  Sizes integers(std::string_view name, Sizes missing = {}) const {
    return has(name) ? integers_of(typed(name, AttributeType::integers)) : missing;
  }
  std::vector<float> floats(std::string_view name) const { return floats_of(typed(name, AttributeType::floats)); }
  Constant tensor(std::string_view name) const { return constant_of(document_, whole_tensor(name)); }
  /// Its numbers still where they are in the file.
  Tensor whole_tensor(std::string_view name) const { return tensor_of_attribute(typed(name, AttributeType::tensor)); }
  Document& document() const { return document_; }
  const Node& node() const { return node_; }

 private:
  Message typed(std::string_view name, AttributeType type) const {
    const Attribute* attribute = node_.find(name);
    if (attribute == nullptr) throw unsupported("it lacks the attribute ", name);
    if (attribute->type != type) throw unsupported("its attribute ", name, " is of another type than it has in ONNX");
    return message_of(document_, *attribute);
  }

  Document& document_;
  const Node& node_;
};

}  // namespace nn::detail::onnx
