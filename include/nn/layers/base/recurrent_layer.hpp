// SPDX-License-Identifier: MIT
// What the layers have in common that read a sequence step after step.
#pragma once

#include <algorithm>
#include <cmath>
#include <string_view>
#include <type_traits>

#include <nn/core/finite.hpp>
#include <nn/core/random.hpp>
#include <nn/layers/base/recurrence.hpp>

namespace nn {

namespace detail {

// Orthonormal columns, by Gram and Schmidt, each operation rounded alike everywhere.
template <class T>
void draw_orthogonal(MatrixView<T> W, Random& random) {
  Matrix<double> columns(W.rows(), W.cols());
  const auto dot = [&](Index a, Index b) {
    double sum = 0;
    for (Index i = 0; i < W.rows(); ++i) sum = rounded_sum(sum, rounded_product(columns(i, a), columns(i, b)));
    return sum;
  };
  for (Index j = 0; j < W.cols(); ++j) {
    for (Index i = 0; i < W.rows(); ++i) columns(i, j) = random.normal();
    for (Index earlier = 0; earlier < j; ++earlier) {
      const double share = dot(earlier, j);
      for (Index i = 0; i < W.rows(); ++i)
        columns(i, j) = rounded_sum(columns(i, j), -rounded_product(share, columns(i, earlier)));
    }
    const double length = rounded_root(dot(j, j));
    for (Index i = 0; i < W.rows(); ++i) {
      columns(i, j) = rounded_quotient(columns(i, j), length);
      W(i, j) = static_cast<T>(columns(i, j));
    }
  }
}

// The names that PyTorch gives the tensors of the two directions.
struct RecurrentNames {
  std::string_view input_weight, recurrent_weight, input_bias, recurrent_bias;
};
inline constexpr RecurrentNames forward_names{"weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"};
inline constexpr RecurrentNames reverse_names{"weight_ih_l0_reverse", "weight_hh_l0_reverse", "bias_ih_l0_reverse",
                                              "bias_hh_l0_reverse"};

// The options of a layer whose units are in its type, which says by itself how many parameters there are.
template <class Options>
constexpr Options with_bias(std::string_view who, Options options) {
  if (options.bias) return options;
  throw shape_error(who, ": with the units in its type it has biases; without, give the units at run time: ", who,
                    "{units, {.bias = false}}");
}

void for_each_recurrent_option(auto& layer, auto option) {
  option("units", layer.units.value());
  option("bias", layer.options.bias);
  option("recurrent_dropout", layer.options.recurrent_dropout);
  option("keras_start", layer.options.keras_start);
}

}  // namespace detail

/// The base of such a layer, which gives `units`, `options` and `cell()`; see recurrent_cell.hpp. It reads 1 x steps x
/// features and puts out h of every step, 1 x steps x units; its parameters do not depend on the number of steps. The
/// tensors are PyTorch's: weights of gates * units rows, for the features and for the units, and two biases.
template <class Derived>
struct RecurrentLayer {
  static constexpr bool shares_all_columns = true;

  /// Throws shape_error where the input is no sequence or an option makes no sense.
  constexpr Shape output_shape(Shape input) const {
    const std::string_view who = Derived::name();
    if (self().units.value() < 1)
      throw shape_error(who, ": needs at least 1 unit, got ", self().units.value(), "; give it more");
    require_sequence(who, input);
    const double rate = self().options.recurrent_dropout;
    if (!is_finite(rate) || rate < 0 || rate >= 1)
      throw shape_error(who, ": recurrent_dropout must be at least 0 and below 1, got ", rate, "; 0 drops nothing");
    return {1, input.width, self().units.value()};
  }

  constexpr void tensors(Shape input, auto tensor) const { tensors(input, tensor, detail::forward_names); }
  constexpr void tensors(Shape input, auto tensor, const detail::RecurrentNames& names) const {
    const Index units = self().units.value(), rows = checked_product(gates(), units);
    tensor(TensorShape{names.input_weight, rows, input.channels, Role::weight});
    tensor(TensorShape{
        names.recurrent_weight, rows, units, Role::weight, {{.size = rows}, {.size = units, .stride = rows}}});
    if (!self().options.bias) return;
    tensor(TensorShape{names.input_bias, rows, 1, Role::bias});
    tensor(TensorShape{names.recurrent_bias, rows, 1, Role::bias});
  }

  constexpr Index memory_size(Shape input) const { return memory_of(input).size; }
  constexpr Index multiply_adds(Shape input) const {
    const Index columns = checked_sum(input.channels, self().units.value());
    return checked_product(checked_product(checked_product(gates(), self().units.value()), columns), input.width);
  }

  /// Draws by a rule of its own, whatever the initializer of the network: all uniform within 1 / sqrt(units); or as
  /// Keras does, the weights of the input as Glorot and Bengio 2010, orthogonal ones for h, and biases 0, of a forget
  /// gate 1.
  void initialize(Shape input, auto&& parameters, const Initializer&, Random& random) const {
    using T = typename std::remove_cvref_t<decltype(parameters)>::Scalar;
    const detail::RecurrentParameters at = parameters_of(input);
    T* p = parameters.data();
    if (!self().options.keras_start) {
      const double limit = rounded_quotient(1, rounded_root(static_cast<double>(at.units)));
      for (Index i = 0; i < parameters.size(); ++i) p[i] = static_cast<T>(random.uniform(-limit, limit));
      return;
    }
    std::fill_n(p, parameters.size(), T(0));
    glorot_uniform(MatrixView<T>(p, at.rows, at.features), at.features, at.rows, random);
    detail::draw_orthogonal(MatrixView<T>(p + at.recurrent_weight(), at.rows, at.units), random);
    if (at.has_bias) self().cell().begin_bias(at.units, p + at.input_bias());
  }

  template <class T>
  void forward(Shape input, const auto& parameters, const auto& x, auto&& y, const Inference<T>& mode) const {
    pass(input, x.cols(), false, mode).forward(parameters.data(), x.data(), y.data());
  }
  /// h, and what the cell keeps: the cell of an LSTM.
  constexpr Streaming streaming(Shape) const {
    return {StepOutput::each, checked_product(checked_sum(1, self().cell().kept()), self().units.value()), 0, true};
  }

  template <class T>
  void forward(Shape input, const auto& parameters, const auto& x, auto&& y, const Training<T>& mode) const {
    const auto run = pass(input, x.cols(), false, mode);
    draw_mask(run, mode);
    run.forward(parameters.data(), x.data(), y.data());
  }

  /// Also leaves the gradients of all gates in the memory.
  template <class T>
  void input_gradient(Shape input, const auto& values, auto& gradients, const Training<T>& mode) const {
    T* dx = gradients.wanted == InputGradient::none ? nullptr : gradients.input.data();
    pass(input, values.input.cols(), false, mode)
        .input_gradient(values.parameters.data(), values.output.data(), gradients.output.data(), dx, false);
  }

  template <class T>
  void add_parameter_gradient(Shape input, const auto& values, const auto&, T* target, T scale, Shard shard,
                              const Training<T>& mode) const {
    const auto run = pass(input, values.input.cols(), false, mode);
    run.add_parameter_gradient(values.input.data(), target, scale, shard.first(run.at.columns()),
                               shard.last(run.at.columns()));
  }

  /// One direction over some samples, whose memory begins with what `mode` says; its outputs are among those of
  /// another direction where output_step is more than the units.
  template <class Mode>
  auto pass(Shape input, Index samples, bool is_reversed, const Mode& mode, Index output_step = 0) const {
    using T = std::remove_pointer_t<decltype(mode.memory.values)>;
    const Index units = self().units.value();
    bool has_mask = false;
    if constexpr (requires { mode.is_random; }) has_mask = mode.is_random && self().options.recurrent_dropout > 0;
    return detail::RecurrentPass<std::remove_cvref_t<decltype(self().cell())>, T>{
        .cell = self().cell(),
        .of = {.features = input.channels,
               .units = units,
               .steps = input.width,
               .samples = samples,
               .output_step = output_step == 0 ? units : output_step,
               .is_reversed = is_reversed},
        .at = parameters_of(input),
        .arrays = memory_of(input),
        .memory = mode.memory,
        .first_sample = mode.first_sample,
        .carried = mode.carried,
        .has_mask = has_mask};
  }

  /// What is dropped of h(t - 1), the same at all steps of a sample, drawn from the seed and the sample's number.
  template <class T>
  void draw_mask(const auto& run, const Training<T>& mode) const {
    if (!run.has_mask) return;
    const double rate = self().options.recurrent_dropout;
    const T kept = static_cast<T>(1 / (1 - rate));
    for (Index sample = 0; sample < run.of.samples; ++sample) {
      Random random(mode.seed + static_cast<std::uint64_t>(mode.first_sample + sample));
      T* mask = run.arrays.mask.in(mode.memory.values, mode.memory.samples, mode.first_sample + sample);
      for (Index i = 0; i < run.of.units; ++i) mask[i] = random.uniform() < rate ? T(0) : kept;
    }
  }

  constexpr bool operator==(const RecurrentLayer&) const = default;

 private:
  constexpr const Derived& self() const { return static_cast<const Derived&>(*this); }
  constexpr Index gates() const { return decltype(self().cell())::gate_count; }
  constexpr detail::RecurrentParameters parameters_of(Shape input) const {
    const Index units = self().units.value();
    return {gates() * units, input.channels, units, self().options.bias};
  }
  constexpr detail::RecurrentMemory memory_of(Shape input) const {
    return {self().cell(), self().units.value(), input.width};
  }
};

}  // namespace nn
