// SPDX-License-Identifier: MIT
// What processes that share a batch give each other, so that each has the gradient of the whole.
#pragma once

#include <cstddef>

#include <nn/core/buffer.hpp>
#include <nn/networks/pass.hpp>
#include <nn/networks/workspace.hpp>
#include <nn/training/step/process_exchange.hpp>
#include <nn/training/step/process_group.hpp>

namespace nn {

/// A batch whose samples and parameters processes share, or that one process has alone.
template <class T>
class BatchExchange {
 public:
  /// What a pass through `depth` layers has computed of a batch.
  struct Pass {
    Workspace<T>& workspace;
    Buffer<double>& losses;
    Index samples;
    Index depth;
  };

  explicit BatchExchange(Processes processes) : processes_(processes) {}

  /// Which samples of the next batch this process computes; all of them where it does not share the batch with others.
  /// Makes room for what they exchange.
  template <class Layout>
  SampleRange distribute(const Layout& layout, const Pass& pass, T* parameters) {
    is_shared_ = processes_.size() > 1 && pass.samples >= 4 && ProcessShards::can_share(layout);
    if (!is_shared_) return {0, pass.samples};
    shards_.assign(layout, processes_.size());
    exchange_.reserve(processes_, [&](Index rank, const ProcessExchange::Use& use) {
      for_each_piece_of_samples(layout, pass, rank, use);
    });
    exchange_.reserve(processes_, [&](Index rank, const ProcessExchange::Use& use) {
      for_each_piece_of_parameters(layout, parameters, rank, use);
    });
    return samples_of(processes_.rank(), processes_.size(), pass.samples);
  }

  /// Whether processes share the batch at hand.
  bool is_shared() const { return is_shared_; }

  /// Gives all processes what the gradients of parameters are computed from, and the losses.
  template <class Layout>
  void exchange_samples(const Layout& layout, const Pass& pass) {
    exchange_(processes_,
              [&](Index rank, const ProcessExchange::Use& use) { for_each_piece_of_samples(layout, pass, rank, use); });
  }

  /// Gives all processes the shards that each has computed of a vector laid out as the parameters are.
  template <class Layout>
  void exchange_parameters(const Layout& layout, T* values) {
    exchange_(processes_, [&](Index rank, const ProcessExchange::Use& use) {
      for_each_piece_of_parameters(layout, values, rank, use);
    });
  }

  /// Calls use(shard) for all parameters that this process has, in `parts` shards of each layer that is shared.
  template <class Layout>
  void for_each_shard(const Layout& layout, Index parts, Callback<LayerShard> use) const {
    shards_.for_each_shard(layout, processes_.rank(), processes_.size(), parts, use);
  }

 private:
  template <class Layout>
  void for_each_piece_of_samples(const Layout& layout, const Pass& pass, Index rank,
                                 const ProcessExchange::Use& use) const {
    const auto& [workspace, losses, samples, depth] = pass;
    const SampleRange range = samples_of(rank, processes_.size(), samples);
    const auto columns = [&use, &range](T* values, Index rows) {
      use(values + range.first * rows, sizeof(T) * static_cast<std::size_t>(range.count * rows));
    };
    use(losses.data() + range.first, sizeof(double) * static_cast<std::size_t>(range.count));
    for (Index i = 0; i < depth; ++i) {
      const Place& place = layout.place(i);
      if (place.parameter_count == 0) continue;
      if (i > 0) columns(workspace.activation(layout.place(i - 1), samples), place.input.size());
      columns(workspace.activation(place, samples), place.output.size());
      columns(workspace.gradient(place, samples), place.output.size());
    }
  }

  template <class Layout>
  void for_each_piece_of_parameters(const Layout& layout, T* values, Index rank,
                                    const ProcessExchange::Use& use) const {
    shards_.for_each_shard(layout, rank, processes_.size(), 1, [&](LayerShard shard) {
      for_each_range_of(layout, shard, [&](Index first, Index last) {
        use(values + first, sizeof(T) * static_cast<std::size_t>(last - first));
      });
    });
  }

  Processes processes_;
  bool is_shared_ = false;
  ProcessShards shards_;
  ProcessExchange exchange_;
};

}  // namespace nn
