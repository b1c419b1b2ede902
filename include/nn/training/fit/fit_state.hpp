// SPDX-License-Identifier: MIT
// Where Trainer::fit stands between two batches: all that it takes to go on with the same bits.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nn/core/buffer.hpp>
#include <nn/core/errors.hpp>
#include <nn/core/finite.hpp>
#include <nn/core/random.hpp>
#include <nn/core/views.hpp>
#include <nn/training/fit/fit_identity.hpp>
#include <nn/training/fit/fit_options.hpp>
#include <nn/training/fit/history.hpp>
#include <nn/training/step/field_problems.hpp>

namespace nn {

/// Of a fit in numbers of type T.
template <class T>
struct FitState {
  Random random = Random(0);     ///< as it is after the order was drawn
  std::vector<Index> order;      ///< of the samples in this epoch
  bool is_within_epoch = false;  ///< the order is drawn, the epoch's validation not done
  Index samples_seen = 0;        ///< of this epoch
  double loss_sum = 0;           ///< over them
  double seconds = 0;            ///< of this epoch
  double seconds_before = 0;     ///< of the epochs before
  std::int64_t first_step = 0;   ///< updates that the trainer had made before
  History history;
  double best_loss = std::numeric_limits<double>::infinity();      ///< the lowest
  double patience_loss = std::numeric_limits<double>::infinity();  ///< the last that was lower by enough
  Index epochs_since_best = 0;
  Buffer<T> best_parameters;
  Buffer<T> best_state;
  std::vector<double> schedule;  ///< what the schedule remembers

  FitIdentity identity;     ///< what the fit that goes on with it must be given again
  bool is_resumed = false;  ///< read from a checkpoint, and no update was made since

  /// Of a fit that begins, after so many updates of its trainer.
  static FitState starting(Index samples, const FitOptions& options, std::int64_t updates) {
    FitState state;
    state.random = options.random;
    state.order.resize(static_cast<std::size_t>(samples));
    std::iota(state.order.begin(), state.order.end(), Index(0));
    state.first_step = updates;
    state.schedule = options.schedule.memory();
    return state;
  }

  /// Throws data_error where a fit of so many samples, so many of them in an epoch, cannot go on from here: what is
  /// left to be compared of a checkpoint of version 1.
  void require_same_order(Index available, Index in_epoch) const {
    if (static_cast<Index>(order.size()) != available)
      throw data_error("fit: the checkpoint was made while training on ", order.size(), " samples, but there are ",
                       available, "; give the same data and options");
    if (samples_seen > in_epoch)
      throw data_error("fit: the checkpoint was made after ", samples_seen, " samples of an epoch, but an epoch has ",
                       in_epoch, "; give the same data and options");
  }

  /// After an epoch: the lowest validation loss is the best, and its parameters are kept where asked; patience alone
  /// asks by how much it is lower.
  void observe(double loss, const FitOptions& options, ConstVectorView<T> parameters, ConstVectorView<T> state) {
    const bool is_best = is_finite(loss) && loss < best_loss;
    if (is_best && (options.patience > 0 || options.keep_best)) {
      Buffer<T> new_parameters(parameters), new_state(state);
      best_parameters = std::move(new_parameters);
      best_state = std::move(new_state);
    }
    ++epochs_since_best;
    if (is_finite(loss) && loss < patience_loss - options.min_improvement) {
      patience_loss = loss;
      epochs_since_best = 0;
    }
    if (!is_best) return;
    best_loss = loss;
    history.best_epoch = static_cast<Index>(history.epochs.size()) + 1;
  }
  bool is_patience_over(const FitOptions& options) const {
    return options.patience > 0 && epochs_since_best >= options.patience;
  }

  /// Whether the budget of updates or of time is spent, after so many updates of the trainer.
  std::optional<Ending> budget_spent(const FitOptions& options, std::int64_t updates) const {
    if (options.steps > 0 && updates - first_step >= options.steps) return Ending::step_budget;
    if (options.seconds > 0 && seconds_before + seconds >= options.seconds) return Ending::time_budget;
    return std::nullopt;
  }

  /// Calls visit(name, field, problem) for all of it (see nn/io/checkpoint.hpp), of a network with so many parameters
  /// and numbers that it keeps beside them, after so many updates; self is const where it is only read.
  template <class Self, class Visit>
  static void for_each_field(Self& self, Visit& visit, Index parameters, Index states, std::int64_t updates) {
    using namespace detail;
    const auto epochs = [&] { return static_cast<std::int64_t>(self.history.epochs.size()); };
    FitIdentity::for_each_field(self.identity, visit);
    visit("random", self.random, [&] {
      return self.random.state() == std::array<std::uint64_t, 4>{} ? "is all zeros, from which nothing is drawn" : "";
    });
    visit("order", self.order, [&] { return is_permutation(self.order) ? "" : "does not have every sample once"; });
    visit("is within epoch", self.is_within_epoch, no_problem);
    visit("samples seen", self.samples_seen,
          [&] { return outside(self.samples_seen, static_cast<std::int64_t>(self.order.size())); });
    visit("loss sum", self.loss_sum, [&] { return not_finite(self.loss_sum); });
    visit("seconds", self.seconds, [&] { return negative(self.seconds); });
    visit("seconds before", self.seconds_before, [&] { return negative(self.seconds_before); });
    visit("first step", self.first_step, [&] { return outside(self.first_step, updates); });
    visit("history", self.history.epochs, [&] {
      for (const Epoch& epoch : self.history.epochs)
        if (!outside(epoch.samples, largest_count).empty() || !negative(epoch.seconds).empty())
          return "has an epoch of less than no samples or seconds";
      return "";
    });
    visit("best epoch", self.history.best_epoch, [&] { return outside(self.history.best_epoch, epochs()); });
    visit("best loss", self.best_loss, [&] { return not_a_number(self.best_loss); });
    visit("patience loss", self.patience_loss, [&] { return not_a_number(self.patience_loss); });
    visit("epochs since best", self.epochs_since_best, [&] { return outside(self.epochs_since_best, epochs()); });
    visit("best parameters", self.best_parameters, [&] {
      return either(wrong_size(self.best_parameters.size(), parameters), any_not_finite(self.best_parameters));
    });
    visit("best state", self.best_state, [&] {
      const bool is_missing = self.best_parameters.size() > 0 && self.best_state.size() != states;
      return is_missing ? "does not belong to the best parameters"
                        : either(wrong_size(self.best_state.size(), states), any_not_finite(self.best_state));
    });
    visit("schedule", self.schedule, no_problem);  // which the schedule itself looks at, when it restores it
  }

 private:
  static bool is_permutation(const std::vector<Index>& order) {
    std::vector<bool> has(order.size());
    for (const Index i : order) {
      if (i < 0 || i >= static_cast<Index>(order.size()) || has[static_cast<std::size_t>(i)]) return false;
      has[static_cast<std::size_t>(i)] = true;
    }
    return true;
  }
};

}  // namespace nn
