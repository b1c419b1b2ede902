// SPDX-License-Identifier: MIT
// One update of a network from one batch: forward, loss, backward, step.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <utility>

#include <nn/core/finite.hpp>
#include <nn/core/random.hpp>
#include <nn/training/step/batch_gradient.hpp>
#include <nn/training/step/batch_update.hpp>
#include <nn/training/step/fused_loss.hpp>
#include <nn/training/step/layers_fingerprint.hpp>
#include <nn/training/step/loss_fit.hpp>
#include <nn/training/step/losses_of_batch.hpp>
#include <nn/training/step/sequences_by_length.hpp>
#include <nn/training/step/trainer_options.hpp>

namespace nn {

/// What a Trainer calls for every batch. It refers to the network, which must outlive it.
template <class Net, class Loss, class Optimizer>
class TrainingStep {
  static_assert(detail::require_loss<Loss, typename Net::Scalar>());

 public:
  using Scalar = typename Net::Scalar;
  using Samples = ConstMatrixView<Scalar>;

  /// Throws data_error where an option makes no sense.
  TrainingStep(Net& network, Loss loss, Optimizer optimizer, TrainerOptions options)
      : loss_(fitting(network, std::move(loss))), update_(network, std::move(optimizer), std::move(options)) {
    require_known();
    is_fitting_ = true;
  }

  /// From x (features x samples) and targets (outputs x samples) that fit the network. Weights, one per sample where
  /// given, multiply the losses. Returns the mean loss before the update. Throws data_error where x, the loss or a
  /// gradient to be clipped is not finite; the network is then as it was.
  double operator()(const Samples& x, const Samples& targets, std::span<const double> weights) {
    return (*this)(x, targets, weights, {});
  }

  /// The same for sequences of different lengths, of which x holds the first steps of each. Those of one length are
  /// passed together and nothing is passed that is no step, so that a sequence counts the same in any company. They go
  /// on from what is carried.
  double operator()(const Samples& x, const Samples& targets, std::span<const double> weights,
                    std::span<const Index> lengths, const Carried<Scalar>& carried = {}) {
    require_fit();
    if (!lengths.empty()) return update_by_length(x, targets, weights, lengths, carried);
    batch().lay_out(x.rows());
    batch().carry(carried);
    return with_loss(x, targets.data(), weights, x.cols(),
                     [&](Index depth, Callback<Index, Index> evaluate) { return update_(x, depth, evaluate); });
  }

  /// From the gradient of any loss with respect to the outputs for x, outputs x samples.
  void with_output_gradient(const Samples& x, const Scalar* dy) {
    require_known();
    batch().lay_out(x.rows());
    batch().carry({});
    const Index outputs = batch().layout().output_shape().size(), depth = network().depth();
    const Index wrong = first_not_finite(dy, outputs * x.cols());
    if (wrong < outputs * x.cols())
      throw data_error("step_with_output_gradient: the gradient of output ", wrong % outputs, " of sample ",
                       wrong / outputs, " is ", dy[wrong], "; give finite numbers");
    update_(x, depth, [&](Index first, Index last) {
      const Index begin = first * outputs, count = (last - first) * outputs;
      const bool is_sound = first_not_finite(batch().outputs(x, depth) + begin, count) == count;
      std::fill(batch().losses() + first, batch().losses() + last,
                is_sound ? 0.0 : std::numeric_limits<double>::quiet_NaN());
      std::copy_n(dy + begin, count, batch().output_gradient(x.cols(), depth) + begin);
    });
  }

  /// All that an update changes.
  using Snapshot = typename BatchUpdate<Net, Optimizer>::Snapshot;
  Snapshot snapshot() const {
    Snapshot now;
    keep(now);
    return now;
  }
  void keep(Snapshot& now) const { update_.keep(now); }
  void go_back_to(Snapshot& then) noexcept { update_.go_back_to(then); }

  /// How many samples a batch needs for the layers that are not frozen.
  Index least_samples() const { return batch().least_samples(); }
  /// From now on the gradients of so many batches are added up before a step.
  void accumulate_over(Index batches) { update_.parameter_update().accumulate_over(batches); }
  /// Batches whose gradients wait for a step.
  Index accumulated() const { return update_.parameter_update().accumulated(); }
  /// Starts the sum of gradients anew.
  void forget_accumulated() { update_.parameter_update().forget_accumulated(); }

  /// What it was made of; the optimizer's options may be changed between steps.
  Net& network() const { return batch().network(); }
  const Loss& loss() const { return loss_; }
  Optimizer& optimizer() { return update_.parameter_update().optimizer(); }
  const Optimizer& optimizer() const { return update_.parameter_update().optimizer(); }
  const TrainerOptions& options() const { return update_.parameter_update().options(); }
  /// The threads, for other work on the batch.
  ThreadTeam& team() const { return batch().team(); }
  /// Not when it was moved from.
  bool is_whole() const { return batch().is_whole(); }
  /// Updates made so far.
  std::int64_t step_count() const { return update_.parameter_update().step_count(); }
  /// Batches, of which several may make one step.
  std::int64_t pass_count() const { return update_.pass_count(); }
  /// The moving average of the parameters; empty before the first step, or where none is kept.
  ConstVectorView<Scalar> average() const { return update_.parameter_update().average(); }

  /// Calls visit(name, field, problem) for all that the next update depends on (see nn/io/checkpoint.hpp), the
  /// network's parameters and state being given; self is const where it is only read.
  template <class Self, class Visit, class Parameters>
  static void for_each_field(Self& self, Visit& visit, Parameters parameters, Parameters state) {
    BatchUpdate<Net, Optimizer>::for_each_field(self.update_, visit, parameters, state);
  }

 private:
  BatchGradient<Net>& batch() { return update_.batch(); }
  const BatchGradient<Net>& batch() const { return update_.batch(); }

  static Loss fitting(const Net& network, Loss loss) {
    detail::require_fit(network, loss);
    return loss;
  }

  // Looks at the layers: at first, and again when they are no longer the same.
  void require_known() {
    constexpr bool are_fixed = detail::EndOfType<Net>::is_known && Net::output_extent != dynamic;
    if (are_fixed && known_layers_) return;
    const std::uint64_t layers = detail::layers_fingerprint(network());
    if (known_layers_ == layers) return;
    update_.parameter_update().find_ranges(network());
    is_fitting_ = false;
    known_layers_ = layers;
  }
  void require_fit() {
    require_known();
    if (is_fitting_) return;
    detail::require_fit(network(), loss_);
    is_fitting_ = true;
  }

  // Calls use(depth, evaluate), where evaluate(first, last) computes the losses of some of the samples x after a
  // forward pass through `depth` layers, and the gradients of their mean over `count` samples.
  template <class Use>
  double with_loss(const Samples& x, const Scalar* targets, std::span<const double> weights, Index count, Use&& use) {
    return with_fused_loss(batch().layout(), loss_, [&](const auto& loss, Index depth) {
      return use(depth, [&](Index first, Index last) {
        losses_and_gradients(loss, first, last, count, batch().layout().output_shape().size(), targets, weights,
                             batch().outputs(x, depth), batch().losses(), batch().output_gradient(x.cols(), depth));
      });
    });
  }

  // The same, one length after the other, whose gradients are added up.
  double update_by_length(const Samples& x, const Samples& targets, std::span<const double> weights,
                          std::span<const Index> lengths, Carried<Scalar> carried) {
    if (least_samples() > 1)
      throw data_error("step ", step_count() + 1,
                       ": a layer measures all samples of a batch together, and sequences of different lengths are not "
                       "passed together; use LayerNorm in place of BatchNorm, or sequences of one length");
    update_.begin();
    const bool continues = accumulated() > 0;
    if (continues) gradient_before_ = update_.parameter_update().gradient();
    const Index features = network().input_shape().channels;
    const std::uint64_t seed = batch().seed();
    sequences_.order_by(lengths);
    double sum = 0;
    try {
      for (Index first = 0; first < x.cols(); first += sequences_.count) {
        const Index steps = sequences_.find(lengths, first);
        batch().lay_out(steps * features);
        sequences_.gather(x, steps * features, targets, batch().layout().output_shape().size(), weights, first);
        batch().reserve(sequences_.count);
        batch().carry(carried);
        if (carried.numbers != nullptr) carried.numbers += carried.stride * sequences_.count;
        batch().set_seed(Random(seed + static_cast<std::uint64_t>(steps)).next());
        sum += with_loss(sequences_.x(), sequences_.targets.data(), sequences_.weights, x.cols(),
                         [&](Index depth, Callback<Index, Index> evaluate) {
                           batch().forward(sequences_.x(), depth, evaluate);
                           const double losses = batch().sum_of_losses(sequences_.x());
                           batch().add_gradient(sequences_.x(), update_.parameter_update().gradient(),
                                                first == 0 && !continues, [](Index, Index) {});
                           return losses;
                         });
      }
    } catch (...) {
      batch().go_back();
      if (continues) update_.parameter_update().gradient() = std::move(gradient_before_);
      throw;
    }
    update_.end();
    return sum / static_cast<double>(x.cols());
  }

  Loss loss_;
  BatchUpdate<Net, Optimizer> update_;
  std::optional<std::uint64_t> known_layers_;  // whose ranges were found
  bool is_fitting_ = false;                    // whether the loss was seen to fit them
  detail::SequencesByLength<Scalar> sequences_;
  Buffer<Scalar> gradient_before_;
};

}  // namespace nn
