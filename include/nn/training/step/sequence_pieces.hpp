// SPDX-License-Identifier: MIT
// A batch of sequences cut into pieces of some steps, each of which begins with what the layers carry from the last.
#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <span>
#include <vector>

#include <nn/core/buffer.hpp>
#include <nn/core/errors.hpp>
#include <nn/core/layer.hpp>
#include <nn/core/views.hpp>
#include <nn/networks/at_shape.hpp>

namespace nn::detail {

/// Throws shape_error or data_error where a network cannot be trained on pieces of sequences.
template <class Net>
void require_pieces(const Net& network, Index least_samples, Index processes) {
  if constexpr (!AnyLength<Net>) {
    throw shape_error("fit: truncate cuts sequences into pieces, but the network reads samples of ",
                      network.input_shape(), "; begin it with nn::Sequence, which reads any number of steps");
  } else {
    network.for_each_layer([&](const auto& layer, Index i) {
      if (!network.place(i).streaming.is_in_pieces)
        throw shape_error("fit: truncate trains on pieces of sequences, but layer ", i + 1, " (", layer.name(),
                          ") needs the whole one, or does not go on in training; use whole sequences, or recurrent "
                          "layers and those that work on each step alone");
    });
  }
  if (least_samples > 1)
    throw data_error("fit: truncate lets sequences drop out of a batch, but a layer measures at least ", least_samples,
                     " samples together; use LayerNorm in place of BatchNorm");
  if (processes > 1)
    throw data_error("fit: truncate carries what each sequence has left on one process, but there are ", processes,
                     "; train on the threads of one");
}

/// Made once, reused. Short sequences stand first and those of one length as they come, so that those that go on are
/// the last ones of the batch, and those of one length stand together.
template <class T>
class SequencePieces {
 public:
  /// Sequences, features x steps in each column, and a target for every step; lengths are empty where all fill it.
  struct Batch {
    ConstMatrixView<T> x, targets;
    std::span<const double> weights;
    std::span<const Index> lengths;
  };

  /// Makes an update for each piece of so many steps of the sequences, which go on from where the piece before has
  /// ended; no gradient passes the border. Those that have ended drop out. Returns the mean loss of the steps.
  template <class Step>
  double train(Step& step, const Batch& batch, Index most) {
    const auto& network = step.network();
    Index carried = 0;
    for (Index i = 0; i < network.depth(); ++i) carried = network.place(i).streaming_end().carried;
    begin(batch, network.input_shape().channels, network.output_shape().channels, carried);
    double sum = 0, count = 0;
    while (next(most)) {
      const double mean = step(x(), targets(), weights(), lengths(), this->carried());
      sum += mean * static_cast<double>(step_count_);
      count += static_cast<double>(step_count_);
    }
    return sum / count;
  }

  /// Before the first piece, of sequences that begin with zeros.
  void begin(const Batch& batch, Index features, Index outputs, Index carried) {
    features_ = features;
    outputs_ = outputs;
    x_ = {batch.x.data(), batch.x.rows(), batch.x.cols()};
    targets_ = {batch.targets.data(), batch.targets.rows(), batch.targets.cols()};
    all_weights_ = batch.weights;
    order_.resize(static_cast<std::size_t>(x_.samples));
    std::iota(order_.begin(), order_.end(), Index(0));
    all_lengths_.assign(order_.size(), x_.rows / features);
    std::copy(batch.lengths.begin(), batch.lengths.end(), all_lengths_.begin());
    std::sort(order_.begin(), order_.end(),
              [&](Index a, Index b) { return length(a) != length(b) ? length(a) < length(b) : a < b; });
    carried_ = carried;
    numbers_.reserve(checked_product(2 * carried, x_.samples));
    std::fill_n(numbers_.data(), 2 * carried * x_.samples, T(0));
    steps_before_ = steps_ = 0;
  }

  /// The next piece, of so many steps or what is left of each sequence; false where all have ended.
  bool next(Index most) {
    for (Index k = 0; k < x_.samples && steps_ > 0; ++k)
      std::copy_n(numbers_.data() + (2 * k + 1) * carried_, carried_, numbers_.data() + 2 * k * carried_);
    steps_before_ += steps_;
    first_ = 0;
    while (first_ < x_.samples && length(at(first_)) <= steps_before_) ++first_;
    if (first_ == x_.samples) return false;
    steps_ = std::min(most, length(order_.back()) - steps_before_);
    lengths_.clear();
    weights_.clear();
    for (Index k = first_; k < x_.samples; ++k) {
      lengths_.push_back(std::min(steps_, length(at(k)) - steps_before_));
      if (!all_weights_.empty()) weights_.push_back(all_weights_[static_cast<std::size_t>(at(k))]);
    }
    step_count_ = std::accumulate(lengths_.begin(), lengths_.end(), Index(0));
    if (lengths_.front() == steps_) lengths_.clear();
    gather(x_, features_, piece_of_x_);
    gather(targets_, outputs_, piece_of_targets_);
    return true;
  }

  ConstMatrixView<T> x() const { return {piece_of_x_.data(), features_ * steps_, x_.samples - first_}; }
  ConstMatrixView<T> targets() const { return {piece_of_targets_.data(), outputs_ * steps_, x_.samples - first_}; }
  std::span<const double> weights() const { return weights_; }
  /// Empty where all have as many steps.
  std::span<const Index> lengths() const { return lengths_; }
  /// Of all sequences in the piece together.
  Index step_count() const { return step_count_; }
  Carried<T> carried() {
    if (carried_ == 0) return {.steps_before = steps_before_};
    return {.numbers = numbers_.data() + 2 * first_ * carried_,
            .steps_before = steps_before_,
            .stride = 2 * carried_,
            .next = carried_};
  }

 private:
  struct Columns {
    const T* numbers = nullptr;
    Index rows = 0, samples = 0;
  };

  Index at(Index k) const { return order_[static_cast<std::size_t>(k)]; }
  Index length(Index sample) const { return all_lengths_[static_cast<std::size_t>(sample)]; }

  // What stands behind the end of a sequence is copied, too, as far as it is there, and never read as a step.
  void gather(const Columns& all, Index per_step, Buffer<T>& piece) const {
    const Index rows = per_step * steps_;
    piece.reserve(checked_product(rows, x_.samples - first_));
    for (Index k = first_; k < x_.samples; ++k)
      std::copy_n(all.numbers + at(k) * all.rows + per_step * steps_before_, rows, piece.data() + (k - first_) * rows);
  }

  Index features_ = 0, outputs_ = 0;
  Columns x_, targets_;
  std::span<const double> all_weights_;
  std::vector<Index> order_, all_lengths_;
  Index carried_ = 0;
  Buffer<T> numbers_;  // for each sequence, what it begins the piece with, and behind it what it leaves for the next
  Index first_ = 0, steps_before_ = 0, steps_ = 0, step_count_ = 0;
  Buffer<T> piece_of_x_, piece_of_targets_;
  std::vector<double> weights_;
  std::vector<Index> lengths_;
};

}  // namespace nn::detail
