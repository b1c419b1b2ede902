// SPDX-License-Identifier: MIT
// One pass through the layers of a network, forward or backward; the same for sizes known to the compiler or not.
#pragma once

#include <algorithm>

#include <nn/core/callback.hpp>
#include <nn/core/extent.hpp>
#include <nn/core/place.hpp>
#include <nn/core/workspace.hpp>

namespace nn {

/// Some neighbouring samples of a batch.
struct SampleRange {
  Index first = 0;
  Index count = 0;
};

/// What a layer is given in a forward pass, the same for all layers. Inlined, as a single sample takes little more time
/// than this where the layers are small.
template <class T, class Mode>
struct ForwardStep {
  Shape shape;
  ConstVectorView<T> parameters;
  ConstMatrixView<T> input;
  MatrixView<T> output;
  Mode mode;
};

template <class T, class Mode>
[[gnu::always_inline]] inline ForwardStep<T, Mode> forward_step(const Place& place, Index i, const T* parameters,
                                                                const T* input, Workspace<T>& workspace, Index samples,
                                                                SampleRange range, Mode mode) {
  mode.first_sample = range.first;
  mode.memory = workspace.memory(samples);
  const Index before = place.input.size(), after = place.output.size();
  return {place.input, ConstVectorView<T>(parameters + place.parameter_offset, place.parameter_count),
          ConstMatrixView<T>(input + range.first * before, before, range.count),
          MatrixView<T>(workspace.activation(place, samples) + range.first * after, after, range.count),
          mode_of(mode, place, i)};
}

/// Sends some columns of x (features x samples, contiguous) through the first `depth` layers. Returns where the last
/// put its outputs for the whole batch. The workspace must have room for them. The mode is Inference or Training.
template <class T, class Net, class X, class Mode>
const T* forward_pass(const Net& network, const T* parameters, const X& x, Workspace<T>& workspace, Index depth,
                      SampleRange range, const Mode& mode) {
  const T* input = x.data();
  const Index samples = x.cols();
  network.for_each_layer([&](const auto& layer, Index i) {
    if (i >= depth) return;
    const Place& place = network.place(i);
    auto step = forward_step(place, i, parameters, input, workspace, samples, range, mode);
    nn::forward(layer, step.shape, step.parameters, step.input, step.output, step.mode);
    input = workspace.activation(place, samples);
  });
  return input;
}

/// The same for one sample and a network so small that it pays to tell every layer its sizes in the types.
template <class T, class Net>
const T* small_forward_pass(const Net& network, const T* parameters, const T* x, Workspace<T>& workspace, Index depth) {
  Inference<T> mode{network.state().data()};
  mode.memory = workspace.memory(1);
  network.for_each_layer([&](const auto& layer, auto i) {
    if (i >= depth) return;
    const Place& place = network.place(i);
    T* output = workspace.activation(place, 1);
    nn::forward(layer, place.input, ConstVectorView<T>(parameters + place.parameter_offset, place.parameter_count),
                ConstVectorView<T, Net::static_extent(i)>(x), VectorView<T, Net::static_extent(i + 1)>(output),
                mode_of(mode, place, i));
    x = output;
  });
  return x;
}

/// All columns of x, as a network is used; makes room first.
template <class T, class Net, class X>
const T* forward_pass(const Net& network, const T* parameters, const X& x, Workspace<T>& workspace, Index depth) {
  workspace.reserve_activations(network, x.cols());
  if constexpr (X::ColsAtCompileTime == 1 && Net::is_small())
    return small_forward_pass(network, parameters, x.data(), workspace, depth);
  else
    return forward_pass(network, parameters, x, workspace, depth, {0, x.cols()}, Inference<T>{network.state().data()});
}

/// What a layer is given on the way back.
template <class T>
struct BackwardStep {
  const Place& place;
  Values<ConstVectorView<T>, ConstMatrixView<T>, ConstMatrixView<T>> values;
  Gradients<VectorView<T>, MatrixView<T>, ConstMatrixView<T>> gradients;
  Training<T> mode;
};

/// A pass back through some layers, for some samples of x, after a forward pass of the same x in the same mode, with
/// the gradient of the outputs standing in workspace.gradient(network, depth, samples). Where `gradient` is given, laid
/// out as the parameters are, the layers add to it.
template <class T>
struct BackwardPass {
  const T* parameters;
  const T* x;
  Index samples;
  Workspace<T>& workspace;
  SampleRange range;
  InputGradient wanted_of_x;
  Training<T> mode;
  T* gradient = nullptr;

  /// Of the layer number i, with the place of the layer before it, null for none.
  BackwardStep<T> step(const Place& place, const Place* before, Index i, T* dx) const {
    Training<T> here = mode;
    here.first_sample = range.first;
    here.memory = workspace.memory(samples);
    InputGradient wanted = wanted_of_x;
    if (before != nullptr) wanted = before->is_flat_where_zero ? InputGradient::where_nonzero : InputGradient::all;
    const T* input = before == nullptr ? x : workspace.activation(*before, samples);
    const Index rows = place.input.size(), first = range.first * rows;
    const Index output_rows = place.output.size(), output_first = range.first * output_rows;
    return {place,
            {ConstVectorView<T>(parameters + place.parameter_offset, place.parameter_count),
             ConstMatrixView<T>(input + first, rows, range.count),
             ConstMatrixView<T>(workspace.activation(place, samples) + output_first, output_rows, range.count)},
            {VectorView<T>(gradient == nullptr ? nullptr : gradient + place.parameter_offset,
                           gradient == nullptr ? 0 : place.parameter_count),
             MatrixView<T>(dx + first, rows, range.count),
             ConstMatrixView<T>(workspace.gradient(place, samples) + output_first, output_rows, range.count), wanted},
            mode_of(here, place, i)};
  }

  /// Calls visit(layer, step) for the layers from first to last, the last first; step.gradients.input is to be written
  /// as far as wanted.
  template <class Net, class Visit>
  void run(const Net& network, Index first, Index last, Visit&& visit) const {
    network.for_each_layer_backward([&](const auto& layer, Index i) {
      if (i < first || i >= last) return;
      auto here =
          step(network.place(i), i == 0 ? nullptr : &network.place(i - 1), i, workspace.gradient(network, i, samples));
      visit(layer, here);
    });
  }
};

/// Adds the gradients of all parameters to `gradient`, which is laid out as they are.
template <class T, class Net, class X>
void add_gradients(const Net& network, const T* parameters, const X& x, Workspace<T>& workspace, Index depth,
                   T* gradient, InputGradient wanted_of_x, const Training<T>& mode) {
  const BackwardPass<T> pass{parameters, x.data(), x.cols(), workspace, {0, x.cols()}, wanted_of_x, mode, gradient};
  pass.run(network, 0, depth, [](const auto& layer, auto& step) {
    nn::backward(layer, step.place.input, step.values, step.gradients, step.mode);
  });
}

/// Plain gradient descent while going back: no gradient of the parameters is written where a layer can do both at once.
template <class T, class Net, class X>
void descend(const Net& network, T* parameters, const X& x, Workspace<T>& workspace, Index depth, T rate,
             const Training<T>& mode) {
  const BackwardPass<T> pass{parameters, x.data(), x.cols(), workspace, {0, x.cols()}, InputGradient::none, mode};
  pass.run(network, 0, depth, [&](const auto& layer, auto& step) {
    const Place& place = step.place;
    using L = std::remove_cvref_t<decltype(layer)>;
    constexpr bool always_descends = !IsContainer<L> && (HasDescend<L> || HasShards<L>);
    if (place.parameter_count == 0) return nn::backward(layer, place.input, step.values, step.gradients, step.mode);
    VectorView<T> here(parameters + place.parameter_offset, place.parameter_count);
    if (always_descends || place.can_descend)
      return nn::descend(layer, place.input, Values{here, step.values.input, step.values.output}, step.gradients, rate,
                         step.mode);
    if constexpr (!always_descends) {
      Gradients gradients{workspace.parameter_gradient(place.parameter_count), step.gradients.input,
                          step.gradients.output, step.gradients.wanted};
      nn::backward(layer, place.input, step.values, gradients, step.mode);
      here -= rate * gradients.parameters;
    }
  });
}

/// Writes the input gradients of all layers for some samples of the batch, and no gradient of parameters.
template <class T, class Net, class X>
void write_input_gradients(const Net& network, const T* parameters, const X& x, Workspace<T>& workspace, Index depth,
                           SampleRange range, const Training<T>& mode) {
  const BackwardPass<T> pass{parameters, x.data(), x.cols(), workspace, range, InputGradient::none, mode};
  pass.run(network, 0, depth, [](const auto& layer, auto& step) {
    nn::input_gradient(layer, step.place.input, step.values, step.gradients, step.mode);
  });
}

/// Some parameters of one layer.
struct LayerShard {
  Index layer;
  Shard shard;
};

/// The parameters of a network in shards for several threads to work on, which are counted from 0; past the last it
/// returns layer = -1. A convolution of few weights stays whole: to find which of its outputs have a gradient takes as
/// long as to use it, and each thread would have to.
template <class Net>
LayerShard shard_of(const Net& network, Index index, Index threads) {
  constexpr Index few = 4096, many = 32768;
  for (Index i = 0; i < network.depth(); ++i) {
    const Place& place = network.place(i);
    if (place.parameter_count == 0) continue;
    const bool is_shared = place.parameter_count > few || place.multiply_adds <= 16 * place.parameter_count;
    const Index count = is_shared ? std::max(threads, place.parameter_count / many) : 1;
    if (index < count) return {i, {index, count}};
    index -= count;
  }
  return {-1, {}};
}

/// target += scale * gradient for some parameters, after write_input_gradients of all samples in the same mode.
template <class T, class Net, class X>
void add_parameter_gradient(const Net& network, const T* parameters, const X& x, Workspace<T>& workspace, T* target,
                            T scale, LayerShard shard, const Training<T>& mode) {
  const BackwardPass<T> pass{parameters, x.data(), x.cols(), workspace, {0, x.cols()}, InputGradient::none, mode};
  pass.run(network, shard.layer, shard.layer + 1, [&](const auto& layer, auto& step) {
    nn::add_parameter_gradient(layer, step.place.input, step.values, step.gradients,
                               target + step.place.parameter_offset, scale, shard.shard, step.mode);
  });
}

/// Calls use(first, last) for every range of the flat vector that is in the shard.
template <class Net>
void for_each_range_of(const Net& network, LayerShard shard, Callback<Index, Index> use) {
  network.for_each_place([&](const Place& place, Index i) {
    if (i != shard.layer || place.columns == 0) return;
    use(place.parameter_offset + place.shard_begin(shard.shard), place.parameter_offset + place.shard_end(shard.shard));
  });
}

}  // namespace nn
