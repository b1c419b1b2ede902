// SPDX-License-Identifier: MIT
// Training by LBFGS: every look at the loss is one at all samples.
#pragma once

#include <algorithm>
#include <chrono>
#include <numeric>
#include <span>
#include <vector>

#include <nn/core/options.hpp>
#include <nn/core/pass.hpp>
#include <nn/data/dataset.hpp>
#include <nn/training/evaluate.hpp>
#include <nn/training/fused_loss.hpp>
#include <nn/training/gradients.hpp>
#include <nn/training/history.hpp>
#include <nn/training/lbfgs.hpp>

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
  const Index outputs = network.output_shape().size(), samples = data.size();
  const Index batch_size = std::min<Index>(256, samples);  // more would take more memory, and no less time
  detail::Batch<T> batch(data, outputs, batch_size);
  std::vector<Index> order(static_cast<std::size_t>(samples));
  std::iota(order.begin(), order.end(), Index(0));
  Workspace<T> workspace;
  workspace.reserve_activations(network, batch_size);
  workspace.reserve_gradients(network, batch_size);
  const Training<T> mode = deterministic(network.state().data());  // a line search needs the same loss every time

  History history;
  auto start = std::chrono::steady_clock::now();
  with_fused_loss(network, loss, [&](const auto& taken_loss, Index depth) {
    const auto mean_loss = [&](ConstVectorView<T> parameters, VectorView<T> gradient) {
      gradient.setZero();
      double sum = 0;
      for (Index first = 0; first < samples; first += batch_size) {
        const Index count = std::min(batch_size, samples - first);
        const std::span<const Index> chosen(order.data() + first, static_cast<std::size_t>(count));
        batch.gather(data, chosen, [&](const auto& x, const auto& targets) {
          const T* y = forward_pass(network, parameters.data(), x, workspace, depth, SampleRange{0, count}, mode);
          sum += detail::add_loss_gradients(network, parameters.data(), taken_loss, depth, x, targets.data(),
                                            batch.weights(), samples, y, workspace, mode, InputGradient::none,
                                            gradient.data());
        });
      }
      return sum / static_cast<double>(samples);
    };
    minimize(mean_loss, network.parameters(), options, [&](const Minimization& now) {
      const auto end = std::chrono::steady_clock::now();
      history.epochs.push_back(
          {.loss = now.value, .seconds = std::chrono::duration<double>(end - start).count(), .samples = samples});
      start = end;
    });
  });
  return history;
}

}  // namespace nn
