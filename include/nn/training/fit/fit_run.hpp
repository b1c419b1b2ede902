// SPDX-License-Identifier: MIT
// One fit from its first batch to its last: epochs, budgets, validation and callbacks.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <nn/core/random.hpp>
#include <nn/data/lazy_dataset.hpp>
#include <nn/data/sample_windows.hpp>
#include <nn/networks/at_shape.hpp>
#include <nn/training/evaluation/evaluate.hpp>
#include <nn/training/fit/fit_options.hpp>
#include <nn/training/fit/fit_state.hpp>
#include <nn/training/fit/gather_batch.hpp>
#include <nn/training/fit/history.hpp>
#include <nn/training/fit/last_finite.hpp>
#include <nn/training/fit/learning_rate.hpp>
#include <nn/training/fit/order_of_samples.hpp>
#include <nn/training/fit/same_fit.hpp>
#include <nn/training/step/batch.hpp>
#include <nn/training/step/layers_fingerprint.hpp>
#include <nn/training/step/loss_fit.hpp>
#include <nn/training/step/sequence_pieces.hpp>

namespace nn {

/// What one call of Trainer::fit works with. The state goes on after it, and what it was where the fit ended within an
/// epoch is kept in `interrupted`.
template <class Step>
class FitRun {
 public:
  using Scalar = typename Step::Scalar;

  /// Of data and options that fit the network. Changes nothing.
  FitRun(Step& step, FitState<Scalar>& state, std::optional<FitState<Scalar>>& interrupted, DataReference data,
         const Batches& batches, DataReference validation, const FitOptions& options)
      : step_(step),
        state_(state),
        interrupted_(interrupted),
        data_(data),
        windows_(data, batches.size),
        batches_(batches),
        validation_(validation),
        options_(options),
        schedule_(options.schedule.lasting(batches.updates(options))),
        batch_(data.head(), layout_for(network(), data.head().sample_shape().size()).output_shape().size(),
               batches.largest()),
        progress_{.epochs = options.epochs, .batches = batches.count(), .samples = batches.samples},
        before_(step) {}

  /// The schedule goes on from what it remembered. Throws data_error where it is of another schedule.
  void begin_schedule(const std::vector<double>& memory) { schedule_.restore(memory); }

  /// All epochs that are left. Says why training ended before them.
  std::optional<Ending> train() {
    progress_.learning_rate = rate_of(step_.optimizer(), schedule_, scheduled() - 1);
    std::optional<Ending> ending;
    if (!state_.is_within_epoch)  // a checkpoint may have been made after the last epoch or the last batch
      ending = state_.is_patience_over(options_) ? Ending::no_improvement : agreed(budget_spent());
    while (!ending && static_cast<Index>(state_.history.epochs.size()) < options_.epochs) {
      ending = train_epoch();
      before_.require(step_);
      require_same_parameters<Scalar>(processes(), network().parameters(), step_.step_count());
      if (ending && state_.samples_seen < batches_.samples) interrupted_ = state_;
      end_epoch();
      if (!ending) ending = agreed(stopped());
      if (!ending && state_.is_patience_over(options_)) ending = Ending::no_improvement;
    }
    return ending;
  }

 private:
  const auto& network() const { return std::as_const(step_.network()); }
  const Processes& processes() const { return step_.options().group; }

  std::int64_t updates() const { return step_.step_count() - state_.first_step; }
  // What the schedule counts: updates, or batches where several updates are made of each.
  std::int64_t scheduled() const {
    if (options_.truncate == 0) return updates();
    return static_cast<std::int64_t>(state_.history.epochs.size()) * batches_.count() +
           (state_.is_within_epoch ? batches_.number_of(state_.samples_seen) : 0);
  }

  // The batches that are left of an epoch. Says why training is to end, or nothing at the end of the epoch.
  std::optional<Ending> train_epoch() {
    progress_.epoch = static_cast<Index>(state_.history.epochs.size()) + 1;
    progress_.validation_loss = progress_.validation_accuracy = std::numeric_limits<double>::quiet_NaN();
    if (!std::exchange(state_.is_within_epoch, true)) {
      if (options_.shuffle) shuffle_samples(state_.order, data_, batches_.samples, options_.batch_size, state_.random);
      state_.samples_seen = 0;
      state_.loss_sum = state_.seconds = 0;
    }
    const double start = options_.clock() - state_.seconds;
    std::optional<Ending> ending = agreed(budget_spent());
    while (!ending && state_.samples_seen < batches_.samples) {
      train_batch();
      state_.seconds = options_.clock() - start;
      report();
      call_after_batch();
      ending = agreed(progress_.is_stopped ? stopped() : budget_spent());
    }
    return ending;
  }

  void train_batch() {
    const Index count = batches_.size_after(state_.samples_seen);
    const bool is_last = state_.samples_seen + count == batches_.samples;
    if (is_last || (options_.steps > 0 && updates() + 1 == options_.steps)) before_.keep(step_);
    step_.accumulate_over(is_last ? step_.accumulated() + 1 : options_.accumulate);
    const auto [window, samples] = next_samples(count);
    gather_batch(window, samples, {options_.augmentation, detail::shape_of_samples(network(), window), seed_of_pass()},
                 step_.team(), batch_);
    progress_.learning_rate = rate_of(step_.optimizer(), schedule_, scheduled());
    const LearningRate rate(step_.optimizer(), progress_.learning_rate);
    state_.loss_sum += mean_loss_of_step() * static_cast<double>(count);
    state_.is_resumed = false;  // not before: where memory is too small for an update, another fit can go on
    state_.samples_seen += count;
  }

  // A batch that finds the network no longer finite, by the update before it, takes that back.
  double mean_loss_of_step() {
    const detail::Batch<Scalar>& batch = batch_;
    try {
      if (options_.truncate == 0) return step_(batch.inputs(), batch.targets(), batch.weights(), batch.lengths());
      return pieces_.train(step_, {batch.inputs(), batch.targets(), batch.weights(), batch.lengths()},
                           options_.truncate);
    } catch (const data_error&) {
      before_.require(step_);
      throw;
    }
  }

  // Of what an augmentation draws.
  std::uint64_t seed_of_pass() const {
    if (!options_.augmentation) return 0;
    return Random(step_.options().seed ^ (static_cast<std::uint64_t>(step_.pass_count()) << 32)).next();
  }

  detail::SampleWindows::Part next_samples(Index count) {
    const std::span<const Index> order(state_.order.data(), static_cast<std::size_t>(batches_.samples));
    return windows_.batch(order, state_.samples_seen, count, [&](const Dataset& window) {
      detail::require_fit(network(), step_.loss(), window, "fit, among samples that were read on the way");
    });
  }

  void end_epoch() {
    state_.history.epochs.reserve(state_.history.epochs.size() + 1);
    if (validation_ != nullptr) {
      const Evaluation result = detail::evaluate_all(network(), step_.loss(), validation_,
                                                     {.threads = step_.options().threads, .group = processes()});
      progress_.validation_loss = result.loss;
      progress_.validation_accuracy = result.accuracy;
      schedule_.observe(result.loss);
      std::vector<double> memory = schedule_.memory();
      state_.observe(result.loss, options_, network().parameters(), network().state());
      state_.schedule = std::move(memory);
    }
    report();
    state_.history.epochs.push_back({progress_.loss, progress_.validation_loss, progress_.validation_accuracy,
                                     progress_.seconds, progress_.samples_seen});
    state_.seconds_before += std::exchange(state_.seconds, 0);
    state_.is_within_epoch = false;
    call(options_.on_epoch);
  }

  std::optional<Ending> budget_spent() const { return state_.budget_spent(options_, step_.step_count()); }
  std::optional<Ending> stopped() const {
    return progress_.is_stopped ? std::optional(Ending::callback) : std::nullopt;
  }
  // Where a clock or a callback ends the training on one process, it ends on all.
  std::optional<Ending> agreed(std::optional<Ending> mine) const {
    const std::int64_t all = processes().agree(mine ? static_cast<std::int64_t>(*mine) + 1 : 0);
    return all == 0 ? std::nullopt : std::optional(static_cast<Ending>(all - 1));
  }

  void report() {
    progress_.samples_seen = state_.samples_seen;
    progress_.batch = batches_.number_of(state_.samples_seen);
    progress_.loss = state_.loss_sum / static_cast<double>(state_.samples_seen);
    progress_.seconds = state_.seconds;
  }

  // Where a callback cannot save an update that diverged, that is what is wrong.
  void call_after_batch() {
    try {
      call(options_.on_batch);
    } catch (const error&) {
      before_.require(step_);
      throw;
    }
  }

  // The batches of a run have the sizes of the network as it was when fit began.
  void call(const ProgressCallback& callback) {
    if (!callback) return;
    const auto layers = [&] { return std::pair(detail::layers_fingerprint(network()), network().input_shape()); };
    const auto before = layers();
    callback(progress_);
    if (layers() != before)
      throw data_error("fit: a callback changed the layers of the network; change them when fit has returned");
  }

  Step& step_;
  FitState<Scalar>& state_;
  std::optional<FitState<Scalar>>& interrupted_;
  DataReference data_;
  detail::SampleWindows windows_;
  Batches batches_;
  DataReference validation_;
  const FitOptions& options_;
  Schedule schedule_;
  detail::Batch<Scalar> batch_;
  detail::SequencePieces<Scalar> pieces_;
  Progress progress_;
  LastFinite<Step> before_;
};

}  // namespace nn
