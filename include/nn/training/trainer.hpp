// SPDX-License-Identifier: MIT
// Training: the one place where network, loss, optimizer and data meet.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <memory>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nn/core/finite.hpp>
#include <nn/core/layer_stack.hpp>
#include <nn/core/pass.hpp>
#include <nn/core/random.hpp>
#include <nn/data/dataset.hpp>
#include <nn/training/evaluate.hpp>
#include <nn/training/fit_options.hpp>
#include <nn/training/fit_state.hpp>
#include <nn/training/fused_loss.hpp>
#include <nn/training/history.hpp>
#include <nn/training/targets.hpp>
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

/// Trains a network that it refers to, and that must outlive it. The loss is the mean over the samples.
template <class Net, class Loss, class Optimizer>
class Trainer {
 public:
  using Scalar = typename Net::Scalar;

  /// Throws data_error where an option makes no sense.
  Trainer(Net& network, Loss loss, Optimizer optimizer, TrainerOptions options = {})
      : network_(&network),
        loss_(std::move(loss)),
        optimizer_(std::move(optimizer)),
        options_(std::move(options)),
        team_(std::make_unique<ThreadTeam>(options_.threads)) {
    validate_optimizer();
    options_.validate(network_->depth());
    if constexpr (requires { loss_.validate(); }) loss_.validate();
  }

  /// One update from one sample or one mini-batch: x is features x samples, target outputs x samples or one class label
  /// per sample. Weights, one per sample where given, multiply the losses; the mean stays one over the number of
  /// samples. Returns the mean loss before the update. Throws shape_error where sizes do not fit, data_error where x,
  /// the target or the loss is not finite, a label is out of range or a weight negative; the network is then as it was.
  template <class X, class Target>
  requires(!std::integral<Target>) double step(const Eigen::DenseBase<X>& x, const Target& target,
                                               std::span<const double> weights = {}) {
    require_scalar<typename X::Scalar, Scalar>();
    require_features<X::RowsAtCompileTime, Net::input_extent>();
    network_->require_features(x.rows(), "step");
    if (x.cols() < 1) throw data_error("step: got no sample; give features x samples, at least one column");
    if (!weights.empty()) detail::require_weights("step", weights, x.cols());
    return with_contiguous(x, [&](const auto& view) {
      const ConstMatrixView<Scalar> inputs(view.data(), view.rows(), view.cols());
      return with_targets(target, inputs.cols(), [&](const auto& targets) { return update(inputs, targets, weights); });
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
    if (fit_.samples_seen < 0 || fit_.samples_seen > samples || accumulated_ < 0 ||
        std::any_of(fit_.order.begin(), fit_.order.end(), [&](Index i) { return i < 0 || i >= available; }))
      throw data_error("fit: the checkpoint was made in the middle of other data; give the same data and options");
    Schedule schedule = options.schedule;
    schedule.restore(fit_.schedule);
    const Index batch_size = std::min(options.batch_size, samples);
    detail::Batch<Scalar> batch(data, network_->output_shape().size(), batch_size);
    Progress progress;
    progress.epochs = options.epochs;
    progress.samples = samples;
    progress.batches = (samples + batch_size - 1) / batch_size;

    const auto budget_spent = [&]() -> std::optional<Ending> {
      if (options.steps > 0 && step_count_ - fit_.first_step >= options.steps) return Ending::step_budget;
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
        if (schedule) set_learning_rate(schedule(step_count_));
        accumulate_ = fit_.samples_seen + count == samples ? accumulated_ + 1 : options.accumulate;
        batch.gather(
            data, chosen,
            [&](const MatrixView<Scalar>& x) { augment_batch(options.augmentation, data.sample_shape(), x); },
            [&](const auto& x, const auto& targets) {
              fit_.loss_sum += update(x, targets, batch.weights()) * static_cast<double>(count);
            });
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
        const Evaluation result = evaluate(*network_, loss_, *validation, {.threads = team_->size()});
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
    accumulate_ = 1;
    if (fit_.best_parameters.size() > 0) {
      network_->parameters() = fit_.best_parameters;
      network_->state() = fit_.best_state;
    }
    fit_.history.is_stopped = ending == Ending::callback;
    fit_.history.ending = ending.value_or(Ending::all_epochs);
    return fit_.history;
  }

  /// Writes all that it takes to go on later with the same bits (see nn/io/checkpoint.hpp, which is to be included);
  /// also from a callback, after any batch. Throws load_error where the file cannot be written.
  void save_checkpoint(const std::string& path) const { write_checkpoint(*this, path); }
  /// Takes up what save_checkpoint wrote: the next fit() goes on from there. Throws load_error where the file is
  /// damaged, or of another network, optimizer, scalar or version; nothing is changed then.
  void resume(const std::string& path) { read_checkpoint(*this, path); }

  /// A copy of the network with the moving average of its parameters. Throws data_error where none is kept.
  Net averaged() const {
    if (options_.average_decay == 0)
      throw data_error("averaged: no average is kept; give the trainer an average_decay, 0.999 is usual");
    Net copy = *network_;
    if (average_.size() > 0) copy.parameters() = average_;
    return copy;
  }

  const Net& network() const { return *network_; }
  const Loss& loss() const { return loss_; }
  /// Its options may be changed between steps.
  Optimizer& optimizer() { return optimizer_; }
  const Optimizer& optimizer() const { return optimizer_; }
  /// Of the latest fit, as far as it is.
  const History& history() const { return fit_.history; }
  /// Updates made so far.
  std::int64_t step_count() const { return step_count_; }

  /// The next fit() goes on from the parts that were given.
  void take_up() { is_resumed_ = fit_.is_within_epoch || !fit_.order.empty(); }
  /// Calls visit(name, numbers) for everything that training goes on from: vectors, single numbers, and generators.
  template <class Visit>
  void for_each_part(Visit&& visit) {
    each_part(*this, visit);
  }
  template <class Visit>
  void for_each_part(Visit&& visit) const {
    each_part(*this, visit);
  }

 private:
  // What a checkpoint holds; self is const when one is written.
  template <class Self, class Visit>
  static void each_part(Self& self, Visit& visit) {
    visit("step count", self.step_count_);
    visit("pass count", self.pass_count_);
    visit("parameters", self.network_->parameters());
    visit("state", self.network_->state());
    visit("optimizer state", self.state_);
    visit("gradient", self.gradient_);
    visit("accumulated", self.accumulated_);
    visit("average", self.average_);
    visit("random", self.fit_.random);
    visit("order", self.fit_.order);
    visit("is within epoch", self.fit_.is_within_epoch);
    visit("samples seen", self.fit_.samples_seen);
    visit("loss sum", self.fit_.loss_sum);
    visit("seconds", self.fit_.seconds);
    visit("seconds before", self.fit_.seconds_before);
    visit("first step", self.fit_.first_step);
    visit("history", self.fit_.history.epochs);
    visit("best epoch", self.fit_.history.best_epoch);
    visit("best loss", self.fit_.best_loss);
    visit("epochs since best", self.fit_.epochs_since_best);
    visit("best parameters", self.fit_.best_parameters);
    visit("best state", self.fit_.best_state);
    visit("schedule", self.fit_.schedule);
  }

  // The optimizer's own checks, and whether its learning rate is one in the network's numbers, too.
  void validate_optimizer() const {
    optimizer_.validate();
    if constexpr (requires { optimizer_.learning_rate; }) {
      const auto rate = static_cast<Scalar>(optimizer_.learning_rate);
      if (!(rate > 0 && is_finite(rate)))
        throw data_error("the learning rate of ", optimizer_.learning_rate, " is ", rate,
                         " in the network's number type; use one that it can tell from 0 and infinity");
    }
  }

  // Calls use(targets) with the targets, checked.
  template <class Target, class Use>
  double with_targets(const Target& target, Index samples, Use&& use) {
    const Index outputs = network_->output_shape().size();
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
    detail::require_fit(*network_, data, "fit");
    if (options.validation != nullptr) detail::require_fit(*network_, *options.validation, "fit, validation");
  }

  void begin_fit(Index samples, const FitOptions& options) {
    fit_ = {};
    fit_.random = options.random;
    fit_.order.resize(static_cast<std::size_t>(samples));
    std::iota(fit_.order.begin(), fit_.order.end(), Index(0));
    fit_.first_step = step_count_;
    fit_.schedule = options.schedule.memory();
    accumulated_ = 0;
  }

  // Each sample draws from a generator of its own, so that the threads and a checkpoint do not change the pictures.
  void augment_batch(const Augmentation& augmentation, Shape shape, const MatrixView<Scalar>& x) {
    if (!augmentation) return;
    const std::uint64_t seed = Random(options_.seed ^ (static_cast<std::uint64_t>(pass_count_) << 32)).next();
    const Index parts = std::min(team_->size(), x.cols());
    share(parts, [&](Index part) {
      Vector<float> numbers(std::is_same_v<Scalar, float> ? 0 : x.rows());
      for (Index sample = x.cols() * part / parts; sample < x.cols() * (part + 1) / parts; ++sample) {
        Random random(seed + static_cast<std::uint64_t>(sample));
        Scalar* column = const_cast<Scalar*>(x.data()) + sample * x.rows();
        if constexpr (std::is_same_v<Scalar, float>) {
          augmentation(column, shape, random);
        } else {
          numbers = VectorView<Scalar>(column, x.rows()).template cast<float>();
          augmentation(numbers.data(), shape, random);
          VectorView<Scalar>(column, x.rows()) = numbers.template cast<Scalar>();
        }
      }
    });
  }

  void set_learning_rate(double rate) {
    // A schedule may end at 0, which no optimizer takes: the smallest steps there are stand for none.
    if constexpr (requires { optimizer_.learning_rate; })
      optimizer_.learning_rate = rate >= 0 && rate < 1e-30 ? 1e-30 : rate;
    else
      throw data_error("fit: a schedule sets the learning rate, but this optimizer has none");
  }

  void report(Progress& progress, Index batch_size) const {
    progress.samples_seen = fit_.samples_seen;
    progress.batch = (fit_.samples_seen + batch_size - 1) / batch_size;
    progress.loss = fit_.loss_sum / static_cast<double>(fit_.samples_seen);
    progress.seconds = fit_.seconds;
    if constexpr (requires { optimizer_.learning_rate; }) progress.learning_rate = optimizer_.learning_rate;
  }

  void remember_best(double loss, const FitOptions& options) {
    ++fit_.epochs_since_best;
    if (!(loss < fit_.best_loss - options.min_improvement)) return;
    fit_.best_loss = loss;
    fit_.epochs_since_best = 0;
    fit_.history.best_epoch = static_cast<Index>(fit_.history.epochs.size()) + 1;
    if (options.patience > 0 || options.keep_best) {
      fit_.best_parameters = network_->parameters();
      fit_.best_state = network_->state();
    }
  }

  static void require_finite(const ConstMatrixView<Scalar>& x, Index first, Index last) {
    const Index begin = first * x.rows(), end = last * x.rows();
    const Index wrong = begin + first_not_finite(x.data() + begin, end - begin);
    if (wrong < end)
      throw data_error("step: feature ", wrong % x.rows(), " of sample ", wrong / x.rows(), " is ", x.data()[wrong],
                       "; replace it by a finite number");
  }

  // Forward, loss, backward, step.
  double update(const ConstMatrixView<Scalar>& x, const ConstMatrixView<Scalar>& targets,
                std::span<const double> weights) {
    return with_fused_loss(*network_, loss_, [&](const auto& loss, Index depth) {
      return update(x, depth, [&](Index first, Index last) {
        losses_and_gradients(loss, first, last, x.cols(), targets.data(), weights,
                             depth == 0 ? x.data() : workspace_.activation(network_->place(depth - 1), x.cols()),
                             workspace_.gradient(*network_, depth, x.cols()));
      });
    });
  }

  // judge(first, last) works out the losses of some samples and their gradients; nothing is changed before all losses
  // are known to be finite.
  double update(const ConstMatrixView<Scalar>& x, Index depth, Callback<Index, Index> judge) {
    validate_optimizer();
    Scalar* parameters = network_->parameters().data();
    const Index samples = x.cols();
    workspace_.reserve_activations(*network_, samples);
    workspace_.reserve_gradients(*network_, samples);
    if (losses_.size() < samples) losses_.resize(samples);
    state_before_ = network_->state();
    const Training<Scalar> mode{network_->state().data(),
                                Random(options_.seed + static_cast<std::uint64_t>(pass_count_)).next()};
    // A part is at least two samples, since one alone is summed in another order.
    const Index parts = network_->has_parts() ? std::clamp<Index>(samples / 2, 1, team_->size()) : 1;

    try {
      share(parts, [&](Index part) {
        const Index first = samples * part / parts, last = samples * (part + 1) / parts;
        require_finite(x, first, last);
        forward_pass(*network_, static_cast<const Scalar*>(parameters), x, workspace_, depth,
                     SampleRange{first, last - first}, mode);
        judge(first, last);
        if (parts > 1)  // without waiting for the others; the parameters are not touched
          write_input_gradients(*network_, static_cast<const Scalar*>(parameters), x, workspace_, depth,
                                SampleRange{first, last - first}, mode);
      });
    } catch (...) {
      network_->state() = state_before_;
      throw;
    }
    double mean = 0;
    for (Index sample = 0; sample < samples; ++sample) mean += losses_[sample];
    mean /= static_cast<double>(samples);
    if (!is_finite(mean)) {
      network_->state() = state_before_;
      throw_not_finite(mean, x, depth);
    }
    ++pass_count_;
    if (accumulate_ > 1 || accumulated_ > 0 || !is_step_uniform()) {
      step_with_whole_gradient(parameters, x, depth, parts, mode);
      return mean;
    }
    ++step_count_;
    bool is_plain = false;
    if constexpr (requires { optimizer_.is_plain(); }) {
      is_plain = optimizer_.is_plain();
      const auto rate = static_cast<Scalar>(optimizer_.learning_rate);
      if (is_plain && parts <= 1) descend(*network_, parameters, x, workspace_, depth, rate, mode);
      if (is_plain && parts > 1)
        share_parameters([&](Part part) {
          subtract_gradient(*network_, static_cast<const Scalar*>(parameters), x, workspace_, parameters, rate, part,
                            mode);
        });
    }
    if (!is_plain) step_with_gradient(parameters, x, depth, parts, mode);
    return mean;
  }

  // Whether every parameter is treated alike, and alone: then a step needs no look at the whole gradient.
  bool is_step_uniform() const {
    if (options_.clip_norm > 0 || options_.clip_value > 0 || options_.l1 > 0 || options_.l2 > 0 ||
        options_.average_decay > 0 || !options_.learning_rate_factors.empty())
      return false;
    if constexpr (requires { optimizer_.weight_decay; }) return optimizer_.weight_decay == 0 || options_.decay_biases;
    return true;
  }

  // Room for the gradient, and for what the optimizer keeps, which is zero at first.
  void reserve_step() {
    const Index rows = network_->parameter_count(), columns = optimizer_.state_count();
    gradient_.resize(rows);
    if (state_.rows() == rows && state_.cols() == columns) return;
    Matrix<Scalar> grown(rows, columns);
    std::fill_n(grown.data(), grown.size(), Scalar(0));
    for (Index column = 0; column < std::min(columns, state_.cols()); ++column)
      std::copy_n(state_.data() + column * state_.rows(), std::min(rows, state_.rows()), grown.data() + column * rows);
    state_.swap(grown);
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
    reserve_step();
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
    if constexpr (!Net::always_has_parts)
      if (!network_->has_parts()) {
        clear(0, gradient_.size());
        add_gradients(*network_, values, x, workspace_, depth, gradient_.data(), InputGradient::none, mode);
        done(0, gradient_.size());
        return;
      }
    if (parts <= 1) write_input_gradients(*network_, values, x, workspace_, depth, {0, x.cols()}, mode);
    share_parameters([&](Part part) {
      for_each_range_of(*network_, part, clear);
      subtract_gradient(*network_, values, x, workspace_, gradient_.data(), Scalar(-1), part, mode);
      for_each_range_of(*network_, part, done);
    });
  }

  // The mean gradient of `accumulate_` batches, with everything the options add to it or take from it, then a step.
  void step_with_whole_gradient(Scalar* parameters, const ConstMatrixView<Scalar>& x, Index depth, Index parts,
                                const Training<Scalar>& mode) {
    reserve_step();
    add_gradient(parameters, x, depth, parts, mode, accumulated_ == 0, [](Index, Index) {});
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
    for_each_range([&](Index first, Index last, double factor, bool is_decayed) {
      if (factor == 0) return;
      Optimizer optimizer = optimizer_;
      if constexpr (requires { optimizer.learning_rate; }) optimizer.learning_rate *= factor;
      if constexpr (requires { optimizer.weight_decay; })
        if (!is_decayed) optimizer.weight_decay = 0;
      step_range(optimizer, first, last);
    });
    if (options_.average_decay > 0) {
      if (average_.size() != network_->parameter_count()) average_ = network_->parameters();
      const auto share = static_cast<Scalar>(1 - options_.average_decay);
      for (Index k = 0; k < average_.size(); ++k) average_[k] += share * (parameters[k] - average_[k]);
    }
  }

  // Calls use(first, last, learning-rate factor, whether it decays) for the weight matrix and the rest of every layer.
  void for_each_range(Callback<Index, Index, double, bool> use) const {
    network_->for_each_place([&](const Place& place, Index i) {
      if (place.is_block) return;
      const double factor =
          options_.learning_rate_factors.empty() ? 1.0 : options_.learning_rate_factors[static_cast<std::size_t>(i)];
      const Index middle = place.parameter_offset + place.weights.rows * place.weights.columns;
      if (middle > place.parameter_offset) use(place.parameter_offset, middle, factor, true);
      if (place.parameter_end() > middle) use(middle, place.parameter_end(), factor, options_.decay_biases);
    });
  }

  void clip_gradient() {
    Scalar* const gradient = gradient_.data();
    if (options_.clip_norm > 0) {
      const double norm = detail::norm(gradient, gradient_.size());
      if (!is_finite(norm))
        throw data_error("step ", step_count_ + 1, ": the norm of the gradient is ", norm,
                         ", which cannot be clipped; lower the learning rate, or scale the inputs to about -1..1");
      const auto factor = static_cast<Scalar>(options_.clip_norm / norm);
      for (Index k = 0; k < gradient_.size() && norm > options_.clip_norm; ++k) gradient[k] *= factor;
    }
    if (options_.clip_value > 0) {
      const auto limit = static_cast<Scalar>(options_.clip_value);
      for (Index k = 0; k < gradient_.size(); ++k)
        gradient[k] = gradient[k] > limit ? limit : gradient[k] < -limit ? -limit : gradient[k];
    }
  }

  // Calls work(part) for every part, on as many threads.
  void share(Index parts, Callback<Index> work) {
    if (parts <= 1) {
      work(Index(0));
    } else {
      team_->run([&](Index member) {
        if (member < parts) work(member);
      });
    }
  }

  // Calls work(part) for every part of the parameters; who is ready takes the next.
  void share_parameters(Callback<Part> work) {
    std::atomic<Index> next = 0;
    team_->run([&](Index) {
      for (;;) {
        const Part part = part_of(*network_, next.fetch_add(1, std::memory_order_relaxed), team_->size());
        if (part.layer < 0) return;
        work(part);
      }
    });
  }

  // The losses of some samples, and the gradient of the mean loss with respect to their outputs.
  template <class AnyLoss>
  void losses_and_gradients(const AnyLoss& loss, Index first, Index last, Index samples, const Scalar* targets,
                            std::span<const double> weights, const Scalar* y, Scalar* dy) {
    const Index outputs = network_->output_shape().size();
    const Scalar share = Scalar(1) / static_cast<Scalar>(samples);
    for (Index sample = first; sample < last; ++sample) {
      const ConstVectorView<Scalar> output(y + sample * outputs, outputs);
      VectorView<Scalar> gradient(dy + sample * outputs, outputs);
      const ConstVectorView<Scalar> target(targets + sample * outputs, outputs);
      losses_[sample] = static_cast<double>(loss(output, target));
      loss.gradient(output, target, gradient);
      if (samples > 1) gradient *= share;
      if (weights.empty()) continue;
      losses_[sample] *= weights[static_cast<std::size_t>(sample)];
      gradient *= static_cast<Scalar>(weights[static_cast<std::size_t>(sample)]);
    }
  }

  // Says where the first number stands that is not finite.
  [[noreturn]] void throw_not_finite(double loss, const ConstMatrixView<Scalar>& x, Index depth) {
    const Index wrong_parameter = first_not_finite(network_->parameters().data(), network_->parameter_count());
    for (Index i = 0; i < network_->depth(); ++i) {
      const Place& place = network_->place(i);
      std::string_view name;
      network_->for_each_layer([&](const auto& layer, Index number) {
        if (number == i) name = layer.name();
      });
      const Index parameter = wrong_parameter - place.parameter_offset;
      if (parameter >= 0 && parameter < place.parameter_count)
        throw data_error("step ", step_count_ + 1, ": the loss is ", loss, " because parameter ", parameter,
                         " of layer ", i + 1, " (", name, ") is ", network_->parameters()[wrong_parameter],
                         "; load or initialize the network again");
      if (i >= depth) continue;
      const Scalar* output = workspace_.activation(place, x.cols());
      const Index size = place.output.size() * x.cols();
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
  Vector<double> losses_;
  Vector<Scalar> one_hot_;  // what class labels become
  Vector<Scalar> gradient_;
  Matrix<Scalar> state_;  // parameters x numbers that the optimizer keeps of each
  std::unique_ptr<ThreadTeam> team_;
  std::int64_t step_count_ = 0;
  std::int64_t pass_count_ = 0;  // batches, of which several may make one step
  Index accumulate_ = 1;
  Index accumulated_ = 0;  // batches whose gradients stand in gradient_
  Vector<Scalar> average_;
  Vector<Scalar> state_before_;
  FitState<Scalar> fit_;
  bool is_resumed_ = false;
};

}  // namespace nn
