// SPDX-License-Identifier: MIT
// Nodes of which all inputs are known when a model is read: computed then.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <nn/core/shape.hpp>
#include <nn/formats/onnx/array.hpp>

namespace nn::detail::onnx {

/// Computes with constants. Memory is charged to the model's document before it is taken, or to a room of its own.
class Folder {
 public:
  Folder(Document& document, std::int64_t opset, std::optional<std::uint64_t> room = {})
      : document_(document), opset_(opset), room_(room) {}

  /// What the node gives, or nothing where it is none of those that are computed. An input that is not given is null.
  /// Throws unsupported.
  std::optional<Constant> fold(const Node& node, const std::vector<const Constant*>& inputs) {
    const NodeOptions options(document_, node);
    const std::string_view type = node.op_type;
    if (type == "Constant") return constant(options);
    if (inputs.empty() || inputs[0] == nullptr) return {};
    const Constant& x = *inputs[0];
    for (const std::string_view copies : {"Identity", "Unsqueeze", "Squeeze", "Reshape", "Sqrt"})
      if (type == copies) charge(x.size() * sizeof(double));
    if (type == "Identity") return x;
    if (type == "Cast") return cast(options, x);
    if (type == "Shape") return shape(options, x.dims);
    if (type == "Unsqueeze") return unsqueeze(options, inputs);
    if (type == "Squeeze") return squeeze(options, inputs);
    if (type == "Concat") return concat(options, inputs);
    if (type == "Gather") return gather(options, x, *given(inputs, 1));
    if (type == "Slice") return slice(options, inputs);
    if (type == "ConstantOfShape") return filled(options, x);
    if (type == "Expand") return expanded(x, given(inputs, 1)->as_integers("the shape"));
    if (type == "Reshape") return reshaped(options, x, given(inputs, 1)->as_integers("the shape"));
    if (type == "Transpose") return transposed(options, x);
    for (const std::string_view known : {"Add", "Sub", "Mul", "Div", "Pow"})
      if (type == known) return arithmetic(type, x, *given(inputs, 1));
    for (const std::string_view known : {"Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "And", "Or"})
      if (type == known) return compared(type, x, *given(inputs, 1));
    if (type == "Not") return compared("Equal", x, zero_like(x));
    if (type == "Where") return chosen(x, *given(inputs, 1), *given(inputs, 2));
    if (type == "Neg") return arithmetic("Sub", zero_like(x), x);
    if (type == "Sqrt" && !x.is_whole) {
      Constant root = x;
      for (double& number : root.reals) number = std::sqrt(number);
      return root;
    }
    return {};
  }

 private:
  static const Constant* given(const std::vector<const Constant*>& inputs, std::size_t i) {
    if (i >= inputs.size() || inputs[i] == nullptr) throw unsupported("it lacks input ", i);
    return inputs[i];
  }
  static Constant zero_like(const Constant& x) {
    Constant zero = x.like({});
    x.is_whole ? zero.integers.push_back(0) : zero.reals.push_back(-0.0);  // -0 - 0 is -0, as the sign of 0 turns
    return zero;
  }
  /// An empty array with room for what its dims say, which is charged before.
  Constant charged(const Constant& kind, const Sizes& dims) {
    charge(count_of(dims) * sizeof(double));
    return with_room(kind, dims);
  }

  static Constant constant(const NodeOptions& options) {
    if (options.has("value")) return options.tensor("value");
    if (options.has("value_int")) {
      Constant scalar = integers_constant({options.integer("value_int", 0)});
      scalar.dims.clear();
      return scalar;
    }
    if (options.has("value_ints")) return integers_constant(options.integers("value_ints"));
    if (options.has("value_float"))
      return {.dims = {}, .is_whole = false, .integers = {}, .reals = {options.real("value_float", 0)}};
    const std::vector<float> numbers = options.floats("value_floats");
    return {.dims = {static_cast<std::int64_t>(numbers.size())},
            .is_whole = false,
            .integers = {},
            .reals = std::vector<double>(numbers.begin(), numbers.end())};
  }

  Constant cast(const NodeOptions& options, const Constant& x) {
    const auto to = static_cast<DataType>(static_cast<std::int32_t>(options.integer("to", 0)));
    const NumberKind kind = facts_of(to).kind;
    if (kind == NumberKind::none) throw unsupported("a cast to ", facts_of(to).name);
    const bool is_whole = kind != NumberKind::real;
    Constant result{.dims = x.dims, .is_whole = is_whole, .integers = {}, .reals = {}};
    charge(x.size() * sizeof(double));
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double number = x.number(i);
      if (to == DataType::boolean) {
        result.integers.push_back(number != 0);
      } else if (is_whole) {
        if (!(std::abs(number) < 9e18)) throw unsupported("a cast of ", number, " to a whole number");
        result.integers.push_back(x.is_whole ? x.integers[i] : static_cast<std::int64_t>(number));
      } else {
        result.reals.push_back(to == DataType::float32 ? static_cast<double>(static_cast<float>(number)) : number);
      }
    }
    return result;
  }

  /// Axes are an attribute before opset 13, and an input from then on.
  Sizes axes(const NodeOptions& options, const std::vector<const Constant*>& inputs) const {
    if (opset_ < 13) return options.integers("axes");
    return inputs.size() > 1 && inputs[1] != nullptr ? inputs[1]->as_integers("the axes") : Sizes();
  }

  Constant unsqueeze(const NodeOptions& options, const std::vector<const Constant*>& inputs) const {
    Constant result = *inputs[0];
    result.dims = unsqueezed(result.dims, axes(options, inputs));
    return result;
  }
  Constant squeeze(const NodeOptions& options, const std::vector<const Constant*>& inputs) const {
    Constant result = *inputs[0];
    result.dims = squeezed(result.dims, axes(options, inputs));
    return result;
  }

  Constant concat(const NodeOptions& options, const std::vector<const Constant*>& inputs) {
    const Constant& first = *inputs[0];
    const std::size_t axis = axis_in(options.integer("axis", 0), first.dims.size());
    Sizes dims = first.dims;
    dims[axis] = 0;
    for (std::size_t k = 0; k < inputs.size(); ++k) {
      const Constant& x = *given(inputs, k);
      if (x.is_whole != first.is_whole || x.dims.size() != dims.size())
        throw unsupported("it puts together arrays of another kind");
      for (std::size_t i = 0; i < dims.size(); ++i)
        if (i != axis && x.dims[i] != dims[i]) throw unsupported("it puts together arrays of other sizes");
      dims[axis] = checked_sum(dims[axis], x.dims[axis]);
    }
    Constant result = charged(first, dims);
    const std::size_t outer = count_of(Sizes(dims.begin(), dims.begin() + static_cast<std::ptrdiff_t>(axis)));
    for (std::size_t row = 0; row < outer; ++row)
      for (const Constant* x : inputs) {
        const std::size_t block = x->size() / std::max<std::size_t>(outer, 1);
        for (std::size_t i = 0; i < block; ++i) result.add(*x, row * block + i);
      }
    return result;
  }

  Constant gather(const NodeOptions& options, const Constant& x, const Constant& positions) {
    const std::size_t axis = axis_in(options.integer("axis", 0), x.dims.size());
    if (!positions.is_whole) throw unsupported("positions that are no whole numbers");
    const auto split = x.dims.begin() + static_cast<std::ptrdiff_t>(axis);
    const std::size_t outer = count_of(Sizes(x.dims.begin(), split)), inner = count_of(Sizes(split + 1, x.dims.end()));
    Sizes dims(x.dims.begin(), split);
    dims.insert(dims.end(), positions.dims.begin(), positions.dims.end());
    dims.insert(dims.end(), split + 1, x.dims.end());
    Constant result = charged(x, dims);
    const std::int64_t size = *split;
    for (std::size_t row = 0; row < outer; ++row)
      for (const std::int64_t position : positions.integers) {
        if (position < -size || position >= size) throw unsupported("position ", position, " of ", size);
        const auto at = static_cast<std::size_t>(position < 0 ? position + size : position);
        for (std::size_t i = 0; i < inner; ++i) result.add(x, (row * static_cast<std::size_t>(size) + at) * inner + i);
      }
    return result;
  }

  Constant slice(const NodeOptions& options, const std::vector<const Constant*>& inputs) {
    const Constant& x = *inputs[0];
    const auto list = [&](std::size_t i, const char* name) {
      if (opset_ < 10) return options.integers(name);
      if (i <= 2) return given(inputs, i)->as_integers(name);
      return i < inputs.size() && inputs[i] != nullptr ? inputs[i]->as_integers(name) : Sizes();
    };
    const Sizes starts = list(1, "starts"), ends = list(2, "ends"), named = list(3, "axes");
    const Sizes steps = opset_ < 10 ? Sizes() : list(4, "steps");
    Sizes first(x.dims.size(), 0), step(x.dims.size(), 1), dims = x.dims;
    if (ends.size() != starts.size() || (!named.empty() && named.size() != starts.size()) ||
        (!steps.empty() && steps.size() != starts.size()) || starts.size() > dims.size())
      throw unsupported("starts, ends, axes and steps of different lengths");
    for (std::size_t i = 0; i < starts.size(); ++i) {
      const std::size_t axis = axis_in(named.empty() ? static_cast<std::int64_t>(i) : named[i], dims.size());
      const std::int64_t size = x.dims[axis], by = steps.empty() ? 1 : steps[i];
      if (by == 0 || by < -(std::int64_t{1} << 40) || by > std::int64_t{1} << 40) throw unsupported("a step of ", by);
      if (size == 0) continue;
      const auto clamped = [&](std::int64_t at, std::int64_t low, std::int64_t high) {
        return std::clamp(at < 0 && at >= -size ? at + size : at, low, high);
      };
      const std::int64_t begin = by > 0 ? clamped(starts[i], 0, size) : clamped(starts[i], 0, size - 1);
      const std::int64_t end = by > 0 ? clamped(ends[i], 0, size) : clamped(ends[i], -1, size - 1);
      first[axis] = begin;
      step[axis] = by;
      dims[axis] = std::max<std::int64_t>(by > 0 ? (end - begin + by - 1) / by : (begin - end - by - 1) / -by, 0);
    }
    charge(count_of(dims) * sizeof(double));
    return picked(x, dims, [&](std::size_t axis, std::int64_t at) { return first[axis] + at * step[axis]; });
  }

  Constant filled(const NodeOptions& options, const Constant& shape) {
    Constant value{.dims = {1}, .is_whole = false, .integers = {}, .reals = {0}};
    if (options.has("value")) value = options.tensor("value");
    if (value.size() != 1) throw unsupported("it fills with ", value.size(), " numbers");
    value.dims.clear();
    return expanded(value, shape.as_integers("the shape"));
  }

  Constant expanded(const Constant& x, const Sizes& shape) {
    const Sizes dims = broadcast(x.dims, shape);
    Constant result = charged(x, dims);
    const std::size_t count = count_of(dims);
    for (std::size_t i = 0; i < count; ++i) result.add(x, source_of(i, dims, x.dims));
    return result;
  }

  static Constant reshaped(const NodeOptions& options, Constant x, const Sizes& wanted) {
    x.dims = reshape_sizes(options, x.dims, wanted);
    return x;
  }

  Constant transposed(const NodeOptions& options, const Constant& x) {
    Sizes order = options.integers("perm");
    if (order.empty())
      for (std::size_t i = x.dims.size(); i-- > 0;) order.push_back(static_cast<std::int64_t>(i));
    charge(x.size() * sizeof(double));
    return permuted(x, order);
  }

  /// 1 where it is so, and 0.
  Constant compared(std::string_view type, const Constant& a, const Constant& b) {
    if (a.is_whole != b.is_whole) throw unsupported("it compares whole and real numbers");
    const Sizes dims = broadcast(a.dims, b.dims);
    Constant result = charged(integers_constant({}), dims);
    const std::size_t count = count_of(dims);
    const auto is_so = [&](auto x, auto y) {
      if (type == "Equal") return x == y;
      if (type == "Greater" || type == "GreaterOrEqual") return x > y || (type == "GreaterOrEqual" && x == y);
      if (type == "Less" || type == "LessOrEqual") return x < y || (type == "LessOrEqual" && x == y);
      return type == "And" ? x != 0 && y != 0 : x != 0 || y != 0;
    };
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t of_a = source_of(i, dims, a.dims), of_b = source_of(i, dims, b.dims);
      result.integers.push_back(a.is_whole ? is_so(a.integers[of_a], b.integers[of_b])
                                           : is_so(a.reals[of_a], b.reals[of_b]));
    }
    return result;
  }
  /// The numbers of a where the condition is not 0, and elsewhere those of b.
  Constant chosen(const Constant& condition, const Constant& a, const Constant& b) {
    if (!condition.is_whole || a.is_whole != b.is_whole) throw unsupported("it chooses among other kinds of numbers");
    const Sizes dims = broadcast(condition.dims, broadcast(a.dims, b.dims));
    Constant result = charged(a, dims);
    for (std::size_t i = 0, count = count_of(dims); i < count; ++i) {
      const Constant& from = condition.integers[source_of(i, dims, condition.dims)] != 0 ? a : b;
      result.add(from, source_of(i, dims, from.dims));
    }
    return result;
  }

  Constant arithmetic(std::string_view type, const Constant& a, const Constant& b) {
    if (a.is_whole != b.is_whole) throw unsupported("it computes with whole and real numbers");
    const Sizes dims = broadcast(a.dims, b.dims);
    Constant result = charged(a, dims);
    const std::size_t count = count_of(dims);
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t of_a = source_of(i, dims, a.dims), of_b = source_of(i, dims, b.dims);
      if (a.is_whole)
        result.integers.push_back(whole(type, a.integers[of_a], b.integers[of_b]));
      else
        result.reals.push_back(real(type, a.reals[of_a], b.reals[of_b]));
    }
    return result;
  }
  void charge(std::size_t size) {
    if (!room_) return document_.charge(size);
    if (size > *room_) throw unsupported("it moves more numbers than a model of this size should have");
    *room_ -= size;
  }

  Document& document_;
  std::int64_t opset_;
  std::optional<std::uint64_t> room_;
};

}  // namespace nn::detail::onnx
