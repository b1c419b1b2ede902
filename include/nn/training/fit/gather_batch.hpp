// SPDX-License-Identifier: MIT
// The samples of a batch, gathered and augmented on all threads.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <type_traits>

#include <nn/core/random.hpp>
#include <nn/core/views.hpp>
#include <nn/data/augmentation/augment.hpp>
#include <nn/data/dataset.hpp>
#include <nn/training/step/batch.hpp>
#include <nn/training/step/thread_team.hpp>

namespace nn {

namespace detail {
/// A matrix of numbers does not say that its samples are images; the network may.
template <class Net>
Shape shape_of_samples(const Net& network, const Dataset& data) {
  const Shape shape = data.sample_shape();
  return shape == Shape(shape.size()) ? network.input_shape() : shape;
}
}  // namespace detail

/// How each sample of a batch is changed: images of a shape, by a generator for each sample that begins with the seed
/// plus its number, so that threads and a checkpoint do not change them.
struct BatchAugmentation {
  const Augmentation& augmentation;
  Shape shape;
  std::uint64_t seed;

  template <class T>
  void operator()(detail::Batch<T>& batch, Index first, Index last) const {
    OwnVector<float> numbers(std::is_same_v<T, float> ? 0 : shape.size());
    for (Index sample = first; sample < last; ++sample) {
      Random random(seed + static_cast<std::uint64_t>(sample));
      T* column = batch.input(sample);
      if constexpr (std::is_same_v<T, float>) {
        augmentation(column, shape, random);
      } else {
        numbers = VectorView<T>(column, numbers.size()).template cast<float>();
        augmentation(numbers.data(), shape, random);
        VectorView<T>(column, numbers.size()) = numbers.template cast<T>();
      }
    }
  }
};

/// Each thread gathers the samples that it will go forward with.
template <class T>
void gather_batch(const Dataset& data, std::span<const Index> samples, const BatchAugmentation& augment,
                  ThreadTeam& team, detail::Batch<T>& batch) {
  const auto count = static_cast<Index>(samples.size()), parts = std::min(team.size(), count);
  batch.resize(data, count);
  team.share(parts, [&](Index part) {
    const Index first = count * part / parts, last = count * (part + 1) / parts;
    batch.fill(data, samples, first, last);
    if (augment.augmentation) augment(batch, first, last);
  });
}

}  // namespace nn
