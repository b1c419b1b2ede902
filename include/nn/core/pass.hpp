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

/// Sends x (features x samples, contiguous) through the first `depth` layers. Returns where the last put its output.
template <class T, class Net, class X>
const T* forward_pass(const Net& network, const T* parameters, const X& x, Workspace<T>& workspace, Index depth) {
  constexpr Index columns = X::ColsAtCompileTime;
  const Index samples = x.cols();
  workspace.reserve_activations(network.activation_size(), samples);
  const T* input = x.data();
  network.for_each_layer([&](const auto& layer, auto i) {
    if (i >= depth) return;
    const Place& place = network.place(i);
    T* output = workspace.activation(place, samples);
    layer.forward(place.input, ConstVectorView<T>(parameters + place.parameter_offset, place.parameter_count),
                  columns_view<columns>(input, network.extent_before(i), samples),
                  columns_view<columns>(output, network.extent_after(i), samples));
    input = output;
  });
  return input;
}

/// Goes back through the first `depth` layers after a forward pass of the same x, with the gradient of the output
/// standing in workspace.gradient(depth): calls visit(layer, place, values, gradients) for the last layer first. The
/// gradient of x is found in workspace.gradient(0) if it was wanted.
template <class Parameter, class T, class Net, class X, class Visit>
void backward_pass(const Net& network, Parameter* parameters, const X& x, Workspace<T>& workspace, Index depth,
                   InputGradient wanted_of_x, Visit&& visit) {
  const Index samples = x.cols();
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
    using ParameterView = std::conditional_t<std::is_const_v<Parameter>, ConstVectorView<T>, VectorView<T>>;
    const Values values{ParameterView(parameters + place.parameter_offset, place.parameter_count),
                        columns_view<dynamic>(input, network.extent_before(i), samples),
                        columns_view<dynamic>(static_cast<const T*>(workspace.activation(place, samples)),
                                              network.extent_after(i), samples)};
    visit(layer, place, values, columns_view<dynamic>(workspace.gradient(i), network.extent_before(i), samples),
          columns_view<dynamic>(static_cast<const T*>(workspace.gradient(i + 1)), network.extent_after(i), samples),
          wanted);
  });
}

/// Adds the gradients of all parameters to `gradient`, which is laid out as they are.
template <class T, class Net, class X>
void add_gradients(const Net& network, const T* parameters, const X& x, Workspace<T>& workspace, Index depth,
                   T* gradient, InputGradient wanted_of_x = InputGradient::none) {
  backward_pass(
      network, parameters, x, workspace, depth, wanted_of_x,
      [&](const auto& layer, const Place& place, const auto& values, auto dx, auto dy, InputGradient wanted) {
        Gradients gradients{VectorView<T>(gradient + place.parameter_offset, place.parameter_count), dx, dy, wanted};
        layer.backward(place.input, values, gradients);
      });
}

/// Plain gradient descent while going back: no gradient of the parameters is written where a layer can do both at once.
template <class T, class Net, class X>
void descend(const Net& network, T* parameters, const X& x, Workspace<T>& workspace, Index depth, T rate) {
  backward_pass(network, parameters, x, workspace, depth, InputGradient::none,
                [&](const auto& layer, const Place& place, auto values, auto dx, auto dy, InputGradient wanted) {
                  if constexpr (requires(Gradients<VectorView<T>, decltype(dx), decltype(dy)> gradients) {
                                  layer.descend(place.input, values, gradients, rate);
                                }) {
                    if (place.can_descend) {
                      Gradients gradients{VectorView<T>(nullptr, 0), dx, dy, wanted};
                      layer.descend(place.input, values, gradients, rate);
                      return;
                    }
                  }
                  Gradients gradients{workspace.parameter_gradient(place.parameter_count), dx, dy, wanted};
                  layer.backward(place.input, values, gradients);
                  values.parameters -= rate * gradients.parameters;
                });
}

}  // namespace nn
