// SPDX-License-Identifier: MIT
// One update of a network from one batch: forward, loss, backward, step.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <numeric>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <nn/core/at_shape.hpp>
#include <nn/core/buffer.hpp>
#include <nn/core/finite.hpp>
#include <nn/core/finite_network.hpp>
#include <nn/core/layer_stack.hpp>
#include <nn/core/options.hpp>
#include <nn/core/pass.hpp>
#include <nn/core/random.hpp>
#include <nn/training/field_problems.hpp>
#include <nn/training/fused_loss.hpp>
#include <nn/training/loss_fit.hpp>
#include <nn/training/process_exchange.hpp>
#include <nn/training/sequences_by_length.hpp>
#include <nn/training/thread_team.hpp>
#include <nn/training/trainer_options.hpp>

namespace nn {

namespace detail {

// gradient += l1 sign(w) + l2 w, without what is zero
template <class T>
void add_penalties(const T* weights, Index count, T l1, T l2, T* gradient) {
  for (Index k = 0; k < count && l1 > 0; ++k) gradient[k] += weights[k] > 0 ? l1 : weights[k] < 0 ? -l1 : T(0);
  for (Index k = 0; k < count && l2 > 0; ++k) gradient[k] += l2 * weights[k];
}

// The Euclidean norm, in double; several sums, so that no addition waits for another.
template <class T>
double norm(const T* numbers, Index count) {
  std::array<double, 8> sums{};
  Index k = 0;
  for (; k + 8 <= count; k += 8)
    for (std::size_t j = 0; j < 8; ++j) {
      const auto number = static_cast<double>(numbers[k + static_cast<Index>(j)]);
      sums[j] += number * number;
    }
  for (; k < count; ++k) sums[0] += static_cast<double>(numbers[k]) * static_cast<double>(numbers[k]);
  return std::sqrt(std::accumulate(sums.begin(), sums.end(), 0.0));
}

}  // namespace detail

/// What a Trainer calls for every batch. It refers to the network, which must outlive it.
template <class Net, class Loss, class Optimizer>
class TrainingStep {
  static_assert(detail::require_loss<Loss, typename Net::Scalar>());

 public:
  using Scalar = typename Net::Scalar;

  /// Throws data_error where an option makes no sense.
  TrainingStep(Net& network, Loss loss, Optimizer optimizer, TrainerOptions options)
      : network_(&network), loss_(std::move(loss)), optimizer_(std::move(optimizer)), options_(std::move(options)) {
    validate_optimizer();
    options_.template validate<Scalar>(network_->depth());
    options_.learning_rate_factors = options_.factors_of(network);
    validate_layer_rates();
    freeze();
    require_fit();
    team_ = std::make_unique<ThreadTeam>(options_.threads);  // last: options that are refused make no thread
  }

  /// From x (features x samples) and targets (outputs x samples) that fit the network. Weights, one per sample where
  /// given, multiply the losses. Returns the mean loss before the update. Throws data_error where x, the loss or a
  /// gradient to be clipped is not finite; the network is then as it was.
  double operator()(const ConstMatrixView<Scalar>& x, const ConstMatrixView<Scalar>& targets,
                    std::span<const double> weights) {
    require_fit();
    lay_out(x.rows());
    return with_loss(x, targets.data(), weights, x.cols(),
                     [&](Index depth, Callback<Index, Index> evaluate) { return update(x, depth, evaluate); });
  }

  /// The same for sequences of different lengths, of which x holds the first steps of each. Those of one length are
  /// passed together and nothing is passed that is no step, so that a sequence counts the same in any company.
  double operator()(const ConstMatrixView<Scalar>& x, const ConstMatrixView<Scalar>& targets,
                    std::span<const double> weights, std::span<const Index> lengths) {
    if (lengths.empty()) return (*this)(x, targets, weights);
    require_fit();
    return update_by_length(x, targets, weights, lengths);
  }

  /// From the gradient of any loss with respect to the outputs for x, outputs x samples.
  void with_output_gradient(const ConstMatrixView<Scalar>& x, const Scalar* dy) {
    lay_out(x.rows());
    const Index outputs = layout().output_shape().size(), depth = network_->depth();
    const Index wrong = first_not_finite(dy, outputs * x.cols());
    if (wrong < outputs * x.cols())
      throw data_error("step_with_output_gradient: the gradient of output ", wrong % outputs, " of sample ",
                       wrong / outputs, " is ", dy[wrong], "; give finite numbers");
    update(x, depth, [&](Index first, Index last) {
      const Scalar* y = depth == 0 ? x.data() : workspace_.activation(layout().place(depth - 1), x.cols());
      const Index begin = first * outputs, count = (last - first) * outputs;
      const bool is_sound = first_not_finite(y + begin, count) == count;
      std::fill(losses_.data() + first, losses_.data() + last,
                is_sound ? 0.0 : std::numeric_limits<double>::quiet_NaN());
      std::copy_n(dy + begin, count, workspace_.gradient(layout(), depth, x.cols()) + begin);
    });
  }

  /// All that an update changes.
  struct Snapshot {
    Buffer<Scalar> parameters, state, average;
    BufferMatrix<Scalar> optimizer_state;
    std::int64_t step_count = 0, pass_count = 0;
  };
  Snapshot snapshot() const {
    Snapshot now;
    keep(now);
    return now;
  }
  void keep(Snapshot& now) const {
    now.parameters = network_->parameters();
    now.state = network_->state();
    now.average = average_;
    now.optimizer_state = state_;
    now.step_count = step_count_;
    now.pass_count = pass_count_;
  }
  void go_back_to(Snapshot& then) noexcept {
    network_->parameters() = then.parameters.view();
    network_->state() = then.state.view();
    average_ = std::move(then.average);
    state_ = std::move(then.optimizer_state);
    step_count_ = then.step_count;
    pass_count_ = then.pass_count;
    accumulated_ = 0;
  }

  /// How many samples a batch needs for the layers that are not frozen.
  Index least_samples() const {
    Index least = 1;
    for (Index i = 0; i < network_->depth(); ++i)
      if (!freezes_ || !freezes_[static_cast<std::size_t>(i)])
        least = std::max(least, network_->place(i).least_samples);
    return least;
  }

  /// From now on the gradients of so many batches are added up before a step.
  void accumulate_over(Index batches) { accumulate_ = batches; }
  /// Batches whose gradients wait for a step.
  Index accumulated() const { return accumulated_; }
  /// Starts the sum of gradients anew.
  void forget_accumulated() { accumulated_ = 0; }

  /// What it was made of; the optimizer's options may be changed between steps.
  Net& network() const { return *network_; }
  const Loss& loss() const { return loss_; }
  Optimizer& optimizer() { return optimizer_; }
  const Optimizer& optimizer() const { return optimizer_; }
  const TrainerOptions& options() const { return options_; }
  /// Updates made so far.
  std::int64_t step_count() const { return step_count_; }
  /// Batches, of which several may make one step.
  std::int64_t pass_count() const { return pass_count_; }
  /// The moving average of the parameters; empty before the first step, or where none is kept.
  ConstVectorView<Scalar> average() const { return average_.view(); }

  /// Calls work(part) for every part, on as many threads.
  void share(Index parts, Callback<Index> work) {
    if (parts <= 1) {
      if (parts == 1) work(Index(0));
    } else {
      team_->run([&](Index member) {
        if (member < parts) work(member);
      });
    }
  }

  /// Calls visit(name, field, problem) for all that the next update depends on (see nn/io/checkpoint.hpp), the
  /// network's parameters and state being given; self is const where it is only read. An optimizer's options are among
  /// it where it lists them by for_each_option.
  template <class Self, class Visit, class Parameters>
  static void for_each_field(Self& self, Visit& visit, Parameters parameters, Parameters state) {
    using namespace detail;
    const auto count = [&] { return self.network_->parameter_count(); };
    visit("step count", self.step_count_, [&] { return outside(self.step_count_, largest_count); });
    visit("pass count", self.pass_count_, [&] { return outside(self.pass_count_, largest_count); });
    visit("parameters", parameters, [&] { return any_not_finite(parameters); });
    visit("state", state, [&] { return any_not_finite(state); });
    if constexpr (ListsOptions<Optimizer>)
      Optimizer::for_each_option(self.optimizer_, [&](const char* name, auto& option) {
        visit("optimizer." + std::string(name), option, [&] { return self.optimizer_problem(); });
      });
    visit("optimizer state", self.state_, [&] {
      return self.state_.size() == 0 || self.state_.rows() == count() ? "" : "is not that of this network";
    });
    visit("gradient", self.gradient_, [&] { return wrong_size(self.gradient_.size(), count()); });
    visit("accumulated", self.accumulated_, [&] {
      return self.accumulated_ > 0 && self.gradient_.size() != count() ? "counts gradients that are not there"
                                                                       : outside(self.accumulated_, largest_count);
    });
    visit("average", self.average_,
          [&] { return either(wrong_size(self.average_.size(), count()), any_not_finite(self.average_)); });
  }

 private:
  // Whether loss and network fit: at first, and again when the layers, or those inside of them, are no longer the same.
  void require_fit() {
    constexpr bool are_known = detail::EndOfType<Net>::is_known;
    if (are_known && Net::output_extent != dynamic && fitting_layers_) return;
    auto layers = static_cast<std::uint64_t>(network_->output_shape().size());
    if constexpr (!are_known)
      network_->for_each_inside([&](const auto& layer, const Place&, Index level) {
        const auto name = reinterpret_cast<std::uintptr_t>(layer.name().data());  // where it stands: told apart as fast
        layers = (layers ^ (std::uint64_t{name} + static_cast<std::uint64_t>(level))) * 0x9e3779b97f4a7c15u;
      });
    if (fitting_layers_ == layers) return;
    detail::require_fit(*network_, loss_);
    fitting_layers_ = layers;
  }

  // The optimizer's own checks, and whether its learning rate is one in the network's numbers, too.
  void validate_optimizer() const {
    validate_options<Scalar>(optimizer_);
    if constexpr (requires { optimizer_.learning_rate; })  // of an optimizer that looks at it in double, too
      require_positive<Scalar>("Trainer", "the learning rate", optimizer_.learning_rate, "1e-2 is a usual start");
  }
  // The rate of each layer, too, is a number of the network's type.
  void validate_layer_rates() const {
    if constexpr (requires { optimizer_.learning_rate; })
      for (const double factor : options_.learning_rate_factors)
        if (factor != 0)
          require_positive<Scalar>("Trainer", "the learning rate times a learning_rate_factor",
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

  // Which layers are frozen, as an array of which a pass can be given the address.
  void freeze() {
    const std::vector<double>& factors = options_.learning_rate_factors;
    if (std::find(factors.begin(), factors.end(), 0.0) == factors.end()) return;
    freezes_ = std::make_unique<bool[]>(factors.size());
    std::transform(factors.begin(), factors.end(), freezes_.get(), [](double factor) { return factor == 0; });
  }

  static void require_finite(const ConstMatrixView<Scalar>& x, Index first, Index last) {
    const Index begin = first * x.rows(), end = last * x.rows();
    const Index wrong = begin + first_not_finite(x.data() + begin, end - begin);
    if (wrong < end)
      throw data_error("step: feature ", wrong % x.rows(), " of sample ", wrong / x.rows(), " is ", x.data()[wrong],
                       "; replace it by a finite number");
  }

  // The network as it is for the samples at hand.
  const auto& layout() const {
    if constexpr (AnyLength<Net>)
      return *layout_;
    else
      return *network_;
  }
  void lay_out([[maybe_unused]] Index numbers) {
    if constexpr (AnyLength<Net>) {
      const Index features = network_->input_shape().channels;
      if (!layout_) layout_.emplace(*network_, network_->input_shape());
      layout_->lay_out(Shape(1, numbers / features, features));
    }
  }

  // Calls use(depth, evaluate), where evaluate(first, last) computes the losses of some of the samples x after a
  // forward pass through `depth` layers, and the gradients of their mean over `count` samples.
  template <class Use>
  double with_loss(const ConstMatrixView<Scalar>& x, const Scalar* targets, std::span<const double> weights,
                   Index count, Use&& use) {
    return with_fused_loss(layout(), loss_, [&](const auto& loss, Index depth) {
      return use(depth, [&](Index first, Index last) {
        losses_and_gradients(loss, first, last, count, targets, weights,
                             depth == 0 ? x.data() : workspace_.activation(layout().place(depth - 1), x.cols()),
                             workspace_.gradient(layout(), depth, x.cols()));
      });
    });
  }

  // Nothing is changed before all losses are known to be finite.
  double update(const ConstMatrixView<Scalar>& x, Index depth, Callback<Index, Index> evaluate) {
    const bool is_plain = is_plain_step();
    begin_update(is_plain);
    Scalar* parameters = network_->parameters().data();
    const Training<Scalar> mode = mode_of_pass();
    Index parts = 1;
    try {
      parts = forward(x, depth, evaluate, mode);
    } catch (...) {
      network_->state() = state_before_.view();
      throw;
    }
    const double mean = sum_of_losses(x, depth) / static_cast<double>(x.cols());
    ++pass_count_;
    if (!is_step_uniform()) {
      add_gradient(parameters, x, depth, parts, mode, accumulated_ == 0, [](Index, Index) {});
      step_with_whole_gradient(parameters);
      return mean;
    }
    ++step_count_;
    if constexpr (requires { optimizer_.is_plain(); }) {
      const auto rate = static_cast<Scalar>(optimizer_.learning_rate);
      if (is_plain && parts <= 1) descend(layout(), parameters, x, workspace_, depth, rate, mode);
      if (is_plain && parts > 1) {
        share_parameters([&](LayerShard shard) {
          add_parameter_gradient(layout(), static_cast<const Scalar*>(parameters), x, workspace_, parameters, -rate,
                                 shard, mode);
        });
        if (is_distributed_) exchange_parameters(parameters);
      }
    }
    if (!is_plain) step_with_gradient(parameters, x, depth, parts, mode);
    return mean;
  }

  // The same, one length after the other, whose gradients are added up.
  double update_by_length(const ConstMatrixView<Scalar>& x, const ConstMatrixView<Scalar>& targets,
                          std::span<const double> weights, std::span<const Index> lengths) {
    if (least_samples() > 1)
      throw data_error("step ", step_count_ + 1,
                       ": a layer measures all samples of a batch together, and sequences of ",
                       "different lengths are not passed together; use LayerNorm in place of BatchNorm, or sequences ",
                       "of one length");
    begin_update(false);
    if (accumulated_ > 0) gradient_before_ = gradient_;
    const Index features = network_->input_shape().channels;
    Training<Scalar> mode = mode_of_pass();
    const std::uint64_t seed = mode.seed;
    sequences_.order_by(lengths);
    double sum = 0;
    try {
      for (Index first = 0; first < x.cols(); first += sequences_.count) {
        const Index steps = sequences_.find(lengths, first);
        lay_out(steps * features);
        sequences_.gather(x, steps * features, targets, layout().output_shape().size(), weights, first);
        reserve_pass(sequences_.count);
        mode.seed = Random(seed + static_cast<std::uint64_t>(steps)).next();
        sum += with_loss(sequences_.x(), sequences_.targets.data(), sequences_.weights, x.cols(),
                         [&](Index depth, Callback<Index, Index> evaluate) {
                           const Index parts = forward(sequences_.x(), depth, evaluate, mode);
                           const double losses = sum_of_losses(sequences_.x(), depth);
                           add_gradient(network_->parameters().data(), sequences_.x(), depth, parts, mode,
                                        first == 0 && accumulated_ == 0, [](Index, Index) {});
                           return losses;
                         });
      }
    } catch (...) {
      network_->state() = state_before_.view();
      if (accumulated_ > 0) gradient_ = std::move(gradient_before_);
      throw;
    }
    ++pass_count_;
    step_with_whole_gradient(network_->parameters().data());
    return sum / static_cast<double>(x.cols());
  }

  // Makes room, and throws where the next step cannot be made.
  void begin_update(bool is_plain) {
    validate_optimizer();
    options_.require_factors(network_->depth());  // layers may have been added
    validate_layer_rates();                       // a schedule may have set the rate
    reserve_step(is_plain);
    // Only comparisons lose a parameter that is NaN on its way to the loss, and only where the compiler may let them.
    if ((assumes_finite_math && !has_finite_numbers(*network_)) ||
        first_not_finite(state_before_.data(), state_before_.size()) < state_before_.size())
      throw data_error("step ", step_count_ + 1, ": ", first_not_finite_number(*network_),
                       "; load or initialize the network again");
  }

  Training<Scalar> mode_of_pass() const {
    return {.state = network_->state().data(),
            .seed = Random(options_.seed + static_cast<std::uint64_t>(pass_count_)).next(),
            .freezes = freezes_.get()};
  }

  // Forward and the losses, in parts of which each thread takes one. Returns their number: where there are several, the
  // gradients of all inputs are written, too.
  Index forward(const ConstMatrixView<Scalar>& x, Index depth, Callback<Index, Index> evaluate,
                const Training<Scalar>& mode) {
    reserve_pass(x.cols());
    const SampleRange mine = distribute(x.cols(), depth);
    const Scalar* parameters = network_->parameters().data();
    // A part is at least two samples, since one alone is summed in another order.
    const Index local = network_->has_shards() ? std::clamp<Index>(mine.count / 2, 1, team_->size()) : 1;
    const Index parts = is_distributed_ ? std::max<Index>(local, 2) : local;
    share(mine.count > 0 ? local : 0, [&](Index part) {
      const Index first = mine.first + mine.count * part / local, last = mine.first + mine.count * (part + 1) / local;
      require_finite(x, first, last);
      forward_pass(layout(), parameters, x, workspace_, depth, SampleRange{first, last - first}, mode);
      evaluate(first, last);
      if (parts > 1)  // without waiting for the others; the parameters are not touched
        write_input_gradients(layout(), parameters, x, workspace_, depth, SampleRange{first, last - first}, mode);
    });
    if (is_distributed_) {
      sum_of_losses(x, mine, depth);  // only here is known what is not finite, and why
      exchange_samples(x.cols(), depth);
    }
    return parts;
  }

  // Throws where it is not finite, the state being again as it was.
  double sum_of_losses(const ConstMatrixView<Scalar>& x, Index depth) { return sum_of_losses(x, {0, x.cols()}, depth); }
  double sum_of_losses(const ConstMatrixView<Scalar>& x, SampleRange range, Index depth) {
    double sum = 0;
    for (Index sample = range.first; sample < range.first + range.count; ++sample) sum += losses_[sample];
    if (is_finite(sum)) return sum;
    network_->state() = state_before_.view();
    throw_not_finite(sum / static_cast<double>(range.count), x, range, depth);
  }

  // Room for everything that an update writes. Nothing allocates after it, so that memory is exhausted before anything
  // has changed.
  void reserve_pass(Index samples) {
    workspace_.reserve_activations(layout(), samples);
    workspace_.reserve_gradients(layout(), samples);
    losses_.reserve(samples);
  }
  void reserve_step(bool is_plain) {
    state_before_ = network_->state();
    if (is_plain) return;
    const Index rows = network_->parameter_count(), columns = optimizer_.state_count();
    gradient_.resize(rows);
    if (options_.average_decay > 0 && average_.size() != rows) first_average_.resize(rows);
    if (state_.rows() == rows && state_.cols() == columns) return;
    BufferMatrix<Scalar> grown(rows, columns);  // what the optimizer keeps is zero at first
    std::fill_n(grown.data(), grown.size(), Scalar(0));
    for (Index column = 0; column < std::min(columns, state_.cols()); ++column)
      std::copy_n(state_.data() + column * state_.rows(), std::min(rows, state_.rows()), grown.data() + column * rows);
    state_ = std::move(grown);
  }

  // Whether the step subtracts the gradient as it is: then it is written nowhere.
  bool is_plain_step() const {
    if constexpr (requires { optimizer_.is_plain(); }) return is_step_uniform() && optimizer_.is_plain();
    return false;
  }

  // Whether every parameter is treated alike, and alone: then a step needs no look at the whole gradient.
  bool is_step_uniform() const {
    if (accumulate_ > 1 || accumulated_ > 0 || options_.clip_norm > 0 || options_.clip_value > 0 || options_.l1 > 0 ||
        options_.l2 > 0 || options_.average_decay > 0 || !options_.learning_rate_factors.empty())
      return false;
    if constexpr (requires { optimizer_.weight_decay; }) return optimizer_.weight_decay == 0 || options_.decay_biases;
    return true;
  }

  void step_range(const Optimizer& optimizer, Index first, Index last) {
    Scalar* const state = state_.size() > 0 ? state_.data() + first : nullptr;
    optimizer.step(
        VectorView<Scalar>(network_->parameters().data() + first, last - first),
        ConstVectorView<Scalar>(gradient_.data() + first, last - first),
        OptimizerState<Scalar>(state, last - first, state_.cols(), Eigen::OuterStride<>(network_->parameter_count())),
        step_count_);
  }

  // One step of an optimizer that takes the gradient, each range of it as soon as it is known.
  void step_with_gradient(Scalar* parameters, const ConstMatrixView<Scalar>& x, Index depth, Index parts,
                          const Training<Scalar>& mode) {
    add_gradient(parameters, x, depth, parts, mode, true,
                 [&](Index first, Index last) { step_range(optimizer_, first, last); });
  }

  // Adds to the gradient, cleared before where asked; done(first, last) is called for ranges that are finished.
  void add_gradient(Scalar* parameters, const ConstMatrixView<Scalar>& x, Index depth, Index parts,
                    const Training<Scalar>& mode, bool is_first, Callback<Index, Index> done) {
    const auto clear = [&](Index first, Index last) {
      if (is_first) std::fill(gradient_.data() + first, gradient_.data() + last, Scalar(0));
    };
    const auto* values = static_cast<const Scalar*>(parameters);
    if constexpr (!Net::always_has_shards)
      if (!network_->has_shards()) {
        clear(0, gradient_.size());
        add_gradients(layout(), values, x, workspace_, depth, gradient_.data(), InputGradient::none, mode);
        done(0, gradient_.size());
        return;
      }
    if (parts <= 1) write_input_gradients(layout(), values, x, workspace_, depth, {0, x.cols()}, mode);
    share_parameters([&](LayerShard shard) {
      for_each_range_of(layout(), shard, clear);
      add_parameter_gradient(layout(), values, x, workspace_, gradient_.data(), Scalar(1), shard, mode);
      if (!is_distributed_) for_each_range_of(layout(), shard, done);
    });
    if (!is_distributed_) return;
    exchange_parameters(gradient_.data());
    share_all_parameters([&](LayerShard shard) { for_each_range_of(layout(), shard, done); });
  }

  // The mean gradient of `accumulate_` batches, with everything the options add to it or take from it, then a step.
  void step_with_whole_gradient(Scalar* parameters) {
    if (++accumulated_ < accumulate_) return;
    if (accumulated_ > 1)
      for (Index k = 0; k < gradient_.size(); ++k) gradient_[k] /= static_cast<Scalar>(accumulated_);
    accumulated_ = 0;
    for_each_range([&](Index first, Index last, double factor, bool is_decayed) {
      if (factor == 0)
        std::fill(gradient_.data() + first, gradient_.data() + last, Scalar(0));
      else if (is_decayed)
        detail::add_penalties(parameters + first, last - first, static_cast<Scalar>(options_.l1),
                              static_cast<Scalar>(options_.l2), gradient_.data() + first);
    });
    clip_gradient();
    ++step_count_;
    const bool is_averaged = options_.average_decay > 0;
    const bool is_first = average_.size() != network_->parameter_count();
    Scalar* const average = is_first ? first_average_.data() : average_.data();
    const auto share_of_new = static_cast<Scalar>(1 - options_.average_decay);
    share(team_->size(), [&](Index part) {
      for_each_range([&](Index begin, Index end, double factor, bool is_decayed) {
        const Index first = begin + (end - begin) * part / team_->size();
        const Index last = begin + (end - begin) * (part + 1) / team_->size();
        if (factor != 0) {
          Optimizer optimizer = optimizer_;
          if constexpr (requires { optimizer.learning_rate; }) optimizer.learning_rate *= factor;
          if constexpr (requires { optimizer.weight_decay; })
            if (!is_decayed) optimizer.weight_decay = 0;
          step_range(optimizer, first, last);
        }
        for (Index k = first; k < last && is_averaged; ++k)
          average[k] = is_first ? parameters[k] : average[k] + share_of_new * (parameters[k] - average[k]);
      });
    });
    if (is_averaged && is_first) average_ = std::move(first_average_);
  }

  // Calls use(first, last, learning-rate factor, whether it decays) for every tensor that is learned.
  void for_each_range(Callback<Index, Index, double, bool> use) const {
    network_->for_each_parameter_range([&](Index first, Index last, Role role, Index i) {
      const double factor =
          options_.learning_rate_factors.empty() ? 1.0 : options_.learning_rate_factors[static_cast<std::size_t>(i)];
      use(first, last, factor, role == Role::weight || options_.decay_biases);
    });
  }

  void clip_gradient() {
    Scalar* const gradient = gradient_.data();
    if (options_.clip_norm > 0) {
      const double norm = detail::norm(gradient, gradient_.size());
      if (!is_finite(norm)) {
        network_->state() = state_before_.view();
        throw data_error("step ", step_count_ + 1, ": the norm of the gradient is ", norm,
                         ", which cannot be clipped; lower the learning rate, or scale the inputs to about -1..1");
      }
      const auto factor = static_cast<Scalar>(options_.clip_norm / norm);
      for (Index k = 0; k < gradient_.size() && norm > options_.clip_norm; ++k) gradient[k] *= factor;
    }
    if (options_.clip_value > 0) {
      const auto limit = static_cast<Scalar>(options_.clip_value);
      for (Index k = 0; k < gradient_.size(); ++k)
        gradient[k] = gradient[k] > limit ? limit : gradient[k] < -limit ? -limit : gradient[k];
    }
  }

  // Which samples of a batch this process computes; all of them where it does not share the batch with others. Makes
  // room for what they exchange.
  SampleRange distribute(Index samples, Index depth) {
    const Processes& processes = options_.group;
    is_distributed_ = processes.size() > 1 && samples >= 4 && ProcessShards::can_share(layout());
    if (!is_distributed_) return {0, samples};
    process_shards_.assign(layout(), processes.size());
    exchange_.reserve(processes, [&](Index rank, const ProcessExchange::Use& use) {
      for_each_piece_of_samples(rank, samples, depth, use);
    });
    exchange_.reserve(processes, [&](Index rank, const ProcessExchange::Use& use) {
      for_each_piece_of_parameters(rank, network_->parameters().data(), use);
    });
    return samples_of(processes.rank(), processes.size(), samples);
  }

  // Gives all processes what the gradients of parameters are computed from, and the losses.
  void exchange_samples(Index samples, Index depth) {
    exchange_(options_.group, [&](Index rank, const ProcessExchange::Use& use) {
      for_each_piece_of_samples(rank, samples, depth, use);
    });
  }
  void for_each_piece_of_samples(Index rank, Index samples, Index depth, const ProcessExchange::Use& use) {
    const SampleRange range = samples_of(rank, options_.group.size(), samples);
    const auto columns = [&](Scalar* values, Index rows) {
      use(values + range.first * rows, sizeof(Scalar) * static_cast<std::size_t>(range.count * rows));
    };
    use(losses_.data() + range.first, sizeof(double) * static_cast<std::size_t>(range.count));
    for (Index i = 0; i < depth; ++i) {
      const Place& place = layout().place(i);
      if (place.parameter_count == 0) continue;
      if (i > 0) columns(workspace_.activation(layout().place(i - 1), samples), place.input.size());
      columns(workspace_.activation(place, samples), place.output.size());
      columns(workspace_.gradient(place, samples), place.output.size());
    }
  }

  // Gives all processes the shards that each has computed of a vector laid out as the parameters are.
  void exchange_parameters(Scalar* values) {
    exchange_(options_.group,
              [&](Index rank, const ProcessExchange::Use& use) { for_each_piece_of_parameters(rank, values, use); });
  }
  void for_each_piece_of_parameters(Index rank, Scalar* values, const ProcessExchange::Use& use) const {
    process_shards_.for_each_shard(layout(), rank, options_.group.size(), 1, [&](LayerShard shard) {
      for_each_range_of(layout(), shard, [&](Index first, Index last) {
        use(values + first, sizeof(Scalar) * static_cast<std::size_t>(last - first));
      });
    });
  }

  // Calls work(shard) for every shard of the parameters that this process has; who is ready takes the next.
  void share_parameters(Callback<LayerShard> work) {
    if (!is_distributed_) return share_all_parameters(work);
    const Processes& processes = options_.group;
    std::atomic<Index> next = 0;
    team_->run([&](Index) {
      Index wanted = next.fetch_add(1, std::memory_order_relaxed), number = 0;
      process_shards_.for_each_shard(layout(), processes.rank(), processes.size(), team_->size(),
                                     [&](LayerShard shard) {
                                       if (number++ != wanted) return;
                                       work(shard);
                                       wanted = next.fetch_add(1, std::memory_order_relaxed);
                                     });
    });
  }
  // And of all.
  void share_all_parameters(Callback<LayerShard> work) {
    std::atomic<Index> next = 0;
    team_->run([&](Index) {
      for (;;) {
        const LayerShard shard = shard_of(layout(), next.fetch_add(1, std::memory_order_relaxed), team_->size());
        if (shard.layer < 0) return;
        work(shard);
      }
    });
  }

  // The losses of some samples, and the gradient of the mean loss over `count` with respect to their outputs.
  template <class AnyLoss>
  void losses_and_gradients(const AnyLoss& loss, Index first, Index last, Index count, const Scalar* targets,
                            std::span<const double> weights, const Scalar* y, Scalar* dy) {
    const Index outputs = layout().output_shape().size();
    const Scalar share = Scalar(1) / static_cast<Scalar>(count);
    for (Index sample = first; sample < last; ++sample) {
      const ConstVectorView<Scalar> output(y + sample * outputs, outputs);
      VectorView<Scalar> gradient(dy + sample * outputs, outputs);
      const ConstVectorView<Scalar> target(targets + sample * outputs, outputs);
      losses_[sample] = static_cast<double>(loss(output, target));
      loss.gradient(output, target, gradient);
      if (count > 1) gradient *= share;
      if (weights.empty()) continue;
      losses_[sample] *= weights[static_cast<std::size_t>(sample)];
      gradient *= static_cast<Scalar>(weights[static_cast<std::size_t>(sample)]);
    }
  }

  // Says where the first number stands that is not finite.
  [[noreturn]] void throw_not_finite(double loss, const ConstMatrixView<Scalar>& x, SampleRange range, Index depth) {
    const Index wrong_parameter = first_not_finite(network_->parameters().data(), network_->parameter_count());
    for (Index i = 0; i < network_->depth(); ++i) {
      const Place& place = layout().place(i);
      std::string_view name;
      network_->for_each_layer([&](const auto& layer, Index number) {
        if (number == i) name = layer.name();
      });
      const Index parameter = wrong_parameter - place.parameter_offset;
      if (parameter >= 0 && parameter < place.parameter_count)
        throw data_error("step ", step_count_ + 1, ": the loss is ", loss, " because ",
                         first_not_finite_number(*network_), "; load or initialize the network again");
      if (i >= depth) continue;
      const Scalar* output = workspace_.activation(place, x.cols()) + place.output.size() * range.first;
      const Index size = place.output.size() * range.count;
      const Index wrong = first_not_finite(output, size);
      if (wrong < size)
        throw data_error("step ", step_count_ + 1, ": the loss is ", loss, " because output ",
                         wrong % place.output.size(), " of layer ", i + 1, " (", name, ") is ", output[wrong],
                         "; lower the learning rate, or scale the inputs to about -1..1");
    }
    throw data_error("step ", step_count_ + 1, ": the loss is ", loss,
                     " though all outputs are finite; the outputs are "
                     "too large for this loss, lower the learning rate or "
                     "scale the targets");
  }

  Net* network_;
  Loss loss_;
  Optimizer optimizer_;
  TrainerOptions options_;
  Workspace<Scalar> workspace_;
  Buffer<double> losses_;
  Buffer<Scalar> gradient_;
  BufferMatrix<Scalar> state_;  // parameters x numbers that the optimizer keeps of each
  std::unique_ptr<ThreadTeam> team_;
  bool is_distributed_ = false;  // whether processes share the batch at hand
  ProcessShards process_shards_;
  ProcessExchange exchange_;
  std::unique_ptr<bool[]> freezes_;  // one per layer; none where no layer is
  std::int64_t step_count_ = 0;
  std::int64_t pass_count_ = 0;
  std::optional<std::uint64_t> fitting_layers_;  // a hash of the layers that the loss was seen to fit
  Index accumulate_ = 1;
  Index accumulated_ = 0;  // batches whose gradients stand in gradient_
  Buffer<Scalar> average_;
  Buffer<Scalar> first_average_;  // room for it, until the first step is made
  Buffer<Scalar> state_before_;
  std::optional<AtShape<Net>> layout_;  // of a network for any length, for the samples at hand
  detail::SequencesByLength<Scalar> sequences_;
  Buffer<Scalar> gradient_before_;
};

}  // namespace nn
