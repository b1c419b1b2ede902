// SPDX-License-Identifier: MIT
// One pass through the layers of a network, forward or backward; the same for sizes known to the compiler or not.
#pragma once

#include <algorithm>

#include <nn/core/callback.hpp>
#include <nn/core/extent.hpp>
#include <nn/core/inputs.hpp>
#include <nn/core/place.hpp>
#include <nn/networks/workspace.hpp>

namespace nn {

/// Whether the layers of a network read more than the one before each.
template <class Net>
inline constexpr bool is_graph = requires(const Net& network) {
  network.sources(Index(0));
};

/// What a layer is given in a forward pass, the same for all layers. Inlined, as a single sample takes little more time
/// than this where the layers are small.
template <class T, class Input, class Mode>
struct ForwardStep {
  Shape shape;
  ConstVectorView<T> parameters;
  Input input;
  MatrixView<T> output;
  Mode mode;
};

template <class T, class Input, class Mode>
[[gnu::always_inline]] inline ForwardStep<T, Input, Mode> forward_step(const Place& place, Index i, const T* parameters,
                                                                       const Input& input, Workspace<T>& workspace,
                                                                       Index samples, SampleRange range, Mode mode) {
  mode.first_sample = range.first;
  mode.memory = workspace.memory(samples);
  const Index after = place.output.size();
  return {place.input, ConstVectorView<T>(parameters + place.parameter_offset, place.parameter_count), input,
          MatrixView<T>(workspace.activation(place, samples) + range.first * after, after, range.count),
          mode_of(mode, place, i)};
}

/// Some samples of a value that a layer reads.
template <class T>
ConstMatrixView<T> some_of(const T* value, Index size, SampleRange range) {
  return {value + range.first * size, size, range.count};
}
/// What a layer of a graph reads.
template <class T, class Net>
Inputs<ConstMatrixView<T>> inputs_of(const Net& graph, Index i, Workspace<T>& workspace, Index samples,
                                     SampleRange range) {
  return {graph.sources(i), &Source::offset, workspace.activations(), samples, range};
}

/// Copies the rows of x that belong to each input of a graph to where its layers read them.
template <class T, class Net>
void write_inputs(const Net& graph, const T* x, Workspace<T>& workspace, Index samples, SampleRange range) {
  const Index rows = graph.input_shape().size();
  graph.for_each_input([&](Index offset, Index size, Index row) {
    for (Index sample = range.first; sample < range.first + range.count; ++sample)
      std::copy_n(x + sample * rows + row, size, workspace.activations() + offset * samples + sample * size);
  });
}

/// Sends some columns of x (features x samples, contiguous) through the first `depth` layers. Returns where the last
/// put its outputs for the whole batch. The workspace must have room for them. The mode is Inference or Training.
template <class T, class Net, class X, class Mode>
const T* forward_pass(const Net& network, const T* parameters, const X& x, Workspace<T>& workspace, Index depth,
                      SampleRange range, const Mode& mode) {
  const T* input = x.data();
  const Index samples = x.cols();
  if constexpr (is_graph<Net>) write_inputs(network, input, workspace, samples, range);
  network.for_each_layer([&](const auto& layer, Index i) {
    if (i >= depth) return;
    const Place& place = network.place(i);
    const auto read = [&] {
      if constexpr (is_graph<Net>)
        return inputs_of(network, i, workspace, samples, range);
      else
        return some_of(input, place.input.size(), range);
    }();
    auto step = forward_step(place, i, parameters, read, workspace, samples, range, mode);
    nn::forward(layer, step.shape, step.parameters, step.input, step.output, step.mode);
    input = workspace.activation(place, samples);
  });
  return input;
}

/// The same for one sample and a network so small that it pays to tell every layer its sizes in the types. The
/// activations are network.activation_size() numbers.
template <class T, class Net>
const T* small_forward_pass(const Net& network, const T* parameters, const T* x, T* activations, Index depth) {
  Inference<T> mode{network.state().data()};
  mode.memory = {activations, nullptr, 1};
  network.for_each_layer([&](const auto& layer, auto i) {
    if (i >= depth) return;
    const Place& place = network.place(i);
    T* output = activations + place.activation_offset;
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
    return small_forward_pass(network, parameters, x.data(), workspace.memory(1).values, depth);
  else
    return forward_pass(network, parameters, x, workspace, depth, {0, x.cols()}, Inference<T>{network.state().data()});
}

/// What a layer is given on the way back.
template <class T, class Input, class InputGradients>
struct BackwardStep {
  const Place& place;
  Values<ConstVectorView<T>, Input, ConstMatrixView<T>> values;
  Gradients<VectorView<T>, InputGradients, ConstMatrixView<T>> gradients;
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

  /// Of the layer number i of a network, whose layers read each the one before.
  template <class Net>
  auto step(const Net& network, Index i) const {
    const Place& place = network.place(i);
    const Place* before = i == 0 ? nullptr : &network.place(i - 1);
    InputGradient wanted = wanted_of_x;
    if (before != nullptr) wanted = before->is_flat_where_zero ? InputGradient::where_nonzero : InputGradient::all;
    const Index rows = place.input.size();
    return step(place, i, some_of(before == nullptr ? x : workspace.activation(*before, samples), rows, range),
                MatrixView<T>(workspace.gradient(network, i, samples) + range.first * rows, rows, range.count), wanted);
  }
  /// Of a graph.
  template <class Net>
  requires is_graph<Net>
  auto step(const Net& graph, Index i) const {
    const Inputs<MatrixView<T>> dx(graph.sources(i), &Source::gradient_offset, workspace.gradients(), samples, range);
    return step(graph.place(i), i, inputs_of(graph, i, workspace, samples, range), dx, graph.wanted(i, wanted_of_x));
  }

  /// Calls visit(layer, step) for the layers from first to last, the last first. Where it `writes`, it writes
  /// step.gradients.input as far as wanted, and what several layers have written for one value is summed.
  template <bool writes, class Net, class Visit>
  void run(const Net& network, Index first, Index last, Visit&& visit) const {
    network.for_each_layer_backward([&](const auto& layer, Index i) {
      if (i < first || i >= last) return;
      auto here = step(network, i);
      visit(layer, here);
      if constexpr (writes && is_graph<Net>) add_to_other_gradients(network, i);
    });
    if constexpr (writes && is_graph<Net>)
      if (wanted_of_x != InputGradient::none) read_input_gradients(network);
  }

 private:
  template <class Input, class InputGradients>
  BackwardStep<T, Input, InputGradients> step(const Place& place, Index i, const Input& input, const InputGradients& dx,
                                              InputGradient wanted) const {
    Training<T> here = mode;
    here.first_sample = range.first;
    here.memory = workspace.memory(samples);
    const Index rows = place.output.size(), begin = range.first * rows;
    return {place,
            {ConstVectorView<T>(parameters + place.parameter_offset, place.parameter_count), input,
             ConstMatrixView<T>(workspace.activation(place, samples) + begin, rows, range.count)},
            {VectorView<T>(gradient == nullptr ? nullptr : gradient + place.parameter_offset,
                           gradient == nullptr ? 0 : place.parameter_count),
             dx, ConstMatrixView<T>(workspace.gradient(place, samples) + begin, rows, range.count), wanted},
            mode_of(here, place, i)};
  }

  template <class Net>
  void add_to_other_gradients(const Net& graph, Index i) const {
    for (const Source& source : graph.sources(i)) {
      if (!source.adds || (source.is_input && wanted_of_x == InputGradient::none)) continue;
      const Index begin = source.size * range.first, count = source.size * range.count;
      VectorView<T>(workspace.gradients() + source.offset * samples + begin, count) +=
          ConstVectorView<T>(workspace.gradients() + source.gradient_offset * samples + begin, count);
    }
  }

  template <class Net>
  void read_input_gradients(const Net& graph) const {
    const Index rows = graph.input_shape().size();
    graph.for_each_input([&](Index offset, Index size, Index row) {
      for (Index sample = range.first; sample < range.first + range.count; ++sample)
        std::copy_n(workspace.gradients() + offset * samples + sample * size, size,
                    workspace.gradient(graph, 0, samples) + sample * rows + row);
    });
  }
};

/// Adds the gradients of all parameters to `gradient`, which is laid out as they are.
template <class T, class Net, class X>
void add_gradients(const Net& network, const T* parameters, const X& x, Workspace<T>& workspace, Index depth,
                   T* gradient, InputGradient wanted_of_x, const Training<T>& mode) {
  const BackwardPass<T> pass{parameters, x.data(), x.cols(), workspace, {0, x.cols()}, wanted_of_x, mode, gradient};
  pass.template run<true>(network, 0, depth, [](const auto& layer, auto& step) {
    nn::backward(layer, step.place.input, step.values, step.gradients, step.mode);
  });
}

/// Plain gradient descent while going back: no gradient of the parameters is written where a layer can do both at once.
template <class T, class Net, class X>
void descend(const Net& network, T* parameters, const X& x, Workspace<T>& workspace, Index depth, T rate,
             const Training<T>& mode) {
  const BackwardPass<T> pass{parameters, x.data(), x.cols(), workspace, {0, x.cols()}, InputGradient::none, mode};
  pass.template run<true>(network, 0, depth, [&](const auto& layer, auto& step) {
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
  pass.template run<true>(network, 0, depth, [](const auto& layer, auto& step) {
    nn::input_gradient(layer, step.place.input, step.values, step.gradients, step.mode);
  });
}

/// Some parameters of one layer.
struct LayerShard {
  Index layer;
  Shard shard;
};

/// target += scale * gradient for some parameters, after write_input_gradients of all samples in the same mode.
template <class T, class Net, class X>
void add_parameter_gradient(const Net& network, const T* parameters, const X& x, Workspace<T>& workspace, T* target,
                            T scale, LayerShard shard, const Training<T>& mode) {
  const BackwardPass<T> pass{parameters, x.data(), x.cols(), workspace, {0, x.cols()}, InputGradient::none, mode};
  pass.template run<false>(network, shard.layer, shard.layer + 1, [&](const auto& layer, auto& step) {
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
