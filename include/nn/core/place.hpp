// SPDX-License-Identifier: MIT
// Where a layer stands in a network: its shapes, and its part of the parameters, the state and the workspace.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <string_view>

#include <nn/core/layer.hpp>

namespace nn {

/// What all passes need to know of a layer in its network.
struct Place {
  Shape input;
  Shape output;
  Index parameter_offset = 0;
  Index parameter_count = 0;
  Index rows = 0;  ///< of the first tensor that is learned, by whose columns threads share the parameters
  Index columns = 0;
  Index shared_columns = 0;  ///< or by those of all tensors, which then have as many rows
  Index multiply_adds = 0;   ///< forward, for one sample
  Index state_offset = 0;
  Index state_count = 0;
  Index memory_offset = 0;  ///< of its own room in a workspace, in numbers per sample
  Index memory_size = 0;
  Index activation_offset = 0;      ///< of its output, behind that room
  Index activation_size = 0;        ///< and what it takes: whole cache lines
  Index least_samples = 1;          ///< of a batch to train on
  Streaming streaming = {};         ///< of the layers up to this one; what is carried, of this one alone
  Streaming streaming_offset = {};  ///< where what it carries stands: behind that of the layers before
  bool is_streamed = false;         ///< it reads each step of a stream: no layer before it has made one output of them
  bool is_flat_where_zero = false;
  bool can_descend = false;  ///< subtracts its own gradient in plain gradient descent
  bool has_shards = false;   ///< has a backward pass that threads can share, or no parameters

  /// The range of the layer's parameters that a shard is.
  constexpr Index shard_begin(Shard shard) const { return shard.first(shared_columns) * rows; }
  constexpr Index shard_end(Shard shard) const {
    return shard.is_last() ? parameter_count : shard.last(shared_columns) * rows;
  }
  constexpr Index parameter_end() const { return checked_sum(parameter_offset, parameter_count); }
  constexpr Index state_end() const { return checked_sum(state_offset, state_count); }
  constexpr Index activation_end() const { return checked_sum(activation_offset, activation_size); }
  /// What the layers up to this one carry together.
  constexpr Streaming streaming_end() const {
    return {streaming.output, checked_sum(streaming_offset.carried, streaming.carried),
            checked_sum(streaming_offset.carried_per_step, streaming.carried_per_step), streaming.is_in_pieces};
  }
};

/// Whether a layer says itself where it stands, because it has layers inside.
template <class L>
concept IsContainer = requires(const L& layer, Shape input) {
  { layer.place(input) } -> std::same_as<Place>;
};

/// Multiplications and additions forward, for one sample: each output is the sum over a row of the first tensor, or
/// what the layer says.
template <class L>
constexpr Index multiply_adds(const L& layer, const auto& input, const TensorShape& first, Shape output) {
  if constexpr (requires { layer.multiply_adds(input); }) return layer.multiply_adds(input);
  return checked_product(first.columns, output.size());
}

/// All that a layer says of itself; it stands at the beginning.
template <class L, class Given>
constexpr Place place_of(const L& layer, const Given& input) {
  if constexpr (requires { layer.place(input); }) {
    return layer.place(input);
  } else {
    const Shape output = layer.output_shape(input);
    const Index parameters = parameter_count(layer, input);
    TensorShape first{"", 0, 0};
    for_each_tensor(layer, input, [&](const TensorShape& tensor) {
      if (first.columns == 0 && is_learned(tensor.role)) first = tensor;
    });
    constexpr bool has_one_input = std::is_same_v<Given, Shape>, in_halves = HasShards<L> || !has_one_input;
    Shape read;
    if constexpr (has_one_input) read = input;
    return {.input = read,
            .output = output,
            .parameter_count = parameters,
            .rows = first.rows,
            .columns = first.columns,
            .shared_columns = shares_all_columns<L> ? parameters / std::max<Index>(first.rows, 1) : first.columns,
            .multiply_adds = multiply_adds(layer, input, first, output),
            .state_count = state_count(layer, input),
            .memory_size = memory_size(layer, input),
            .least_samples = least_samples(layer, input),
            .streaming = streaming(layer, input),
            .is_flat_where_zero = is_flat_where_zero(layer),
            .can_descend = HasDescend<L> || in_halves,
            .has_shards = in_halves || parameters == 0};
  }
}

/// What stands before the first layer that reads the input.
constexpr Place place_of_input(Shape input) {
  Place place{};
  place.output = input;
  place.streaming = each_step_alone;
  return place;
}

/// The place of the layer after `before`; a shape_error says which layer of the network (the input is layer 0) or of
/// the block.
template <class L>
constexpr Place place_after(const Place& before, const L& layer, Index number, std::string_view whole = "network") {
  try {
    const auto whole_cache_lines = [](Index numbers) { return checked_sum(numbers, 15) / 16 * 16; };
    Place place = place_of(layer, before.output);
    place.parameter_offset = before.parameter_end();
    place.state_offset = before.state_end();
    place.memory_offset = before.activation_end();
    place.activation_offset = checked_sum(place.memory_offset, whole_cache_lines(place.memory_size));
    place.activation_size = whole_cache_lines(place.output.size());
    place.streaming_offset = before.streaming_end();
    place.is_streamed = before.streaming.output == StepOutput::each;
    if (!place.is_streamed) place.streaming = {.output = before.streaming.output};
    place.streaming.is_in_pieces = place.streaming.is_in_pieces && before.streaming.is_in_pieces;
    return place;
  } catch (const shape_error& problem) {
    throw shape_error("layer ", number, " of the ", whole, ", after an output of ", before.output, ": ",
                      problem.what());
  }
}

/// Calls visit(layer, place, level) for a layer and then for those that it is made of, first to last, one level higher.
template <class L, class Visit>
constexpr void for_each_inside(const L& layer, const Place& place, const Visit& visit, Index level = 0) {
  visit(layer, place, level);
  if constexpr (requires { layer.for_each_inside(place, visit, level + 1); })
    layer.for_each_inside(place, visit, level + 1);
}

/// The part of a pass's mode that one layer sees; the seeds of two layers are unrelated.
template <class Mode>
Mode mode_of(Mode mode, const Place& place, Index layer) {
  constexpr std::uint64_t step = 0x9e3779b97f4a7c15u;  // of SplitMix64
  if constexpr (requires { mode.seed; }) mode.seed += step * static_cast<std::uint64_t>(layer + 1);
  if (mode.state != nullptr) mode.state += place.state_offset;
  if constexpr (requires { mode.freezes; })
    if (mode.freezes != nullptr) {
      mode.is_frozen = mode.is_frozen || mode.freezes[layer];
      mode.freezes = nullptr;  // a block's layers are counted anew, and share what the block is
    }
  if constexpr (requires { mode.carried; }) {
    if (!place.is_streamed) mode.carried = {};
    if (place.streaming.carried + place.streaming.carried_per_step == 0) mode.carried.numbers = nullptr;
    if (mode.carried.numbers != nullptr)
      mode.carried.numbers +=
          place.streaming_offset.carried + place.streaming_offset.carried_per_step * mode.carried.most_steps;
  }
  const Index offset = place.memory_offset * mode.memory.samples;
  if (mode.memory.values != nullptr) mode.memory.values += offset;
  if (mode.memory.gradients != nullptr) mode.memory.gradients += offset;
  return mode;
}

}  // namespace nn
