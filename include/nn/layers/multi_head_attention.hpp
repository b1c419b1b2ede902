// SPDX-License-Identifier: MIT
// y = W_o attention(W x + b) + b_o: every step looks at the others
#pragma once

#include <concepts>
#include <string_view>
#include <type_traits>

#include <nn/core/layer.hpp>
#include <nn/kernels/attention.hpp>
#include <nn/kernels/patch_weight_gradient.hpp>
#include <nn/kernels/patches.hpp>
#include <nn/layers/base/attention_heads.hpp>

namespace nn {

struct AttentionOptions {
  bool causal = false;        ///< a step looks at itself and those before it
  Index key_value_heads = 0;  ///< fewer than heads share keys and values (Ainslie et al. 2023); 0 for as many
  bool rotary = false;        ///< queries and keys are turned by their position (Su et al. 2021)
  Index rotary_base = 10000;  ///< of the angles
  bool bias = true;
  constexpr bool operator==(const AttentionOptions&) const = default;
};

/// The heads and options of a MultiHeadAttention.
struct AttentionSettings {
  Index heads = 1;
  AttentionOptions options;
  constexpr bool operator==(const AttentionSettings&) const = default;
};

namespace detail {

// Derived gives settings(). Its memory holds queries, keys and values; the weights; what the heads put out: each for
// the whole batch.
template <class Derived>
struct AttentionLayer {
  static constexpr std::string_view name() { return "MultiHeadAttention"; }

  constexpr Shape output_shape(Shape input) const {
    const auto [heads, options] = settings();
    require_heads(name(), input.channels, heads, options.key_value_heads);
    if (options.rotary && (input.channels / heads % 2 != 0 || options.rotary_base < 1))
      throw shape_error("MultiHeadAttention: rotary positions turn pairs of channels, but a head has ",
                        input.channels / heads, ", and the base is ", options.rotary_base,
                        "; use an even number and a base of at least 1");
    return input;
  }
  constexpr void tensors(Shape input, auto tensor) const {
    tensor({"in_proj_weight", rows(input), input.channels, Role::weight});
    if (settings().options.bias) tensor({"in_proj_bias", rows(input), 1, Role::bias});
    const Dimension columns{.size = input.channels, .stride = input.channels};  // the heads', not the input's
    tensor({"out_proj.weight", input.channels, input.channels, Role::weight, {{.size = input.channels}, columns}});
    if (settings().options.bias) tensor({"out_proj.bias", input.channels, 1, Role::bias});
  }
  /// The keys and values of all steps, and the weights of one head.
  constexpr Streaming streaming(Shape step) const {
    if (!settings().options.causal) return {};
    return {StepOutput::each, 0, checked_sum(attention_of(step).cached(), 1)};
  }
  constexpr Index memory_size(Shape input) const {
    const Index steps = checked_product(input.height, input.width);
    const Index per_step =
        checked_sum(checked_sum(rows(input), checked_product(settings().heads, steps)), input.channels);
    return checked_product(steps, per_step);
  }

  void initialize(Shape input, auto&& parameters, const Initializer&, Random& random) const {
    using T = typename std::remove_cvref_t<decltype(parameters)>::Scalar;
    const Index channels = input.channels;
    constexpr Initializer of_linear{.distribution = Initializer::Distribution::uniform, .gain = 1.0 / 3};
    const Places at = places(input);
    parameters.setZero();
    glorot_uniform(MatrixView<T>(parameters.data(), rows(input), channels), channels, rows(input), random);
    of_linear(MatrixView<T>(parameters.data() + at.out_weight, channels, channels), channels, channels, random);
  }

  void forward(Shape input, const auto& parameters, const auto& x, auto&& y, const auto& mode) const {
    using T = typename std::remove_cvref_t<decltype(x)>::Scalar;
    const kernels::Attention attention = attention_of(input);
    const Places at = places(input);
    const auto kept = room_in(mode.memory.values, attention, mode);
    const Index count = attention.steps * x.cols(), channels = input.channels, width = rows(input);
    const bool bias = settings().options.bias;
    const T* W = parameters.data();
    kernels::repeat(bias ? W + at.in_bias : nullptr, width, count, kept.x);
    kernels::add_product<T>(1, {W, 1, width}, {x.data(), 1, channels}, width, channels, count, kept.x);
    turn(kept.x, attention, x.cols(), 1, steps_before(mode));
    if (!forward_next(attention, kept, mode))
      for (Index i = 0; i < x.cols(); ++i)
        attention.forward(kept.x + i * attention.steps * width, kept.weights + i * attention.weight_count(),
                          kept.y + i * attention.steps * channels);
    kernels::repeat(bias ? W + at.out_bias : nullptr, channels, count, y.data());
    kernels::add_product<T>(1, {W + at.out_weight, 1, channels}, {kept.y, 1, channels}, channels, channels, count,
                            y.data());
  }

  /// dx = W' (what the attention hands back of W_o' dy)
  template <class T>
  void input_gradient(Shape input, const auto& values, auto& gradients, const Training<T>& training) const {
    const kernels::Attention attention = attention_of(input);
    const Places at = places(input);
    const auto kept = room_in(training.memory.values, attention, training);
    const auto handed = room_in(training.memory.gradients, attention, training);
    const Index samples = values.input.cols(), count = attention.steps * samples;
    const Index channels = input.channels, width = rows(input);
    const T* W = values.parameters.data();
    std::fill_n(handed.y, channels * count, T(0));
    kernels::add_product<T>(1, {W + at.out_weight, channels, 1}, {gradients.output.data(), 1, channels}, channels,
                            channels, count, handed.y);
    for (Index i = 0; i < samples; ++i)
      attention.backward(static_cast<const T*>(kept.x + i * attention.steps * width),
                         static_cast<const T*>(kept.weights + i * attention.weight_count()),
                         static_cast<const T*>(handed.y + i * attention.steps * channels),
                         handed.weights + i * attention.weight_count(), handed.x + i * attention.steps * width);
    turn(handed.x, attention, samples, -1);
    if (gradients.wanted == InputGradient::none) return;
    std::fill_n(gradients.input.data(), channels * count, T(0));
    kernels::add_product<T>(1, {W, width, 1}, {handed.x, 1, width}, channels, width, count, gradients.input.data());
  }

  /// Of both products; W_o and the biases come with the last shard.
  template <class T>
  void add_parameter_gradient(Shape input, const auto& values, const auto& gradients, T* target, T scale, Shard shard,
                              const Training<T>& training) const {
    const kernels::Attention attention = attention_of(input);
    const Places at = places(input);
    const auto kept = room_in(training.memory.values, attention, training);
    const auto handed = room_in(training.memory.gradients, attention, training);
    const Index count = attention.steps * values.input.cols(), channels = input.channels, width = rows(input);
    const Index first = shard.first(channels), last = shard.last(channels);
    const T* dy = gradients.output.data();
    kernels::add_product<T>(scale, {handed.x, 1, width}, {values.input.data() + first, channels, 1}, width, count,
                            last - first, target + first * width);
    if (!shard.is_last()) return;
    kernels::add_product<T>(scale, {dy, 1, channels}, {kept.y, channels, 1}, channels, count, channels,
                            target + at.out_weight);
    if (!settings().options.bias) return;
    kernels::subtract_sum_of_columns<T>(handed.x, width, count, -scale, target + at.in_bias);
    kernels::subtract_sum_of_columns<T>(dy, channels, count, -scale, target + at.out_bias);
  }

  static void for_each_option(auto& layer, auto option) {
    auto&& settings = layer.settings();
    option("heads", settings.heads);
    option("causal", settings.options.causal);
    option("key_value_heads", settings.options.key_value_heads);
    option("rotary", settings.options.rotary);
    option("rotary_base", settings.options.rotary_base);
    option("bias", settings.options.bias);
  }
  constexpr bool operator==(const AttentionLayer&) const = default;

 private:
  // Of the tensors after the first, in the parameters.
  struct Places {
    Index in_bias, out_weight, out_bias;
  };
  template <class T>
  struct Room {
    T *x, *weights, *y;
  };

  constexpr AttentionSettings settings() const { return static_cast<const Derived&>(*this).settings(); }
  constexpr Index key_value_heads() const {
    return key_value_heads_of(settings().heads, settings().options.key_value_heads);
  }
  constexpr kernels::Attention attention_of(Shape input) const {
    const Index steps = input.height * input.width;
    return {.steps = steps,
            .heads = settings().heads,
            .key_value_heads = key_value_heads(),
            .head_size = input.channels / settings().heads,
            .is_causal = settings().options.causal,
            .key_steps = steps};
  }
  // Of W: queries, keys and values.
  constexpr Index rows(Shape input) const {
    const Index head_size = input.channels / settings().heads;
    return checked_sum(input.channels, checked_product(2 * key_value_heads(), head_size));
  }
  constexpr Places places(Shape input) const {
    const Index channels = input.channels, bias = settings().options.bias ? 1 : 0, in_bias = rows(input) * channels;
    const Index out_weight = in_bias + bias * rows(input);
    return {in_bias, out_weight, out_weight + channels * channels};
  }

  // The room of the first sample of this pass.
  template <class T>
  static Room<T> room_in(T* memory, const kernels::Attention& attention, const auto& mode) {
    const Index first = mode.first_sample, samples = mode.memory.samples, steps = attention.steps;
    T* weights = memory + steps * attention.pitch() * samples;
    T* y = weights + attention.weight_count() * samples;
    return {memory + first * steps * attention.pitch(), weights + first * attention.weight_count(),
            y + first * steps * attention.width()};
  }

  // Of a step of a stream; returns whether it is one.
  template <class T>
  static bool forward_next(const kernels::Attention& attention, const Room<T>& kept, const auto& mode) {
    if constexpr (requires { mode.carried; })
      if (T* cache = mode.carried.numbers; cache != nullptr) {
        T* weights = cache + attention.cached() * mode.carried.most_steps;
        attention.forward_next(static_cast<const T*>(kept.x), mode.carried.steps_before, cache, weights, kept.y);
        return true;
      }
    return false;
  }

  template <class T>
  void turn(T* x, const kernels::Attention& attention, Index samples, int direction, Index first = 0) const {
    if (settings().options.rotary)
      kernels::rotate(x, attention.steps, attention.pitch(), attention.heads + attention.key_value_heads,
                      attention.head_size, samples, static_cast<double>(settings().options.rotary_base), direction,
                      first);
  }
};

}  // namespace detail

/// Self attention (Vaswani et al. 2017) over 1 x time x channels: MultiHeadAttention<4>, MultiHeadAttention<4,
/// AttentionOptions{.causal = true}>, and with the heads given at run time MultiHeadAttention{4, {.causal = true}}. Any
/// number of steps comes in, as many go out. The tensors, their names and their first values are PyTorch's, whatever
/// the network's initializer: "in_proj_weight" (queries, then keys, then values, from x), "in_proj_bias",
/// "out_proj.weight", "out_proj.bias". Throws shape_error where the channels do not make equal heads.
template <Index Heads = dynamic, AttentionOptions Options = AttentionOptions{}>
struct MultiHeadAttention : detail::AttentionLayer<MultiHeadAttention<Heads, Options>> {
  static constexpr AttentionSettings settings() { return {Heads, Options}; }
  constexpr bool operator==(const MultiHeadAttention&) const = default;
};

template <>
struct MultiHeadAttention<> : detail::AttentionLayer<MultiHeadAttention<>> {
  constexpr explicit MultiHeadAttention(std::integral auto heads, AttentionOptions options = {})
      : settings_{static_cast<Index>(heads), options} {}
  constexpr AttentionSettings settings() const { return settings_; }
  constexpr AttentionSettings& settings() { return settings_; }
  constexpr bool operator==(const MultiHeadAttention&) const = default;

 private:
  AttentionSettings settings_;
};

template <std::integral Heads>
MultiHeadAttention(Heads, AttentionOptions = {}) -> MultiHeadAttention<>;

}  // namespace nn
