// SPDX-License-Identifier: MIT
// From a gradient to new parameters: the mean of several batches, penalties, clipping, the optimizer, a moving average.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <nn/core/buffer.hpp>
#include <nn/core/layer.hpp>
#include <nn/core/options.hpp>
#include <nn/training/step/clip.hpp>
#include <nn/training/step/field_problems.hpp>
#include <nn/training/step/penalties.hpp>
#include <nn/training/step/thread_team.hpp>
#include <nn/training/step/trainer_options.hpp>

namespace nn {

/// What is done to a gradient, range by range, whatever network it belongs to.
template <class T, class Optimizer>
class ParameterUpdate {
 public:
  /// Throws data_error where an option makes no sense.
  template <class Net>
  ParameterUpdate(const Net& network, Optimizer optimizer, TrainerOptions options)
      : optimizer_(std::move(optimizer)), options_(std::move(options)) {
    validate_optimizer();
    options_.template validate<T>(network.depth());
    options_.learning_rate_factors = options_.factors_of(network);
    validate_layer_rates();
  }

  /// Whether the optimizer's options still make sense, which may be changed between steps, or are set by a schedule.
  void validate() const {
    validate_optimizer();
    validate_layer_rates();
  }

  /// Notes the ranges of the network's parameters: once, and again when its layers have changed.
  template <class Net>
  void find_ranges(const Net& network) {
    options_.require_factors(network.depth());
    ranges_.clear();
    network.for_each_parameter_range([&](Index first, Index last, Role role, Index layer) {
      const auto& factors = options_.learning_rate_factors;
      const double factor = factors.empty() ? 1.0 : factors[static_cast<std::size_t>(layer)];
      ranges_.push_back({first, last, factor, role == Role::weight || options_.decay_biases});
    });
  }

  /// Room for all that a step of so many parameters writes.
  void reserve(Index count) {
    const Index columns = optimizer_.state_count();
    gradient_.resize(count);
    if (options_.average_decay > 0 && average_.size() != count) first_average_.resize(count);
    if (state_.rows() == count && state_.cols() == columns) return;
    BufferMatrix<T> grown(count, columns);  // what the optimizer keeps is zero at first
    std::fill_n(grown.data(), grown.size(), T(0));
    for (Index column = 0; column < std::min(columns, state_.cols()); ++column)
      std::copy_n(state_.data() + column * state_.rows(), std::min(count, state_.rows()),
                  grown.data() + column * count);
    state_ = std::move(grown);
  }

  /// Whether every parameter is treated alike, and alone: then a step needs no look at the whole gradient.
  bool is_uniform() const {
    if (accumulate_ > 1 || accumulated_ > 0 || options_.clip_norm > 0 || options_.clip_value > 0 || options_.l1 > 0 ||
        options_.l2 > 0 || options_.average_decay > 0 || !options_.learning_rate_factors.empty())
      return false;
    if constexpr (requires { optimizer_.weight_decay; }) return optimizer_.weight_decay == 0 || options_.decay_biases;
    return true;
  }
  /// Whether the step subtracts the gradient as it is: then it is written nowhere.
  bool is_plain() const {
    if constexpr (requires { optimizer_.is_plain(); }) return is_uniform() && optimizer_.is_plain();
    return false;
  }

  /// A uniform step is counted first, then made for each range of the parameters as soon as its gradient is known.
  void count_step() { ++step_count_; }
  void step(T* parameters, Index first, Index last) { step(optimizer_, parameters, first, last); }

  /// The step of all other kinds: counts the gradient of one more batch and, of the last for a step, makes the step.
  /// Throws data_error where the gradient cannot be clipped; no parameter is changed then.
  void add_batch(T* parameters, ThreadTeam& team) {
    if (++accumulated_ < accumulate_) return;
    if (accumulated_ > 1)
      for (Index k = 0; k < gradient_.size(); ++k) gradient_[k] /= static_cast<T>(accumulated_);
    accumulated_ = 0;
    for (const ParameterRange& range : ranges_) penalize(range, parameters, options_.l1, options_.l2, gradient_.data());
    clip();
    ++step_count_;
    const bool is_first = average_.size() != gradient_.size();
    T* const average = is_first ? first_average_.data() : average_.data();
    team.share(team.size(), [&](Index part) {
      for (const auto& [first, last, factor, is_decayed] : ranges_) {
        const Index begin = first + (last - first) * part / team.size();
        const Index end = first + (last - first) * (part + 1) / team.size();
        if (factor != 0) step(optimizer_for(factor, is_decayed), parameters, begin, end);
        if (options_.average_decay > 0) move_average(parameters, begin, end, is_first, average);
      }
    });
    if (options_.average_decay > 0 && is_first) average_ = std::move(first_average_);
  }

  /// The sum of the gradients of the batches so far.
  Buffer<T>& gradient() { return gradient_; }

  /// From now on the gradients of so many batches are added up before a step.
  void accumulate_over(Index batches) { accumulate_ = batches; }
  /// Batches whose gradients wait for a step.
  Index accumulated() const { return accumulated_; }
  /// Starts the sum of gradients anew.
  void forget_accumulated() { accumulated_ = 0; }

  Optimizer& optimizer() { return optimizer_; }
  const Optimizer& optimizer() const { return optimizer_; }
  const TrainerOptions& options() const { return options_; }
  /// Steps made so far.
  std::int64_t step_count() const { return step_count_; }
  /// The moving average of the parameters; empty before the first step, or where none is kept.
  ConstVectorView<T> average() const { return average_.view(); }

  /// What a step changes, besides the parameters.
  struct Snapshot {
    Buffer<T> average;
    BufferMatrix<T> optimizer_state;
    std::int64_t step_count = 0;
  };
  void keep(Snapshot& now) const {
    now.average = average_;
    now.optimizer_state = state_;
    now.step_count = step_count_;
  }
  void go_back_to(Snapshot& then) noexcept {
    average_ = std::move(then.average);
    state_ = std::move(then.optimizer_state);
    step_count_ = then.step_count;
    accumulated_ = 0;
  }

  /// Calls visit(name, field, problem) for all that the next step depends on (see nn/io/checkpoint.hpp), of a network
  /// of `count` parameters; others() visits what stands between in the files. An optimizer's options are among it where
  /// it lists them by for_each_option.
  template <class Self, class Visit, class Others>
  static void for_each_field(Self& self, Visit& visit, Index count, const Others& others) {
    using namespace detail;
    visit("step count", self.step_count_, [&] { return outside(self.step_count_, largest_count); });
    others();
    if constexpr (ListsOptions<Optimizer>)
      Optimizer::for_each_option(self.optimizer_, [&](const char* name, auto& option) {
        visit("optimizer." + std::string(name), option, [&] { return self.optimizer_problem(); });
      });
    visit("optimizer state", self.state_,
          [&] { return self.state_.size() == 0 || self.state_.rows() == count ? "" : "is not that of this network"; });
    visit("gradient", self.gradient_, [&] { return wrong_size(self.gradient_.size(), count); });
    visit("accumulated", self.accumulated_, [&] {
      return self.accumulated_ > 0 && self.gradient_.size() != count ? "counts gradients that are not there"
                                                                     : outside(self.accumulated_, largest_count);
    });
    visit("average", self.average_,
          [&] { return either(wrong_size(self.average_.size(), count), any_not_finite(self.average_)); });
  }

 private:
  // The optimizer's own checks, and whether its learning rate is one in the network's numbers, too.
  void validate_optimizer() const {
    validate_options<T>(optimizer_);
    if constexpr (requires { optimizer_.learning_rate; })  // of an optimizer that looks at it in double, too
      require_positive<T>("Trainer", "the learning rate", optimizer_.learning_rate, "1e-2 is a usual start");
  }
  // The rate of each layer, too, is a number of the network's type.
  void validate_layer_rates() const {
    if constexpr (requires { optimizer_.learning_rate; })
      for (const double factor : options_.learning_rate_factors)
        if (factor != 0)
          require_positive<T>("Trainer", "the learning rate times a learning_rate_factor",
                              optimizer_.learning_rate * factor, "give another factor");
  }
  std::string optimizer_problem() const {
    try {
      validate_optimizer();
      return {};
    } catch (const data_error& problem) {
      return std::string("is refused: ") + problem.what();
    }
  }

  Optimizer optimizer_for(double factor, bool is_decayed) const {
    Optimizer optimizer = optimizer_;
    if constexpr (requires { optimizer.learning_rate; }) optimizer.learning_rate *= factor;
    if constexpr (requires { optimizer.weight_decay; })
      if (!is_decayed) optimizer.weight_decay = 0;
    return optimizer;
  }

  void step(const Optimizer& optimizer, T* parameters, Index first, Index last) {
    T* const state = state_.size() > 0 ? state_.data() + first : nullptr;
    optimizer.step(
        VectorView<T>(parameters + first, last - first), ConstVectorView<T>(gradient_.data() + first, last - first),
        OptimizerState<T>(state, last - first, state_.cols(), Eigen::OuterStride<>(gradient_.size())), step_count_);
  }

  void clip() {
    if (options_.clip_norm > 0) clip_norm(gradient_.view(), options_.clip_norm, step_count_ + 1);
    if (options_.clip_value > 0) clip_value(gradient_.view(), options_.clip_value);
  }

  void move_average(const T* parameters, Index first, Index last, bool is_first, T* average) const {
    const auto share_of_new = static_cast<T>(1 - options_.average_decay);
    for (Index k = first; k < last; ++k)
      average[k] = is_first ? parameters[k] : average[k] + share_of_new * (parameters[k] - average[k]);
  }

  Optimizer optimizer_;
  TrainerOptions options_;
  std::vector<ParameterRange> ranges_;
  Buffer<T> gradient_;
  BufferMatrix<T> state_;  // parameters x numbers that the optimizer keeps of each
  std::int64_t step_count_ = 0;
  Index accumulate_ = 1;
  Index accumulated_ = 0;  // batches whose gradients stand in gradient_
  Buffer<T> average_;
  Buffer<T> first_average_;  // room for it, until the first step is made
};

}  // namespace nn
