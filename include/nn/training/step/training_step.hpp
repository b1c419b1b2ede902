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
#include <nn/training/step/field_problems.hpp>
#include <nn/training/step/fused_loss.hpp>
#include <nn/training/step/loss_fit.hpp>
#include <nn/training/step/losses_of_batch.hpp>
#include <nn/training/step/parameter_update.hpp>
#include <nn/training/step/sequence_pieces.hpp>
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
      : update_(network, std::move(optimizer), std::move(options)),
        loss_(fitting(network, std::move(loss))),
        batch_(network, update_.options()) {  // last: what is refused makes no thread
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
  /// passed together and nothing is passed that is no step, so that a sequence counts the same in any company.
  double operator()(const Samples& x, const Samples& targets, std::span<const double> weights,
                    std::span<const Index> lengths, const Carried<Scalar>& carried = {}) {
    require_fit();
    if (!lengths.empty()) return update_by_length(x, targets, weights, lengths, carried);
    batch_.lay_out(x.rows());
    batch_.carry(carried);
    return with_loss(x, targets.data(), weights, x.cols(),
                     [&](Index depth, Callback<Index, Index> evaluate) { return update(x, depth, evaluate); });
  }

  /// An update for each piece of so many steps of the sequences, which go on from where the piece before has ended; no
  /// gradient passes the border. Those that have ended drop out. Returns the mean loss of the steps.
  double in_pieces(const Samples& x, const Samples& targets, std::span<const double> weights,
                   std::span<const Index> lengths, Index steps) {
    Index carried = 0;
    for (Index i = 0; i < network().depth(); ++i) carried = network().place(i).streaming_end().carried;
    pieces_.begin({x, targets, weights, lengths}, network().input_shape().channels, network().output_shape().channels,
                  carried);
    double sum = 0, count = 0;
    while (pieces_.next(steps)) {
      const double mean =
          (*this)(pieces_.x(), pieces_.targets(), pieces_.weights(), pieces_.lengths(), pieces_.carried());
      const auto trained = static_cast<double>(pieces_.step_count());
      sum += mean * trained;
      count += trained;
    }
    return sum / count;
  }

  /// From the gradient of any loss with respect to the outputs for x, outputs x samples.
  void with_output_gradient(const Samples& x, const Scalar* dy) {
    require_known();
    batch_.lay_out(x.rows());
    batch_.carry({});
    const Index outputs = batch_.layout().output_shape().size(), depth = network().depth();
    const Index wrong = first_not_finite(dy, outputs * x.cols());
    if (wrong < outputs * x.cols())
      throw data_error("step_with_output_gradient: the gradient of output ", wrong % outputs, " of sample ",
                       wrong / outputs, " is ", dy[wrong], "; give finite numbers");
    update(x, depth, [&](Index first, Index last) {
      const Index begin = first * outputs, count = (last - first) * outputs;
      const bool is_sound = first_not_finite(batch_.outputs(x, depth) + begin, count) == count;
      std::fill(batch_.losses() + first, batch_.losses() + last,
                is_sound ? 0.0 : std::numeric_limits<double>::quiet_NaN());
      std::copy_n(dy + begin, count, batch_.output_gradient(x.cols(), depth) + begin);
    });
  }

  /// All that an update changes.
  struct Snapshot {
    Buffer<Scalar> parameters, state;
    typename ParameterUpdate<Scalar, Optimizer>::Snapshot update;
    std::int64_t pass_count = 0;
  };
  Snapshot snapshot() const {
    Snapshot now;
    keep(now);
    return now;
  }
  void keep(Snapshot& now) const {
    now.parameters = network().parameters();
    now.state = network().state();
    update_.keep(now.update);
    now.pass_count = pass_count_;
  }
  void go_back_to(Snapshot& then) noexcept {
    network().parameters() = then.parameters.view();
    network().state() = then.state.view();
    update_.go_back_to(then.update);
    pass_count_ = then.pass_count;
  }

  /// How many samples a batch needs for the layers that are not frozen.
  Index least_samples() const { return batch_.least_samples(); }
  /// From now on the gradients of so many batches are added up before a step.
  void accumulate_over(Index batches) { update_.accumulate_over(batches); }
  /// Batches whose gradients wait for a step.
  Index accumulated() const { return update_.accumulated(); }
  /// Starts the sum of gradients anew.
  void forget_accumulated() { update_.forget_accumulated(); }

  /// What it was made of; the optimizer's options may be changed between steps.
  Net& network() const { return batch_.network(); }
  const Loss& loss() const { return loss_; }
  Optimizer& optimizer() { return update_.optimizer(); }
  const Optimizer& optimizer() const { return update_.optimizer(); }
  const TrainerOptions& options() const { return update_.options(); }
  /// The threads, for other work on the batch.
  ThreadTeam& team() const { return batch_.team(); }
  /// Updates made so far.
  std::int64_t step_count() const { return update_.step_count(); }
  /// Batches, of which several may make one step.
  std::int64_t pass_count() const { return pass_count_; }
  /// The moving average of the parameters; empty before the first step, or where none is kept.
  ConstVectorView<Scalar> average() const { return update_.average(); }

  /// Calls visit(name, field, problem) for all that the next update depends on (see nn/io/checkpoint.hpp), the
  /// network's parameters and state being given; self is const where it is only read.
  template <class Self, class Visit, class Parameters>
  static void for_each_field(Self& self, Visit& visit, Parameters parameters, Parameters state) {
    using namespace detail;
    ParameterUpdate<Scalar, Optimizer>::for_each_field(self.update_, visit, self.network().parameter_count(), [&] {
      visit("pass count", self.pass_count_, [&] { return outside(self.pass_count_, largest_count); });
      visit("parameters", parameters, [&] { return any_not_finite(parameters); });
      visit("state", state, [&] { return any_not_finite(state); });
    });
  }

 private:
  static Loss fitting(const Net& network, Loss loss) {
    detail::require_fit(network, loss);
    return loss;
  }

  // Looks at the layers: at first, and again when they, or those inside of them, are no longer the same.
  void require_known() {
    constexpr bool are_known = detail::EndOfType<Net>::is_known;
    if (are_known && Net::output_extent != dynamic && known_layers_) return;
    auto layers = static_cast<std::uint64_t>(network().output_shape().size());
    if constexpr (!are_known)
      network().for_each_inside([&](const auto& layer, const Place&, Index level) {
        const auto name = reinterpret_cast<std::uintptr_t>(layer.name().data());  // where it stands: told apart as fast
        layers = (layers ^ (std::uint64_t{name} + static_cast<std::uint64_t>(level))) * 0x9e3779b97f4a7c15u;
      });
    if (known_layers_ == layers) return;
    update_.find_ranges(network());
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
    return with_fused_loss(batch_.layout(), loss_, [&](const auto& loss, Index depth) {
      return use(depth, [&](Index first, Index last) {
        losses_and_gradients(loss, first, last, count, batch_.layout().output_shape().size(), targets, weights,
                             batch_.outputs(x, depth), batch_.losses(), batch_.output_gradient(x.cols(), depth));
      });
    });
  }

  // Makes room, and throws where the next step cannot be made.
  void begin_update(bool is_plain) {
    update_.validate();
    batch_.begin(step_count() + 1, pass_count_);
    if (!is_plain) update_.reserve(network().parameter_count());
  }

  // Nothing is changed before all losses are known to be finite.
  double update(const Samples& x, Index depth, Callback<Index, Index> evaluate) {
    const bool is_plain = update_.is_plain();
    begin_update(is_plain);
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
    if constexpr (requires { optimizer().is_plain(); })
      if (is_plain) {
        batch_.descend(x, static_cast<Scalar>(optimizer().learning_rate));
        return mean;
      }
    Scalar* const parameters = network().parameters().data();
    batch_.add_gradient(x, update_.gradient(), true,
                        [&](Index first, Index last) { update_.step(parameters, first, last); });
    return mean;
  }

  void step_with_whole_gradient() {
    try {
      update_.add_batch(network().parameters().data(), batch_.team());
    } catch (...) {
      batch_.go_back();
      throw;
    }
  }

  // The same, one length after the other, whose gradients are added up.
  double update_by_length(const Samples& x, const Samples& targets, std::span<const double> weights,
                          std::span<const Index> lengths, Carried<Scalar> carried) {
    if (least_samples() > 1)
      throw data_error("step ", step_count() + 1,
                       ": a layer measures all samples of a batch together, and sequences of different lengths are not "
                       "passed together; use LayerNorm in place of BatchNorm, or sequences of one length");
    begin_update(false);
    const bool continues = accumulated() > 0;
    if (continues) gradient_before_ = update_.gradient();
    const Index features = network().input_shape().channels;
    const std::uint64_t seed = batch_.seed();
    sequences_.order_by(lengths);
    double sum = 0;
    try {
      for (Index first = 0; first < x.cols(); first += sequences_.count) {
        const Index steps = sequences_.find(lengths, first);
        batch_.lay_out(steps * features);
        sequences_.gather(x, steps * features, targets, batch_.layout().output_shape().size(), weights, first);
        batch_.reserve(sequences_.count);
        batch_.carry(carried);
        if (carried.numbers != nullptr) carried.numbers += carried.stride * sequences_.count;
        batch_.set_seed(Random(seed + static_cast<std::uint64_t>(steps)).next());
        sum += with_loss(sequences_.x(), sequences_.targets.data(), sequences_.weights, x.cols(),
                         [&](Index depth, Callback<Index, Index> evaluate) {
                           batch_.forward(sequences_.x(), depth, evaluate);
                           const double losses = batch_.sum_of_losses(sequences_.x());
                           batch_.add_gradient(sequences_.x(), update_.gradient(), first == 0 && !continues,
                                               [](Index, Index) {});
                           return losses;
                         });
      }
    } catch (...) {
      batch_.go_back();
      if (continues) update_.gradient() = std::move(gradient_before_);
      throw;
    }
    ++pass_count_;
    step_with_whole_gradient();
    return sum / static_cast<double>(x.cols());
  }

  ParameterUpdate<Scalar, Optimizer> update_;
  Loss loss_;
  BatchGradient<Net> batch_;
  std::int64_t pass_count_ = 0;
  std::optional<std::uint64_t> known_layers_;  // a hash of the layers whose ranges were found
  bool is_fitting_ = false;                    // whether the loss was seen to fit them
  detail::SequencesByLength<Scalar> sequences_;
  detail::SequencePieces<Scalar> pieces_;
  Buffer<Scalar> gradient_before_;
};

}  // namespace nn
