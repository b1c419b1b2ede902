// SPDX-License-Identifier: MIT
// Epochs over a data set: batches, budgets, validation and callbacks, from where the last fit was left.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <utility>

#include <nn/core/random.hpp>
#include <nn/data/lazy_dataset.hpp>
#include <nn/data/sample_windows.hpp>
#include <nn/networks/at_shape.hpp>
#include <nn/networks/finite_network.hpp>
#include <nn/training/evaluation/evaluate.hpp>
#include <nn/training/fit/best_in_place.hpp>
#include <nn/training/fit/fit_options.hpp>
#include <nn/training/fit/fit_state.hpp>
#include <nn/training/fit/gather_batch.hpp>
#include <nn/training/fit/history.hpp>
#include <nn/training/fit/last_finite.hpp>
#include <nn/training/fit/learning_rate.hpp>
#include <nn/training/fit/order_of_samples.hpp>
#include <nn/training/fit/same_fit.hpp>
#include <nn/training/step/loss_fit.hpp>
#include <nn/training/step/training_step.hpp>

namespace nn {

/// What Trainer::fit does, with a TrainingStep for each batch.
template <class Step>
class FitLoop {
 public:
  using Scalar = typename Step::Scalar;

  explicit FitLoop(Step step) : step_(std::move(step)) {}

  Step& step() { return step_; }
  const Step& step() const { return step_; }
  const FitState<Scalar>& state() const { return state_; }

  /// As Trainer::fit.
  template <class Data>
  History operator()(const Data& all, const FitOptions& options) {
    options.validate();
    const DataReference data = all;
    const Index validated = options.held_out(data.size()), available = data.size() - validated;
    require_usable(data, options);
    const Batches batches(available, options, step_.least_samples());
    std::optional<Data> held_out;
    if (validated > 0) held_out = all.subset(available, validated);
    const DataReference validation = held_out ? DataReference(*held_out) : options.validation;
    FitIdentity identity(data, available, options, step_.options().seed);
    require_same_fit(step_, identity, options, validation, is_resumed_ ? &state_ : nullptr);
    FitState<Scalar> first = first_state(identity, batches, options);
    const Dataset& head = data.head();
    Run run{data,
            {data, batches.size},
            options,
            batches,
            validation,
            options.schedule.lasting(batches.updates(options)),
            detail::Batch<Scalar>(head, layout_for(network(), head.sample_shape().size()).output_shape().size(),
                                  batches.largest()),
            {.epochs = options.epochs, .batches = batches.count(), .samples = batches.samples},
            LastFinite<Step>(step_)};
    run.schedule.restore(is_resumed_ ? state_.schedule : first.schedule);
    begin(std::move(first), std::move(identity));
    run.progress.learning_rate = rate_of(run.schedule, scheduled(run) - 1);
    const Fitting until_exit(*this);
    const std::optional<Ending> ending = train(run);
    state_.history.is_stopped = ending == Ending::callback;
    state_.history.ending = ending.value_or(Ending::all_epochs);
    is_resumed_ = false;
    History history = state_.history;
    if (state_.best_parameters.size() > 0) best_.put(step_.network(), state_);
    return history;
  }

  /// Throws data_error where a callback of fit calls what may only be called when it has returned.
  void require_outside(const char* who) const {
    if (is_fitting_)
      throw data_error(who, ": called from a callback of fit, which goes on afterwards; call it when fit has returned");
  }

  /// After an update by hand: what the last update of a fit left counts no more.
  void forget_last() { best_.forget(); }

  /// The next fit goes on from the fields that were given, of a checkpoint of so old a version.
  void mark_resumed(std::uint64_t version) {
    is_resumed_ = state_.is_within_epoch || !state_.order.empty();
    if (version == 1) state_.patience_loss = state_.best_loss;  // which had one for both
    interrupted_.reset();
    forget_last();
  }

  /// Calls visit(name, field, problem) for all that a checkpoint holds; self is const when one is written: of a fit
  /// that has ended, then, what its last update left, and where it stood within an epoch if it was stopped there.
  template <class Self, class Visit>
  static void for_each_field(Self& self, Visit& visit) {
    const auto parameters = self.step_.network().parameters(), state = self.step_.network().state();
    if constexpr (std::is_const_v<Self>) {
      const bool has_best = self.best_.is_in(self.network(), self.state_);
      const ConstVectorView<Scalar> now(parameters.data(), parameters.size()), kept(state.data(), state.size());
      Step::for_each_field(self.step_, visit, has_best ? self.best_.last_parameters() : now,
                           has_best ? self.best_.last_state() : kept);
      FitState<Scalar>::for_each_field(self.interrupted_ ? *self.interrupted_ : self.state_, visit, parameters.size(),
                                       state.size(), self.step_.step_count());
    } else {
      Step::for_each_field(self.step_, visit, parameters, state);
      FitState<Scalar>::for_each_field(self.state_, visit, parameters.size(), state.size(), self.step_.step_count());
    }
  }

 private:
  // What one call works with.
  struct Run {
    DataReference data;
    detail::SampleWindows windows;
    const FitOptions& options;
    Batches batches;
    DataReference validation;
    Schedule schedule;
    detail::Batch<Scalar> batch;
    Progress progress;
    LastFinite<Step> before;
  };

  // However a fit ends, the trainer can be used again, and a step by hand is one update.
  struct Fitting {
    FitLoop& loop;
    explicit Fitting(FitLoop& one) : loop(one) { loop.is_fitting_ = true; }
    ~Fitting() {
      loop.is_fitting_ = false;
      loop.step_.accumulate_over(1);
    }
  };

  const auto& network() const { return std::as_const(step_.network()); }
  const Processes& processes() const { return step_.options().group; }

  void require_usable(DataReference data, const FitOptions& options) const {
    detail::require_fit(network(), step_.loss(), data.head(), "fit");
    if (options.validation != nullptr)
      detail::require_fit(network(), step_.loss(), options.validation.head(), "fit, validation");
    require_finite_numbers(network(), "fit");
    if (options.truncate > 0) detail::require_pieces(network(), step_.least_samples(), processes().size());
    options.augmentation.require(shape_of_samples(data.head()));
  }

  // A matrix of numbers does not say that its samples are images; the network may.
  Shape shape_of_samples(const Dataset& data) const {
    const Shape shape = data.sample_shape();
    return shape == Shape(shape.size()) ? network().input_shape() : shape;
  }

  // Throws where the checkpoint to go on from is of another fit.
  FitState<Scalar> first_state(const FitIdentity& identity, const Batches& batches, const FitOptions& options) const {
    if (!is_resumed_) return FitState<Scalar>::starting(identity.samples, options, step_.step_count());
    state_.identity.require_same(identity);
    state_.require_same_order(identity.samples, batches.samples);
    return {};
  }
  // Nothing has been changed before.
  void begin(FitState<Scalar> first, FitIdentity identity) {
    if (!is_resumed_) {
      state_ = std::move(first);
      step_.forget_accumulated();
    }
    state_.identity = std::move(identity);
    interrupted_.reset();
    forget_last();
  }

  // Updates of this fit so far, and the rate of one of them.
  std::int64_t updates() const { return step_.step_count() - state_.first_step; }
  // What the schedule counts: updates, or batches where several updates are made of each.
  std::int64_t scheduled(const Run& run) const {
    if (run.options.truncate == 0) return updates();
    return static_cast<std::int64_t>(state_.history.epochs.size()) * run.batches.count() +
           (state_.is_within_epoch ? run.batches.number_of(state_.samples_seen) : 0);
  }
  double rate_of(const Schedule& schedule, std::int64_t update) const {
    return nn::rate_of(step_.optimizer(), schedule, update);
  }

  // All epochs that are left. Says why training ended before them.
  std::optional<Ending> train(Run& run) {
    const FitOptions& options = run.options;
    std::optional<Ending> ending;
    if (!state_.is_within_epoch)  // a checkpoint may have been made after the last epoch or the last batch
      ending = state_.is_patience_over(options) ? Ending::no_improvement : agreed(budget_spent(run));
    while (!ending && static_cast<Index>(state_.history.epochs.size()) < options.epochs) {
      ending = train_epoch(run);
      run.before.require(step_);
      require_same_parameters<Scalar>(processes(), network().parameters(), step_.step_count());
      if (ending && state_.samples_seen < run.batches.samples) interrupted_ = state_;
      end_epoch(run);
      if (!ending) ending = agreed(stopped(run));
      if (!ending && state_.is_patience_over(options)) ending = Ending::no_improvement;
    }
    return ending;
  }

  // The batches that are left of an epoch. Says why training is to end, or nothing at the end of the epoch.
  std::optional<Ending> train_epoch(Run& run) {
    const FitOptions& options = run.options;
    Progress& progress = run.progress;
    progress.epoch = static_cast<Index>(state_.history.epochs.size()) + 1;
    progress.validation_loss = progress.validation_accuracy = std::numeric_limits<double>::quiet_NaN();
    if (!std::exchange(state_.is_within_epoch, true)) {
      if (options.shuffle)
        shuffle_samples(state_.order, run.data, run.batches.samples, options.batch_size, state_.random);
      state_.samples_seen = 0;
      state_.loss_sum = state_.seconds = 0;
    }
    const double start = options.clock() - state_.seconds;
    std::optional<Ending> ending = agreed(budget_spent(run));
    while (!ending && state_.samples_seen < run.batches.samples) {
      train_batch(run);
      state_.seconds = options.clock() - start;
      report(run);
      call(options.on_batch, progress);
      ending = agreed(progress.is_stopped ? stopped(run) : budget_spent(run));
    }
    return ending;
  }

  void train_batch(Run& run) {
    const FitOptions& options = run.options;
    const Index count = run.batches.size_after(state_.samples_seen);
    const bool is_last = state_.samples_seen + count == run.batches.samples;
    if (is_last || (options.steps > 0 && updates() + 1 == options.steps)) run.before.keep(step_);
    step_.accumulate_over(is_last ? step_.accumulated() + 1 : options.accumulate);
    const auto [window, samples] = next_samples(run, count);
    gather_batch(window, samples, {options.augmentation, shape_of_samples(window), seed_of_pass(options)}, step_.team(),
                 run.batch);
    run.progress.learning_rate = rate_of(run.schedule, scheduled(run));
    const LearningRate rate(step_.optimizer(), run.progress.learning_rate);
    const detail::Batch<Scalar>& batch = run.batch;
    const double mean = options.truncate > 0 ? step_.in_pieces(batch.inputs(), batch.targets(), batch.weights(),
                                                               batch.lengths(), options.truncate)
                                             : step_(batch.inputs(), batch.targets(), batch.weights(), batch.lengths());
    state_.loss_sum += mean * static_cast<double>(count);
    is_resumed_ = false;  // not before: where memory is too small for an update, another fit can go on
    state_.samples_seen += count;
  }

  // Of what an augmentation draws.
  std::uint64_t seed_of_pass(const FitOptions& options) const {
    if (!options.augmentation) return 0;
    return Random(step_.options().seed ^ (static_cast<std::uint64_t>(step_.pass_count()) << 32)).next();
  }

  detail::SampleWindows::Part next_samples(Run& run, Index count) const {
    const std::span<const Index> order(state_.order.data(), static_cast<std::size_t>(run.batches.samples));
    return run.windows.batch(order, state_.samples_seen, count, [&](const Dataset& window) {
      detail::require_fit(network(), step_.loss(), window, "fit, among samples that were read on the way");
    });
  }

  void end_epoch(Run& run) {
    Progress& progress = run.progress;
    state_.history.epochs.reserve(state_.history.epochs.size() + 1);
    if (run.validation != nullptr) {
      const Evaluation result = detail::evaluate_all(network(), step_.loss(), run.validation,
                                                     {.threads = step_.options().threads, .group = processes()});
      progress.validation_loss = result.loss;
      progress.validation_accuracy = result.accuracy;
      run.schedule.observe(result.loss);
      std::vector<double> memory = run.schedule.memory();
      state_.observe(result.loss, run.options, network().parameters(), network().state());
      state_.schedule = std::move(memory);
    }
    report(run);
    state_.history.epochs.push_back({progress.loss, progress.validation_loss, progress.validation_accuracy,
                                     progress.seconds, progress.samples_seen});
    state_.seconds_before += std::exchange(state_.seconds, 0);
    state_.is_within_epoch = false;
    call(run.options.on_epoch, progress);
  }

  std::optional<Ending> budget_spent(const Run& run) const {
    return state_.budget_spent(run.options, step_.step_count());
  }
  static std::optional<Ending> stopped(const Run& run) {
    return run.progress.is_stopped ? std::optional(Ending::callback) : std::nullopt;
  }
  // Where a clock or a callback ends the training on one process, it ends on all.
  std::optional<Ending> agreed(std::optional<Ending> mine) const {
    const std::int64_t all = processes().agree(mine ? static_cast<std::int64_t>(*mine) + 1 : 0);
    return all == 0 ? std::nullopt : std::optional(static_cast<Ending>(all - 1));
  }

  void report(Run& run) const {
    Progress& progress = run.progress;
    progress.samples_seen = state_.samples_seen;
    progress.batch = run.batches.number_of(state_.samples_seen);
    progress.loss = state_.loss_sum / static_cast<double>(state_.samples_seen);
    progress.seconds = state_.seconds;
  }

  // The batches of a run have the sizes of the network as it was when fit began.
  void call(const ProgressCallback& callback, Progress& progress) const {
    if (!callback) return;
    const Index depth = network().depth(), parameters = network().parameter_count(), state = network().state().size();
    const Shape input = network().input_shape(), output = network().output_shape();
    callback(progress);
    if (network().depth() != depth || network().parameter_count() != parameters || network().state().size() != state ||
        network().input_shape() != input || network().output_shape() != output)
      throw data_error("fit: a callback changed the layers of the network; change them when fit has returned");
  }

  Step step_;
  FitState<Scalar> state_;
  bool is_resumed_ = false;
  bool is_fitting_ = false;
  std::optional<FitState<Scalar>> interrupted_;  // state_ as it was when a fit was ended within an epoch
  BestInPlace<Scalar> best_;
};

}  // namespace nn
