// SPDX-License-Identifier: MIT
// The losses of a batch and their gradient: forward, loss and backward, on all threads and processes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <nn/core/buffer.hpp>
#include <nn/core/finite.hpp>
#include <nn/core/random.hpp>
#include <nn/networks/at_shape.hpp>
#include <nn/networks/finite_network.hpp>
#include <nn/networks/layer_stack.hpp>
#include <nn/networks/pass.hpp>
#include <nn/training/step/batch_exchange.hpp>
#include <nn/training/step/not_finite_loss.hpp>
#include <nn/training/step/shards.hpp>
#include <nn/training/step/thread_team.hpp>
#include <nn/training/step/trainer_options.hpp>

namespace nn {

/// Refers to a network, which must outlive it. A pass is begun, goes forward, and then back in the same mode.
template <class Net>
class BatchGradient {
 public:
  using Scalar = typename Net::Scalar;
  using Samples = ConstMatrixView<Scalar>;

  /// For a trainer's options, with a factor for each layer or none. Throws data_error for a number of threads that
  /// cannot be had.
  BatchGradient(Net& network, const TrainerOptions& options)
      : network_(&network), exchange_(options.group), seed_(options.seed) {
    const std::vector<double>& factors = options.learning_rate_factors;
    if (std::find(factors.begin(), factors.end(), 0.0) != factors.end()) {
      freezes_ = std::make_unique<bool[]>(factors.size());
      std::transform(factors.begin(), factors.end(), freezes_.get(), [](double factor) { return factor == 0; });
    }
    team_ = std::make_unique<ThreadTeam>(options.threads);
  }

  Net& network() const { return *network_; }
  ThreadTeam& team() const { return *team_; }
  /// Not when it was moved from.
  bool is_whole() const { return team_ != nullptr; }

  /// How many samples a batch needs for the layers that are not frozen.
  Index least_samples() const {
    Index least = 1;
    for (Index i = 0; i < network_->depth(); ++i)
      if (!freezes_ || !freezes_[static_cast<std::size_t>(i)])
        least = std::max(least, network_->place(i).least_samples);
    return least;
  }

  /// The network as it is for the samples at hand, which have so many numbers each.
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

  /// Before the first pass of a step: keeps the state of the network, to which the step goes back where it cannot be
  /// made. Throws data_error where the network has a number that is not finite.
  void begin(std::int64_t step, std::int64_t pass) {
    step_ = step;
    state_before_ = network_->state();
    mode_.state = network_->state().data();
    mode_.seed = Random(seed_ + static_cast<std::uint64_t>(pass)).next();
    mode_.freezes = freezes_.get();
    // Only comparisons lose a parameter that is NaN on its way to the loss, and only where the compiler may let them.
    if ((assumes_finite_math && !has_finite_numbers(*network_)) ||
        first_not_finite(state_before_.data(), state_before_.size()) < state_before_.size())
      throw data_error("step ", step, ": ", first_not_finite_number(*network_),
                       "; load or initialize the network again");
  }
  void go_back() { network_->state() = state_before_.view(); }
  /// Of what layers draw in the passes to come.
  std::uint64_t seed() const { return mode_.seed; }
  void set_seed(std::uint64_t seed) { mode_.seed = seed; }

  /// What the sequences of the passes to come go on from.
  void carry(const Carried<Scalar>& carried) { mode_.carried = carried; }

  /// Room for everything that a pass writes. Nothing allocates after it, so that memory is exhausted before anything
  /// has changed.
  void reserve(Index samples) {
    workspace_.reserve_activations(layout(), samples);
    workspace_.reserve_gradients(layout(), samples);
    losses_.reserve(samples);
  }

  /// Forward through `depth` layers and the losses, in parts of which each thread takes one; evaluate(first, last)
  /// writes losses and gradients of the outputs for some samples. Where there are several parts, the gradients of all
  /// inputs are written, too.
  void forward(const Samples& x, Index depth, Callback<Index, Index> evaluate) {
    reserve(x.cols());
    depth_ = depth;
    const typename BatchExchange<Scalar>::Pass pass{workspace_, losses_, x.cols(), depth};
    const SampleRange mine = exchange_.distribute(layout(), pass, network_->parameters().data());
    const Scalar* parameters = network_->parameters().data();
    // A part is at least two samples, since one alone is summed in another order.
    const Index local = network_->has_shards() ? std::clamp<Index>(mine.count / 2, 1, team_->size()) : 1;
    is_in_parts_ = exchange_.is_shared() || local > 1;
    team_->share(mine.count > 0 ? local : 0, [&](Index part) {
      const Index first = mine.first + mine.count * part / local, last = mine.first + mine.count * (part + 1) / local;
      require_finite(x, first, last);
      forward_pass(layout(), parameters, x, workspace_, depth, SampleRange{first, last - first}, mode_);
      evaluate(first, last);
      if (is_in_parts_)  // without waiting for the others; the parameters are not touched
        write_input_gradients(layout(), parameters, x, workspace_, depth, SampleRange{first, last - first}, mode_);
    });
    if (exchange_.is_shared()) {
      sum_of_losses(x, mine);  // only here is known what is not finite, and why
      exchange_.exchange_samples(layout(), pass);
    }
  }

  /// What evaluate reads and writes of a batch of so many samples: the outputs of the layers passed, the gradient with
  /// respect to them, and a loss of each sample.
  const Scalar* outputs(const Samples& x, Index depth) {
    return depth == 0 ? x.data() : workspace_.activation(layout().place(depth - 1), x.cols());
  }
  Scalar* output_gradient(Index samples, Index depth) { return workspace_.gradient(layout(), depth, samples); }
  double* losses() { return losses_.data(); }

  /// Of all samples. Throws data_error where it is not finite, the state being again as it was.
  double sum_of_losses(const Samples& x) { return sum_of_losses(x, {0, x.cols()}); }

  /// After forward: adds the gradient of the parameters to `gradient`, which is cleared before where asked;
  /// done(first, last) is called for ranges that are finished.
  void add_gradient(const Samples& x, Buffer<Scalar>& gradient, bool clears, Callback<Index, Index> done) {
    const Scalar* parameters = network_->parameters().data();
    const auto clear = [&](Index first, Index last) {
      if (clears) std::fill(gradient.data() + first, gradient.data() + last, Scalar(0));
    };
    if constexpr (!Net::always_has_shards)
      if (!network_->has_shards()) {
        clear(0, gradient.size());
        add_gradients(layout(), parameters, x, workspace_, depth_, gradient.data(), InputGradient::none, mode_);
        done(0, gradient.size());
        return;
      }
    if (!is_in_parts_) write_input_gradients(layout(), parameters, x, workspace_, depth_, {0, x.cols()}, mode_);
    for_each_own_shard([&](LayerShard shard) {
      for_each_range_of(layout(), shard, clear);
      add_parameter_gradient(layout(), parameters, x, workspace_, gradient.data(), Scalar(1), shard, mode_);
      if (!exchange_.is_shared()) for_each_range_of(layout(), shard, done);
    });
    if (!exchange_.is_shared()) return;
    exchange_.exchange_parameters(layout(), gradient.data());
    for_each_shard([&](LayerShard shard) { for_each_range_of(layout(), shard, done); });
  }

  /// After forward: parameters -= rate * gradient, which is written nowhere.
  void descend(const Samples& x, Scalar rate) {
    Scalar* parameters = network_->parameters().data();
    if (!is_in_parts_) return nn::descend(layout(), parameters, x, workspace_, depth_, rate, mode_);
    for_each_own_shard([&](LayerShard shard) {
      add_parameter_gradient(layout(), static_cast<const Scalar*>(parameters), x, workspace_, parameters, -rate, shard,
                             mode_);
    });
    if (exchange_.is_shared()) exchange_.exchange_parameters(layout(), parameters);
  }

 private:
  static void require_finite(const Samples& x, Index first, Index last) {
    const Index begin = first * x.rows(), end = last * x.rows();
    const Index wrong = begin + first_not_finite(x.data() + begin, end - begin);
    if (wrong < end)
      throw data_error("step: feature ", wrong % x.rows(), " of sample ", wrong / x.rows(), " is ", x.data()[wrong],
                       "; replace it by a finite number");
  }

  double sum_of_losses(const Samples& x, SampleRange range) {
    double sum = 0;
    for (Index sample = range.first; sample < range.first + range.count; ++sample) sum += losses_[sample];
    if (is_finite(sum)) return sum;
    go_back();
    detail::throw_not_finite_loss(*network_, layout(), workspace_, depth_, x.cols(), range, step_,
                                  sum / static_cast<double>(range.count));
  }

  // Calls work(shard) for every shard of the parameters that this process has; who is ready takes the next.
  void for_each_own_shard(Callback<LayerShard> work) {
    if (!exchange_.is_shared()) return for_each_shard(work);
    const auto visit = [&](Callback<LayerShard> use) { exchange_.for_each_shard(layout(), team_->size(), use); };
    Index count = 0;
    visit([&](LayerShard) { ++count; });
    team_->share(count, [&](Index wanted) {
      Index number = 0;
      visit([&](LayerShard shard) {
        if (number++ == wanted) work(shard);
      });
    });
  }
  // And of all.
  void for_each_shard(Callback<LayerShard> work) {
    team_->share(shard_count(layout(), team_->size()),
                 [&](Index part) { work(shard_of(layout(), part, team_->size())); });
  }

  Net* network_;
  Workspace<Scalar> workspace_;
  Buffer<double> losses_;
  Buffer<Scalar> state_before_;
  BatchExchange<Scalar> exchange_;
  std::uint64_t seed_;
  std::unique_ptr<bool[]> freezes_;  // one per layer; none where no layer is
  std::unique_ptr<ThreadTeam> team_;
  std::optional<AtShape<Net>> layout_;  // of a network for any length, for the samples at hand
  Training<Scalar> mode_;               // of the pass at hand, as what follows
  std::int64_t step_ = 0;
  Index depth_ = 0;
  bool is_in_parts_ = false;
};

}  // namespace nn
