// SPDX-License-Identifier: MIT
// Training: the one place where network, loss, optimizer and data meet.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include <nn/core/finite.hpp>
#include <nn/core/layer_stack.hpp>
#include <nn/core/pass.hpp>
#include <nn/core/random.hpp>
#include <nn/data/dataset.hpp>
#include <nn/training/evaluate.hpp>
#include <nn/training/fused_loss.hpp>
#include <nn/training/history.hpp>
#include <nn/training/targets.hpp>
#include <nn/training/thread_team.hpp>

namespace nn {

struct FitOptions {
  Index epochs = 1;
  Index batch_size = 32;                ///< samples per update
  Index samples_per_epoch = 0;          ///< a cap, as the course has it; 0: all. Without shuffling these are the first
  bool shuffle = true;                  ///< a new order in every epoch
  Random random = Random(0);            ///< draws the orders
  const Dataset* validation = nullptr;  ///< evaluated after every epoch
  std::function<void(Progress&)> on_batch = nullptr;  ///< after every update; progress.stop() ends the training
  std::function<void(Progress&)> on_epoch = nullptr;  ///< after every epoch and its validation
};

struct TrainerOptions {
  Index threads = 1;  ///< that share every mini-batch; the trained bits are the same for any number of them
};

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
        team_(std::make_unique<ThreadTeam>(options.threads)) {
    validate_options();
    if constexpr (requires { loss_.validate(); }) loss_.validate();
  }

  /// One update from one sample or one mini-batch: x is features x samples, target outputs x samples or one class label
  /// per sample. Returns the mean loss before the update. Throws shape_error where sizes do not fit, data_error where
  /// x, the target or the loss is not finite or a label is out of range; the network is then as it was.
  template <class X, class Target>
  requires(!std::integral<Target>) double step(const Eigen::DenseBase<X>& x, const Target& target) {
    require_scalar<typename X::Scalar, Scalar>();
    require_features<X::RowsAtCompileTime, Net::input_extent>();
    network_->require_features(x.rows(), "step");
    if (x.cols() < 1) throw data_error("step: got no sample; give features x samples, at least one column");
    return with_contiguous(x, [&](const auto& view) {
      const ConstMatrixView<Scalar> inputs(view.data(), view.rows(), view.cols());
      const Index wrong = first_not_finite(inputs.data(), inputs.size());
      if (wrong < inputs.size())
        throw data_error("step: feature ", wrong % inputs.rows(), " of sample ", wrong / inputs.rows(), " is ",
                         inputs.data()[wrong], "; replace it by a finite number");
      return with_targets(target, inputs.cols(), [&](const auto& targets) { return update(inputs, targets); });
    });
  }

  /// As above, the targets of one sample being one class label.
  template <class X, std::integral Label>
  double step(const Eigen::DenseBase<X>& x, Label label) {
    return step(x, std::span<const Label>(&label, 1));
  }

  /// Epochs over a data set. Throws before the first update where the data or an option cannot be used, and data_error
  /// when the loss is not finite: the network is then as it was before that update.
  History fit(const Dataset& data, const FitOptions& options = {}) {
    const Index samples = validated_samples(data, options);
    const Index batch_size = std::min(options.batch_size, samples);
    Random random = options.random;
    std::vector<Index> order(static_cast<std::size_t>(data.size()));
    std::iota(order.begin(), order.end(), Index(0));
    detail::Batch<Scalar> batch(data, batch_size);

    History history;
    Progress progress;
    progress.epochs = options.epochs;
    progress.samples = samples;
    progress.batches = (samples + batch_size - 1) / batch_size;
    for (progress.epoch = 1; progress.epoch <= options.epochs && !progress.is_stopped; ++progress.epoch) {
      const auto start = std::chrono::steady_clock::now();
      const auto elapsed = [&] {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
      };
      if (options.shuffle) random.shuffle(order);
      progress.validation_loss = progress.validation_accuracy = std::numeric_limits<double>::quiet_NaN();
      progress.batch = progress.samples_seen = 0;
      double sum = 0;
      while (progress.samples_seen < samples && !progress.is_stopped) {
        const Index count = std::min(batch_size, samples - progress.samples_seen);
        const std::span<const Index> chosen(order.data() + progress.samples_seen, static_cast<std::size_t>(count));
        batch.gather(data, chosen, network_->output_shape().size(), [&](const auto& x, const auto& targets) {
          sum += update(x, targets) * static_cast<double>(count);
        });
        ++progress.batch;
        progress.samples_seen += count;
        progress.loss = sum / static_cast<double>(progress.samples_seen);
        if (options.on_batch) {
          progress.seconds = elapsed();
          options.on_batch(progress);
        }
      }
      progress.seconds = elapsed();
      if (options.validation != nullptr) {
        const Evaluation validation = evaluate(*network_, loss_, *options.validation, {.threads = team_->size()});
        progress.validation_loss = validation.loss;
        progress.validation_accuracy = validation.accuracy;
      }
      history.epochs.push_back({progress.loss, progress.validation_loss, progress.validation_accuracy, progress.seconds,
                                progress.samples_seen});
      if (options.on_epoch) options.on_epoch(progress);
    }
    history.is_stopped = progress.is_stopped;
    return history;
  }

  const Net& network() const { return *network_; }
  const Loss& loss() const { return loss_; }
  /// Its options may be changed between steps.
  Optimizer& optimizer() { return optimizer_; }
  /// Updates made so far.
  std::int64_t step_count() const { return step_count_; }

 private:
  // The optimizer's own checks, and whether its learning rate is one in the network's numbers, too.
  void validate_options() const {
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
      LabelTargets<Scalar, Target> targets(target);
      targets.validate(outputs, samples);
      return use(targets);
    } else {
      require_scalar<typename Target::Scalar, Scalar>();
      require_targets<Target::RowsAtCompileTime, Net::output_extent>();
      return with_contiguous(target, [&](const auto& view) {
        const MatrixTargets<Scalar> targets(ConstMatrixView<Scalar>(view.data(), view.rows(), view.cols()));
        targets.validate(outputs, samples);
        return use(targets);
      });
    }
  }

  Index validated_samples(const Dataset& data, const FitOptions& options) const {
    if (options.epochs < 0)
      throw data_error("fit: the number of epochs must not be negative, got ", options.epochs, "; use 1 or more");
    if (options.batch_size < 1)
      throw data_error("fit: the batch size must be at least 1, got ", options.batch_size, "; 32 is the default");
    if (options.samples_per_epoch < 0)
      throw data_error("fit: the samples per epoch must not be negative, got ", options.samples_per_epoch,
                       "; 0 means all");
    detail::require_fit(*network_, data, "fit");
    if (options.validation != nullptr) detail::require_fit(*network_, *options.validation, "fit, validation");
    return options.samples_per_epoch == 0 ? data.size() : std::min(options.samples_per_epoch, data.size());
  }

  // Forward, loss, backward, step; nothing is changed before the loss is known to be finite.
  template <class Targets>
  double update(const ConstMatrixView<Scalar>& x, const Targets& targets) {
    validate_options();
    return with_fused_loss(*network_, loss_, [&](const auto& loss, Index depth) {
      Scalar* parameters = network_->parameters().data();
      const Index samples = x.cols();
      workspace_.reserve_activations(*network_, samples);
      workspace_.reserve_gradients(*network_, samples);
      if (losses_.size() < samples) losses_.resize(samples);
      // A part is at least two samples, since one alone is summed in another order.
      const Index parts = network_->has_parts() ? std::clamp<Index>(samples / 2, 1, team_->size()) : 1;

      share(parts, [&](Index part) {
        const Index first = samples * part / parts, last = samples * (part + 1) / parts;
        const Scalar* y = forward_pass(*network_, static_cast<const Scalar*>(parameters), x, workspace_, depth,
                                       SampleRange{first, last - first});
        losses_and_gradients(loss, y, first, last, samples, targets, workspace_.gradient(*network_, depth, samples));
      });
      double mean = 0;
      for (Index sample = 0; sample < samples; ++sample) mean += losses_[sample];
      mean /= static_cast<double>(samples);
      if (!is_finite(mean)) throw_not_finite(mean, x, depth);
      ++step_count_;

      bool is_plain = false;
      if constexpr (requires { optimizer_.is_plain(); }) {
        is_plain = optimizer_.is_plain();
        const auto rate = static_cast<Scalar>(optimizer_.learning_rate);
        if (is_plain && parts <= 1) descend(*network_, parameters, x, workspace_, depth, rate);
        if (is_plain && parts > 1) {
          write_all_input_gradients(parameters, x, depth, parts);
          share(parts, [&](Index part) {
            subtract_gradients(
                *network_, static_cast<const Scalar*>(parameters), x, workspace_, depth, parameters, rate, part, parts,
                [](Index, Index) {}, [](Index, Index) {});
          });
        }
      }
      if (!is_plain) step_with_gradient(parameters, x, depth, parts);
      return mean;
    });
  }

  // One step of an optimizer that takes the gradient.
  void step_with_gradient(Scalar* parameters, const ConstMatrixView<Scalar>& x, Index depth, Index parts) {
    const Index count = network_->parameter_count();
    gradient_.resize(count);
    state_.conservativeResizeLike(Matrix<Scalar>::Zero(count, optimizer_.state_count()));
    const auto clear = [&](Index first, Index last) { gradient_.segment(first, last - first).setZero(); };
    const auto step = [&](Index first, Index last) {
      optimizer_.step(
          VectorView<Scalar>(parameters + first, last - first),
          ConstVectorView<Scalar>(gradient_.data() + first, last - first),
          OptimizerState<Scalar>(state_.data() + first, last - first, state_.cols(), Eigen::OuterStride<>(count)),
          step_count_);
    };
    const auto* values = static_cast<const Scalar*>(parameters);
    if (parts <= 1) {
      clear(0, count);
      add_gradients(*network_, values, x, workspace_, depth, gradient_.data());
      step(0, count);
    } else {
      write_all_input_gradients(parameters, x, depth, parts);
      share(parts, [&](Index part) {
        subtract_gradients(*network_, values, x, workspace_, depth, gradient_.data(), Scalar(-1), part, parts, clear,
                           step);
      });
    }
  }

  void write_all_input_gradients(const Scalar* parameters, const ConstMatrixView<Scalar>& x, Index depth, Index parts) {
    share(parts, [&](Index part) {
      const Index first = x.cols() * part / parts, last = x.cols() * (part + 1) / parts;
      write_input_gradients(*network_, parameters, x, workspace_, depth, SampleRange{first, last - first});
    });
  }

  // Calls work(part) for every part, on as many threads.
  template <class Work>
  void share(Index parts, Work&& work) {
    if (parts <= 1) {
      work(Index(0));
    } else {
      team_->run([&](Index member) {
        if (member < parts) work(member);
      });
    }
  }

  // The losses of some samples, and the gradient of the mean loss with respect to their outputs.
  template <class AnyLoss, class Targets>
  void losses_and_gradients(const AnyLoss& loss, const Scalar* y, Index first, Index last, Index samples,
                            const Targets& targets, Scalar* dy) {
    const Index outputs = network_->output_shape().size();
    const Scalar share = Scalar(1) / static_cast<Scalar>(samples);
    for (Index sample = first; sample < last; ++sample) {
      const ConstVectorView<Scalar> output(y + sample * outputs, outputs);
      VectorView<Scalar> gradient(dy + sample * outputs, outputs);
      const auto target = targets.column(sample);
      losses_[sample] = static_cast<double>(loss(output, target));
      loss.gradient(output, target, gradient);
      if (samples > 1) gradient *= share;
    }
  }

  // Says where the first number stands that is not finite.
  [[noreturn]] void throw_not_finite(double loss, const ConstMatrixView<Scalar>& x, Index depth) {
    const Index wrong_parameter = first_not_finite(network_->parameters().data(), network_->parameter_count());
    network_->for_each_layer([&](const auto& layer, auto i) {
      const Place& place = network_->place(i);
      const Index parameter = wrong_parameter - place.parameter_offset;
      if (parameter >= 0 && parameter < place.parameter_count)
        throw data_error("step ", step_count_ + 1, ": the loss is ", loss, " because parameter ", parameter,
                         " of layer ", Index(i) + 1, " (", layer.name(), ") is ",
                         network_->parameters()[wrong_parameter], "; load or initialize the network again");
      if (i >= depth) return;
      const Scalar* output = workspace_.activation(place, x.cols());
      const Index size = place.output.size() * x.cols();
      const Index wrong = first_not_finite(output, size);
      if (wrong < size)
        throw data_error("step ", step_count_ + 1, ": the loss is ", loss, " because output ",
                         wrong % place.output.size(), " of layer ", Index(i) + 1, " (", layer.name(), ") is ",
                         output[wrong], "; lower the learning rate, or scale the inputs to about -1..1");
    });
    throw data_error("step ", step_count_ + 1, ": the loss is ", loss,
                     " though all outputs are finite; the outputs are "
                     "too large for this loss, lower the learning rate or "
                     "scale the targets");
  }

  Net* network_;
  Loss loss_;
  Optimizer optimizer_;
  Workspace<Scalar> workspace_;
  Vector<double> losses_;
  Vector<Scalar> gradient_;
  Matrix<Scalar> state_;  // parameters x numbers that the optimizer keeps of each
  std::unique_ptr<ThreadTeam> team_;
  std::int64_t step_count_ = 0;
};

}  // namespace nn
