// SPDX-License-Identifier: MIT
// How good is a network on data it does not learn from?
#pragma once

#include <algorithm>
#include <limits>
#include <numeric>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include <nn/core/buffer.hpp>
#include <nn/core/finite_network.hpp>
#include <nn/core/options.hpp>
#include <nn/core/pass.hpp>
#include <nn/data/dataset.hpp>
#include <nn/training/fused_loss.hpp>
#include <nn/training/loss_fit.hpp>
#include <nn/training/targets.hpp>
#include <nn/training/thread_team.hpp>

namespace nn {

struct EvaluateOptions {
  Index batch_size = 256;    ///< samples per pass; changes speed and memory, not the meaning
  bool keep_losses = false;  ///< also the loss of every sample, not weighted
  Index threads = 1;         ///< that share the batches; the result is the same for any number of them
};

struct Evaluation {
  double loss = 0;  ///< mean over the samples, each loss times the sample's weight where the data set has weights
  /// Where each sample is of one class (labels, one-hot targets, shares that sum to 1): the share of samples whose
  /// largest output is where the largest target is. Where targets are yes or no (0 and 1, or -1 and 1, for one output
  /// or for several of which any number may be yes): the share of outputs on the right side of one half; of 0 when the
  /// loss takes logits, or the targets are -1 and 1. NaN where there is none: other numbers as targets, and several
  /// heads of outputs (a final Concat, or CrossEntropy of more than one class per sample). Weights do not count here,
  /// as in Keras.
  double accuracy = 0;
  Index samples = 0;
  std::vector<double> losses;  ///< one per sample, when asked for
};

namespace detail {

// The memory of a batch, reused.
template <class T>
class Batch {
 public:
  /// For a network of so many outputs, which the data set fits.
  Batch(const Dataset& data, Index outputs, Index capacity)
      : features_(data.sample_shape().size()),
        outputs_(outputs),
        inputs_(checked_product(features_, capacity)),
        targets_(checked_product(outputs, capacity)),
        weights_(data.weights().empty() ? 0 : static_cast<std::size_t>(capacity)) {}

  /// Gathers the samples and calls use(x, targets), both views.
  template <class Use>
  void gather(const Dataset& data, std::span<const Index> samples, Use&& use) {
    resize(data, static_cast<Index>(samples.size()));
    fill(data, samples, 0, static_cast<Index>(samples.size()));
    use(inputs(), targets());
  }

  /// The same in parts, for threads: room for so many samples, then those from `first` to `last` of the batch.
  void resize(const Dataset& data, Index samples) {
    samples_ = samples;
    weights_.resize(data.weights().empty() ? 0 : static_cast<std::size_t>(samples));
  }
  void fill(const Dataset& data, std::span<const Index> samples, Index first, Index last) {
    const auto begin = static_cast<std::size_t>(first), count = static_cast<std::size_t>(last - first);
    const std::span<const Index> chosen = samples.subspan(begin, count);
    MatrixView<T> y(targets_.data() + first * outputs_, outputs_, last - first);
    data.copy_inputs(chosen, MatrixView<T>(input(first), features_, last - first));
    for (std::size_t i = 0; i < count && !weights_.empty(); ++i)
      weights_[begin + i] = data.weights()[static_cast<std::size_t>(chosen[i])];
    if (!data.has_labels()) return data.copy_targets(chosen, y);
    for (std::size_t i = 0; i < count; ++i)
      write_one_hot(std::span(&data.labels()[static_cast<std::size_t>(chosen[i])], 1),
                    y.data() + static_cast<Index>(i) * y.rows(), y.rows());
  }

  ConstMatrixView<T> inputs() const { return {inputs_.data(), features_, samples_}; }
  T* input(Index sample) { return inputs_.data() + sample * features_; }
  ConstMatrixView<T> targets() const { return {targets_.data(), outputs_, samples_}; }
  /// Of the samples gathered last; empty where the data set has none.
  std::span<const double> weights() const { return weights_; }

 private:
  Index features_;
  Index outputs_;
  Index samples_ = 0;
  Buffer<T> inputs_;
  Buffer<T> targets_;
  std::vector<double> weights_;
};

}  // namespace detail

/// Mean loss and accuracy over a data set. Throws shape_error where it does not fit the network, data_error where an
/// option makes no sense, or the loss takes other outputs or targets.
template <class Net, class Loss>
Evaluation evaluate(const Net& network, const Loss& loss, const Dataset& data, const EvaluateOptions& options = {}) {
  using T = typename Net::Scalar;
  static_assert(detail::require_loss<Loss, T>());
  if (options.batch_size < 1)
    throw data_error("evaluate: the batch size must be at least 1, got ", options.batch_size, "; 256 is the default");
  const detail::TargetSummary target_summary = detail::require_fit(network, loss, data, "evaluate");
  const bool has_heads = detail::NetworkEnds(network).are_heads();
  const Index outputs = network.output_shape().size();
  const Index batch_size = std::min(options.batch_size, data.size());

  Evaluation result;
  result.samples = data.size();
  std::vector<double> losses(static_cast<std::size_t>(data.size()));
  std::vector<Index> right(losses.size());
  Index decisions_per_sample = 0;
  ThreadTeam team(options.threads);
  with_fused_loss(network, loss, [&]<class TakenLoss>(const TakenLoss& taken_loss, Index depth) {
    const Index channels = outputs / taken_loss.positions;  // that are decided together
    const auto decisions = detail::decisions<TakenLoss>(target_summary, channels, has_heads);
    decisions_per_sample = decisions.per_sample * taken_loss.positions;
    team.run([&](Index member) {
      Workspace<T> workspace;
      detail::Batch<T> batch(data, outputs, batch_size);
      std::vector<Index> samples(static_cast<std::size_t>(batch_size));
      for (Index first = member * batch_size; first < data.size(); first += team.size() * batch_size) {
        samples.resize(static_cast<std::size_t>(std::min(batch_size, data.size() - first)));
        std::iota(samples.begin(), samples.end(), first);
        batch.gather(data, samples, [&](const auto& x, const auto& targets) {
          const T* y = forward_pass(network, network.parameters().data(), x, workspace, depth);
          for (Index sample = 0; sample < x.cols(); ++sample) {
            const ConstVectorView<T> output(y + sample * outputs, outputs);
            const ConstVectorView<T> target(targets.data() + sample * outputs, outputs);
            losses[static_cast<std::size_t>(first + sample)] = static_cast<double>(taken_loss(output, target));
            for (Index k = 0; k < outputs; k += channels)
              right[static_cast<std::size_t>(first + sample)] +=
                  decisions.right(output.segment(k, channels), target.segment(k, channels));
          }
        });
      }
    });
  });
  if (loses_numbers(network)) std::fill(losses.begin(), losses.end(), std::numeric_limits<double>::quiet_NaN());
  double sum = 0;  // in double: sums of many floats drift
  for (std::size_t i = 0; i < losses.size(); ++i)
    sum += data.weights().empty() ? losses[i] : data.weights()[i] * losses[i];
  result.loss = sum / static_cast<double>(data.size());
  result.accuracy = decisions_per_sample == 0
                        ? std::numeric_limits<double>::quiet_NaN()
                        : static_cast<double>(std::accumulate(right.begin(), right.end(), Index(0))) /
                              static_cast<double>(data.size() * decisions_per_sample);
  if (options.keep_losses) result.losses = std::move(losses);
  return result;
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
