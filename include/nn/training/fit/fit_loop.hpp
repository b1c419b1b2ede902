// SPDX-License-Identifier: MIT
// What a trainer does from fit to fit: checks what it is given, and goes on from where the last fit was left.
#pragma once

#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>

#include <nn/data/lazy_dataset.hpp>
#include <nn/networks/finite_network.hpp>
#include <nn/training/fit/best_in_place.hpp>
#include <nn/training/fit/fit_identity.hpp>
#include <nn/training/fit/fit_options.hpp>
#include <nn/training/fit/fit_run.hpp>
#include <nn/training/fit/fit_state.hpp>
#include <nn/training/fit/gather_batch.hpp>
#include <nn/training/fit/history.hpp>
#include <nn/training/fit/order_of_samples.hpp>
#include <nn/training/fit/same_fit.hpp>
#include <nn/training/step/layers_fingerprint.hpp>
#include <nn/training/step/loss_fit.hpp>
#include <nn/training/step/sequence_pieces.hpp>
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
    require_resumed_layers();
    const DataReference data = all;
    const Index validated = options.held_out(data.size()), available = data.size() - validated;
    require_usable(data, options);
    const Batches batches(available, options, step_.least_samples());
    std::optional<Data> held_out;
    if (validated > 0) held_out = all.subset(available, validated);
    const DataReference validation = held_out ? DataReference(*held_out) : options.validation;
    FitIdentity identity(data, available, options, step_.options().seed);
    require_same_fit(step_, identity, options, validation, state_.is_resumed ? &state_ : nullptr);
    FitState<Scalar> first = first_state(identity, batches, options);
    FitRun<Step> run(step_, state_, interrupted_, data, batches, validation, options);
    run.begin_schedule(state_.is_resumed ? state_.schedule : first.schedule);
    begin(std::move(first), std::move(identity));
    const Fitting until_exit(*this);
    const std::optional<Ending> ending = run.train();
    state_.history.is_stopped = ending == Ending::callback;
    state_.history.ending = ending.value_or(Ending::all_epochs);
    state_.is_resumed = false;
    History history = state_.history;
    if (state_.best_parameters.size() > 0) best_.put(step_.network(), state_);
    return history;
  }

  /// Throws data_error where the trainer was moved from, or a callback of fit calls what may only be called when it has
  /// returned.
  void require_outside(const char* who) const {
    if (!step_.is_whole()) throw data_error(who, ": this trainer was moved from; make another one");
    if (is_fitting_)
      throw data_error(who, ": called from a callback of fit, which goes on afterwards; call it when fit has returned");
  }

  /// After an update by hand: what the last update of a fit left counts no more.
  void forget_last() { best_.forget(); }

  /// The next fit goes on from the fields that were given, of a checkpoint of so old a version.
  void mark_resumed(std::uint64_t version) {
    state_.is_resumed = state_.is_within_epoch || !state_.order.empty();
    resumed_layers_ = detail::layers_fingerprint(network());
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

  void require_resumed_layers() const {
    if (state_.is_resumed && detail::layers_fingerprint(network()) != resumed_layers_)
      throw data_error("fit: the network has other layers than when the checkpoint was read; resume it again, or make ",
                       "another trainer to begin from the start");
  }
  void require_usable(DataReference data, const FitOptions& options) const {
    detail::require_fit(network(), step_.loss(), data.head(), "fit");
    if (options.validation != nullptr)
      detail::require_fit(network(), step_.loss(), options.validation.head(), "fit, validation");
    require_finite_numbers(network(), "fit");
    if (options.truncate > 0) detail::require_pieces(network(), step_.least_samples(), processes().size());
    options.augmentation.require(detail::shape_of_samples(network(), data.head()));
  }

  // Throws where the checkpoint to go on from is of another fit.
  FitState<Scalar> first_state(const FitIdentity& identity, const Batches& batches, const FitOptions& options) const {
    if (!state_.is_resumed) return FitState<Scalar>::starting(identity.samples, options, step_.step_count());
    state_.identity.require_same(identity);
    state_.require_same_order(identity.samples, batches.samples);
    return {};
  }
  // Nothing has been changed before.
  void begin(FitState<Scalar> first, FitIdentity identity) {
    if (!state_.is_resumed) {
      state_ = std::move(first);
      step_.forget_accumulated();
    }
    state_.identity = std::move(identity);
    interrupted_.reset();
    forget_last();
  }

  Step step_;
  FitState<Scalar> state_;
  std::uint64_t resumed_layers_ = 0;  // their fingerprint
  bool is_fitting_ = false;
  std::optional<FitState<Scalar>> interrupted_;  // state_ as it was when a fit was ended within an epoch
  BestInPlace<Scalar> best_;
};

}  // namespace nn
