// SPDX-License-Identifier: MIT
// How processes share a batch and the parameters of a network, with the bits of one process.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include <nn/core/callback.hpp>
#include <nn/networks/pass.hpp>
#include <nn/training/step/process_group.hpp>
#include <nn/training/step/shards.hpp>

namespace nn {

/// The samples of a batch that a process computes. At least two, or none, since one alone is summed in another order.
inline SampleRange samples_of(Index rank, Index processes, Index samples) {
  const Index sharing = std::clamp<Index>(samples / 2, 1, processes);
  const Index first = samples * std::min(rank, sharing) / sharing;
  return {first, samples * std::min(rank + 1, sharing) / sharing - first};
}

/// Which process computes the gradient of which parameters, from all samples. The gradient of a parameter is so a sum
/// over the samples in the one order that a single thread has, for any number of processes and threads.
class ProcessShards {
 public:
  /// Whether processes can share the work on a network: its layers are a row, and none with parameters keeps anything
  /// from forward to backward but its input and output. Where they cannot, each computes everything.
  template <class Net>
  static bool can_share(const Net& network) {
    if (is_graph<Net> || !network.has_shards()) return false;
    for (Index i = 0; i < network.depth(); ++i)
      if (network.place(i).parameter_count > 0 && network.place(i).memory_size > 0) return false;
    return true;
  }

  /// Layers that threads share are shared by all processes; each other one goes to the process that has least to do.
  template <class Net>
  void assign(const Net& network, Index processes) {
    owners_.assign(static_cast<std::size_t>(network.depth()), everyone);
    std::vector<Index>& work = work_;
    work.assign(static_cast<std::size_t>(processes), 0);
    for (Index i = 0; i < network.depth(); ++i) {
      const Place& place = network.place(i);
      if (place.parameter_count == 0 || has_many_shards(place)) continue;
      const auto least = std::min_element(work.begin(), work.end());
      *least += place.multiply_adds;
      owners_[static_cast<std::size_t>(i)] = static_cast<Index>(least - work.begin());
    }
  }

  /// Calls use(shard) for all parameters that a process has, in `parts` shards of each layer that is shared.
  template <class Net>
  void for_each_shard(const Net& network, Index rank, Index processes, Index parts, Callback<LayerShard> use) const {
    for (Index i = 0; i < network.depth(); ++i) {
      if (network.place(i).parameter_count == 0) continue;
      const Index owner = owners_[static_cast<std::size_t>(i)];
      if (owner == rank) use({i, {0, 1}});
      for (Index part = 0; owner == everyone && part < parts; ++part)
        use({i, {rank * parts + part, processes * parts}});
    }
  }

 private:
  static constexpr Index everyone = -1;
  std::vector<Index> owners_;
  std::vector<Index> work_;
};

/// Gives every process what each of them has computed: one message.
class ProcessExchange {
 public:
  using Use = Callback<void*, std::size_t>;  ///< where some bytes are, and how many

  /// Makes room for what is to be exchanged; then nothing is allocated when it is.
  void reserve(const Processes& processes, Callback<Index, const Use&> pieces) {
    bounds_.assign(1, 0);
    for (Index rank = 0; rank < processes.size(); ++rank) {
      std::size_t size = 0;
      pieces(rank, Use([&](void*, std::size_t count) { size += count; }));
      bounds_.push_back(bounds_.back() + (size + 63) / 64 * 64);
    }
    bytes_.resize(std::max(bytes_.size(), bounds_.back()));
  }

  /// pieces(rank, use) calls use for everything that a process has; in the same order and sizes on all of them. Throws
  /// on all processes where one has failed in the meantime, or has other sizes.
  void operator()(const Processes& processes, Callback<Index, const Use&> pieces) {
    reserve(processes, pieces);
    copy(pieces, processes.rank(),
         [](std::byte* packed, void* piece, std::size_t count) { std::memcpy(packed, piece, count); });
    processes.agree(0, static_cast<std::int64_t>(bounds_.back()));
    processes.group().gather(bytes_.data(), bounds_);
    for (Index rank = 0; rank < processes.size(); ++rank)
      if (rank != processes.rank())
        copy(pieces, rank,
             [](std::byte* packed, void* piece, std::size_t count) { std::memcpy(piece, packed, count); });
  }

 private:
  void copy(Callback<Index, const Use&> pieces, Index rank, Callback<std::byte*, void*, std::size_t> copy_one) {
    std::byte* packed = bytes_.data() + bounds_[static_cast<std::size_t>(rank)];
    pieces(rank, Use([&](void* piece, std::size_t count) {
             if (count > 0) copy_one(packed, piece, count);
             packed += count;
           }));
  }

  std::vector<std::byte> bytes_;
  std::vector<std::size_t> bounds_;
};

}  // namespace nn
