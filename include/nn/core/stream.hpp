// SPDX-License-Identifier: MIT
// A sequence that comes step by step: what a network says after each, with what it carries from one to the next.
#pragma once

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <type_traits>

#include <nn/core/at_shape.hpp>
#include <nn/core/buffer.hpp>
#include <nn/core/pass.hpp>
#include <nn/core/random.hpp>
#include <nn/core/samples.hpp>

namespace nn {

/// Refers to a network of layers in a row, whose input is a sequence (nn::Sequence), and that must outlive it; copies
/// go on each for itself. After any number of steps the outputs have the bits of predict for all of them, at the last
/// step. Layers that carry numbers from step to step say their stream_size (see layer.hpp): SimpleRNN, LSTM, GRU; all
/// others must work on each step alone, or be a LastStep.
template <class Net>
class Stream {
 public:
  using Scalar = typename Net::Scalar;

  /// Begins a sequence. Throws shape_error where a layer needs other steps than the one at hand.
  explicit Stream(const Net& network) : layout_(network, step_of(network)), network_(&network) {
    Index numbers = 0;
    for (Index i = 0; i < network.depth(); ++i) numbers = checked_sum(numbers, layout_.place(i).stream_size);
    carried_.resize(numbers);
    workspace_.reserve_activations(layout_, 1);
    require_each_step_alone();
    reset();
  }
  template <class Gone = void>
  explicit Stream(Net&& network) : Stream(network) {
    static_assert(!std::is_void_v<Gone>, "nn::Stream: refers to the network, which must outlive it; give it a name");
  }

  /// The outputs at the next step, whose features are a vector, an array or a list. A view of the stream, which holds
  /// until the next call. Allocates nothing. Throws shape_error for another number of features.
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
  void reset() { std::fill_n(carried_.data(), carried_.size(), Scalar(0)); }

  /// What is carried to the next step, layer after layer: to be kept, and set again in any stream of the same network.
  ConstVectorView<Scalar> state() const { return carried_.view(); }
  /// Throws shape_error for another number of numbers.
  template <class X>
  void set_state(const Eigen::DenseBase<X>& state) {
    if (state.size() != carried_.size())
      throw shape_error("Stream: a state of ", state.size(), " numbers does not fit a network that carries ",
                        carried_.size(), "; give what state() gave");
    carried_ = state.derived();
  }

  const Net& network() const { return *network_; }

 private:
  static Shape step_of(const Net& network) {
    network.require_whole("Stream");
    const Shape input = network.input_shape();
    if (input.height != 1)
      throw shape_error("Stream: the network reads samples of ", input, ", which are no sequences; begin it with ",
                        "nn::Sequence");
    return {1, 1, input.channels};
  }

  void require_features(Index features) const {
    if (features != layout_.input_shape().channels)
      throw shape_error("Stream: a step of ", features, " features does not fit the network's ",
                        layout_.input_shape().channels, "; give as many");
  }

  ConstVectorView<Scalar> next(const Scalar* x) {
    const Scalar* parameters = network_->parameters().data();
    const Scalar* input = x;
    Scalar* carried = carried_.data();
    network_->for_each_layer([&](const auto& layer, Index i) {
      const Place& place = layout_.place(i);
      auto step = forward_step(place, i, parameters, ConstMatrixView<Scalar>(input, place.input.size(), 1), workspace_,
                               1, SampleRange{0, 1}, Inference<Scalar>{network_->state().data()});
      if (place.stream_size > 0) step.mode.carried = carried;
      carried += place.stream_size;
      nn::forward(layer, step.shape, step.parameters, step.input, step.output, step.mode);
      input = workspace_.activation(place, 1);
    });
    return {input, layout_.output_shape().size()};
  }

  template <class L>
  [[noreturn]] static void refuse(const L& layer, Index i) {
    throw shape_error("Stream: layer ", i + 1, " (", layer.name(),
                      ") needs other steps than the one at hand; predict whole sequences, or take a LastStep or a "
                      "recurrent layer that reads forward in its place");
  }

  // A layer that works on each step alone gives for three steps what it gives for each of them; one that leaves a
  // single step of them must leave the last.
  void require_each_step_alone() const {
    constexpr Index many = 3;
    const AtShape<Net> of_many(*network_, Shape(1, many, layout_.input_shape().channels));
    network_->for_each_layer([&](const auto& layer, Index i) {
      const Place &one = layout_.place(i), &all = of_many.place(i);
      if (one.input == all.input) {  // behind the last step
        if (one.stream_size > 0) refuse(layer, i);
        return;
      }
      if (one.stream_size > 0) return;
      nn::for_each_inside(layer, one, [&](const auto& inner, const Place&, Index) {
        for (const auto& [name, number] : describe(inner).options)
          if (name == "kernel_width" && number > 1) refuse(layer, i);
      });
      const bool keeps_steps = all.output.size() == many * one.output.size();
      Random random(1);
      Vector<Scalar> x(all.input.size());
      for (Index k = 0; k < x.size(); ++k) x[k] = static_cast<Scalar>(random.normal());
      bool is_alone = all.input.size() == many * one.input.size() && (keeps_steps || all.output == one.output);
      if (is_alone) {
        const Vector<Scalar> y = output_of(layer, all, x);
        for (Index step = keeps_steps ? 0 : many - 1; step < many; ++step) {
          const Index size = one.output.size();
          const Vector<Scalar> alone = output_of(layer, one, x.segment(step * one.input.size(), one.input.size()));
          for (Index k = 0; k < size; ++k) {
            const Scalar expected = y[(keeps_steps ? step * size : 0) + k];
            is_alone = is_alone && std::abs(alone[k] - expected) <= Scalar(1e-3) * (Scalar(1) + std::abs(expected));
          }
        }
      }
      if (!is_alone) refuse(layer, i);
    });
  }

  // With drawn parameters, since those of the network may be zeros; of integers where a layer takes nothing else.
  template <class L>
  Vector<Scalar> output_of(const L& layer, const Place& place, const Vector<Scalar>& x) const {
    Buffer<Scalar> memory;
    memory.resize(place.memory_size);
    const Inference<Scalar> mode{network_->state().data() + place.state_offset, 0, {memory.data(), nullptr, 1}};
    Random random(2);
    Vector<Scalar> y(place.output.size()), parameters(place.parameter_count);
    for (Index k = 0; k < parameters.size(); ++k) parameters[k] = static_cast<Scalar>(random.normal());
    const auto run = [&](const Vector<Scalar>& input) {
      nn::forward(layer, place.input, ConstVectorView<Scalar>(parameters.data(), parameters.size()),
                  ConstMatrixView<Scalar>(input.data(), input.size(), 1), MatrixView<Scalar>(y.data(), y.size(), 1),
                  mode);
    };
    try {
      run(x);
    } catch (const data_error&) {
      run(Vector<Scalar>::Zero(x.size()));
    }
    return y;
  }

  AtShape<Net> layout_;  // of one step
  const Net* network_;
  Workspace<Scalar> workspace_;
  Buffer<Scalar> carried_;
};

}  // namespace nn
