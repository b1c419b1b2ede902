// SPDX-License-Identifier: MIT
// The tensors of a network as a file of another program has them: names, dimensions, and where each number lies here.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nn/core/errors.hpp>
#include <nn/core/printable.hpp>
#include <nn/io/feature_order.hpp>

namespace nn {

/// How the numbers of a file of tensors are written.
enum class TensorPrecision {
  as_network,  ///< float as F32, double as F64
  f32,         ///< rounded to the nearest float
  f64
};

/// How save_tensors() and load_tensors() find the tensors of a network in a file.
struct TensorFileOptions {
  /// Before every name in the file: "module." of a network that several machines trained, "model.", "encoder.".
  std::string prefix = {};
  /// Our names and those of the file, of a tensor ("0.weight") or of a layer ("0", which means all that it has):
  /// {{"0", "conv1"}, {"3", "fc"}} for a module with members. The longest that fits holds; the others stay as they are.
  std::vector<std::pair<std::string, std::string>> names = {};
  /// Features that were an image are in the file pixel by pixel, as here and in Keras; otherwise channel by channel, as
  /// PyTorch's Flatten leaves them to the layer behind it.
  bool channels_last = false;
  TensorPrecision precision = TensorPrecision::as_network;  ///< of save_tensors
  /// What save_tensors writes as num_batches_tracked behind the statistics of each BatchNorm: batches that it was
  /// trained on. PyTorch reads it only where its momentum is None; load_tensors checks and forgets it.
  std::int64_t batches_tracked = 0;
};

namespace detail {

/// "[4,3]"
template <class Sizes>
std::string list_of(const Sizes& sizes) {
  std::string text;
  for (const auto size : sizes) text += (text.empty() ? "" : ",") + std::to_string(size);
  return '[' + text + ']';
}

struct PlannedTensor {
  std::string name;  ///< in the file
  std::vector<Index> sizes = {};
  std::vector<Index> strides = {};
  std::vector<FeatureOrder> orders = {};  ///< of each dimension
  Index offset = 0;                       ///< in the network's parameters, or its state
  bool is_learned = true;
  bool is_counter = false;  ///< an integer that only the file has

  Index count() const {
    Index product = 1;
    for (const Index size : sizes) product *= size;
    return product;
  }
};

/// Gives the places of a tensor's numbers in the order of a file, the last dimension fastest.
class FileOrder {
 public:
  explicit FileOrder(const PlannedTensor& tensor) : tensor_(tensor) {}

  Index next() {
    Index place = tensor_.offset;
    for (std::size_t d = 0; d < tensor_.sizes.size(); ++d)
      place += position_of(tensor_.orders[d], at_[d]) * tensor_.strides[d];
    for (std::size_t d = tensor_.sizes.size(); d-- > 0;) {
      if (++at_[d] < tensor_.sizes[d]) break;
      at_[d] = 0;
    }
    return place;
  }

 private:
  const PlannedTensor& tensor_;
  std::array<Index, Dimensions::most> at_{};
};

/// The name of a tensor in the file: by the longest of options.names that is its own or its layer's. Marks it as used.
inline std::string name_in_file(const std::string& name, const TensorFileOptions& options, std::vector<bool>& is_used) {
  std::size_t found = options.names.size();
  for (std::size_t i = 0; i < options.names.size(); ++i) {
    const std::string& ours = options.names[i].first;
    const bool fits = name == ours || (name.starts_with(ours) && name[ours.size()] == '.');
    if (!fits || ours.empty()) continue;
    is_used[i] = true;
    if (found == options.names.size() || ours.size() > options.names[found].first.size()) found = i;
  }
  if (found == options.names.size()) return options.prefix + name;
  return options.prefix + options.names[found].second + name.substr(options.names[found].first.size());
}

/// Throws data_error for names that no tensor has, or two.
inline void require_names(const std::vector<PlannedTensor>& plan, const TensorFileOptions& options,
                          const std::vector<bool>& is_used, const char* who) {
  for (std::size_t i = 0; i < is_used.size(); ++i)
    if (!is_used[i])
      throw data_error(who, ": names has ", in_quotes(options.names[i].first),
                       ", which is no tensor and no layer with tensors of this network; see network.tensors()");
  std::vector<std::string_view> names;
  for (const PlannedTensor& tensor : plan) names.push_back(tensor.name);
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice != names.end())
    throw data_error(who, ": two tensors of this network would both be called ", in_quotes(*twice),
                     " in the file; give them different names");
}

/// All tensors of a network, layer after layer. BatchNorm's statistics are followed by the counter that PyTorch has.
template <class Network>
std::vector<PlannedTensor> tensor_plan(const Network& network, const TensorFileOptions& options, const char* who) {
  network.require_whole(who);
  const auto tensors = network.tensors();
  const auto* parameters = network.parameters().data();
  const auto* state = network.state().data();
  std::vector<PlannedTensor> plan;
  std::vector<bool> is_used(options.names.size());
  std::size_t number = 0, layer_number = 0;
  const auto add_layer = [&](const auto& layer, const auto& place, const FeatureOrders* orders) {
    bool has_weights = false;
    for_each_tensor(layer, place.input, [&](const TensorShape& shape) { has_weights |= shape.role == Role::weight; });
    for_each_tensor(layer, place.input, [&](const TensorShape& shape) {
      const auto& tensor = tensors[number++];
      PlannedTensor planned{.name = name_in_file(tensor.name, options, is_used), .is_learned = is_learned(shape.role)};
      planned.offset = tensor.values.data() - (planned.is_learned ? parameters : state);
      for (const Dimension& dimension : dimensions_of(shape)) {
        const bool is_first = planned.sizes.empty();
        FeatureOrder order;
        if (orders != nullptr && dimension.is_input && dimension.size == place.input.size())
          order = is_flat(place.input) ? orders->input(layer_number) : order_of_image(place.input);
        else if (orders != nullptr && is_first && has_weights && is_flat(place.output) &&
                 dimension.size == place.output.size())
          order = orders->output(layer_number);
        planned.sizes.push_back(dimension.size);
        planned.strides.push_back(dimension.stride);
        planned.orders.push_back(std::move(order));
      }
      plan.push_back(std::move(planned));
      constexpr std::string_view last_statistic = "running_var";
      if (shape.name != last_statistic) return;
      const std::string of_layer = tensor.name.substr(0, tensor.name.size() - last_statistic.size());
      plan.push_back({.name = name_in_file(of_layer + "num_batches_tracked", options, is_used), .is_counter = true});
    });
    ++layer_number;
  };
  if (options.channels_last) {
    network.for_each_inside([&](const auto& layer, const auto& place, Index) { add_layer(layer, place, nullptr); });
  } else {
    const FeatureOrders orders = feature_orders(network);
    network.for_each_inside([&](const auto& layer, const auto& place, Index) { add_layer(layer, place, &orders); });
  }
  require_names(plan, options, is_used, who);
  return plan;
}

}  // namespace detail
}  // namespace nn
