// SPDX-License-Identifier: MIT
// How good is a network on data it does not learn from?
#pragma once

#include <algorithm>
#include <limits>
#include <numeric>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include <nn/core/options.hpp>
#include <nn/data/dataset.hpp>
#include <nn/data/lazy_dataset.hpp>
#include <nn/data/sample_windows.hpp>
#include <nn/networks/at_shape.hpp>
#include <nn/networks/finite_network.hpp>
#include <nn/networks/pass.hpp>
#include <nn/training/step/batch.hpp>
#include <nn/training/step/batch_order.hpp>
#include <nn/training/step/fused_loss.hpp>
#include <nn/training/step/loss_fit.hpp>
#include <nn/training/step/process_exchange.hpp>
#include <nn/training/step/process_group.hpp>
#include <nn/training/step/thread_team.hpp>

namespace nn {

struct EvaluateOptions {
  Index batch_size = 256;    ///< samples per pass; changes speed and memory, not the meaning
  bool keep_losses = false;  ///< also the loss of every sample, not weighted
  Index threads = 1;         ///< that share the batches; the result is the same for any number of them
  /// Processes that share the batches, too: all make the same call and get the same result (see TrainerOptions::group).
  Processes group = {};
};

struct Evaluation {
  /// Mean over the samples, each loss times the sample's weight where the data set has weights; of a network that ends
  /// in Denormalize in scaled units, as training has it.
  double loss = 0;
  /// Where each sample is of one class (labels, one-hot targets, shares that sum to 1): the share of samples whose
  /// largest output is where the largest target is. Where targets are yes or no (0 and 1, or -1 and 1, for one output
  /// or for several of which any number may be yes): the share of outputs on the right side of one half; of 0 when the
  /// loss takes logits, or the targets are -1 and 1. NaN where there is none: other numbers as targets, a
  /// network that ends in Denormalize, and several heads of outputs (a final Concat, or CrossEntropy of more than one
  /// class per sample). Weights do not count here, as in Keras.
  double accuracy = 0;
  Index samples = 0;
  std::vector<double> losses;  ///< one per sample, when asked for
};

namespace detail {

// Of one window after the other.
struct EvaluationSums {
  double loss = 0;  // in double: sums of many floats drift
  Index right = 0, decided = 0;
  std::vector<double> losses;
};

// Adds the samples of a window, shared by the threads of a team and the processes of a group.
template <class Net, class Loss>
void evaluate_window(const Net& network, const Loss& loss, const Dataset& data, const TargetSummary& target_summary,
                     const EvaluateOptions& options, ThreadTeam& team, EvaluationSums& sums) {
  using T = typename Net::Scalar;
  const bool has_heads = NetworkEnds(network).are_heads() || has_several_losses<Loss>();
  const Index outputs_of_whole = layout_for(network, data.sample_shape().size()).output_shape().size();
  const BatchOrder order(data, std::min(options.batch_size, data.size()));

  std::vector<double> losses(static_cast<std::size_t>(data.size()));
  std::vector<Index> right(losses.size()), decided(losses.size());
  const auto first_batch = [&](Index rank) { return order.batch_count() * rank / options.group.size(); };
  team.share(team.size(), [&](Index member) {
    Workspace<T> workspace;
    Batch<T> batch(data, outputs_of_whole, order.largest());
    const Index rank = options.group.rank();
    for (Index number = first_batch(rank) + member; number < first_batch(rank + 1); number += team.size()) {
      const std::span<const Index> samples = order.batch(number);
      batch.gather(data, samples);
      const auto& layout = layout_for(network, batch.features());
      const Index outputs = layout.output_shape().size();
      batch.shorten_targets(outputs);
      with_fused_loss(layout, loss, [&]<class TakenLoss>(const TakenLoss& taken_loss, Index depth) {
        const Index channels = outputs / taken_loss.positions;  // that are decided together
        const auto decisions = detail::decisions<TakenLoss>(target_summary, channels, has_heads);
        const T* y = forward_pass(layout, network.parameters().data(), batch.inputs(), workspace, depth);
        for (Index k = 0; k < batch.inputs().cols(); ++k) {
          const ConstVectorView<T> output(y + k * outputs, outputs), target(batch.targets().col(k).data(), outputs);
          const auto sample = static_cast<std::size_t>(samples[static_cast<std::size_t>(k)]);
          losses[sample] = static_cast<double>(taken_loss(output, target));
          decided[sample] = decisions.per_sample * taken_loss.positions;
          for (Index first = 0; first < outputs; first += channels)
            right[sample] += decisions.right(output.segment(first, channels), target.segment(first, channels));
        }
      });
    }
  });
  if (options.group.size() > 1) {
    ProcessExchange exchange;
    exchange(options.group, [&](Index rank, const ProcessExchange::Use& use) {
      for (Index number = first_batch(rank); number < first_batch(rank + 1); ++number)
        for (const Index sample : order.batch(number)) {
          const auto i = static_cast<std::size_t>(sample);
          use(&losses[i], sizeof losses[i]);
          use(&right[i], sizeof right[i]);
          use(&decided[i], sizeof decided[i]);
        }
    });
  }
  if (loses_numbers(network)) std::fill(losses.begin(), losses.end(), std::numeric_limits<double>::quiet_NaN());
  for (std::size_t i = 0; i < losses.size(); ++i)
    sums.loss += data.weights().empty() ? losses[i] : data.weights()[i] * losses[i];
  sums.right = std::accumulate(right.begin(), right.end(), sums.right);
  sums.decided = std::accumulate(decided.begin(), decided.end(), sums.decided);
  if (options.keep_losses) sums.losses.insert(sums.losses.end(), losses.begin(), losses.end());
}

// What each process of a group calls.
template <class Net, class Loss>
Evaluation evaluate_together(const Net& network, const Loss& loss, DataReference data, const EvaluateOptions& options) {
  static_assert(require_loss<Loss, typename Net::Scalar>());
  if (options.batch_size < 1)
    throw data_error("evaluate: the batch size must be at least 1, got ", options.batch_size, "; 256 is the default");
  std::optional<TargetSummary> targets;
  const auto look_at = [&](const Dataset& window) {
    const TargetSummary of_window = require_fit(network, loss, window, "evaluate");
    targets ? targets->add(of_window) : void(targets = of_window);
  };
  const Index batch_size = std::min(options.batch_size, data.size());
  // What is right or wrong depends on all targets; labels are alike.
  data.head().has_labels() ? look_at(data.head()) : for_each_window(data, batch_size, look_at);

  EvaluationSums sums;
  ThreadTeam team(options.threads);
  for_each_window(data, batch_size, [&](const Dataset& window) {
    evaluate_window(network, loss, window, *targets, options, team, sums);
  });
  Evaluation result;
  result.samples = data.size();
  result.loss = sums.loss / static_cast<double>(data.size());
  result.accuracy = sums.decided == 0 ? std::numeric_limits<double>::quiet_NaN()
                                      : static_cast<double>(sums.right) / static_cast<double>(sums.decided);
  result.losses = std::move(sums.losses);
  return result;
}

template <class Net, class Loss>
Evaluation evaluate_all(const Net& network, const Loss& loss, DataReference data, const EvaluateOptions& options) {
  return options.group.together([&] { return evaluate_together(network, loss, data, options); });
}

}  // namespace detail

/// Mean loss and accuracy over a data set. Throws shape_error where it does not fit the network, data_error where an
/// option makes no sense, or the loss takes other outputs or targets.
template <class Net, class Loss>
Evaluation evaluate(const Net& network, const Loss& loss, const Dataset& data, const EvaluateOptions& options = {}) {
  return detail::evaluate_all(network, loss, data, options);
}

/// The same over samples that are read on the way; twice, where they have targets rather than labels.
template <class Net, class Loss>
Evaluation evaluate(const Net& network, const Loss& loss, const LazyDataset& data,
                    const EvaluateOptions& options = {}) {
  return detail::evaluate_all(network, loss, data, options);
}

/// The same with samples and targets, or class labels, as a Dataset takes them.
template <class Net, class Loss, class X, class Target>
Evaluation evaluate(const Net& network, const Loss& loss, const Eigen::DenseBase<X>& x, const Target& target,
                    const EvaluateOptions& options = {}) {
  return evaluate(network, loss, Dataset(x.derived(), target), options);
}

/// Does not compile: what the outputs are measured by is the loss's business.
template <class Net>
Evaluation evaluate(const Net&, const Dataset&, const EvaluateOptions& = {}) {
  static_assert(!std::is_class_v<Net>, "nn::evaluate: needs the loss; write nn::evaluate(network, loss, data)");
  return {};
}

}  // namespace nn
