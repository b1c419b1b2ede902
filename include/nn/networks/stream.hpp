// SPDX-License-Identifier: MIT
// A sequence that comes step by step: what a network says after each, with what it carries from one to the next.
#pragma once

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <string>
#include <type_traits>

#include <nn/core/buffer.hpp>
#include <nn/networks/at_shape.hpp>
#include <nn/networks/pass.hpp>
#include <nn/networks/samples.hpp>

namespace nn {

struct StreamOptions {
  /// How long a sequence may get, which attention has to know: it looks back at all of it. 0: of any length.
  Index most_steps = 0;
};

/// Refers to a network of layers in a row, whose input is a sequence (nn::Sequence), and that must outlive it; copies
/// go on each for itself. After any number of steps the outputs have the bits of predict for all of them, at the last
/// step. Layers say how they stream, see layer.hpp: recurrent ones, causal convolutions and attention, positions, the
/// last step, mean and maximum of those so far, and what works on each step alone; containers of these.
template <class Net>
class Stream {
 public:
  using Scalar = typename Net::Scalar;

  /// Begins a sequence. Throws shape_error where a layer needs other steps than those so far, and names it.
  explicit Stream(const Net& network, StreamOptions options = {})
      : layout_(network, step_of(network, options)), network_(&network), most_steps_(options.most_steps) {
    Index numbers = counters;
    for (Index i = 0; i < network.depth(); ++i) {
      const Streaming& layer = layout_.place(i).streaming;
      numbers = checked_sum(numbers, checked_sum(layer.carried, checked_product(layer.carried_per_step, most_steps_)));
    }
    state_.resize(numbers);
    workspace_.reserve_activations(layout_, 1);
    reset();
  }
  template <class Gone = void>
  explicit Stream(Net&& network, StreamOptions options = {}) : Stream(network, options) {
    static_assert(!std::is_void_v<Gone>, "nn::Stream: refers to the network, which must outlive it; give it a name");
  }

  /// The outputs at the next step, whose features are a vector, an array or a list. A view of the stream, which holds
  /// until the next call. Allocates nothing. Throws shape_error for another number of features, and where the sequence
  /// has had most_steps.
  template <class X>
  ConstVectorView<Scalar> step(const X& features) {
    const auto& x = as_matrix<Scalar, dynamic>(features);
    require_features(x.rows());
    if (x.cols() != 1)
      throw shape_error("Stream: one step is a column of features, got ", x.cols(), " columns; call steps for several");
    return with_contiguous(x, [&](const auto& column) { return next(column.data()); });
  }
  ConstVectorView<Scalar> step(std::initializer_list<Scalar> features) {
    return step<std::initializer_list<Scalar>>(features);
  }

  /// The same for several steps, features x steps: their outputs, outputs x steps.
  template <class X>
  Matrix<Scalar> steps(const Eigen::DenseBase<X>& features) {
    require_features(features.rows());
    const Matrix<Scalar> x = features.derived();
    Matrix<Scalar> y(layout_.output_shape().size(), x.cols());
    for (Index k = 0; k < x.cols(); ++k) y.col(k) = next(x.data() + k * x.rows());
    return y;
  }

  /// Begins another sequence.
  void reset() { std::fill_n(state_.data(), state_.size(), Scalar(0)); }

  /// How many steps the sequence has had.
  Index step_count() const { return static_cast<Index>(state_[0]) + counted * static_cast<Index>(state_[1]); }

  /// All that is carried to the next step: to be kept, and set again in any stream of the same network and options.
  ConstVectorView<Scalar> state() const { return state_.view(); }
  /// Throws shape_error for another number of numbers, data_error where they do not begin with a number of steps.
  template <class X>
  void set_state(const Eigen::DenseBase<X>& given) {
    const Vector<Scalar> state = given.derived();
    if (state.size() != state_.size())
      throw shape_error("Stream: a state of ", state.size(), " numbers does not fit a network that carries ",
                        state_.size(), "; give what state() gave");
    const auto is_count = [](Scalar x) { return x >= 0 && x < Scalar(counted) && x == std::floor(x); };
    Index steps = 0;
    if (is_count(state[0]) && is_count(state[1]))
      steps = static_cast<Index>(state[0]) + counted * static_cast<Index>(state[1]);
    else
      throw data_error("Stream: a state begins with how many steps there have been, but this with ", state[0], " and ",
                       state[1], "; give what state() gave");
    if (most_steps_ > 0 && steps > most_steps_)
      throw data_error("Stream: a state after ", steps, " steps does not fit a stream of at most ", most_steps_,
                       "; give StreamOptions::most_steps as many");
    state_ = state;
  }

  const Net& network() const { return *network_; }

 private:
  // The state begins with the number of steps, as float holds it: below 2^20, and how many times 2^20.
  static constexpr Index counters = 2, counted = Index(1) << 20;

  // The shape of a step of a network that can be streamed.
  static Shape step_of(const Net& network, const StreamOptions& options) {
    network.require_whole("Stream");
    const Shape input = network.input_shape();
    if (input.height != 1)
      throw shape_error("Stream: the network reads samples of ", input, ", which are no sequences; begin it with ",
                        "nn::Sequence");
    if (options.most_steps < 0)
      throw shape_error("Stream: a sequence cannot have at most ", options.most_steps,
                        " steps; 0 stands for any number");
    require_streaming(network, options);
    if (options.most_steps > 0) AtShape<Net>(network, {1, options.most_steps, input.channels});
    return {1, 1, input.channels};
  }

  // Names the first layer that cannot be streamed, and within a container the layer there.
  static void require_streaming(const Net& network, const StreamOptions& options) {
    network.for_each_layer([&](const auto& layer, Index i) {
      const Place& whole = network.place(i);
      std::string name;
      Index level = 0;
      bool is_found = false, lacks_length = whole.streaming.carried_per_step > 0 && options.most_steps == 0;
      const bool cannot = whole.streaming.output == StepOutput::none;
      if (!cannot && !lacks_length) return;
      nn::for_each_inside(layer, whole, [&](const auto& inner, const Place& place, Index at) {
        is_found = is_found || at < level;
        const bool is_it = cannot ? place.streaming.output == StepOutput::none : place.streaming.carried_per_step > 0;
        if (is_found || at != level || !is_it) return;
        name += (at == 0 ? "" : ", within it ") + std::string(inner.name());
        ++level;
      });
      if (cannot)
        throw shape_error("Stream: layer ", i + 1, " (", name,
                          ") needs other steps than those so far, or does not say how it streams; predict whole "
                          "sequences, or take a layer in its place that sees no later step");
      throw shape_error(
          "Stream: layer ", i + 1, " (", name,
          ") looks back at the whole sequence; say how long one may get, Stream{network, {.most_steps = ", "1000}}");
    });
  }

  void require_features(Index features) const {
    if (features != layout_.input_shape().channels)
      throw shape_error("Stream: a step of ", features, " features does not fit the network's ",
                        layout_.input_shape().channels, "; give as many");
  }

  ConstVectorView<Scalar> next(const Scalar* x) {
    const Index before = step_count();
    if (most_steps_ > 0 && before == most_steps_)
      throw shape_error("Stream: the sequence has had the ", most_steps_,
                        " steps of StreamOptions::most_steps; reset the stream, or give it more");
    const ConstMatrixView<Scalar> input(x, layout_.input_shape().size(), 1);
    Inference<Scalar> mode{network_->state().data()};
    mode.carried = {state_.data() + counters, before, most_steps_};
    const Scalar* y =
        forward_pass(layout_, network_->parameters().data(), input, workspace_, layout_.depth(), {0, 1}, mode);
    state_[0] = static_cast<Scalar>((before + 1) % counted);
    state_[1] = static_cast<Scalar>((before + 1) / counted);
    return {y, layout_.output_shape().size()};
  }

  AtShape<Net> layout_;  // of one step
  const Net* network_;
  Index most_steps_;
  Workspace<Scalar> workspace_;
  Buffer<Scalar> state_;
};

}  // namespace nn
