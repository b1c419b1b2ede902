// SPDX-License-Identifier: MIT
// The arrays that a layer has, each with a name, a shape and a role.
#pragma once

#include <array>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include <nn/core/shape.hpp>

namespace nn {

/// What an array is to its layer. A weight is learned and decays; biases, scales and slopes are learned and do not
/// (TrainerOptions::decay_biases lets them); a statistic is kept and saved, but not learned.
enum class Role { weight, bias, scale, slope, statistic };

constexpr bool is_learned(Role role) { return role != Role::statistic; }

/// One dimension of an array as other programs have it: how many, and how far apart in memory they are here. Where they
/// are the channels of the layer's input (plain features are channels), these may have another order in other programs:
/// see nn/io/feature_order.hpp.
struct Dimension {
  Index size = 1;
  Index stride = 1;
  bool is_input = false;
  constexpr bool operator==(const Dimension&) const = default;
};

/// The dimensions of an array in the order of PyTorch and ONNX, outermost first; {} where nothing is said of them.
class Dimensions {
 public:
  static constexpr std::size_t most = 4;

  constexpr Dimensions() = default;
  /// Throws shape_error for more than `most`.
  constexpr Dimensions(std::initializer_list<Dimension> dimensions) {
    if (dimensions.size() > most)
      throw shape_error("a tensor has at most ", most, " dimensions, got ", dimensions.size(), "; give it fewer");
    for (const Dimension& dimension : dimensions) all_[count_++] = dimension;
  }

  constexpr std::size_t size() const { return count_; }
  constexpr const Dimension& operator[](std::size_t i) const { return all_[i]; }
  constexpr const Dimension* begin() const { return all_.data(); }
  constexpr const Dimension* end() const { return all_.data() + count_; }
  constexpr bool operator==(const Dimensions&) const = default;

 private:
  std::array<Dimension, most> all_{};
  std::size_t count_ = 0;
};

/// A vector with a number for each channel of the layer's input.
constexpr Dimensions one_per_channel(Index channels) { return {{.size = channels, .is_input = true}}; }

/// One array of a layer: rows x columns, column by column in memory. A vector has one column.
struct TensorShape {
  std::string_view name;
  Index rows = 0;
  Index columns = 1;
  Role role = Role::weight;
  /// Where other programs have other ones than outputs x inputs for a weight, and for all else the number of rows (and
  /// of columns, unless there is one).
  Dimensions dimensions = {};

  constexpr Index size() const { return checked_product(rows, columns); }
  constexpr bool operator==(const TensorShape&) const = default;
};

/// The dimensions of an array, also where it does not say them.
constexpr Dimensions dimensions_of(const TensorShape& tensor) {
  const auto [name, rows, columns, role, dimensions] = tensor;
  if (dimensions.size() > 0) return dimensions;
  if (role == Role::weight) return {{.size = rows}, {.size = columns, .stride = rows, .is_input = true}};
  if (columns == 1) return {{.size = rows}};
  return {{.size = rows}, {.size = columns, .stride = rows}};
}

/// A tensor of a network: its name, which says the layer, as PyTorch's Sequential does ("0.weight",
/// "2.0.running_mean"), a view of its numbers, rows x columns, its role, and its dimensions in other programs.
template <class View>
struct Tensor {
  std::string name;
  View values;
  Role role;
  Dimensions dimensions = {};
};

template <class L>
concept HasTensors = requires(const L& layer, Shape input) {
  layer.tensors(input, [](const TensorShape&) {});
};

/// Calls visit(TensorShape) for each tensor of a layer: those that are learned in the order in which they follow each
/// other in the network's parameters, the statistics in that of its state.
template <class L, class Visit>
constexpr void for_each_tensor(const L& layer, const auto& input, Visit&& visit) {
  if constexpr (requires { layer.tensors(input, visit); }) layer.tensors(input, visit);
}

/// How many numbers a layer learns, and how many it keeps beside them.
template <class L>
constexpr Index parameter_count(const L& layer, const auto& input) {
  Index count = 0;
  for_each_tensor(layer, input, [&](const TensorShape& tensor) {
    if (is_learned(tensor.role)) count = checked_sum(count, tensor.size());
  });
  return count;
}
template <class L>
constexpr Index state_count(const L& layer, const auto& input) {
  Index count = 0;
  for_each_tensor(layer, input, [&](const TensorShape& tensor) {
    if (!is_learned(tensor.role)) count = checked_sum(count, tensor.size());
  });
  return count;
}

}  // namespace nn
