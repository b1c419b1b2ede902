// SPDX-License-Identifier: MIT
// How good is a network on data it does not learn from?
#pragma once

#include <algorithm>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include <nn/core/buffer.hpp>
#include <nn/core/pass.hpp>
#include <nn/data/dataset.hpp>
#include <nn/training/fused_loss.hpp>
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
  /// Share of samples whose largest output is where the largest target is; with a single output, whose output and
  /// target lie on the same side of one half (of 0 when the loss takes logits). Weights do not count here, as in Keras.
  double accuracy = 0;
  Index samples = 0;
  std::vector<double> losses;  ///< one per sample, when asked for
};

namespace detail {

template <class Column>
Index largest(const Column& column) {
  Index best = 0;
  for (Index i = 1; i < column.size(); ++i)
    if (column(i) > column(best)) best = i;
  return best;
}

// Whether the outputs tell the class that the targets tell.
template <class Loss, class Y, class Target>
bool is_correct(const Loss&, const Y& y, const Target& t) {
  if (y.size() > 1) return largest(y) == largest(t);
  double boundary = 0.5;
  if constexpr (requires { Loss::decision_boundary; }) boundary = Loss::decision_boundary;
  return (static_cast<double>(y(0)) > boundary) == (static_cast<double>(t(0)) > 0.5);
}

/// Throws where samples of the data set do not fit the network.
template <class Net>
void require_fit(const Net& network, const Dataset& data, const char* who) {
  if (data.size() < 1) throw data_error(who, ": the data set was moved from; assign one to it first");
  network.require_features(data.sample_shape().size(), who);
  const Index outputs = network.output_shape().size();
  if (data.has_labels()
          ? data.class_count() > std::max<Index>(outputs, 2) || (outputs > 1 && data.class_count() > outputs)
          : data.target_size() != outputs)
    throw shape_error(who, ": the data set has ", data.target_size(),
                      data.has_labels() ? " classes" : " targets per sample", ", but the network has ", outputs,
                      " outputs; end it in Dense<", data.target_size(), ">",
                      !data.has_labels() && data.target_size() == 1
                          ? ", or, where the target is a class, give labels (of a file: CsvOptions::categories)"
                          : "");
}

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

/// Mean loss and accuracy over a data set. Throws shape_error where it does not fit the network,
/// data_error where an option makes no sense.
template <class Net, class Loss>
Evaluation evaluate(const Net& network, const Loss& loss, const Dataset& data, const EvaluateOptions& options = {}) {
  using T = typename Net::Scalar;
  if (options.batch_size < 1)
    throw data_error("evaluate: the batch size must be at least 1, got ", options.batch_size, "; 256 is the default");
  detail::require_fit(network, data, "evaluate");
  if constexpr (requires { loss.validate(); }) loss.validate();
  const Index outputs = network.output_shape().size();
  const Index batch_size = std::min(options.batch_size, data.size());

  Evaluation result;
  result.samples = data.size();
  std::vector<double> losses(static_cast<std::size_t>(data.size()));
  std::vector<char> is_correct(losses.size());
  ThreadTeam team(options.threads);
  with_fused_loss(network, loss, [&](const auto& taken_loss, Index depth) {
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
            is_correct[static_cast<std::size_t>(first + sample)] = detail::is_correct(taken_loss, output, target);
          }
        });
      }
    });
  });
  double sum = 0;  // in double: sums of many floats drift
  for (std::size_t i = 0; i < losses.size(); ++i)
    sum += data.weights().empty() ? losses[i] : data.weights()[i] * losses[i];
  result.loss = sum / static_cast<double>(data.size());
  result.accuracy =
      static_cast<double>(std::count(is_correct.begin(), is_correct.end(), 1)) / static_cast<double>(data.size());
  if (options.keep_losses) result.losses = std::move(losses);
  return result;
}

}  // namespace nn
