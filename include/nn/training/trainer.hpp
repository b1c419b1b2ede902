// SPDX-License-Identifier: MIT
// Training: the one place where network, loss, optimizer and data meet.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <numeric>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <nn/core/buffer.hpp>
#include <nn/data/dataset.hpp>
#include <nn/data/lazy_dataset.hpp>
#include <nn/data/sequence_dataset.hpp>
#include <nn/networks/at_shape.hpp>
#include <nn/networks/layer_stack.hpp>
#include <nn/training/fit/checkpoints.hpp>
#include <nn/training/fit/fit_loop.hpp>
#include <nn/training/fit/fit_options.hpp>
#include <nn/training/fit/history.hpp>
#include <nn/training/step/batch.hpp>
#include <nn/training/step/targets.hpp>
#include <nn/training/step/trainer_options.hpp>
#include <nn/training/step/training_step.hpp>

namespace nn {

/// Trains a network that it refers to, and that must outlive it. The loss is the mean over the samples.
template <class Net, class Loss, class Optimizer>
class Trainer {
  static_assert(detail::require_loss<Loss, typename Net::Scalar>());
  using Step = TrainingStep<Net, Loss, Optimizer>;
  using Fit = FitLoop<Step>;

 public:
  using Scalar = typename Net::Scalar;

  static_assert(!std::is_const_v<Net>, "nn::Trainer: changes the network; give it one that is not const");

  /// Throws data_error where an option makes no sense.
  Trainer(Net& network, Loss loss, Optimizer optimizer, TrainerOptions options = {});
  template <class Gone = void>
  Trainer(Net&& network, Loss loss, Optimizer optimizer, TrainerOptions options = {})
      : Trainer(network, std::move(loss), std::move(optimizer), std::move(options)) {
    static_assert(!std::is_void_v<Gone>, "nn::Trainer: refers to the network, which must outlive it; give it a name");
  }

  /// One update from one sample or one mini-batch: x as predict takes it, target outputs x samples or one class label
  /// per sample; one sample may have a single label, or a single number. Weights, one per sample where given, multiply
  /// the losses; the mean stays one over the number of samples. Returns the mean loss before the update. Throws
  /// shape_error where sizes do not fit, data_error where x, the target or the loss is not finite, a label is out of
  /// range or a weight negative; the network is then as it was.
  template <class X, class Target, class Weights = std::span<const double>>
  double step(const X& samples, const Target& target, const Weights& weights_of_samples = {}) {
    static_assert(std::convertible_to<const Weights&, std::span<const double>>,
                  "nn: the weights of samples are doubles; write std::vector<double>(weights.begin(), weights.end())");
    const std::span<const double> weights = weights_of_samples;
    fit_.require_outside("step");
    return processes().together([&] { return step_together<X, Target>(samples, target, weights); });
  }

 private:
  template <class X, class Target>
  double step_together(const X& samples, const Target& target, std::span<const double> weights) {
    if constexpr (AnyLength<Net> && MatrixList<X>) {
      return step_on(SequenceDataset(samples, target), weights);
    } else {
      const auto& given = as_matrix<Scalar, Net::input_extent>(samples);
      const ConstMatrixView<Scalar> x = block_of_samples(network(), given, "step", samples_);
      if (x.cols() < 1) throw data_error("step: got no sample; give features x samples, at least one column");
      require_weights(weights, x.cols());
      const Shape outputs = layout_for(network(), x.rows()).output_shape();
      const auto targets = targets_of<Scalar, Net::output_extent>(target, outputs, x.cols(), targets_);
      detail::require_probabilities("step", fit_.step().loss(), targets);
      return update_by_hand(x, targets, weights, {});
    }
  }

 public:
  /// As above, with a list of class labels.
  template <class X, class Label, class Weights = std::span<const double>>
  double step(const X& x, std::initializer_list<Label> labels, const Weights& weights = {}) {
    return step<X, std::initializer_list<Label>>(x, labels, weights);
  }

  /// As above, with the inputs of a graph: a list of matrices, features x samples each.
  template <class Target, class Weights = std::span<const double>>
  double step(std::initializer_list<MatrixRef<Scalar>> inputs, const Target& target, const Weights& weights = {}) {
    return step<std::initializer_list<MatrixRef<Scalar>>>(inputs, target, weights);
  }

  /// One update from the gradient of a loss of your own with respect to the outputs for x: outputs x samples, taken as
  /// it is, so divide by the number of samples for a mean. The trainer's own loss is not asked. Throws shape_error
  /// where sizes do not fit, data_error where a number is not finite; the network is then as it was.
  template <class X, class Gradient>
  void step_with_output_gradient(const X& samples, const Gradient& output_gradient) {
    fit_.require_outside("step_with_output_gradient");
    const auto& given = as_matrix<Scalar, Net::input_extent>(samples);
    const ConstMatrixView<Scalar> x = block_of_samples(network(), given, "step_with_output_gradient", samples_);
    const auto& dy = as_matrix<Scalar, Net::output_extent>(output_gradient);
    const Index outputs = layout_for(network(), x.rows()).output_shape().size();
    const bool fits = AnyLength<Net> ? dy.size() == outputs : dy.rows() == outputs && dy.cols() == x.cols();
    if (!fits || x.cols() < 1)
      throw shape_error("step_with_output_gradient: a gradient of ", dy.rows(), " x ", dy.cols(), " does not fit ",
                        outputs, " outputs of ", x.cols(), " samples; give outputs x samples");
    const ConstMatrixView<Scalar> gradient = contiguous(dy, targets_);
    fit_.step().forget_accumulated();
    processes().together([&] { fit_.step().with_output_gradient(x, gradient.data()); });
    fit_.forget_last();
  }

  /// Epochs over a data set. Throws before the first update where the data, an option or a number of the network cannot
  /// be used, and data_error when the loss is not finite: the network is then as it was before that update. Where an
  /// update has made a parameter infinite or NaN, the network goes back to the end of the epoch before. After resume()
  /// it goes on where the checkpoint was made, and throws data_error, still ready to go on, where the data or an option
  /// of FitIdentity is another than then. Callbacks may look at everything, save and stop; what they may not,
  /// data_error says: call fit, step or resume of the same trainer, or change the layers of its network.
  History fit(const Dataset& data, const FitOptions& options = {});
  /// The same with samples that are read on the way. What reading throws ends the training: the network is then as it
  /// was after the last update.
  History fit(const LazyDataset& data, const FitOptions& options = {});

  /// The same with samples and targets, or class labels, as a Dataset takes them.
  template <class X, class Target>
  History fit(const Eigen::DenseBase<X>& x, const Target& target, const FitOptions& options = {}) {
    return fit(Dataset(x.derived(), target), options);
  }

  /// Goes on from the checkpoint where there is one, writes it every so often and when the training is stopped by a
  /// callback or stop_when, and removes it when the training is done: fit(data, {.checkpoint = "run.ck", ...}), with
  /// nn/io/checkpoint.hpp included. Throws load_error where a file of that name is no checkpoint of this training.
  template <class = void>
  History fit(const Dataset& data, const ResumableFit& options) {
    options.validate();
    return fit_from_checkpoint(*this, data, options);
  }
  template <class = void>
  History fit(const LazyDataset& data, const ResumableFit& options) {
    options.validate();
    return fit_from_checkpoint(*this, data, options);
  }

  /// Writes all that it takes to go on later with the same bits (see nn/io/checkpoint.hpp, which is to be included);
  /// also from a callback, after any batch. Throws load_error where the file cannot be written.
  /// Of several processes the first writes; in a fit, where that fails all throw.
  void save_checkpoint(const std::string& path) const {
    if (processes().rank() == 0) write_checkpoint(*this, path);
  }
  /// Reads what save_checkpoint wrote: the next fit() goes on from there. The optimizer's options become those of the
  /// checkpoint, as in PyTorch; change them afterwards for others. (One of the program's own keeps its options where it
  /// lists none by for_each_option.) Throws load_error where the file is damaged, or of another network, optimizer or
  /// scalar, or of a later version; nothing is changed then.
  void resume(const std::string& path) {
    fit_.require_outside("resume");
    processes().together([&] { read_checkpoint(*this, path); });
  }

  /// A copy of the network with the moving average of its parameters. Throws data_error where none is kept.
  Net averaged() const {
    if (fit_.step().options().average_decay == 0)
      throw data_error("averaged: no average is kept; give the trainer an average_decay, 0.999 is usual");
    network().require_whole("averaged");
    Net copy = network();
    if (fit_.step().average().size() == copy.parameter_count()) copy.parameters() = fit_.step().average();
    return copy;
  }

  const Net& network() const { return fit_.step().network(); }
  const Loss& loss() const { return fit_.step().loss(); }
  /// Its options may be changed between steps.
  Optimizer& optimizer() { return fit_.step().optimizer(); }
  const Optimizer& optimizer() const { return fit_.step().optimizer(); }
  /// Of the latest fit, as far as it is.
  const History& history() const { return fit_.state().history; }
  /// Updates made so far.
  std::int64_t step_count() const { return fit_.step().step_count(); }

  /// The next fit() goes on from the fields that were given, of a checkpoint of so old a version.
  void mark_resumed(std::uint64_t version) { fit_.mark_resumed(version); }
  /// Calls visit(name, field, problem) for everything that training goes on from (see nn/io/checkpoint.hpp).
  template <class Visit>
  void for_each_field(Visit&& visit) {
    Fit::for_each_field(fit_, visit);
  }
  template <class Visit>
  void for_each_field(Visit&& visit) const {
    Fit::for_each_field(fit_, visit);
  }

 private:
  const Processes& processes() const { return fit_.step().options().group; }

  void require_weights(std::span<const double> weights, Index samples) const {
    if (!weights.empty()) detail::require_weights("step", weights, samples, fit_.step().options().negative_weights);
  }

  // One update from sequences of different lengths.
  double step_on(const Dataset& data, std::span<const double> weights) {
    require_weights(weights, data.size());
    detail::require_fit(network(), loss(), data, "step");
    std::vector<Index> all(static_cast<std::size_t>(data.size()));
    std::iota(all.begin(), all.end(), Index(0));
    detail::Batch<Scalar> batch(data, layout_for(network(), data.sample_shape().size()).output_shape().size(),
                                data.size());
    batch.resize(data, data.size());
    batch.fill(data, all, 0, data.size());
    return update_by_hand(batch.inputs(), batch.targets(), weights, batch.lengths());
  }

  // No gradient that waits is added to it, and what the last update of a fit left counts no more.
  double update_by_hand(const ConstMatrixView<Scalar>& x, const ConstMatrixView<Scalar>& targets,
                        std::span<const double> weights, std::span<const Index> lengths);

  Fit fit_;
  Buffer<Scalar> samples_, targets_;  // what is given to a step, where that is no block of numbers
};

// Not in the class, where they would be inline: a program linked with nn::compiled does not compile them again.
template <class Net, class Loss, class Optimizer>
Trainer<Net, Loss, Optimizer>::Trainer(Net& network, Loss loss, Optimizer optimizer, TrainerOptions options)
    : fit_(Step(network, std::move(loss), std::move(optimizer), std::move(options))) {}

template <class Net, class Loss, class Optimizer>
History Trainer<Net, Loss, Optimizer>::fit(const Dataset& data, const FitOptions& options) {
  fit_.require_outside("fit");
  return processes().together([&] { return fit_(data, options); });
}
template <class Net, class Loss, class Optimizer>
History Trainer<Net, Loss, Optimizer>::fit(const LazyDataset& data, const FitOptions& options) {
  fit_.require_outside("fit");
  return processes().together([&] { return fit_(data, options); });
}

template <class Net, class Loss, class Optimizer>
double Trainer<Net, Loss, Optimizer>::update_by_hand(const ConstMatrixView<Scalar>& x,
                                                     const ConstMatrixView<Scalar>& targets,
                                                     std::span<const double> weights, std::span<const Index> lengths) {
  fit_.step().forget_accumulated();
  const double mean = fit_.step()(x, targets, weights, lengths);
  fit_.forget_last();
  return mean;
}

}  // namespace nn
