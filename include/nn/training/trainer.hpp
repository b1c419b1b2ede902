// SPDX-License-Identifier: MIT
// Training: the one place where network, loss, optimizer and data meet.
#pragma once

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <limits>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <nn/core/layer_stack.hpp>
#include <nn/core/random.hpp>
#include <nn/data/dataset.hpp>
#include <nn/training/evaluate.hpp>
#include <nn/training/fit_options.hpp>
#include <nn/training/fit_state.hpp>
#include <nn/training/history.hpp>
#include <nn/training/targets.hpp>
#include <nn/training/trainer_options.hpp>
#include <nn/training/training_step.hpp>

namespace nn {

/// Trains a network that it refers to, and that must outlive it. The loss is the mean over the samples.
template <class Net, class Loss, class Optimizer>
class Trainer {
 public:
  using Scalar = typename Net::Scalar;

  /// Throws data_error where an option makes no sense.
  Trainer(Net& network, Loss loss, Optimizer optimizer, TrainerOptions options = {})
      : update_(network, std::move(loss), std::move(optimizer), std::move(options)) {}

  /// One update from one sample or one mini-batch: x is features x samples, target outputs x samples or one class label
  /// per sample. Weights, one per sample where given, multiply the losses; the mean stays one over the number of
  /// samples. Returns the mean loss before the update. Throws shape_error where sizes do not fit, data_error where x,
  /// the target or the loss is not finite, a label is out of range or a weight negative; the network is then as it was.
  template <class X, class Target>
  requires(!std::integral<Target>) double step(const Eigen::DenseBase<X>& x, const Target& target,
                                               std::span<const double> weights = {}) {
    require_scalar<typename X::Scalar, Scalar>();
    require_features<X::RowsAtCompileTime, Net::input_extent>();
    network().require_features(x.rows(), "step");
    if (x.cols() < 1) throw data_error("step: got no sample; give features x samples, at least one column");
    if (!weights.empty()) detail::require_weights("step", weights, x.cols());
    return with_contiguous(x, [&](const auto& view) {
      const ConstMatrixView<Scalar> inputs(view.data(), view.rows(), view.cols());
      return with_targets(target, inputs.cols(),
                          [&](const auto& targets) { return update_(inputs, targets, weights); });
    });
  }

  /// As above, the targets of one sample being one class label.
  template <class X, std::integral Label>
  double step(const Eigen::DenseBase<X>& x, Label label) {
    return step(x, std::span<const Label>(&label, 1));
  }

  /// Epochs over a data set. Throws before the first update where the data or an option cannot be used, and data_error
  /// when the loss is not finite: the network is then as it was before that update. After resume() it goes on where the
  /// checkpoint was made; the data and the options must be those of then.
  History fit(const Dataset& data, const FitOptions& options = {}) {
    options.validate();
    const Index validated = validation_size(data, options);
    const Index available = data.size() - validated;
    const Index samples = options.samples_per_epoch == 0 ? available : std::min(options.samples_per_epoch, available);
    require_usable(data, options);
    std::optional<Dataset> held_out;
    if (validated > 0) held_out = data.subset(available, validated);
    const Dataset* validation = held_out ? &*held_out : options.validation;

    if (!std::exchange(is_resumed_, false)) begin_fit(available, options);
    if (static_cast<Index>(fit_.order.size()) != available)
      throw data_error("fit: the checkpoint was made while training on ", fit_.order.size(), " samples, but there are ",
                       available, "; give the same data and options");
    if (fit_.samples_seen < 0 || fit_.samples_seen > samples || update_.accumulated() < 0 ||
        std::any_of(fit_.order.begin(), fit_.order.end(), [&](Index i) { return i < 0 || i >= available; }))
      throw data_error("fit: the checkpoint was made in the middle of other data; give the same data and options");
    Schedule schedule = options.schedule;
    schedule.restore(fit_.schedule);
    const Index batch_size = std::min(options.batch_size, samples);
    detail::Batch<Scalar> batch(data, network().output_shape().size(), batch_size);
    Progress progress;
    progress.epochs = options.epochs;
    progress.samples = samples;
    progress.batches = (samples + batch_size - 1) / batch_size;

    const auto budget_spent = [&]() -> std::optional<Ending> {
      if (options.steps > 0 && step_count() - fit_.first_step >= options.steps) return Ending::step_budget;
      if (options.seconds > 0 && fit_.seconds_before + fit_.seconds >= options.seconds) return Ending::time_budget;
      return std::nullopt;
    };
    const auto is_patience_over = [&] { return options.patience > 0 && fit_.epochs_since_best >= options.patience; };

    // A checkpoint may have been made after the last epoch or, below, the last batch.
    std::optional<Ending> ending;
    if (!fit_.is_within_epoch) ending = is_patience_over() ? Ending::no_improvement : budget_spent();
    while (!ending && static_cast<Index>(fit_.history.epochs.size()) < options.epochs) {
      progress.epoch = static_cast<Index>(fit_.history.epochs.size()) + 1;
      progress.validation_loss = progress.validation_accuracy = std::numeric_limits<double>::quiet_NaN();
      if (!std::exchange(fit_.is_within_epoch, true)) {
        if (options.shuffle) fit_.random.shuffle(fit_.order);
        fit_.samples_seen = 0;
        fit_.loss_sum = fit_.seconds = 0;
      }
      const auto start = std::chrono::steady_clock::now();
      const double seconds_at_start = fit_.seconds;
      ending = budget_spent();
      while (!ending && fit_.samples_seen < samples) {
        const Index count = std::min(batch_size, samples - fit_.samples_seen);
        const std::span<const Index> chosen(fit_.order.data() + fit_.samples_seen, static_cast<std::size_t>(count));
        if (schedule) set_learning_rate(schedule(step_count()));
        const bool is_last = fit_.samples_seen + count == samples;
        update_.accumulate_over(is_last ? update_.accumulated() + 1 : options.accumulate);
        gather(data, chosen, options.augmentation, batch);
        fit_.loss_sum += update_(batch.inputs(), batch.targets(), batch.weights()) * static_cast<double>(count);
        fit_.samples_seen += count;
        fit_.seconds =
            seconds_at_start + std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        report(progress, batch_size);
        if (options.on_batch) options.on_batch(progress);
        if (progress.is_stopped)
          ending = Ending::callback;
        else
          ending = budget_spent();
      }
      if (validation != nullptr) {
        const Evaluation result = evaluate(network(), loss(), *validation, {.threads = update_.options().threads});
        progress.validation_loss = result.loss;
        progress.validation_accuracy = result.accuracy;
        schedule.observe(result.loss);
        fit_.schedule = schedule.memory();
        remember_best(result.loss, options);
      }
      report(progress, batch_size);
      fit_.history.epochs.push_back({progress.loss, progress.validation_loss, progress.validation_accuracy,
                                     progress.seconds, progress.samples_seen});
      fit_.seconds_before += std::exchange(fit_.seconds, 0);
      fit_.is_within_epoch = false;
      if (options.on_epoch) options.on_epoch(progress);
      if (!ending && progress.is_stopped) ending = Ending::callback;
      if (!ending && is_patience_over()) ending = Ending::no_improvement;
    }
    update_.accumulate_over(1);
    if (fit_.best_parameters.size() > 0) {
      update_.network().parameters() = fit_.best_parameters;
      update_.network().state() = fit_.best_state;
    }
    fit_.history.is_stopped = ending == Ending::callback;
    fit_.history.ending = ending.value_or(Ending::all_epochs);
    return fit_.history;
  }

  /// Writes all that it takes to go on later with the same bits (see nn/io/checkpoint.hpp, which is to be included);
  /// also from a callback, after any batch. Throws load_error where the file cannot be written.
  void save_checkpoint(const std::string& path) const { write_checkpoint(*this, path); }
  /// Reads what save_checkpoint wrote: the next fit() goes on from there. Throws load_error where the file is
  /// damaged, or of another network, optimizer, scalar or version; nothing is changed then.
  void resume(const std::string& path) { read_checkpoint(*this, path); }

  /// A copy of the network with the moving average of its parameters. Throws data_error where none is kept.
  Net averaged() const {
    if (update_.options().average_decay == 0)
      throw data_error("averaged: no average is kept; give the trainer an average_decay, 0.999 is usual");
    Net copy = network();
    if (update_.average().size() > 0) copy.parameters() = update_.average();
    return copy;
  }

  const Net& network() const { return update_.network(); }
  const Loss& loss() const { return update_.loss(); }
  /// Its options may be changed between steps.
  Optimizer& optimizer() { return update_.optimizer(); }
  const Optimizer& optimizer() const { return update_.optimizer(); }
  /// Of the latest fit, as far as it is.
  const History& history() const { return fit_.history; }
  /// Updates made so far.
  std::int64_t step_count() const { return update_.step_count(); }

  /// The next fit() goes on from the fields that were given.
  void mark_resumed() { is_resumed_ = fit_.is_within_epoch || !fit_.order.empty(); }
  /// Calls visit(name, numbers) for everything that training goes on from: vectors, single numbers, and generators.
  template <class Visit>
  void for_each_field(Visit&& visit) {
    each_field(*this, visit);
  }
  template <class Visit>
  void for_each_field(Visit&& visit) const {
    each_field(*this, visit);
  }

 private:
  // What a checkpoint holds; self is const when one is written.
  template <class Self, class Visit>
  static void each_field(Self& self, Visit& visit) {
    TrainingStep<Net, Loss, Optimizer>::for_each_field(self.update_, visit);
    FitState<Scalar>::for_each_field(self.fit_, visit);
  }

  // Calls use(targets) with the targets, checked.
  template <class Target, class Use>
  double with_targets(const Target& target, Index samples, Use&& use) {
    const Index outputs = network().output_shape().size();
    if constexpr (ClassLabels<Target>) {
      validate_labels(target, outputs, samples);
      if (one_hot_.size() < outputs * samples) one_hot_.resize(outputs * samples);
      write_one_hot(target, one_hot_.data(), outputs);
      return use(ConstMatrixView<Scalar>(one_hot_.data(), outputs, samples));
    } else {
      require_scalar<typename Target::Scalar, Scalar>();
      require_targets<Target::RowsAtCompileTime, Net::output_extent>();
      return with_contiguous(target, [&](const auto& view) {
        const ConstMatrixView<Scalar> targets(view.data(), view.rows(), view.cols());
        validate_targets(targets, outputs, samples);
        return use(targets);
      });
    }
  }

  static Index validation_size(const Dataset& data, const FitOptions& options) {
    if (options.validation_share == 0) return 0;
    const auto count = static_cast<Index>(options.validation_share * static_cast<double>(data.size()));
    if (count == 0)
      throw data_error("fit: a share of ", options.validation_share, " of ", data.size(),
                       " samples is none to validate; give a larger one, or a validation set");
    return count;
  }

  void require_usable(const Dataset& data, const FitOptions& options) const {
    detail::require_fit(network(), data, "fit");
    if (options.validation != nullptr) detail::require_fit(network(), *options.validation, "fit, validation");
  }

  void begin_fit(Index samples, const FitOptions& options) {
    fit_ = {};
    fit_.random = options.random;
    fit_.order.resize(static_cast<std::size_t>(samples));
    std::iota(fit_.order.begin(), fit_.order.end(), Index(0));
    fit_.first_step = step_count();
    fit_.schedule = options.schedule.memory();
    update_.forget_accumulated();
  }

  // Each thread gathers the samples that it will go forward with, and augments them. Each sample draws from a generator
  // of its own, so that the threads and a checkpoint do not change the pictures.
  void gather(const Dataset& data, std::span<const Index> samples, const Augmentation& augmentation,
              detail::Batch<Scalar>& batch) {
    const auto count = static_cast<Index>(samples.size()), parts = std::min(update_.options().threads, count);
    batch.resize(data, count);
    update_.share(parts, [&](Index part) {
      const Index first = count * part / parts, last = count * (part + 1) / parts;
      batch.fill(data, samples, first, last);
      if (!augmentation) return;
      const std::uint64_t seed =
          Random(update_.options().seed ^ (static_cast<std::uint64_t>(update_.pass_count()) << 32)).next();
      Vector<float> numbers(std::is_same_v<Scalar, float> ? 0 : data.sample_shape().size());
      for (Index sample = first; sample < last; ++sample) {
        Random random(seed + static_cast<std::uint64_t>(sample));
        Scalar* column = batch.input(sample);
        if constexpr (std::is_same_v<Scalar, float>) {
          augmentation(column, data.sample_shape(), random);
        } else {
          numbers = VectorView<Scalar>(column, numbers.size()).template cast<float>();
          augmentation(numbers.data(), data.sample_shape(), random);
          VectorView<Scalar>(column, numbers.size()) = numbers.template cast<Scalar>();
        }
      }
    });
  }

  void set_learning_rate(double rate) {
    // A schedule may end at 0, which no optimizer takes: the smallest steps there are stand for none.
    if constexpr (requires { optimizer().learning_rate; })
      optimizer().learning_rate = rate >= 0 && rate < 1e-30 ? 1e-30 : rate;
    else
      throw data_error("fit: a schedule sets the learning rate, but this optimizer has none");
  }

  void report(Progress& progress, Index batch_size) const {
    progress.samples_seen = fit_.samples_seen;
    progress.batch = (fit_.samples_seen + batch_size - 1) / batch_size;
    progress.loss = fit_.loss_sum / static_cast<double>(fit_.samples_seen);
    progress.seconds = fit_.seconds;
    if constexpr (requires { optimizer().learning_rate; }) progress.learning_rate = optimizer().learning_rate;
  }

  void remember_best(double loss, const FitOptions& options) {
    ++fit_.epochs_since_best;
    if (!(loss < fit_.best_loss - options.min_improvement)) return;
    fit_.best_loss = loss;
    fit_.epochs_since_best = 0;
    fit_.history.best_epoch = static_cast<Index>(fit_.history.epochs.size()) + 1;
    if (options.patience > 0 || options.keep_best) {
      fit_.best_parameters = network().parameters();
      fit_.best_state = network().state();
    }
  }

  TrainingStep<Net, Loss, Optimizer> update_;
  Vector<Scalar> one_hot_;  // what class labels become
  FitState<Scalar> fit_;
  bool is_resumed_ = false;
};

}  // namespace nn
