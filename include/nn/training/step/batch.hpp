// SPDX-License-Identifier: MIT
// Some samples of a data set in the numbers of a network, gathered into memory that is reused.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include <nn/core/buffer.hpp>
#include <nn/core/views.hpp>
#include <nn/data/dataset.hpp>
#include <nn/training/step/targets.hpp>

namespace nn {

namespace detail {

template <class T>
class Batch {
 public:
  /// For a network of so many outputs, which the data set fits.
  Batch(const Dataset& data, Index outputs, Index capacity)
      : features_(data.sample_shape().size()),
        outputs_(outputs),
        inputs_(checked_product(features_, capacity)),
        targets_(checked_product(outputs, capacity)),
        weights_(data.weights().empty() ? 0 : static_cast<std::size_t>(capacity)),
        lengths_(data.lengths().empty() ? 0 : static_cast<std::size_t>(capacity)) {}

  /// Gathers the samples; sequences, which must be of one length, without what they are filled up with.
  void gather(const Dataset& data, std::span<const Index> samples) {
    resize(data, static_cast<Index>(samples.size()));
    fill(data, samples, 0, static_cast<Index>(samples.size()));
    if (lengths_.empty()) return;
    const Index features = data.sample_shape().channels * lengths_.front();
    shorten(inputs_.data(), features_, features);
    features_of_batch_ = features;
  }
  /// And of the targets the first `outputs`, of sequences.
  void shorten_targets(Index outputs) {
    if (outputs_of_batch_ != outputs) shorten(targets_.data(), outputs_of_batch_, outputs);
    outputs_of_batch_ = outputs;
  }

  /// The same in parts, for threads: room for so many samples, then those from `first` to `last` of the batch.
  void resize(const Dataset& data, Index samples) {
    samples_ = samples;
    features_of_batch_ = features_;
    outputs_of_batch_ = outputs_;
    weights_.resize(data.weights().empty() ? 0 : static_cast<std::size_t>(samples));
    lengths_.resize(data.lengths().empty() ? 0 : static_cast<std::size_t>(samples));
  }
  void fill(const Dataset& data, std::span<const Index> samples, Index first, Index last) {
    const auto begin = static_cast<std::size_t>(first), count = static_cast<std::size_t>(last - first);
    const std::span<const Index> chosen = samples.subspan(begin, count);
    MatrixView<T> y(targets_.data() + first * outputs_, outputs_, last - first);
    data.copy_inputs(chosen, MatrixView<T>(input(first), features_, last - first));
    for (std::size_t i = 0; i < count && !weights_.empty(); ++i)
      weights_[begin + i] = data.weights()[static_cast<std::size_t>(chosen[i])];
    for (std::size_t i = 0; i < count && !lengths_.empty(); ++i)
      lengths_[begin + i] = data.lengths()[static_cast<std::size_t>(chosen[i])];
    if (!data.has_labels()) return data.copy_targets(chosen, y);
    for (std::size_t i = 0; i < count; ++i)
      write_one_hot(std::span(&data.labels()[static_cast<std::size_t>(chosen[i])], 1),
                    y.data() + static_cast<Index>(i) * y.rows(), y.rows());
  }

  Index features() const { return features_of_batch_; }
  ConstMatrixView<T> inputs() const { return {inputs_.data(), features_of_batch_, samples_}; }
  T* input(Index sample) { return inputs_.data() + sample * features_; }
  ConstMatrixView<T> targets() const { return {targets_.data(), outputs_of_batch_, samples_}; }
  /// Of the samples gathered last; empty where the data set has none.
  std::span<const double> weights() const { return weights_; }
  /// And the steps of sequences of different lengths.
  std::span<const Index> lengths() const { return lengths_; }

 private:
  // Keeps the first numbers of each column.
  void shorten(T* columns, Index rows, Index kept) const {
    for (Index sample = 1; sample < samples_; ++sample)
      std::copy_n(columns + sample * rows, kept, columns + sample * kept);
  }

  Index features_, features_of_batch_ = features_;
  Index outputs_, outputs_of_batch_ = outputs_;
  Index samples_ = 0;
  Buffer<T> inputs_;
  Buffer<T> targets_;
  std::vector<double> weights_;
  std::vector<Index> lengths_;
};

}  // namespace detail

}  // namespace nn
