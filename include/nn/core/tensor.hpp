// SPDX-License-Identifier: MIT
// The arrays that a layer has, each with a name, a shape and a role.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <nn/core/shape.hpp>

namespace nn {

/// What an array is to its layer. A weight is learned and decays; biases, scales and slopes are learned and do not
/// (TrainerOptions::decay_biases lets them); a statistic is kept and saved, but not learned.
enum class Role { weight, bias, scale, slope, statistic };

constexpr bool is_learned(Role role) { return role != Role::statistic; }

/// One array of a layer: rows x columns, column by column in memory. A vector has one column.
struct TensorShape {
  std::string_view name;
  Index rows = 0;
  Index columns = 1;
  Role role = Role::weight;

  constexpr Index size() const { return checked_product(rows, columns); }
  constexpr bool operator==(const TensorShape&) const = default;
};

/// A tensor of a network: its name, which says the layer, as PyTorch's Sequential does ("0.weight",
/// "2.0.running_mean"), and a view of its numbers, rows x columns.
template <class View>
struct Tensor {
  std::string name;
  View values;
  Role role;
};

template <class L>
concept HasTensors = requires(const L& layer, Shape input) {
  layer.tensors(input, [](const TensorShape&) {});
};

/// Calls visit(TensorShape) for each tensor of a layer: those that are learned in the order in which they follow each
/// other in the network's parameters, the statistics in that of its state.
template <class L, class Visit>
constexpr void for_each_tensor(const L& layer, Shape input, Visit&& visit) {
  if constexpr (HasTensors<L>) layer.tensors(input, visit);
}

/// How many numbers a layer learns, and how many it keeps beside them.
template <class L>
constexpr Index parameter_count(const L& layer, Shape input) {
  Index count = 0;
  for_each_tensor(layer, input, [&](const TensorShape& tensor) {
    if (is_learned(tensor.role)) count = checked_sum(count, tensor.size());
  });
  return count;
}
template <class L>
constexpr Index state_count(const L& layer, Shape input) {
  Index count = 0;
  for_each_tensor(layer, input, [&](const TensorShape& tensor) {
    if (!is_learned(tensor.role)) count = checked_sum(count, tensor.size());
  });
  return count;
}

}  // namespace nn
