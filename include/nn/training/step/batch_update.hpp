// SPDX-License-Identifier: MIT
// One update from one batch, whatever its loss: all of it, or nothing.
#pragma once

#include <cstdint>
#include <utility>

#include <nn/core/buffer.hpp>
#include <nn/training/step/batch_gradient.hpp>
#include <nn/training/step/field_problems.hpp>
#include <nn/training/step/parameter_update.hpp>
#include <nn/training/step/trainer_options.hpp>

namespace nn {

/// The gradient of a batch, and what is done with it. It refers to the network, which must outlive it.
template <class Net, class Optimizer>
class BatchUpdate {
 public:
  using Scalar = typename Net::Scalar;
  using Samples = ConstMatrixView<Scalar>;

  /// Throws data_error where an option makes no sense.
  BatchUpdate(Net& network, Optimizer optimizer, TrainerOptions options)
      : update_(network, std::move(optimizer), std::move(options)),
        batch_(network, update_.options()) {}  // last: what is refused makes no thread

  BatchGradient<Net>& batch() { return batch_; }
  const BatchGradient<Net>& batch() const { return batch_; }
  ParameterUpdate<Scalar, Optimizer>& parameter_update() { return update_; }
  const ParameterUpdate<Scalar, Optimizer>& parameter_update() const { return update_; }
  /// Batches so far, of which several may make one step.
  std::int64_t pass_count() const { return pass_count_; }

  /// Makes room for a step with a whole gradient, and throws where it cannot be made.
  void begin() { begin(false); }

  /// After its gradient is added up: counts the batch, and makes the step where it is the last one for it.
  void end() {
    ++pass_count_;
    step_with_whole_gradient();
  }

  /// All of it for the samples x: forward through `depth` layers, the losses and the gradients of the outputs by
  /// evaluate(first, last), backward, step. Returns the mean loss. Nothing is changed before all losses are known to be
  /// finite.
  double operator()(const Samples& x, Index depth, Callback<Index, Index> evaluate) {
    const bool is_plain = update_.is_plain();
    begin(is_plain);
    try {
      batch_.forward(x, depth, evaluate);
    } catch (...) {
      batch_.go_back();
      throw;
    }
    const double mean = batch_.sum_of_losses(x) / static_cast<double>(x.cols());
    ++pass_count_;
    if (!update_.is_uniform()) {
      batch_.add_gradient(x, update_.gradient(), update_.accumulated() == 0, [](Index, Index) {});
      step_with_whole_gradient();
      return mean;
    }
    update_.count_step();
    if constexpr (requires { update_.optimizer().is_plain(); })
      if (is_plain) {
        batch_.descend(x, static_cast<Scalar>(update_.optimizer().learning_rate));
        return mean;
      }
    Scalar* const parameters = batch_.network().parameters().data();
    batch_.add_gradient(x, update_.gradient(), true,
                        [&](Index first, Index last) { update_.step(parameters, first, last); });
    return mean;
  }

  /// All that an update changes.
  struct Snapshot {
    Buffer<Scalar> parameters, state;
    typename ParameterUpdate<Scalar, Optimizer>::Snapshot update;
    std::int64_t pass_count = 0;
  };
  void keep(Snapshot& now) const {
    now.parameters = batch_.network().parameters();
    now.state = batch_.network().state();
    update_.keep(now.update);
    now.pass_count = pass_count_;
  }
  void go_back_to(Snapshot& then) noexcept {
    batch_.network().parameters() = then.parameters.view();
    batch_.network().state() = then.state.view();
    update_.go_back_to(then.update);
    pass_count_ = then.pass_count;
  }

  /// Calls visit(name, field, problem) for all that the next update depends on (see nn/io/checkpoint.hpp), the
  /// network's parameters and state being given; self is const where it is only read.
  template <class Self, class Visit, class Parameters>
  static void for_each_field(Self& self, Visit& visit, Parameters parameters, Parameters state) {
    using namespace detail;
    ParameterUpdate<Scalar, Optimizer>::for_each_field(
        self.update_, visit, self.batch_.network().parameter_count(), [&] {
          visit("pass count", self.pass_count_, [&] { return outside(self.pass_count_, largest_count); });
          visit("parameters", parameters, [&] { return any_not_finite(parameters); });
          visit("state", state, [&] { return any_not_finite(state); });
        });
  }

 private:
  void begin(bool is_plain) {
    update_.validate();
    batch_.begin(update_.step_count() + 1, pass_count_);
    if (!is_plain) update_.reserve(batch_.network().parameter_count());
  }

  void step_with_whole_gradient() {
    try {
      update_.add_batch(batch_.network().parameters().data(), batch_.team());
    } catch (...) {
      batch_.go_back();
      throw;
    }
  }

  ParameterUpdate<Scalar, Optimizer> update_;
  BatchGradient<Net> batch_;
  std::int64_t pass_count_ = 0;
};

}  // namespace nn
