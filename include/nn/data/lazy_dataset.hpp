// SPDX-License-Identifier: MIT
// Samples that are read when they are needed, a window of them at a time: from files, or from wherever a program gets
// them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <numeric>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <nn/core/errors.hpp>
#include <nn/core/hash.hpp>
#include <nn/core/random.hpp>
#include <nn/core/views.hpp>
#include <nn/data/dataset.hpp>

namespace nn {

struct LazyOptions {
  /// Samples that are in memory, and shuffled, together; while training is at one window, the next one is read, which
  /// makes two, and for a moment a third where they are floats.
  Index window = 10'000;
  /// Neighbours that come into the same window, since files are read faster so; 0: as many as suit the file.
  Index run = 0;
};

/// A data set that fit and evaluate take as any other. A window holds whole batches; an epoch's order is drawn so: runs
/// of neighbours come in a random order, and within each window every order of samples is equally likely. Where one
/// window holds all, training has the bits of that on a Dataset of all. Beside its windows, training keeps 8 bytes per
/// sample: the order.
class LazyDataset {
 public:
  /// Gives the chosen samples, counted from 0, in this order, with labels of the same class_count each time, or as many
  /// targets. Called from one thread at a time, which may be another one than the caller's.
  using Read = std::function<Dataset(std::span<const Index>)>;

  /// Reads the first sample. Throws data_error where an option makes no sense, and what `read` throws.
  LazyDataset(Index size, Read read, const LazyOptions& options = {})
      : read_(std::move(read)), size_(size), window_(options.window), run_(std::max<Index>(options.run, 1)) {
    if (size < 1) throw data_error("LazyDataset: got ", size, " samples; give at least 1");
    if (!read_) throw data_error("LazyDataset: got nothing that reads samples; give a function");
    if (options.window < 1)
      throw data_error("LazyDataset: a window must hold at least 1 sample, got ", options.window,
                       "; 10000 is the default");
    if (options.run < 0)
      throw data_error("LazyDataset: a run must not be negative, got ", options.run, "; 0 leaves it to the file");
    const Index first = 0;
    head_ = read_({&first, 1});
    require_read(*head_, 1);
  }

  Index size() const { return size_; }
  Index window() const { return window_; }
  /// The first sample, which tells what all are like.
  const Dataset& head() const { return *head_; }
  Shape sample_shape() const { return head().sample_shape(); }
  Index target_size() const { return head().target_size(); }
  bool has_labels() const { return head().has_labels(); }
  Index class_count() const { return head().class_count(); }

  /// Reads the chosen samples, in this order. Throws data_error where what was read is not like the first sample.
  Dataset select(std::span<const Index> samples) const {
    if (samples.empty()) throw data_error("select: got no samples; choose at least 1");
    std::vector<Index> numbers(samples.begin(), samples.end());
    for (Index& sample : numbers) {
      if (sample < 0 || sample >= size_)
        throw data_error("select: there is no sample ", sample, " among ", size_, "; they count from 0");
      sample += first_;
    }
    Dataset read = read_(numbers);
    require_read(read, static_cast<Index>(samples.size()));
    return read;
  }

  /// Reads all samples: those of a part to fit a scaling to, or to report on, data.subset(0, 5000).read_all().
  Dataset read_all() const {
    std::vector<Index> all(static_cast<std::size_t>(size_));
    std::iota(all.begin(), all.end(), Index(0));
    return select(all);
  }

  /// `count` samples from `first` on, which are read later, too.
  LazyDataset subset(Index first, Index count) const {
    if (first < 0 || count < 1 || first > size_ - count)
      throw data_error("subset: ", count, " samples from sample ", first, " on are not within the ", size_,
                       " of the data set; ask for at least 1, and none beyond the last");
    LazyDataset part = *this;
    part.first_ += first;
    part.size_ = count;
    part.head_ = select({&first, 1});
    return part;
  }

  /// Draws an order of the samples 0, 1, ..., for batches of this size.
  void shuffle(std::vector<Index>& order, Index batch_size, Random& random) const {
    const auto size = static_cast<Index>(order.size());
    if (window_end(0, size, batch_size) < size) {
      std::vector<Index> runs(static_cast<std::size_t>((size - 1) / run_ + 1));
      std::iota(runs.begin(), runs.end(), Index(0));
      random.shuffle(runs);
      auto next = order.begin();
      for (const Index run : runs)
        for (Index sample = run * run_; sample < std::min(size, (run + 1) * run_); ++sample) *next++ = sample;
    }
    for (Index first = 0, end = 0; first < size; first = end) {
      end = window_end(first, size, batch_size);
      random.shuffle(std::span(order).subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(end - first)));
    }
  }

  /// Where in an order of so many samples the window ends that begins at `first`: after whole batches, the last window
  /// with what is left of less than a batch.
  Index window_end(Index first, Index size, Index batch_size) const {
    const Index whole = std::max(window_ / batch_size, Index(1)) * batch_size;
    return size - first - batch_size < whole ? size : first + whole;
  }

  /// A number that tells it from other data sets, for a checkpoint: of the sizes and of 16 samples spread over the set.
  std::uint64_t fingerprint() const {
    Hash hash;
    for (const Index size : {size_, window_, run_}) hash.add(static_cast<std::uint64_t>(size));
    std::vector<Index> some(static_cast<std::size_t>(std::min<Index>(16, size_)));
    for (std::size_t i = 0; i < some.size(); ++i)
      some[i] = size_ / static_cast<Index>(some.size()) * static_cast<Index>(i);
    hash.add(select(some).fingerprint());
    return hash.value();
  }

 private:
  void require_read(const Dataset& read, Index count) const {
    const auto refuse = [](const auto&... pieces) { throw data_error("LazyDataset: ", pieces...); };
    if (read.size() != count)
      refuse(count, " samples were to be read, but ", read.size(), " came; give as many as asked for");
    if (!read.lengths().empty())
      refuse("sequences of different lengths cannot be read lazily; make a SequenceDataset, or samples of one length");
    if (read.sample_shape() != head().sample_shape())
      refuse("samples of ", read.sample_shape(), " came, but the first one is ", head().sample_shape(),
             "; give all the same shape");
    if (read.has_labels() != head().has_labels() || read.target_size() != head().target_size())
      refuse("samples with ", read.target_size(), read.has_labels() ? " classes" : " targets",
             " came, but the first one has ", head().target_size(), head().has_labels() ? " classes" : " targets",
             "; say the class_count of labels each time");
  }

  Read read_;
  Index first_ = 0, size_;
  Index window_, run_;
  std::optional<Dataset> head_;
};

/// Refers to a Dataset or a LazyDataset, which must outlive it; or to none.
class DataReference {
 public:
  DataReference(std::nullptr_t = nullptr) {}
  DataReference(const Dataset* data) : whole_(data) {}
  DataReference(const LazyDataset* data) : lazy_(data) {}
  DataReference(const Dataset& data) : whole_(&data) {}
  DataReference(const LazyDataset& data) : lazy_(&data) {}
  DataReference(const std::optional<Dataset>& data) : whole_(data ? &*data : nullptr) {}
  DataReference(const Dataset&&) = delete;
  DataReference(const LazyDataset&&) = delete;
  DataReference(const std::optional<Dataset>&&) = delete;

  /// Null where it is another, or none.
  const Dataset* whole() const { return whole_; }
  const LazyDataset* lazy() const { return lazy_; }

  Index size() const { return lazy_ != nullptr ? lazy_->size() : whole_->size(); }
  /// A data set that tells what all samples are like.
  const Dataset& head() const { return lazy_ != nullptr ? lazy_->head() : *whole_; }
  std::uint64_t fingerprint() const { return lazy_ != nullptr ? lazy_->fingerprint() : whole_->fingerprint(); }

  bool operator==(std::nullptr_t) const { return whole_ == nullptr && lazy_ == nullptr; }

 private:
  const Dataset* whole_ = nullptr;
  const LazyDataset* lazy_ = nullptr;
};

}  // namespace nn
