// SPDX-License-Identifier: MIT
// Are the gradients right? Checked against dual numbers and against central differences, for all parameters and inputs.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include <nn/core/dual.hpp>
#include <nn/core/errors.hpp>
#include <nn/core/finite.hpp>
#include <nn/core/options.hpp>
#include <nn/networks/at_shape.hpp>
#include <nn/networks/layer_stack.hpp>
#include <nn/networks/pass.hpp>
#include <nn/training/gradients.hpp>
#include <nn/training/step/fused_loss.hpp>
#include <nn/training/step/targets.hpp>

namespace nn {

/// Errors are relative to the exact derivative, or to the root mean square of all where that is larger: a derivative
/// that is zero by cancellation is not held against anyone. A correct double network stays below 1e-12 (and 1e-7 for
/// central differences, which can do no better), a float one below 1e-5.
struct GradientCheck {
  double worst_relative_error = 0;            ///< against dual numbers, which are exact
  double worst_central_difference_error = 0;  ///< against (L(w + h) - L(w - h)) / 2h
  Index derivatives = 0;                      ///< how many were checked
  Index kinks = 0;    ///< of those, how many had a kink within h, where central differences say nothing
  std::string worst;  ///< which derivative is the worst against dual numbers
};

namespace detail {

// The mean loss in dual numbers: its value, and its derivative in the direction that the derivatives of p and x give.
template <class Net, class Loss>
Dual<double> dual_loss(const Net& network, const Loss& loss, Index depth, const Vector<Dual<double>>& parameters,
                       const Matrix<Dual<double>>& x, const Matrix<double>& targets,
                       Workspace<Dual<double>>& workspace) {
  Vector<Dual<double>> state = network.state().template cast<double>().template cast<Dual<double>>();
  workspace.reserve_activations(network, x.cols());
  const Dual<double>* y = forward_pass(network, parameters.data(), x, workspace, depth, {0, x.cols()},
                                       Training<Dual<double>>{state.data()});
  const Index outputs = network.output_shape().size();
  Dual<double> sum = 0;
  for (Index sample = 0; sample < x.cols(); ++sample)
    sum += loss(ConstVectorView<Dual<double>>(y + sample * outputs, outputs),
                ConstVectorView<double>(targets.data() + sample * outputs, outputs));
  return sum / static_cast<double>(x.cols());
}

}  // namespace detail

/// Compares the gradients of the mean loss that training would use with exact ones, computed in double. x is
/// features x samples, target as in Trainer::step. Cost: four passes per parameter and input.
template <class Net, class Loss, class X, class Target>
GradientCheck check_gradients(const Net& network, const Loss& any_loss, const Eigen::DenseBase<X>& x,
                              const Target& target) {
  using T = typename Net::Scalar;
  static_assert(detail::require_loss<Loss, T>());
  network.require_features(x.rows(), "check_gradients");
  validate_options<T>(any_loss);
  if (x.cols() < 1)
    throw data_error(
        "check_gradients: got no sample; give features x samples, "
        "at least one column");
  const auto& layout = layout_for(network, AnyLength<Net> ? x.size() : x.rows());
  Matrix<T> inputs = x.derived().template cast<T>();
  if (AnyLength<Net>) inputs.resize(inputs.size(), 1);  // one sequence, features x steps
  const Index samples = inputs.cols();

  Buffer<T> one_hot;
  const auto checked = [&](const auto& given) {
    return Matrix<T>(targets_of<T, Net::output_extent>(given, layout.output_shape(), samples, one_hot));
  };
  const Matrix<T> targets = [&] {
    if constexpr (MatrixExpression<Target> && !ClassLabels<Target>)
      return checked(target.template cast<T>());
    else
      return checked(target);
  }();
  const Matrix<double> exact_targets = targets.template cast<double>();

  return with_fused_loss(layout, any_loss, [&](const auto& loss, Index depth) {
    // As training does it.
    Workspace<T> workspace;
    workspace.reserve_gradients(layout, samples);
    workspace.reserve_activations(layout, samples);
    // What a layer leaves unwritten must not be the right numbers of an earlier pass.
    std::fill_n(workspace.gradients(), layout.activation_size() * samples, std::numeric_limits<T>::quiet_NaN());
    std::fill_n(workspace.gradient(layout, 0, samples), inputs.size(), std::numeric_limits<T>::quiet_NaN());
    Vector<T> state = network.state();
    const Training<T> training{state.data()};
    const T* y = forward_pass(layout, network.parameters().data(), inputs, workspace, depth, {0, samples}, training);
    Vector<T> gradient = Vector<T>::Zero(network.parameter_count() + inputs.size());
    detail::add_loss_gradients(layout, network.parameters().data(), loss, depth, inputs, targets.data(), {}, samples, y,
                               workspace, training, InputGradient::all, gradient.data());
    gradient.tail(inputs.size()) = ConstVectorView<T>(workspace.gradient(layout, 0, samples), inputs.size());

    // As it is, one number after the other.
    Workspace<Dual<double>> dual_workspace;
    Vector<Dual<double>> parameters = network.parameters().template cast<double>().template cast<Dual<double>>();
    Matrix<Dual<double>> dual_inputs = inputs.template cast<double>().template cast<Dual<double>>();
    const auto loss_now = [&] {
      return detail::dual_loss(layout, loss, depth, parameters, dual_inputs, exact_targets, dual_workspace);
    };
    Vector<double> exact(gradient.size()), central(gradient.size()), mean_of_both_sides(gradient.size());
    for (Index k = 0; k < gradient.size(); ++k) {
      Dual<double>& number = k < parameters.size() ? parameters[k] : dual_inputs.data()[k - parameters.size()];
      const double center = number.value, h = 6e-6 * std::max(1.0, std::abs(center));
      number.derivative = 1;
      exact[k] = loss_now().derivative;
      number.value = center + h;
      const Dual<double> right = loss_now();
      number.value = center - h;
      const Dual<double> left = loss_now();
      number = Dual<double>(center);
      central[k] = (right.value - left.value) / (2 * h);
      mean_of_both_sides[k] = (right.derivative + left.derivative) / 2;
    }

    GradientCheck result;
    result.derivatives = gradient.size();
    const double typical = exact.size() == 0 ? 0 : std::sqrt(exact.squaredNorm() / static_cast<double>(exact.size()));
    for (Index k = 0; k < gradient.size(); ++k) {
      const double scale = std::max({std::abs(exact[k]), typical, 1e-300});
      // NaN is the worst of all, and as infinity it stays so.
      const auto measured = [](double e) { return is_finite(e) ? e : std::numeric_limits<double>::infinity(); };
      const double error = measured(std::abs(static_cast<double>(gradient[k]) - exact[k]) / scale);
      if (error > result.worst_relative_error) {
        result.worst_relative_error = error;
        const bool is_parameter = k < parameters.size();
        result.worst = text_of(is_parameter ? "parameter " : "input ", is_parameter ? k : k - parameters.size(), ": ",
                               gradient[k], " for ", exact[k]);
      }
      // Across a kink, the slope here is not the mean of the slopes on both sides.
      if (std::abs(exact[k] - mean_of_both_sides[k]) > 1e-8 * scale) {
        ++result.kinks;
      } else {
        const double difference = measured(std::abs(static_cast<double>(gradient[k]) - central[k]) / scale);
        result.worst_central_difference_error = std::max(result.worst_central_difference_error, difference);
      }
    }
    return result;
  });
}

}  // namespace nn
