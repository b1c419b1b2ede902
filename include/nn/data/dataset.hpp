// SPDX-License-Identifier: MIT
// Samples to learn from: inputs, kept as they came, and for each a class label or a column of targets.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <numeric>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include <nn/core/bit_cast.hpp>
#include <nn/core/class_labels.hpp>
#include <nn/core/errors.hpp>
#include <nn/core/finite.hpp>
#include <nn/core/hash.hpp>
#include <nn/core/reset_on_move.hpp>
#include <nn/core/shape.hpp>
#include <nn/core/views.hpp>
#include <nn/data/stored_numbers.hpp>
#include <nn/networks/samples.hpp>

namespace nn {

namespace detail {

/// Throws data_error unless there is one weight per sample, none of them negative.
inline void require_weights(const char* who, std::span<const double> weights, Index samples,
                            bool may_be_negative = false) {
  if (static_cast<Index>(weights.size()) != samples)
    throw data_error(who, ": ", weights.size(), " weights do not fit ", samples, " samples; give one per sample");
  for (std::size_t i = 0; i < weights.size(); ++i)
    if (!is_finite(weights[i]) || (weights[i] < 0 && !may_be_negative) ||
        std::abs(weights[i]) > std::numeric_limits<float>::max())
      throw data_error(who, ": the weight of sample ", i, " must be a number",
                       may_be_negative ? "" : " that is not negative", ", got ", weights[i],
                       "; 1 counts a sample as without weights");
}

}  // namespace detail

/// Columns are samples. A regular value; whatever is in it has been checked: every constructor throws data_error where
/// there are no samples, where inputs and targets are not equally many, where a label is out of range or a number is
/// not finite.
class Dataset {
 public:
  /// Inputs (features x samples, or a range of samples, each a range of features), and for every sample one of
  /// - a class label, counted from 0: a range of integers or enumerators. A class_count of 0 means the largest one + 1.
  /// - targets: a matrix (outputs x samples), or a range of numbers, or of ranges of numbers, one per sample.
  /// For a graph of several inputs or outputs, a std::vector of matrices stands for all of them, one above the other.
  template <class Inputs, class Targets>
  requires(!std::same_as<std::remove_cvref_t<Inputs>, Shape>)
      Dataset(Inputs&& inputs, Targets&& targets, Index class_count = 0) {
    set_inputs(std::forward<Inputs>(inputs));
    set_targets(std::forward<Targets>(targets), class_count);
  }
  /// The same for a graph of several inputs: a list of matrices, features x samples each.
  template <class Targets>
  Dataset(std::initializer_list<MatrixRef<float>> inputs, Targets&& targets, Index class_count = 0)
      : Dataset(stacked(inputs), std::forward<Targets>(targets), class_count) {}
  template <class Targets>
  Dataset(std::initializer_list<MatrixRef<double>> inputs, Targets&& targets, Index class_count = 0)
      : Dataset(stacked(inputs), std::forward<Targets>(targets), class_count) {}
  template <class Inputs>
  requires(!std::same_as<std::remove_cvref_t<Inputs>, Shape>)
      Dataset(Inputs&& inputs, std::vector<int> labels, Index class_count = 0) {
    set_inputs(std::forward<Inputs>(inputs));
    set_targets(std::move(labels), class_count);
  }

  /// The same with samples of this shape. Bytes, sample after sample, stay bytes, and are read as 0 to 1 (byte / 255).
  template <class Inputs, class Targets>
  Dataset(Shape sample_shape, Inputs&& inputs, Targets&& targets, Index class_count = 0) {
    set_inputs(std::forward<Inputs>(inputs), sample_shape);
    set_targets(std::forward<Targets>(targets), class_count);
  }
  template <class Inputs>
  Dataset(Shape sample_shape, Inputs&& inputs, std::vector<int> labels, Index class_count = 0) {
    set_inputs(std::forward<Inputs>(inputs), sample_shape);
    set_targets(std::move(labels), class_count);
  }
  Dataset(Shape sample_shape, std::vector<std::uint8_t> bytes, std::vector<int> labels, Index class_count = 0) {
    set_inputs(std::move(bytes), sample_shape);
    set_targets(std::move(labels), class_count);
  }

  Index size() const { return size_; }
  Shape sample_shape() const { return shape_; }
  /// Outputs that a network needs for it: as many as there are classes, or targets per sample.
  Index target_size() const { return target_size_; }

  bool has_labels() const { return !labels_.empty(); }
  /// One per sample; empty where there are targets instead.
  const std::vector<int>& labels() const { return labels_; }
  /// 0 where there are targets instead of labels.
  Index class_count() const { return has_labels() ? target_size_ : 0; }

  /// The same samples with a weight each, by which fit and evaluate multiply its loss; the mean stays one over the
  /// number of samples, as in Keras (sample_weight) and ClassWeighted. Accuracies and reports count samples alike.
  /// Throws data_error for another number of weights than samples, and for one that is negative or not finite.
  Dataset with_weights(std::vector<double> weights) const {
    detail::require_weights("Dataset", weights, size_);
    Dataset weighted = *this;
    weighted.weights_ = std::move(weights);
    return weighted;
  }
  /// One per sample; empty where all count alike.
  const std::vector<double>& weights() const { return weights_; }

  /// Of sequences of different lengths (nn::SequenceDataset): the steps of each; empty where all samples are whole.
  const std::vector<Index>& lengths() const { return lengths_; }

  /// How far apart the inputs are kept near 1: the epsilon of float or of double; bytes are as exact as double.
  double input_epsilon() const { return inputs_.epsilon(); }

  /// Writes the chosen samples into x (features x chosen samples), as numbers of its type. Allocates nothing.
  template <class T>
  void copy_inputs(std::span<const Index> samples, MatrixView<T> x) const {
    require_view<T>(samples, x.rows(), x.cols(), shape_.size(), "copy_inputs");
    inputs_.copy_columns(samples, x);
  }

  /// Writes their targets into t (target_size() x chosen samples), labels as one-hot columns. Allocates nothing.
  template <class T>
  void copy_targets(std::span<const Index> samples, MatrixView<T> t) const {
    require_view<T>(samples, t.rows(), t.cols(), target_size_, "copy_targets");
    if (!has_labels()) return targets_.copy_columns(samples, t);
    t.setZero();
    for (std::size_t i = 0; i < samples.size(); ++i)
      t(labels_[static_cast<std::size_t>(samples[i])], static_cast<Index>(i)) = T(1);
  }

  /// All inputs, or those of `count` samples from `first` on, as a matrix; and the targets, labels as one-hot columns.
  template <std::floating_point T = float>
  Matrix<T> inputs(Index first, Index count) const {
    Matrix<T> x(shape_.size(), require_range(first, count, "inputs"));
    copy_inputs(range(first, count), MatrixView<T>(x.data(), x.rows(), x.cols()));
    return x;
  }
  template <std::floating_point T = float>
  Matrix<T> inputs() const {
    return inputs<T>(0, size_);
  }
  template <std::floating_point T = float>
  Matrix<T> targets(Index first, Index count) const {
    Matrix<T> t(target_size_, require_range(first, count, "targets"));
    copy_targets(range(first, count), MatrixView<T>(t.data(), t.rows(), t.cols()));
    return t;
  }
  template <std::floating_point T = float>
  Matrix<T> targets() const {
    return targets<T>(0, size_);
  }

  /// A data set of `count` samples from `first` on, with as many classes as this one.
  Dataset subset(Index first, Index count) const {
    require_range(first, count, "subset");
    return select(range(first, count));
  }

  /// A data set of the chosen samples, in this order and as often as they are named, with as many classes as this one.
  Dataset select(std::span<const Index> samples) const {
    if (samples.empty()) throw data_error("select: got no samples; choose at least 1");
    require_samples(samples, "select");
    Dataset part(shape_, static_cast<Index>(samples.size()), target_size_);
    part.fits_float_ = fits_float_;
    part.inputs_ = inputs_.columns(shape_.size(), samples);
    if (!has_labels()) part.targets_ = targets_.columns(target_size_, samples);
    part.labels_ = chosen(labels_, samples);
    part.weights_ = chosen(weights_, samples);
    part.lengths_ = chosen(lengths_, samples);
    return part;
  }

  /// The same labels or targets, and weights, with other inputs (features x samples); as many features keep the
  /// samples' shape.
  template <RealMatrix Inputs>
  Dataset with_inputs(Inputs&& inputs) const {
    if (!lengths_.empty())
      throw data_error(
          "Dataset: the inputs of sequences of different lengths are filled up to the longest, and are not ",
          "to be changed as they are; change the sequences and make an nn::SequenceDataset of them");
    Dataset changed(inputs.rows() == shape_.size() ? shape_ : Shape(inputs.rows()), inputs.cols(), target_size_);
    changed.inputs_ = detail::StoredNumbers(inputs);
    changed.targets_ = targets_;
    changed.labels_ = labels_;
    changed.validate_inputs();
    has_labels() ? changed.validate_labels() : changed.validate_targets();
    changed.weights_ = weights_;
    return changed;
  }

  /// The same inputs and weights with other targets or labels, as the constructor takes them: as targets in other
  /// units, data.with_targets(scaling.apply(data.targets<double>())).
  template <class Targets>
  Dataset with_targets(Targets&& targets, Index class_count = 0) const {
    Dataset changed(shape_, Index{size_}, Index{0});
    changed.inputs_ = inputs_;
    changed.validate_inputs();
    changed.set_targets(std::forward<Targets>(targets), class_count);
    changed.weights_ = weights_;
    changed.lengths_ = lengths_;
    return changed;
  }

  /// A number that tells it from other data sets, for a checkpoint: of the sizes, and of at most some 65536 inputs,
  /// labels or targets, and weights, of whole samples spread over the set.
  std::uint64_t fingerprint() const;

  bool operator==(const Dataset& other) const {
    return shape_ == other.shape_ && size_ == other.size_ && target_size_ == other.target_size_ &&
           labels_ == other.labels_ && weights_ == other.weights_ && lengths_ == other.lengths_ &&
           inputs_ == other.inputs_ && targets_ == other.targets_;
  }

 protected:
  /// The steps of each sample, which are checked; the rest of a sample is no part of it.
  void set_lengths(std::vector<Index> lengths) { lengths_ = std::move(lengths); }

 private:
  using Bytes = std::vector<std::uint8_t>;

  Dataset(Shape shape, Index size, Index target_size) : shape_(shape), size_(size), target_size_(target_size) {}

  template <class X>
  void set_inputs(X&& inputs) {
    using Given = std::remove_cvref_t<X>;
    if constexpr (RealMatrix<Given>) {
      shape_ = Shape(inputs.rows());
      size_ = inputs.cols();
      inputs_ = detail::StoredNumbers(std::forward<X>(inputs));
      validate_inputs();
    } else if constexpr (detail::RangeOfRealRanges<Given>) {
      set_inputs(detail::as_columns(inputs));
    } else if constexpr (MatrixList<Given>) {
      set_inputs(stacked(inputs));
    } else {
      static_assert(detail::RangeOfRealRanges<Given>,
                    "nn::Dataset: inputs are a matrix of float or double (features x samples), or a range of samples "
                    "that are ranges of float or double; write x.cast<float>() for other numbers, and give bytes after "
                    "their nn::Shape");
    }
  }

  static std::uint64_t bits_of(std::integral auto number) { return static_cast<std::uint64_t>(number); }
  static std::uint64_t bits_of(float number) { return bit_cast<std::uint32_t>(number); }
  static std::uint64_t bits_of(double number) { return bit_cast<std::uint64_t>(number); }

  template <class X>
  void set_inputs(X&& inputs, Shape shape) {
    const Index sample = shape.size();
    if (sample < 1) throw data_error("Dataset: samples of shape ", shape, " hold nothing; give sizes of 1 or more");
    if constexpr (std::same_as<std::remove_cvref_t<X>, Bytes>) {
      const auto bytes = static_cast<Index>(inputs.size());
      if (bytes % sample != 0)
        throw data_error("Dataset: ", bytes, " bytes are not whole samples of ", shape, ", ", sample,
                         " bytes each; check the shape");
      size_ = bytes / sample;
      inputs_ = detail::StoredNumbers(std::forward<X>(inputs));
      shape_ = shape;
      validate_inputs();
    } else {
      set_inputs(std::forward<X>(inputs));
      if (shape_.size() != sample)
        throw data_error("Dataset: ", shape_.size(), " features are no sample of ", shape, ", which has ", sample,
                         "; check the shape");
      shape_ = shape;
    }
  }

  template <class T>
  void set_targets(T&& targets, Index class_count) {
    using Given = std::remove_cvref_t<T>;
    target_size_ = class_count;
    if constexpr (std::same_as<Given, std::vector<int>>) {
      labels_ = std::forward<T>(targets);
      validate_labels();
    } else if constexpr (ClassLabels<Given>) {
      const auto size = static_cast<Index>(std::size(targets));
      labels_.reserve(static_cast<std::size_t>(size));
      for (Index sample = 0; sample < size; ++sample) {
        const Index label = class_number(targets, sample);
        if (label < 0 || label > std::numeric_limits<int>::max()) refuse_label(sample, label);
        labels_.push_back(static_cast<int>(label));
      }
      validate_labels();
    } else if constexpr (MatrixList<Given>) {
      set_targets(stacked(targets), class_count);
    } else if constexpr (RealMatrix<Given>) {
      if (class_count != 0)
        throw data_error("Dataset: ", class_count, " classes are said of targets that are real numbers; give labels");
      target_size_ = targets.rows();
      targets_ = detail::StoredNumbers(std::forward<T>(targets));
      validate_targets();
    } else if constexpr (detail::RealRange<Given>) {
      OwnMatrix<detail::ElementOf<Given>> row(1, static_cast<Index>(std::size(targets)));
      std::copy(std::begin(targets), std::end(targets), row.data());
      set_targets(std::move(row), class_count);
    } else if constexpr (detail::RangeOfRealRanges<Given>) {
      set_targets(detail::as_columns(targets, "targets"), class_count);
    } else {
      static_assert(detail::RealRange<Given>,
                    "nn::Dataset: give for every sample a class label (a range of integers or enumerators), or targets "
                    "(a matrix of float or double, outputs x samples, or a range of them, one per sample)");
    }
  }

  void validate_inputs() {
    if (size_ < 1) throw data_error("Dataset: got no samples; give at least 1");
    if (shape_.size() < 1) throw data_error("Dataset: the samples have no features; give at least 1 row");
    validate_numbers(inputs_, "feature", shape_.size());
  }

  void validate_targets() {
    if (target_size_ < 1) throw data_error("Dataset: the targets have no rows; give at least 1");
    const Index columns = targets_.size() / target_size_;
    if (columns != size_)
      throw data_error("Dataset: ", size_, " samples but ", columns, " targets; give one column of targets per sample");
    validate_numbers(targets_, "target", target_size_);
  }

  void validate_labels() {
    if (static_cast<Index>(labels_.size()) != size_)
      throw data_error("Dataset: ", size_, " samples but ", labels_.size(), " labels; give one label per sample");
    if (target_size_ < 0)
      throw data_error("Dataset: the number of classes must not be negative, got ", target_size_,
                       "; 0 counts them from the labels");
    for (std::size_t sample = 0; sample < labels_.size(); ++sample) {
      const int label = labels_[sample];
      if (label < 0) refuse_label(static_cast<Index>(sample), label);
      if (target_size_ > 0 && label >= target_size_)
        throw data_error("Dataset: sample ", sample, " has the label ", label, ", but ", target_size_,
                         " classes have the labels 0 to ", target_size_ - 1, "; give the right number of classes");
    }
    if (target_size_ == 0) target_size_ = Index{*std::max_element(labels_.begin(), labels_.end())} + 1;
  }

  [[noreturn]] static void refuse_label(Index sample, Index label) {
    throw data_error("Dataset: sample ", sample, " has the label ", class_text(label), "; labels count from 0",
                     label < 0 ? "" : ", and must be fewer than 2147483648");
  }

  void validate_numbers(const detail::StoredNumbers& stored, const char* what, Index rows) {
    stored.visit([&]<class T>(const T* numbers, Index count) {
      if constexpr (std::floating_point<T>) {
        const Index wrong = first_not_finite(numbers, count);
        if (wrong < count)
          throw data_error("Dataset: ", what, " ", wrong % rows, " of sample ", wrong / rows, " is ", numbers[wrong],
                           "; replace it by a finite number, or leave the sample out");
        constexpr double largest = std::numeric_limits<float>::max();
        for (Index i = 0; i < count && std::same_as<T, double>; ++i)
          if (numbers[i] > largest || numbers[i] < -largest) fits_float_ = false;
      }
    });
  }

  Index require_range(Index first, Index count, const char* who) const {
    if (first < 0 || count < 1 || first > size_ - count)
      throw data_error(who, ": ", count, " samples from sample ", first, " on are not within the ", size_,
                       " of the data set; ask for at least 1, and none beyond the last");
    return count;
  }
  static std::vector<Index> range(Index first, Index count) {
    std::vector<Index> samples(static_cast<std::size_t>(count));
    std::iota(samples.begin(), samples.end(), first);
    return samples;
  }

  void require_samples(std::span<const Index> samples, const char* who) const {
    for (const Index sample : samples)
      if (sample < 0 || sample >= size_)
        throw data_error(who, ": there is no sample ", sample, " among ", size_, "; they count from 0");
  }

  template <class T>
  void require_view(std::span<const Index> samples, Index rows, Index columns, Index wanted, const char* who) const {
    if (rows != wanted || columns != static_cast<Index>(samples.size()))
      throw shape_error(who, ": a view of ", rows, " x ", columns, " does not fit ", samples.size(), " samples of ",
                        wanted, " numbers; make it ", wanted, " x ", samples.size());
    require_samples(samples, who);
    if (sizeof(T) < sizeof(double) && !fits_float_)
      throw data_error(who, ": the data set has numbers beyond ", std::numeric_limits<float>::max(),
                       ", the largest float; scale them, or use a network of double");
  }

  // Where there are any.
  template <class T>
  static std::vector<T> chosen(const std::vector<T>& numbers, std::span<const Index> samples) {
    std::vector<T> some(numbers.empty() ? 0 : samples.size());
    for (std::size_t i = 0; i < some.size(); ++i) some[i] = numbers[static_cast<std::size_t>(samples[i])];
    return some;
  }

  Shape shape_;
  ResetOnMove<Index> size_ = 0;
  Index target_size_ = 0;  // of labels: how many classes
  bool fits_float_ = true;
  detail::StoredNumbers inputs_;
  detail::StoredNumbers targets_;
  std::vector<int> labels_;
  std::vector<double> weights_;
  std::vector<Index> lengths_;
};

inline std::uint64_t Dataset::fingerprint() const {
  Hash hash;
  for (const Index size : {shape_.height, shape_.width, shape_.channels, size(), target_size_})
    hash.add(static_cast<std::uint64_t>(size));
  const auto add_some = [&](const auto* numbers, Index count) {
    if (count == 0) return;
    const Index rows = count / size_, samples = std::clamp<Index>(65536 / rows, 1, size_);
    for (Index i = 0; i < samples; ++i) {
      const Index sample = size_ / samples * i + size_ % samples * i / samples;
      for (Index row = 0; row < rows; ++row) hash.add(bits_of(numbers[sample * rows + row]));
    }
  };
  for (const detail::StoredNumbers* numbers : {&inputs_, &targets_}) numbers->visit(add_some);
  add_some(labels_.data(), static_cast<Index>(labels_.size()));
  add_some(weights_.data(), static_cast<Index>(weights_.size()));
  add_some(lengths_.data(), static_cast<Index>(lengths_.size()));
  return hash.value();
}

}  // namespace nn
