// SPDX-License-Identifier: MIT
// The contract of a layer: a small value that holds hyper-parameters, and pure functions of shape, parameters and
// input.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <nn/core/initializer.hpp>
#include <nn/core/shape.hpp>
#include <nn/core/tensor.hpp>
#include <nn/core/views.hpp>

namespace nn {

/// One of several shares of a layer's parameters, which threads work on at once: some columns of the first tensor, and
/// with the last shard all that follows it. Where a layer shares_all_columns, some of the columns of all its tensors.
struct Shard {
  Index index = 0;
  Index count = 1;

  /// The columns of this shard, from first to before last.
  constexpr Index first(Index columns) const { return columns * index / count; }
  constexpr Index last(Index columns) const { return columns * (index + 1) / count; }
  constexpr bool is_last() const { return index + 1 == count; }
};

/// Which part of its input's gradient a layer is asked for.
enum class InputGradient {
  none,           ///< the first layer: nobody is there to read it
  where_nonzero,  ///< the layer before is flat where its output is zero, so what stands there is not read
  all
};

/// What a layer saw on the way forward: its parameters (a flat view), input and output (features x samples).
template <class Parameters, class Input, class Output>
struct Values {
  Parameters parameters;
  Input input;
  Output output;
};
template <class Parameters, class Input, class Output>
Values(Parameters, Input, Output) -> Values<Parameters, Input, Output>;

/// The gradients of the loss, each with the shape of its value: output is given, input is written, parameters is added
/// to.
template <class Parameters, class Input, class Output>
struct Gradients {
  Parameters parameters;
  Input input;
  Output output;
  InputGradient wanted = InputGradient::all;
};
template <class Parameters, class Input, class Output>
Gradients(Parameters, Input, Output, InputGradient) -> Gradients<Parameters, Input, Output>;

/// Room that a layer has asked for by memory_size: so many numbers for every sample of the batch, kept from forward to
/// backward, and as many for their gradients.
template <class T>
struct Memory {
  T* values = nullptr;
  T* gradients = nullptr;
  Index samples = 0;  ///< of the whole batch, of which a layer may be given a part
};

/// What comes out of a layer when the steps of a sequence come one at a time (nn::Stream).
enum class StepOutput {
  none,  ///< it needs other steps than those so far, or does not say
  each,  ///< one step for each
  last   ///< one for all steps so far: what follows reads no sequence
};
/// How a layer works on such a sequence.
struct Streaming {
  StepOutput output = StepOutput::none;
  Index carried = 0;           ///< numbers that it carries from a step to the next
  Index carried_per_step = 0;  ///< and for each step that the sequence may have
  bool is_in_pieces = false;   ///< it can also be trained on one piece of a sequence after the other
  constexpr bool operator==(const Streaming&) const = default;
};
inline constexpr Streaming each_step_alone{.output = StepOutput::each, .is_in_pieces = true};

/// What a layer has carried to the step at hand, and leaves for the next. Null where it carries nothing, or sees a
/// whole sequence; zeros at the first step. Training on pieces of sequences has such numbers for every sample of the
/// batch, and keeps those of the beginning for the way back.
template <class T>
struct Carried {
  T* numbers = nullptr;
  Index steps_before = 0;
  Index most_steps = 0;  ///< that the sequence may have
  Index stride = 0;      ///< from the numbers of one sample to those of the next
  Index next = 0;        ///< from them to where those for the next step are left
};

/// What a pass brings besides parameters and input, seen by layers that ask for it: numbers that are kept but not
/// learned (a layer's slice of the network's state), the number of the first sample in its batch, and the memory.
template <class T>
struct Inference {
  const T* state = nullptr;
  Index first_sample = 0;
  Memory<T> memory = {};
  Carried<T> carried = {};
};
/// In training the state may change, and what is random is drawn from the seed of this update and the number of the
/// sample in its batch, so that it does not depend on which thread computes it. A pass back takes the same as the pass
/// forward.
template <class T>
struct Training {
  T* state = nullptr;
  std::uint64_t seed = 0;
  Index first_sample = 0;
  Memory<T> memory = {};
  bool is_frozen = false;         ///< statistics are used as they are and kept: BatchNorm as in use
  bool is_random = true;          ///< false: nothing is drawn, Dropout drops nothing
  Carried<T> carried = {};        ///< from the piece of a sequence before
  const bool* freezes = nullptr;  ///< one per layer of the network, seen by mode_of alone: which layers are frozen
};

/// The gradient of the loss of a network in use: nothing is random and no statistic moves. The state is only read.
template <class T>
Training<T> deterministic(T* state) {
  return {.state = state, .is_frozen = true, .is_random = false};
}

/// A layer in words and numbers, for files and summaries.
struct Description {
  std::string type;
  std::vector<std::pair<std::string, double>> options;
  bool operator==(const Description&) const = default;
};

namespace detail {

template <class L>
concept HasName = requires(const L& layer) {
  { layer.name() } -> std::convertible_to<std::string_view>;
};
template <class L>
concept HasOutputShape = requires(const L& layer, Shape shape) {
  { layer.output_shape(shape) } -> std::same_as<Shape>;
};
template <class L, class T = float>
concept HasForward = requires(const L& layer, Shape shape, ConstVectorView<T> parameters, ConstMatrixView<T> x,
                              MatrixView<T> y) {
  requires requires { layer.forward(shape, parameters, x, y); } || requires {
    layer.forward(shape, parameters, x, y, Inference<T>{});
  };
};
template <class L>
concept HasOwnBackward =
    requires(const L& layer, Shape shape,
             const Values<ConstVectorView<float>, ConstMatrixView<float>, ConstMatrixView<float>>& values,
             Gradients<VectorView<float>, MatrixView<float>, ConstMatrixView<float>>& gradients) {
  requires requires { layer.backward(shape, values, gradients); } || requires {
    layer.backward(shape, values, gradients, Training<float>{});
  };
};

}  // namespace detail

/// Whether a layer's backward pass comes in two halves, the gradient of its input and that of its parameters.
template <class L>
concept HasShards =
    requires(const L& layer, Shape shape,
             const Values<ConstVectorView<float>, ConstMatrixView<float>, ConstMatrixView<float>>& values,
             Gradients<VectorView<float>, MatrixView<float>, ConstMatrixView<float>>& gradients, float* target) {
  requires requires { layer.input_gradient(shape, values, gradients); } || requires {
    layer.input_gradient(shape, values, gradients, Training<float>{});
  };
  requires requires { layer.add_parameter_gradient(shape, values, gradients, target, 1.0F, Shard{}); } || requires {
    layer.add_parameter_gradient(shape, values, gradients, target, 1.0F, Shard{}, Training<float>{});
  };
};

namespace detail {
template <class L>
concept HasBackward = HasOwnBackward<L> || HasShards<L>;
// As the layers of version 0.1 did.
template <class L>
concept HasCounts = requires(const L& layer, Shape shape) {
  requires requires { layer.parameter_count(shape); } || requires {
    layer.state_count(shape);
  };
};
}  // namespace detail

/// A layer says its name, derives the shape of its output (and throws shape_error where the input does not fit), and
/// works forward and backward on views. Backward comes in two halves:
///   input_gradient(Shape input, values, gradients)
///       writes gradients.input, as far as it is wanted
///   add_parameter_gradient(Shape input, values, gradients, target, scale, Shard)
///       target += scale times the gradient of some parameters; see Dense. It is not shown the parameters: what it
///       needs of them, the way forward or input_gradient keeps in the memory
/// from which a training step on several threads and plain SGD follow, or as
///   backward(Shape input, values, gradients)
///       both at once; with parameters, on one thread
/// It may also have
///   void tensors(Shape input, auto tensor) const
///       calls tensor(TensorShape{...}) for each array that it learns, and each statistic that it keeps
///   void initialize(Shape input, view, const Initializer&, Random&) const
///   void initialize_state(Shape input, view) const
///       first values of the parameters, and of the statistics; zeros when missing
///   void descend(Shape input, values, gradients, rate) const
///       backward and plain SGD step in one; see Dense
///   static void for_each_option(auto& layer, auto option)
///       calls option(name, layer.number) for each number that it holds, from which it can be built again; see
///       io/layer_table.hpp
///   void describe(auto option) const
///       in place of that: calls option(name, number), so that it can be saved only
///   forward(..., const Training<T>&), backward(..., const Training<T>&)
///       where training is another thing than use; the other ways back may take it, too
///   forward(..., const Inference<T>&)
///       in place of forward: reads its statistics
///   Index memory_size(Shape input) const
///       numbers per sample that it needs room for
///   Streaming streaming(Shape step) const
///       what comes out when a sequence comes step by step, and how many numbers it carries on, in Inference::carried;
///       without it only whole sequences can pass. The bits must be those of all steps at once. Where it says
///       is_in_pieces, its passes in Training read Training::carried
///   Index least_samples(Shape input) const
///       of a batch that it can train on; 1 when missing
///   Index multiply_adds(Shape input) const
///       forward, for one sample; when missing, each output is the sum over a row of the first tensor
///   static constexpr bool shares_all_columns = true
///       its tensors have equally many rows, and a Shard is some columns of all of them in a row
///   static constexpr bool keeps_shape = true
///       its options do not change the output's shape
///   static constexpr bool is_flat_where_zero = true
///       its slope is 0 where its output is 0, and its backward reads no gradient there
/// A container of layers has Block as its base and says all that its Place holds at once. A layer of several inputs is
/// a MergeLayer, see core/inputs.hpp.
///
/// The list of its tensors is all that files, checkpoints, weight decay and threads need to know of its parameters.
/// Files also hold its name() and its options, and refuse a network that differs in these.
/// Every function may be called by several threads at once.
template <class L>
concept Layer = std::copyable<L> && std::equality_comparable<L> && detail::HasName<L> && detail::HasOutputShape<L> &&
    detail::HasForward<L> && detail::HasBackward<L>;

namespace detail {

// Does not compile where something is missing, and says what.
template <class L>
constexpr bool require_layer() {
  static_assert(std::copyable<L>, "nn: this is no layer: it cannot be copied and assigned; see nn/core/layer.hpp");
  static_assert(std::equality_comparable<L>,
                "nn: this is no layer: it lacks `bool operator==(const ThisLayer&) const = default`; see "
                "nn/core/layer.hpp");
  static_assert(HasName<L>,
                "nn: this is no layer: it lacks `static constexpr std::string_view name()`; see nn/core/layer.hpp");
  static_assert(HasOutputShape<L>,
                "nn: this is no layer: it lacks `constexpr nn::Shape output_shape(nn::Shape input) const`; see "
                "nn/core/layer.hpp");
  static_assert(HasForward<L> || !HasForward<L, double>,
                "nn: this layer's forward takes numbers of type double alone, but networks of float and the checks of "
                "gradients ask it, too: write `void forward(nn::Shape input, const auto& parameters, const auto& x, "
                "auto&& y) const`; see nn/core/layer.hpp");
  static_assert(HasForward<L>,
                "nn: this is no layer: it lacks `void forward(nn::Shape input, const auto& parameters, const auto& x, "
                "auto&& y) const`; see nn/core/layer.hpp");
  static_assert(HasBackward<L>,
                "nn: this is no layer: it lacks `void backward(nn::Shape input, const auto& values, auto& gradients) "
                "const`; see nn/core/layer.hpp");
  static_assert(!HasCounts<L>,
                "nn: this layer counts its parameters, but has to name them: replace parameter_count, weight_shape and "
                "state_count by `void tensors(nn::Shape input, auto tensor) const`; see nn/core/layer.hpp");
  return true;
}

}  // namespace detail

/// The first entry of a network: says the shape of one sample.
template <class L>
concept InputLayer = requires(const L& layer) {  // first: whether a network can be copied must not be asked while it is
  { layer.shape() } -> std::same_as<Shape>;
}
&&std::copyable<L>;

template <class L>
concept HasDescend = requires(const L& layer, Shape shape,
                              const Values<VectorView<float>, ConstMatrixView<float>, ConstMatrixView<float>>& values,
                              Gradients<VectorView<float>, MatrixView<float>, ConstMatrixView<float>>& gradients) {
  layer.descend(shape, values, gradients, 1.0F);
};

/// Whether the type alone says which shape comes out.
template <class L>
inline constexpr bool shape_is_in_type = std::is_empty_v<L> || requires {
  requires L::keeps_shape;
};

/// Whether threads share the columns of all its tensors.
template <class L>
inline constexpr bool shares_all_columns = requires {
  requires L::shares_all_columns;
};

/// How many numbers per sample the layer needs room for.
template <class L>
constexpr Index memory_size(const L& layer, const auto& input) {
  if constexpr (requires { layer.memory_size(input); }) return layer.memory_size(input);
  return 0;
}

/// How the layer works on a sequence that comes step by step.
template <class L>
constexpr Streaming streaming(const L& layer, const auto& input) {
  if constexpr (requires { layer.streaming(input); }) return layer.streaming(input);
  return {};
}

/// How many steps of a sequence have come before those at hand.
template <class Mode>
constexpr Index steps_before(const Mode& mode) {
  if constexpr (requires { mode.carried; }) return mode.carried.steps_before;
  return 0;
}

/// How many samples a batch must have for the layer to train on it.
template <class L>
constexpr Index least_samples(const L& layer, const auto& input) {
  if constexpr (requires { layer.least_samples(input); }) return layer.least_samples(input);
  return 1;
}

/// Forward in a mode, Inference or Training, where the layer tells them apart.
template <class L, class Mode>
void forward(const L& layer, const auto& input, const auto& parameters, const auto& x, auto&& y, const Mode& mode) {
  if constexpr (requires { layer.forward(input, parameters, x, y, mode); })
    layer.forward(input, parameters, x, y, mode);
  else
    layer.forward(input, parameters, x, y);
}

/// dx is written, as far as it is wanted; of a layer that has two halves or no parameters.
template <class L, class T>
void input_gradient(const L& layer, const auto& input, const auto& values, auto& gradients,
                    const Training<T>& training) {
  if constexpr (requires { layer.input_gradient(input, values, gradients, training); })
    layer.input_gradient(input, values, gradients, training);
  else if constexpr (requires { layer.input_gradient(input, values, gradients); })
    layer.input_gradient(input, values, gradients);
  else if constexpr (requires { layer.backward(input, values, gradients, training); })
    layer.backward(input, values, gradients, training);
  else
    layer.backward(input, values, gradients);
}

/// target += scale * gradient for one shard of the parameters, once all input gradients are written. The parameters are
/// not shown: the target may be the parameters themselves, or other threads may already be changing them.
template <class L, class T>
void add_parameter_gradient(const L& layer, const auto& input, const auto& values, const auto& gradients, T* target,
                            T scale, Shard shard, const Training<T>& training) {
  using Parameters = std::remove_cvref_t<decltype(values.parameters)>;
  const Values seen{Parameters(nullptr, 0), values.input, values.output};
  if constexpr (requires { layer.add_parameter_gradient(input, seen, gradients, target, scale, shard, training); })
    layer.add_parameter_gradient(input, seen, gradients, target, scale, shard, training);
  else if constexpr (requires { layer.add_parameter_gradient(input, seen, gradients, target, scale, shard); })
    layer.add_parameter_gradient(input, seen, gradients, target, scale, shard);
}

/// The whole way back after a forward in training: both halves.
template <class L, class T>
void backward(const L& layer, const auto& input, const auto& values, auto& gradients, const Training<T>& training) {
  if constexpr (requires { layer.backward(input, values, gradients, training); }) {
    layer.backward(input, values, gradients, training);
  } else if constexpr (requires { layer.backward(input, values, gradients); }) {
    layer.backward(input, values, gradients);
  } else {
    nn::input_gradient(layer, input, values, gradients, training);
    nn::add_parameter_gradient(layer, input, values, gradients, gradients.parameters.data(), T(1), Shard{}, training);
  }
}

/// Backward and plain SGD step in one, of a layer that can do both at once, has two halves, or no parameters.
template <class L, class T>
void descend(const L& layer, const auto& input, const auto& values, auto& gradients, T rate,
             const Training<T>& training) {
  if constexpr (requires { layer.descend(input, values, gradients, rate, training); }) {
    layer.descend(input, values, gradients, rate, training);
  } else if constexpr (requires { layer.descend(input, values, gradients, rate); }) {
    layer.descend(input, values, gradients, rate);
  } else if constexpr (
      requires { layer.input_gradient(input, values, gradients, training); } ||
      requires { layer.input_gradient(input, values, gradients); }) {
    auto parameters = values.parameters;
    nn::input_gradient(layer, input, values, gradients, training);
    nn::add_parameter_gradient(layer, input, values, gradients, parameters.data(), -rate, Shard{}, training);
  } else {
    nn::backward(layer, input, values, gradients, training);
  }
}

/// The first values of the parameters, by the layer's own rule; zeros where it has none.
template <class L, class T>
void initialize(const L& layer, const auto& input, VectorView<T> parameters, const Initializer& initializer,
                Random& random) {
  if constexpr (requires { layer.initialize(input, parameters, initializer, random); })
    layer.initialize(input, parameters, initializer, random);
  else
    std::fill_n(parameters.data(), parameters.size(), T(0));
}

/// And of the state.
template <class L, class T>
void initialize_state(const L& layer, const auto& input, VectorView<T> state) {
  if constexpr (requires { layer.initialize_state(input, state); })
    layer.initialize_state(input, state);
  else
    std::fill_n(state.data(), state.size(), T(0));
}

template <class L>
constexpr bool is_flat_where_zero(const L& layer) {
  if constexpr (requires {
                  { layer.is_flat_where_zero } -> std::convertible_to<bool>;
                })
    return layer.is_flat_where_zero;
  return false;
}

template <class L>
Description describe(const L& layer) {
  if constexpr (requires { layer.description(); }) return layer.description();  // AnyLayer asks the layer inside
  Description description{.type = std::string(layer.name()), .options = {}};
  const auto add = [&](const char* name, const auto& number) {
    description.options.emplace_back(name, static_cast<double>(number));
  };
  if constexpr (requires { L::for_each_option(layer, add); })
    L::for_each_option(layer, add);
  else if constexpr (requires { layer.describe(add); })
    layer.describe(add);
  return description;
}

}  // namespace nn
