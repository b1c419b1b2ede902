// SPDX-License-Identifier: MIT
// y = W_o attention(W_q x + b_q, W_k c + b_k, W_v c + b_v) + b_o: every step of one sequence looks at those of another
#pragma once

#include <algorithm>
#include <concepts>
#include <string_view>
#include <type_traits>

#include <nn/core/inputs.hpp>
#include <nn/core/whole_number.hpp>
#include <nn/kernels/attention.hpp>
#include <nn/kernels/patch_weight_gradient.hpp>
#include <nn/kernels/patches.hpp>
#include <nn/layers/base/attention_heads.hpp>

namespace nn {

struct CrossAttentionOptions {
  Index key_value_heads = 0;  ///< fewer than heads share keys and values (Ainslie et al. 2023); 0 for as many
  bool bias = true;
  constexpr bool operator==(const CrossAttentionOptions&) const = default;
};

/// In a graph: the steps of a sequence x look at those of a context c (Vaswani et al. 2017), as those of a decoder at
/// an encoder's: graph.add(CrossAttention{4}, x, c), or CrossAttention{4, {.bias = false}}. The context may have other
/// channels and steps; what comes out has the shape of x. Samples of different lengths are filled up at the end, with
/// any finite numbers, and their lengths are values of the graph, one number for each sample, often an input of it:
/// graph.add(CrossAttention{4}, x, c, lengths_of_c), or (..., x, c, lengths_of_c, lengths_of_x). Steps of x behind its
/// length, and those that may look nowhere, give 0. With x as its own context it is self attention by lengths.
///
/// The tensors, their names and their first values are PyTorch's, whatever the network's initializer: "in_proj_weight"
/// where x and c have as many channels, else "q_proj_weight", "k_proj_weight" and "v_proj_weight"; "in_proj_bias",
/// "out_proj.weight", "out_proj.bias". Throws shape_error where the channels do not make equal heads, and, on the way
/// forward, data_error for what is no length.
class CrossAttention {
 public:
  constexpr explicit CrossAttention(std::integral auto heads, CrossAttentionOptions options = {})
      : heads_(static_cast<Index>(heads)), options_(options) {}

  static constexpr std::string_view name() { return "CrossAttention"; }

  constexpr Shape output_shape(Shapes inputs) const {
    if (inputs.size() < 2 || inputs.size() > 4)
      throw shape_error("CrossAttention: reads ", inputs.size(),
                        " values; give it a sequence and the context that it looks at, then, if need be, the lengths "
                        "of the context and those of the sequence");
    for (std::size_t k = 2; k < inputs.size(); ++k)
      if (inputs[k].size() != 1)
        throw shape_error("CrossAttention: input ", k, " is ", inputs[k],
                          ", but a length is one number for each sample; give a value of 1 feature");
    detail::require_heads(name(), inputs[0].channels, heads_, options_.key_value_heads);
    return inputs[0];
  }
  constexpr void tensors(Shapes inputs, auto tensor) const {
    const Sizes size(*this, inputs);
    if (size.is_one_matrix) {
      tensor({"in_proj_weight", size.rows, size.channels, Role::weight});
    } else {
      tensor({"q_proj_weight", size.channels, size.channels, Role::weight});
      tensor({"k_proj_weight", size.key_rows, size.context_channels, Role::weight});
      tensor({"v_proj_weight", size.key_rows, size.context_channels, Role::weight});
    }
    if (options_.bias) tensor({"in_proj_bias", size.rows, 1, Role::bias});
    const Dimension columns{.size = size.channels, .stride = size.channels};  // the heads', not the input's
    tensor({"out_proj.weight", size.channels, size.channels, Role::weight, {{.size = size.channels}, columns}});
    if (options_.bias) tensor({"out_proj.bias", size.channels, 1, Role::bias});
  }
  /// Queries; keys and values; the weights; what the heads put out: each for the whole batch.
  constexpr Index memory_size(Shapes inputs) const {
    const kernels::Attention attention = Sizes(*this, inputs).attention;
    return checked_sum(checked_product(attention.steps, 2 * attention.width()),
                       checked_product(attention.key_steps,
                                       checked_sum(attention.cached(), checked_product(heads_, attention.steps))));
  }

  void initialize(Shapes inputs, auto&& parameters, const Initializer&, Random& random) const {
    using T = typename std::remove_cvref_t<decltype(parameters)>::Scalar;
    constexpr Initializer of_linear{.distribution = Initializer::Distribution::uniform, .gain = 1.0 / 3};
    const Sizes size(*this, inputs);
    parameters.setZero();
    const auto draw = [&](const Initializer& initializer, Index first, Index rows, Index columns) {
      initializer(MatrixView<T>(parameters.data() + first, rows, columns), columns, rows, random);
    };
    if (size.is_one_matrix) {
      draw(glorot_uniform, 0, size.rows, size.channels);
    } else {
      draw(glorot_uniform, 0, size.channels, size.channels);
      draw(glorot_uniform, size.key, size.key_rows, size.context_channels);
      draw(glorot_uniform, size.value, size.key_rows, size.context_channels);
    }
    draw(of_linear, size.out_weight, size.channels, size.channels);
  }

  void forward(Shapes shapes, const auto& parameters, const auto& inputs, auto&& y, const auto& mode) const {
    using T = typename std::remove_cvref_t<decltype(inputs)>::Scalar;
    const Sizes size(*this, shapes);
    const kernels::Attention& attention = size.attention;
    const auto kept = room_in(mode.memory.values, attention, mode);
    const Index channels = size.channels, keys = size.key_rows, of_context = size.context_channels;
    const Index count = attention.steps * y.cols(), key_count = attention.key_steps * y.cols();
    const T *W = parameters.data(), *x = inputs[0].data(), *context = inputs[1].data();
    const bool bias = options_.bias;
    kernels::repeat(bias ? W + size.in_bias : nullptr, channels, count, kept.queries);
    kernels::repeat(bias ? W + size.in_bias + channels : nullptr, 2 * keys, key_count, kept.keys);
    kernels::add_product<T>(1, {W, 1, size.query_pitch}, {x, 1, channels}, channels, channels, count, kept.queries);
    kernels::add_product<T>(1, {W + size.key, 1, size.key_pitch}, {context, 1, of_context}, keys, of_context, key_count,
                            kept.keys, 2 * keys);
    kernels::add_product<T>(1, {W + size.value, 1, size.key_pitch}, {context, 1, of_context}, keys, of_context,
                            key_count, kept.keys + keys, 2 * keys);
    std::fill_n(kept.heads, channels * count, T(0));
    std::fill_n(y.data(), channels * count, T(0));
    for (Index i = 0; i < y.cols(); ++i) {
      const kernels::Attention here = of_sample(attention, inputs, i, mode.first_sample);
      const auto of = kept.next(attention, i);
      here.forward<T>({of.queries, channels}, {of.keys, 2 * keys}, of.weights, of.heads);
      kernels::repeat(bias ? W + size.out_bias : nullptr, channels, here.steps,
                      y.data() + i * attention.steps * channels);
    }
    kernels::add_product<T>(1, {W + size.out_weight, 1, channels}, {kept.heads, 1, channels}, channels, channels, count,
                            y.data());
  }

  /// dx = W_q' dq and dc = W_k' dk + W_v' dv, of what the attention hands back of W_o' dy
  template <class T>
  void input_gradient(Shapes shapes, const auto& values, auto& gradients, const Training<T>& training) const {
    const Sizes size(*this, shapes);
    const kernels::Attention& attention = size.attention;
    const auto kept = room_in(training.memory.values, attention, training);
    const auto handed = room_in(training.memory.gradients, attention, training);
    const Index samples = values.output.cols(), channels = size.channels, keys = size.key_rows;
    const Index count = attention.steps * samples, key_count = attention.key_steps * samples;
    const T* W = values.parameters.data();
    std::fill_n(handed.heads, channels * count, T(0));
    kernels::add_product<T>(1, {W + size.out_weight, channels, 1}, {gradients.output.data(), 1, channels}, channels,
                            channels, count, handed.heads);
    std::fill_n(handed.queries, channels * count, T(0));
    std::fill_n(handed.keys, 2 * keys * key_count, T(0));
    for (Index i = 0; i < samples; ++i) {
      const auto of = kept.next(attention, i), back = handed.next(attention, i);
      of_sample(attention, values.input, i, training.first_sample)
          .template add_backward<T>({of.queries, channels}, {of.keys, 2 * keys}, of.weights, back.heads, back.weights,
                                    {back.queries, channels}, {back.keys, 2 * keys});
    }
    if (gradients.wanted == InputGradient::none) return;
    for (Index k = 0; k < gradients.input.size(); ++k) gradients.input[k].setZero();  // lengths have none
    T *dx = gradients.input[0].data(), *dcontext = gradients.input[1].data();
    kernels::add_product<T>(1, {W, size.query_pitch, 1}, {handed.queries, 1, channels}, channels, channels, count, dx);
    kernels::add_product<T>(1, {W + size.key, size.key_pitch, 1}, {handed.keys, 1, 2 * keys}, size.context_channels,
                            keys, key_count, dcontext);
    kernels::add_product<T>(1, {W + size.value, size.key_pitch, 1}, {handed.keys + keys, 1, 2 * keys},
                            size.context_channels, keys, key_count, dcontext);
  }

  /// Of all products. A shard is some columns of W_q, and of W_k and W_v where these are one matrix with it; all others
  /// come with the last shard.
  template <class T>
  void add_parameter_gradient(Shapes shapes, const auto& values, const auto& gradients, T* target, T scale, Shard shard,
                              const Training<T>& training) const {
    const Sizes size(*this, shapes);
    const kernels::Attention& attention = size.attention;
    const auto kept = room_in(training.memory.values, attention, training);
    const auto handed = room_in(training.memory.gradients, attention, training);
    const Index samples = values.output.cols(), channels = size.channels, keys = size.key_rows;
    const Index count = attention.steps * samples, key_count = attention.key_steps * samples;
    const T *x = values.input[0].data(), *context = values.input[1].data(), *dy = gradients.output.data();
    const Index first = shard.first(channels), last = shard.last(channels);
    kernels::add_product<T>(scale, {handed.queries, 1, channels}, {x + first, channels, 1}, channels, count,
                            last - first, target + first * size.query_pitch, size.query_pitch);
    const auto add_of_context = [&](const T* dkeys, T* to, Index from, Index columns) {
      kernels::add_product<T>(scale, {dkeys, 1, 2 * keys}, {context + from, size.context_channels, 1}, keys, key_count,
                              columns, to + from * size.key_pitch, size.key_pitch);
    };
    if (size.is_one_matrix || shard.is_last()) {
      const Index from = size.is_one_matrix ? first : 0;
      const Index columns = size.is_one_matrix ? last - first : size.context_channels;
      add_of_context(handed.keys, target + size.key, from, columns);
      add_of_context(handed.keys + keys, target + size.value, from, columns);
    }
    if (!shard.is_last()) return;
    kernels::add_product<T>(scale, {dy, 1, channels}, {kept.heads, channels, 1}, channels, count, channels,
                            target + size.out_weight);
    if (!options_.bias) return;
    kernels::subtract_sum_of_columns<T>(handed.queries, channels, count, -scale, target + size.in_bias);
    kernels::subtract_sum_of_columns<T>(handed.keys, 2 * keys, key_count, -scale, target + size.in_bias + channels);
    for (Index i = 0; i < samples; ++i)
      kernels::subtract_sum_of_columns<T>(dy + i * attention.steps * channels, channels,
                                          of_sample(attention, values.input, i, training.first_sample).steps, -scale,
                                          target + size.out_bias);
  }

  static void for_each_option(auto& layer, auto option) {
    option("heads", layer.heads_);
    option("key_value_heads", layer.options_.key_value_heads);
    option("bias", layer.options_.bias);
  }
  constexpr bool operator==(const CrossAttention&) const = default;

 private:
  // Of the inputs and tensors, and where these stand in the parameters.
  struct Sizes {
    kernels::Attention attention;
    Index channels, context_channels;
    Index key_rows;  // of the matrix of the keys, and of that of the values
    Index rows;      // of all matrices before the heads
    bool is_one_matrix;
    Index query_pitch, key_pitch;  // from a column to the next
    Index key, value, in_bias, out_weight, out_bias;

    constexpr Sizes(const CrossAttention& layer, Shapes inputs)
        : attention{.steps = checked_product(inputs[0].height, inputs[0].width),
                    .heads = layer.heads_,
                    .key_value_heads = detail::key_value_heads_of(layer.heads_, layer.options_.key_value_heads),
                    .head_size = inputs[0].channels / layer.heads_,
                    .key_steps = checked_product(inputs[1].height, inputs[1].width)},
          channels(inputs[0].channels),
          context_channels(inputs[1].channels),
          key_rows(checked_product(attention.key_value_heads, attention.head_size)),
          rows(checked_sum(channels, checked_product(2, key_rows))),
          is_one_matrix(channels == context_channels),
          query_pitch(is_one_matrix ? rows : channels),
          key_pitch(is_one_matrix ? rows : key_rows),
          key(is_one_matrix ? channels : checked_product(channels, channels)),
          value(is_one_matrix ? channels + key_rows : checked_sum(key, checked_product(key_rows, context_channels))),
          in_bias(is_one_matrix ? checked_product(rows, channels)
                                : checked_sum(value, checked_product(key_rows, context_channels))),
          out_weight(checked_sum(in_bias, layer.options_.bias ? rows : 0)),
          out_bias(checked_sum(out_weight, checked_product(channels, channels))) {}
  };

  // From the first sample of a pass on.
  template <class T>
  struct Room {
    T *queries, *keys, *weights, *heads;

    Room next(const kernels::Attention& attention, Index samples) const {
      return {queries + samples * attention.steps * attention.width(),
              keys + samples * attention.key_steps * attention.cached(), weights + samples * attention.weight_count(),
              heads + samples * attention.steps * attention.width()};
    }
  };
  template <class T>
  static Room<T> room_in(T* memory, const kernels::Attention& attention, const auto& mode) {
    const Room<T> none{memory, memory, memory, memory}, end = none.next(attention, mode.memory.samples);
    T *const keys = end.queries, *const weights = keys + (end.keys - memory),
             *const heads = weights + (end.weights - memory);
    return Room<T>{memory, keys, weights, heads}.next(attention, mode.first_sample);
  }

  // Without the steps behind the lengths, and without queries that may look nowhere.
  static kernels::Attention of_sample(kernels::Attention attention, const auto& inputs, Index sample, Index first) {
    const auto length = [&](Index k, Index most) {
      return inputs.size() <= k ? most
                                : whole_number(inputs[k].data()[sample], most, "CrossAttention: the length of sample ",
                                               first + sample, " in input ", k);
    };
    attention.key_steps = length(2, attention.key_steps);
    attention.steps = length(3, attention.steps);
    if (attention.key_steps == 0) attention.steps = 0;
    return attention;
  }

  Index heads_;
  CrossAttentionOptions options_;
};

}  // namespace nn
