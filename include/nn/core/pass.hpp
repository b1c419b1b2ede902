// SPDX-License-Identifier: MIT
// One pass through the layers of a network, forward or backward; the same for sizes known to the compiler or not.
#pragma once

#include <algorithm>

#include <nn/core/extent.hpp>
#include <nn/core/layer.hpp>
#include <nn/core/workspace.hpp>

namespace nn {

/// A view of `samples` columns whose number of rows the compiler may know.
template <Index Columns, class T, Index Rows>
auto columns_view(T* data, Extent<Rows> rows, Index samples) {
  if constexpr (std::is_const_v<T>)
    return ConstMatrixView<std::remove_const_t<T>, Rows, Columns>(data, rows.value(), samples);
  else
    return MatrixView<T, Rows, Columns>(data, rows.value(), samples);
}

template <Index Columns, Index Rows>
auto extent_of(Extent<Rows> extent) {
  if constexpr (Columns == 1)
    return extent;
  else
    return Extent<dynamic>(extent.value());
}

/// Some neighbouring samples of a batch.
struct SampleRange {
  Index first = 0;
  Index count = 0;
};

/// The mode of a pass through some samples of a batch.
template <class T, class Mode>
Mode mode_for(Mode mode, SampleRange range, Index samples, Workspace<T>& workspace) {
  mode.first_sample = range.first;
  mode.memory = workspace.memory(samples);
  return mode;
}

/// Sends some columns of x (features x samples, contiguous) through the first `depth` layers. Returns where the last
/// put its outputs for the whole batch. The workspace must have room for them. The mode is Inference or Training.
template <class T, class Net, class X, class Mode>
const T* forward_pass(const Net& network, const T* parameters, const X& x, Workspace<T>& workspace, Index depth,
                      SampleRange range, const Mode& mode) {
  constexpr Index columns = X::ColsAtCompileTime;
  const T* input = x.data();
  const Mode here = mode_for(mode, range, x.cols(), workspace);
  network.for_each_layer([&](const auto& layer, auto i) {
    if (i >= depth) return;
    const Place& place = network.place(i);
    T* output = workspace.activation(place, x.cols());
    const auto before = extent_of<columns>(network.extent_before(i));
    const auto after = extent_of<columns>(network.extent_after(i));
    nn::forward(layer, place.input, ConstVectorView<T>(parameters + place.parameter_offset, place.parameter_count),
                columns_view<columns>(input + range.first * before.value(), before, range.count),
                columns_view<columns>(output + range.first * after.value(), after, range.count),
                mode_of(here, place, i));
    input = output;
  });
  return input;
}

/// The same for all columns of x, as a network is used; makes room first.
template <class T, class Net, class X>
const T* forward_pass(const Net& network, const T* parameters, const X& x, Workspace<T>& workspace, Index depth) {
  workspace.reserve_activations(network, x.cols());
  return forward_pass(network, parameters, x, workspace, depth, {0, x.cols()}, Inference<T>{network.state().data()});
}

/// Goes back through the first `depth` layers after a forward pass of the same x, with the gradient of the outputs
/// standing in workspace.gradient(network, depth, samples). Calls visit(layer, place, values, dx, dy, wanted, mode) for
/// the last layer first; dx is to be written as far as wanted.
template <class Parameter, class T, class Net, class X, class Visit>
void backward_pass(const Net& network, Parameter* parameters, const X& x, Workspace<T>& workspace, Index depth,
                   SampleRange range, InputGradient wanted_of_x, const Training<T>& mode, Visit&& visit) {
  const Index samples = x.cols();
  const Training<T> here = mode_for(mode, range, samples, workspace);
  network.for_each_layer_backward([&](const auto& layer, auto i) {
    if (i >= depth) return;
    const Place& place = network.place(i);
    const T* input = x.data();
    InputGradient wanted = wanted_of_x;
    if (i > 0) {
      const Place& before = network.place(i - 1);
      input = workspace.activation(before, samples);
      wanted = before.is_flat_where_zero ? InputGradient::where_nonzero : InputGradient::all;
    }
    const auto features = [&](auto* numbers, Index size) {
      return columns_view<dynamic>(numbers + range.first * size, Extent<dynamic>(size), range.count);
    };
    const Index before = place.input.size();
    const Index after = place.output.size();
    using ParameterView = std::conditional_t<std::is_const_v<Parameter>, ConstVectorView<T>, VectorView<T>>;
    const Values values{ParameterView(parameters + place.parameter_offset, place.parameter_count),
                        features(input, before),
                        features(static_cast<const T*>(workspace.activation(place, samples)), after)};
    visit(layer, place, values, features(workspace.gradient(network, i, samples), before),
          features(static_cast<const T*>(workspace.gradient(place, samples)), after), wanted, mode_of(here, place, i));
  });
}

/// Adds the gradients of all parameters to `gradient`, which is laid out as they are.
template <class T, class Net, class X>
void add_gradients(const Net& network, const T* parameters, const X& x, Workspace<T>& workspace, Index depth,
                   T* gradient, InputGradient wanted_of_x = InputGradient::none, const Training<T>& mode = {}) {
  backward_pass(
      network, parameters, x, workspace, depth, {0, x.cols()}, wanted_of_x, mode,
      [&](const auto& layer, const Place& place, const auto& values, auto dx, auto dy, InputGradient wanted,
          const Training<T>& training) {
        Gradients gradients{VectorView<T>(gradient + place.parameter_offset, place.parameter_count), dx, dy, wanted};
        nn::backward(layer, place.input, values, gradients, training);
      });
}

/// Plain gradient descent while going back: no gradient of the parameters is written where a layer can do both at once.
template <class T, class Net, class X>
void descend(const Net& network, T* parameters, const X& x, Workspace<T>& workspace, Index depth, T rate,
             const Training<T>& mode = {}) {
  backward_pass(network, parameters, x, workspace, depth, {0, x.cols()}, InputGradient::none, mode,
                [&](const auto& layer, const Place& place, auto values, auto dx, auto dy, InputGradient wanted,
                    const Training<T>& training) {
                  if (place.can_descend) {
                    Gradients gradients{VectorView<T>(nullptr, 0), dx, dy, wanted};
                    return nn::descend(layer, place.input, values, gradients, rate, training);
                  }
                  Gradients gradients{workspace.parameter_gradient(place.parameter_count), dx, dy, wanted};
                  nn::backward(layer, place.input, values, gradients, training);
                  values.parameters -= rate * gradients.parameters;
                });
}

/// Writes the input gradients of all layers for some samples of the batch, and no gradient of parameters.
template <class T, class Net, class X>
void write_input_gradients(const Net& network, const T* parameters, const X& x, Workspace<T>& workspace, Index depth,
                           SampleRange range, const Training<T>& mode) {
  backward_pass(network, parameters, x, workspace, depth, range, InputGradient::none, mode,
                [&](const auto& layer, const Place& place, const auto& values, auto dx, auto dy, InputGradient wanted,
                    const Training<T>& training) {
                  Gradients gradients{VectorView<T>(nullptr, 0), dx, dy, wanted};
                  nn::input_gradient(layer, place.input, values, gradients, training);
                });
}

/// Refers to something that can be called so, whatever its type: what takes it is compiled once.
template <class... Arguments>
class Callback {
 public:
  template <class Call>
  Callback(const Call& call)
      : call_(&call),
        invoke_([](const void* given, Arguments... arguments) { (*static_cast<const Call*>(given))(arguments...); }) {}
  void operator()(Arguments... arguments) const { invoke_(call_, arguments...); }

 private:
  const void* call_;
  void (*invoke_)(const void*, Arguments...);
};

/// target -= factor * gradient for one part of the parameters of every layer, after write_input_gradients of all
/// samples in the same mode. Calls begin(first, last) and done(first, last) for every range of the flat vector that it
/// works on.
template <class T, class Net, class X>
void subtract_gradients(const Net& network, const T* parameters, const X& x, Workspace<T>& workspace, Index depth,
                        T* target, T factor, Index part, Index parts, const Training<T>& mode,
                        Callback<Index, Index> begin, Callback<Index, Index> done) {
  backward_pass(network, parameters, x, workspace, depth, {0, x.cols()}, InputGradient::none, mode,
                [&](const auto& layer, const Place& place, const auto& values, auto dx, auto dy, InputGradient wanted,
                    const Training<T>& training) {
                  if (place.parameter_count == 0) return;
                  const auto for_each_range = [&](const Callback<Index, Index>& use) {
                    for_each_inside(layer, place, [&](const auto& inner, const Place& at, Index) {
                      if (at.is_block || at.parameter_count == 0) return;
                      if constexpr (requires { inner.part_begin(at.input, part, parts); })
                        use(at.parameter_offset + inner.part_begin(at.input, part, parts),
                            at.parameter_offset + inner.part_begin(at.input, part + 1, parts));
                    });
                  };
                  Gradients gradients{VectorView<T>(nullptr, 0), dx, dy, wanted};
                  for_each_range(begin);
                  nn::subtract_gradient(layer, place.input, values, gradients, target + place.parameter_offset, factor,
                                        part, parts, training);
                  for_each_range(done);
                });
}

}  // namespace nn
