// SPDX-License-Identifier: MIT
// The parameters of a network in shards, for several threads to work on.
#pragma once

#include <algorithm>

#include <nn/core/place.hpp>
#include <nn/core/views.hpp>
#include <nn/networks/pass.hpp>

namespace nn {

/// Whether several threads work on the parameters of a layer. A convolution of few weights stays whole: to find which
/// of its outputs have a gradient takes as long as to use it, and each thread would have to.
inline bool has_many_shards(const Place& place) {
  constexpr Index few = 4096;
  return place.parameter_count > few || place.multiply_adds <= 16 * place.parameter_count;
}

/// In how many shards several threads work on the parameters of a layer.
inline Index shard_count(const Place& place, Index threads) {
  constexpr Index many = 32768;
  if (place.parameter_count == 0) return 0;
  return has_many_shards(place) ? std::max(threads, place.parameter_count / many) : 1;
}
/// And of all layers of a network.
template <class Net>
Index shard_count(const Net& network, Index threads) {
  Index count = 0;
  for (Index i = 0; i < network.depth(); ++i) count += shard_count(network.place(i), threads);
  return count;
}

/// One of these shards, which are counted from 0; past the last it returns layer = -1.
template <class Net>
LayerShard shard_of(const Net& network, Index index, Index threads) {
  for (Index i = 0; i < network.depth(); ++i) {
    const Index count = shard_count(network.place(i), threads);
    if (index < count) return {i, {index, count}};
    index -= count;
  }
  return {-1, {}};
}

}  // namespace nn
