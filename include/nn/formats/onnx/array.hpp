// SPDX-License-Identifier: MIT
// Arrays of any number of dimensions: repeated, cut, turned and put into other shapes, as ONNX has it.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include <nn/formats/onnx/constant.hpp>

namespace nn::detail::onnx {

/// The shape of two together (numpy's rule).
inline Sizes broadcast(const Sizes& a, const Sizes& b) {
  Sizes all(std::max(a.size(), b.size()), 1);
  for (const Sizes* one : {&a, &b})
    for (std::size_t i = 0; i < one->size(); ++i) {
      std::int64_t& size = all[all.size() - one->size() + i];
      if (size != 1 && (*one)[i] != 1 && size != (*one)[i]) throw unsupported("shapes that do not go together");
      if ((*one)[i] != 1) size = (*one)[i];
    }
  return all;
}

/// Where the number i of an array of `dims` stands in one of `from`, which is repeated to these dims.
inline std::size_t source_of(std::size_t i, const Sizes& dims, const Sizes& from) {
  std::size_t place = 0, step = 1;
  for (std::size_t k = dims.size(); k-- > 0;) {
    const std::size_t at = i % static_cast<std::size_t>(dims[k]);
    i /= static_cast<std::size_t>(dims[k]);
    if (k + from.size() < dims.size()) continue;
    const auto size = static_cast<std::size_t>(from[k + from.size() - dims.size()]);
    if (size != 1) place += at * step;
    step *= size;
  }
  return place;
}

/// An empty array with room for what its dims say.
inline Constant with_room(const Constant& kind, const Sizes& dims) {
  Constant result = kind.like(dims);
  kind.is_whole ? result.integers.reserve(count_of(dims)) : result.reals.reserve(count_of(dims));
  return result;
}

/// The array of `dims` whose number at some position stands in x at where(axis, position along it).
template <class Where>
Constant picked(const Constant& x, const Sizes& dims, const Where& where) {
  Constant result = with_room(x, dims);
  const std::size_t count = count_of(dims);
  for (std::size_t i = 0; i < count; ++i) {
    std::size_t rest = i, place = 0, step = 1;
    for (std::size_t k = dims.size(); k-- > 0;) {
      const auto at = static_cast<std::int64_t>(rest % static_cast<std::size_t>(dims[k]));
      rest /= static_cast<std::size_t>(dims[k]);
      place += static_cast<std::size_t>(where(k, at)) * step;
      step *= static_cast<std::size_t>(x.dims[k]);
    }
    result.add(x, place);
  }
  return result;
}

/// The axes in another order, which names each once.
inline Constant permuted(const Constant& x, const Sizes& order) {
  Sizes dims;
  std::vector<std::size_t> place(x.dims.size(), x.dims.size());  // of each axis of x
  if (order.size() != x.dims.size()) throw unsupported("an order of ", order.size(), " of ", x.dims.size(), " axes");
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::size_t axis = axis_in(order[i], order.size());
    if (place[axis] != x.dims.size()) throw unsupported("an order that names axis ", order[i], " twice");
    place[axis] = i;
    dims.push_back(x.dims[axis]);
  }
  std::vector<std::size_t> steps(x.dims.size(), 1);
  for (std::size_t i = x.dims.size(); i-- > 1;) steps[i - 1] = steps[i] * static_cast<std::size_t>(x.dims[i]);
  Constant result = with_room(x, dims);
  const std::size_t count = count_of(dims);
  for (std::size_t i = 0; i < count; ++i) {
    std::size_t rest = i, from = 0;
    for (std::size_t k = dims.size(); k-- > 0; rest /= static_cast<std::size_t>(dims[k]))
      from += rest % static_cast<std::size_t>(dims[k]) * steps[axis_in(order[k], order.size())];
    result.add(x, from);
  }
  return result;
}

inline Sizes unsqueezed(Sizes dims, Sizes axes) {
  const std::size_t rank = dims.size() + axes.size();
  for (std::int64_t& axis : axes) axis = static_cast<std::int64_t>(axis_in(axis, rank));
  std::sort(axes.begin(), axes.end());
  for (const std::int64_t axis : axes) {
    if (axis > static_cast<std::int64_t>(dims.size())) throw unsupported("axis ", axis, " is given twice");
    dims.insert(dims.begin() + axis, 1);
  }
  return dims;
}
inline Sizes squeezed(const Sizes& dims, const Sizes& axes) {
  Sizes left;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    const bool is_named =
        std::any_of(axes.begin(), axes.end(), [&](std::int64_t axis) { return axis_in(axis, dims.size()) == i; });
    if (is_named && dims[i] != 1) throw unsupported("axis ", i, " has the size ", dims[i], " and cannot be left out");
    if (!is_named && (dims[i] != 1 || !axes.empty())) left.push_back(dims[i]);
  }
  return left;
}

/// The sizes that Reshape is told, for an array of `count` numbers: 0 is the size that is there, -1 what is left.
inline Sizes reshape_sizes(const NodeOptions& options, const Sizes& dims, Sizes wanted) {
  const std::size_t count = count_of(dims);
  std::size_t known = 1, open = wanted.size();
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] == 0 && options.integer("allowzero", 0) == 0) {
      if (i >= dims.size()) throw unsupported("it copies size ", i, " of ", dims.size());
      wanted[i] = dims[i];
    }
    if (wanted[i] == -1 && open == wanted.size())
      open = i;
    else
      known = count_of({static_cast<std::int64_t>(known), wanted[i]});
  }
  if (open < wanted.size()) {
    if (known == 0 || count % known != 0) throw unsupported(count, " numbers do not fill the shape");
    wanted[open] = static_cast<std::int64_t>(count / known);
  } else if (known != count) {
    throw unsupported(count, " numbers do not make a shape of ", known);
  }
  return wanted;
}

/// The sizes of something as a constant; `start` and `end` from opset 15 on.
inline Constant shape(const NodeOptions& options, const Sizes& dims) {
  const auto rank = static_cast<std::int64_t>(dims.size());
  const auto clamped = [&](std::int64_t at) { return std::clamp<std::int64_t>(at < 0 ? at + rank : at, 0, rank); };
  const std::int64_t first = clamped(options.integer("start", 0)), last = clamped(options.integer("end", rank));
  return integers_constant(first < last ? Sizes(dims.begin() + first, dims.begin() + last) : Sizes());
}

inline double real(std::string_view type, double a, double b) {
  if (type == "Pow") return std::pow(a, b);
  return type == "Add" ? a + b : type == "Sub" ? a - b : type == "Mul" ? a * b : a / b;
}
inline std::int64_t whole(std::string_view type, std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  if (type == "Pow") throw unsupported("a power of whole numbers");
  if (type == "Div") {
    if (b == 0 || b == -1) return b == 0 ? throw unsupported("a division by 0") : whole("Sub", 0, a);
    return a / b;
  }
  const bool overflows = type == "Add"   ? __builtin_add_overflow(a, b, &result)
                         : type == "Sub" ? __builtin_sub_overflow(a, b, &result)
                                         : __builtin_mul_overflow(a, b, &result);
  if (overflows) throw unsupported("whole numbers that overflow");
  return result;
}

}  // namespace nn::detail::onnx
