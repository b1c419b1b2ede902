// SPDX-License-Identifier: MIT
// dL/dW and dL/dx of the mean loss, for those who bring their own optimizer or look at what an output depends on.
#pragma once

#include <span>

#include <nn/core/buffer.hpp>
#include <nn/networks/at_shape.hpp>
#include <nn/networks/finite_network.hpp>
#include <nn/networks/pass.hpp>
#include <nn/networks/samples.hpp>
#include <nn/training/step/fused_loss.hpp>
#include <nn/training/step/loss_fit.hpp>
#include <nn/training/step/targets.hpp>

namespace nn {

namespace detail {

// The gradient of the mean loss over `count` samples, of which x and the targets are some, after a forward pass of x in
// the same mode that put out y: gradient += dL/dW, and dL/dx in the workspace where it is wanted. Returns the sum of
// the losses. Weights, one per sample where given, multiply the losses.
template <class T, class Net, class Loss, class X>
double add_loss_gradients(const Net& network, const T* parameters, const Loss& loss, Index depth, const X& x,
                          const T* targets, std::span<const double> weights, Index count, const T* y,
                          Workspace<T>& workspace, const Training<T>& mode, InputGradient wanted_of_x, T* gradient) {
  const Index outputs = network.output_shape().size();
  double sum = 0;
  for (Index sample = 0; sample < x.cols(); ++sample) {
    const ConstVectorView<T> output(y + sample * outputs, outputs), target(targets + sample * outputs, outputs);
    VectorView<T> dy(workspace.gradient(network, depth, x.cols()) + sample * outputs, outputs);
    const double weight = weights.empty() ? 1 : weights[static_cast<std::size_t>(sample)];
    sum += weight * static_cast<double>(loss(output, target));
    loss.gradient(output, target, dy);
    dy *= static_cast<T>(weight);
    dy /= static_cast<T>(count);
  }
  add_gradients(network, parameters, x, workspace, depth, gradient, wanted_of_x, mode);
  return sum;
}

}  // namespace detail

/// A mean loss and its gradients.
template <class T>
struct NetworkGradients {
  double loss = 0;
  Vector<T> parameters;  ///< dL/dW, laid out as network.parameters() is
  Matrix<T> input;       ///< dL/dx, features x samples, or of one sequence of any length features x steps
};

/// The mean loss of a network in use (nothing is random, no statistic moves) for x (features x samples, or one sample)
/// and targets as Trainer::step takes them, and its gradients with respect to all parameters and to x. Throws
/// shape_error where sizes do not fit, data_error where there is no sample or a target makes no sense.
template <class Net, class Loss, class X, class Target>
NetworkGradients<typename Net::Scalar> gradients(const Net& network, const Loss& loss, const X& samples,
                                                 const Target& target) {
  using T = typename Net::Scalar;
  static_assert(detail::require_loss<Loss, T>());
  return with_layout(network, samples, "gradients", [&](const auto& layout, const ConstMatrixView<T>& x) {
    const Index count = x.cols();
    if (count < 1) throw data_error("gradients: got no sample; give features x samples, at least one column");
    detail::require_fit(network, loss);
    if constexpr (assumes_finite_math) require_finite_numbers(network, "gradients");
    Buffer<T> one_hot, state;
    state = network.state();
    const auto targets = targets_of<T, Net::output_extent>(target, layout.output_shape(), count, one_hot);
    detail::require_probabilities("gradients", loss, targets);
    return with_fused_loss(layout, loss, [&](const auto& taken_loss, Index depth) {
      Workspace<T> workspace;
      workspace.reserve_activations(layout, count);
      workspace.reserve_gradients(layout, count);
      const Training<T> mode = deterministic(state.data());
      const T* parameters = network.parameters().data();
      const T* y = forward_pass(layout, parameters, x, workspace, depth, SampleRange{0, count}, mode);
      NetworkGradients<T> result;
      result.parameters.setZero(network.parameter_count());
      result.loss = detail::add_loss_gradients(layout, parameters, taken_loss, depth, x, targets.data(), {}, count, y,
                                               workspace, mode, InputGradient::all, result.parameters.data()) /
                    static_cast<double>(count);
      // As x was given: of one sequence features x steps.
      const Index rows = AnyLength<Net> ? layout.input_shape().channels : x.rows();
      result.input = ConstMatrixView<T>(workspace.gradient(layout, 0, count), rows, x.size() / rows);
      return result;
    });
  });
}

}  // namespace nn
