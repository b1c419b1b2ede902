// SPDX-License-Identifier: MIT
// Training by LBFGS: every look at the loss is one at all samples.
#pragma once

#include <algorithm>
#include <numeric>
#include <span>
#include <vector>

#include <nn/core/options.hpp>
#include <nn/data/dataset.hpp>
#include <nn/networks/at_shape.hpp>
#include <nn/networks/pass.hpp>
#include <nn/training/fit/clock.hpp>
#include <nn/training/fit/history.hpp>
#include <nn/training/fit/lbfgs.hpp>
#include <nn/training/gradients.hpp>
#include <nn/training/step/batch.hpp>
#include <nn/training/step/batch_order.hpp>
#include <nn/training/step/fused_loss.hpp>

namespace nn {

/// Trains a network on the mean loss over a data set, for small sets and networks that should fit closely. An epoch of
/// the history is an iteration, its loss that after the iteration. The network is taken as it is in use, both ways:
/// Dropout drops nothing, BatchNorm normalizes by its running statistics and keeps them. Throws data_error where an
/// option makes no sense or the first loss is not finite, shape_error where the data set does not fit the network; it
/// is then as it was.
template <class Net, class Loss>
History fit_full_batch(Net& network, const Loss& loss, const LBFGS& options, const Dataset& data) {
  using T = typename Net::Scalar;
  static_assert(detail::require_loss<Loss, T>());
  detail::require_fit(network, loss, data, "fit_full_batch");
  if constexpr (assumes_finite_math) require_finite_numbers(network, "fit_full_batch");
  const Index samples = data.size();
  const detail::BatchOrder order(data, std::min<Index>(256, samples));  // more takes more memory, and no less time
  detail::Batch<T> batch(data, layout_for(network, data.sample_shape().size()).output_shape().size(), order.largest());
  Workspace<T> workspace;
  const Training<T> mode = deterministic(network.state().data());  // a line search needs the same loss every time

  History history;
  double start = steady_seconds();
  const auto mean_loss = [&](ConstVectorView<T> parameters, VectorView<T> gradient) {
    gradient.setZero();
    double sum = 0;
    for (Index number = 0; number < order.batch_count(); ++number) {
      batch.gather(data, order.batch(number));
      const auto& layout = layout_for(network, batch.features());
      batch.shorten_targets(layout.output_shape().size());
      const ConstMatrixView<T> x = batch.inputs();
      workspace.reserve_activations(layout, x.cols());
      workspace.reserve_gradients(layout, x.cols());
      with_fused_loss(layout, loss, [&](const auto& taken_loss, Index depth) {
        const T* y = forward_pass(layout, parameters.data(), x, workspace, depth, SampleRange{0, x.cols()}, mode);
        sum += detail::add_loss_gradients(layout, parameters.data(), taken_loss, depth, x, batch.targets().data(),
                                          batch.weights(), samples, y, workspace, mode, InputGradient::none,
                                          gradient.data());
      });
    }
    return sum / static_cast<double>(samples);
  };
  minimize(mean_loss, network.parameters(), options, [&](const Minimization& now) {
    const double end = steady_seconds();
    history.epochs.push_back({.loss = now.value, .seconds = end - start, .samples = samples});
    start = end;
  });
  return history;
}

}  // namespace nn
