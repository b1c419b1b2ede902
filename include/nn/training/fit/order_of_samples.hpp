// SPDX-License-Identifier: MIT
// A new order of the samples for each epoch; sequences of like length come together.
#pragma once

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include <nn/core/random.hpp>
#include <nn/data/lazy_dataset.hpp>

namespace nn {

/// Shuffles those of an epoch, `samples` of them in batches of `batch_size`. Since only sequences of one length are
/// passed together, those of some batches are sorted by length, then the batches are shuffled.
inline void shuffle_sequences(std::vector<Index>& order, const std::vector<Index>& lengths, Index samples,
                              Index batch_size, Random& random) {
  random.shuffle(order);
  // Of those that an epoch takes, the ones in whole batches: what is left over is drawn, too.
  const Index size = std::min(samples, batch_size), all = samples / size * size, together = 50 * size;
  for (Index first = 0; first < all; first += together)
    std::stable_sort(order.begin() + first, order.begin() + std::min(all, first + together), [&](Index a, Index b) {
      return lengths[static_cast<std::size_t>(a)] < lengths[static_cast<std::size_t>(b)];
    });
  std::vector<Index> batches(static_cast<std::size_t>(all / size)), shuffled;
  std::iota(batches.begin(), batches.end(), Index(0));
  random.shuffle(batches);
  shuffled.reserve(order.size());
  for (const Index batch : batches)
    shuffled.insert(shuffled.end(), order.begin() + batch * size, order.begin() + (batch + 1) * size);
  shuffled.insert(shuffled.end(), order.begin() + all, order.end());
  order = std::move(shuffled);
}

/// The same for any data: that which is read on the way is shuffled within its windows.
inline void shuffle_samples(std::vector<Index>& order, DataReference data, Index samples, Index batch_size,
                            Random& random) {
  if (data.lazy() != nullptr) return data.lazy()->shuffle(order, batch_size, random);
  const std::vector<Index>& lengths = data.head().lengths();
  if (!lengths.empty()) return shuffle_sequences(order, lengths, samples, batch_size, random);
  random.shuffle(order);
}

}  // namespace nn
