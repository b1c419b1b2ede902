// SPDX-License-Identifier: MIT
// Samples to learn from: inputs, kept as they came, and for each a class label or a column of targets.
#pragma once

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include <nn/core/errors.hpp>
#include <nn/core/finite.hpp>
#include <nn/core/hash.hpp>
#include <nn/core/shape.hpp>
#include <nn/core/views.hpp>

namespace nn {

/// A matrix of float or double, or an expression that gives one.
template <class X>
concept RealMatrix = std::derived_from<std::remove_cvref_t<X>, Eigen::MatrixBase<std::remove_cvref_t<X>>> &&
    (std::same_as<typename std::remove_cvref_t<X>::Scalar, float> ||
     std::same_as<typename std::remove_cvref_t<X>::Scalar, double>);

namespace detail {

/// byte / 255 to the last bit, without a division: byte * high is exact, and low is what high lacks.
template <std::floating_point T>
constexpr T byte_as_fraction(std::uint8_t byte) {
  constexpr T high = sizeof(T) < sizeof(double) ? T(0x1.01p-8) : T(0x1.01010101p-8);  // 1/255 = 0x1.0101...p-8
  constexpr T low = static_cast<T>(1.0L / 255 - static_cast<long double>(high));
  const T x = static_cast<T>(byte);
  return x * high + x * low;
}

/// Throws data_error unless there is one weight per sample, none of them negative.
inline void require_weights(const char* who, std::span<const double> weights, Index samples) {
  if (static_cast<Index>(weights.size()) != samples)
    throw data_error(who, ": ", weights.size(), " weights do not fit ", samples, " samples; give one per sample");
  for (std::size_t i = 0; i < weights.size(); ++i)
    if (!(weights[i] >= 0 && weights[i] <= std::numeric_limits<float>::max()))
      throw data_error(who, ": the weight of sample ", i, " must be a number that is not negative, got ", weights[i],
                       "; 1 counts a sample as without weights");
}

}  // namespace detail

/// Columns are samples. A regular value; whatever is in it has been checked: every constructor throws data_error where
/// there are no samples, where inputs and targets are not equally many, where a label is out of range or a number is
/// not finite.
class Dataset {
 public:
  /// Inputs (features x samples) and one label per sample, counted from 0. A class_count of 0 means the largest label
  /// and one.
  template <RealMatrix Inputs>
  Dataset(Inputs&& inputs, std::vector<int> labels, Index class_count = 0)
      : shape_(inputs.rows()),
        size_(inputs.cols()),
        target_size_(class_count),
        inputs_(stored(std::forward<Inputs>(inputs))),
        labels_(std::move(labels)) {
    validate_inputs();
    validate_labels();
  }

  /// Inputs (features x samples) and targets (outputs x samples).
  template <RealMatrix Inputs, RealMatrix Targets>
  Dataset(Inputs&& inputs, Targets&& targets)
      : shape_(inputs.rows()),
        size_(inputs.cols()),
        target_size_(targets.rows()),
        inputs_(stored(std::forward<Inputs>(inputs))),
        targets_(stored(std::forward<Targets>(targets))) {
    validate_inputs();
    validate_targets();
  }

  /// Bytes, sample after sample, each of the given shape; they stay bytes, and are read as 0 to 1 (byte / 255).
  Dataset(Shape sample_shape, std::vector<std::uint8_t> bytes, std::vector<int> labels, Index class_count = 0)
      : shape_(sample_shape),
        size_(sample_count(sample_shape, bytes)),
        target_size_(class_count),
        inputs_{std::move(bytes), {}, {}},
        labels_(std::move(labels)) {
    validate_inputs();
    validate_labels();
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

  /// Writes the chosen samples into x (features x chosen samples), as numbers of its type. Allocates nothing.
  template <class T>
  void copy_inputs(std::span<const Index> samples, MatrixView<T> x) const {
    require_view<T>(samples, x.rows(), x.cols(), shape_.size(), "copy_inputs");
    copy_columns(inputs_, samples, x);
  }

  /// Writes their targets into t (target_size() x chosen samples), labels as one-hot columns. Allocates nothing.
  template <class T>
  void copy_targets(std::span<const Index> samples, MatrixView<T> t) const {
    require_view<T>(samples, t.rows(), t.cols(), target_size_, "copy_targets");
    if (!has_labels()) return copy_columns(targets_, samples, t);
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
    part.inputs_ = columns(inputs_, shape_.size(), samples);
    if (!has_labels()) part.targets_ = columns(targets_, target_size_, samples);
    part.labels_ = chosen(labels_, samples);
    part.weights_ = chosen(weights_, samples);
    return part;
  }

  /// The same labels or targets, and weights, with other inputs (features x samples); as many features keep the
  /// samples' shape.
  template <RealMatrix Inputs>
  Dataset with_inputs(Inputs&& inputs) const {
    Dataset changed(inputs.rows() == shape_.size() ? shape_ : Shape(inputs.rows()), inputs.cols(), target_size_);
    changed.inputs_ = stored(std::forward<Inputs>(inputs));
    changed.targets_ = targets_;
    changed.labels_ = labels_;
    changed.validate_inputs();
    has_labels() ? changed.validate_labels() : changed.validate_targets();
    changed.weights_ = weights_;
    return changed;
  }

  /// A number that tells it from other data sets, for a checkpoint: of the sizes, and of at most some 65536 inputs,
  /// labels or targets, and weights, of whole samples spread over the set.
  std::uint64_t fingerprint() const;

  bool operator==(const Dataset& other) const {
    return shape_ == other.shape_ && size_ == other.size_ && target_size_ == other.target_size_ &&
           labels_ == other.labels_ && weights_ == other.weights_ && inputs_ == other.inputs_ &&
           targets_ == other.targets_;
  }

 private:
  using Bytes = std::vector<std::uint8_t>;

  // One of the three, the others being empty; a std::variant of them takes the compiler longer than all else here.
  struct Numbers {
    Bytes bytes;
    Matrix<float> floats;
    Matrix<double> doubles;

    auto visit(auto&& use) const {
      if (doubles.size() > 0) return use(doubles);
      return floats.size() > 0 ? use(floats) : use(bytes);
    }
    // For rows x columns of the kind that the first argument is; returns where they go.
    std::uint8_t* make_room(const Bytes&, Index rows, Index columns) {
      bytes.resize(static_cast<std::size_t>(rows * columns));
      return bytes.data();
    }
    float* make_room(const Matrix<float>&, Index rows, Index columns) {
      floats.resize(rows, columns);
      return floats.data();
    }
    double* make_room(const Matrix<double>&, Index rows, Index columns) {
      doubles.resize(rows, columns);
      return doubles.data();
    }
    bool operator==(const Numbers& other) const {
      return bytes == other.bytes && are_equal(floats, other.floats) && are_equal(doubles, other.doubles);
    }
    template <class T>
    static bool are_equal(const Matrix<T>& a, const Matrix<T>& b) {
      return a.size() == b.size() && std::equal(a.data(), a.data() + a.size(), b.data());
    }
  };

  Dataset(Shape shape, Index size, Index target_size) : shape_(shape), size_(size), target_size_(target_size) {}

  template <class X>
  static Numbers stored(X&& matrix) {
    Numbers numbers;
    if constexpr (std::same_as<typename std::remove_cvref_t<X>::Scalar, float>)
      numbers.floats = std::forward<X>(matrix);
    else
      numbers.doubles = std::forward<X>(matrix);
    return numbers;
  }

  static std::uint64_t bits_of(std::integral auto number) { return static_cast<std::uint64_t>(number); }
  static std::uint64_t bits_of(float number) { return std::bit_cast<std::uint32_t>(number); }
  static std::uint64_t bits_of(double number) { return std::bit_cast<std::uint64_t>(number); }

  static const std::uint8_t* data(const Bytes& bytes) { return bytes.data(); }
  static Index count(const Bytes& bytes) { return static_cast<Index>(bytes.size()); }
  template <class T>
  static const T* data(const Matrix<T>& matrix) {
    return matrix.data();
  }
  template <class T>
  static Index count(const Matrix<T>& matrix) {
    return matrix.size();
  }

  static Index sample_count(Shape shape, const Bytes& bytes) {
    const Index sample = shape.size();
    if (sample < 1) throw data_error("Dataset: samples of shape ", shape, " hold nothing; give sizes of 1 or more");
    if (count(bytes) % sample != 0)
      throw data_error("Dataset: ", bytes.size(), " bytes are not whole samples of ", shape, ", ", sample,
                       " bytes each; check the shape");
    return count(bytes) / sample;
  }

  void validate_inputs() {
    if (size_ < 1) throw data_error("Dataset: got no samples; give at least 1");
    if (shape_.size() < 1) throw data_error("Dataset: the samples have no features; give at least 1 row");
    validate_numbers(inputs_, "feature", shape_.size());
  }

  void validate_targets() {
    if (target_size_ < 1) throw data_error("Dataset: the targets have no rows; give at least 1");
    const Index columns = targets_.visit([](const auto& targets) { return count(targets); }) / target_size_;
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
      if (label < 0) throw data_error("Dataset: sample ", sample, " has the label ", label, "; labels count from 0");
      if (target_size_ > 0 && label >= target_size_)
        throw data_error("Dataset: sample ", sample, " has the label ", label, ", but ", target_size_,
                         " classes have the labels 0 to ", target_size_ - 1, "; give the right number of classes");
    }
    if (target_size_ == 0) target_size_ = Index{*std::max_element(labels_.begin(), labels_.end())} + 1;
  }

  void validate_numbers(const Numbers& numbers, const char* what, Index rows) {
    numbers.visit([&](const auto& stored) {
      using Stored = std::remove_cvref_t<decltype(stored)>;
      if constexpr (!std::is_same_v<Stored, Bytes>) {
        const Index wrong = first_not_finite(data(stored), count(stored));
        if (wrong < count(stored))
          throw data_error("Dataset: ", what, " ", wrong % rows, " of sample ", wrong / rows, " is ",
                           data(stored)[wrong], "; replace it by a finite number, or leave the sample out");
        constexpr double largest = std::numeric_limits<float>::max();
        for (Index i = 0; i < count(stored) && std::is_same_v<Stored, Matrix<double>>; ++i)
          if (data(stored)[i] > largest || data(stored)[i] < -largest) fits_float_ = false;
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

  template <class T>
  static void copy_columns(const Numbers& numbers, std::span<const Index> samples, MatrixView<T> x) {
    numbers.visit([&](const auto& stored) {
      const Index rows = x.rows();
      T* to = x.data();
      for (const Index sample : samples) {
        const auto* from = data(stored) + sample * rows;
        for (Index row = 0; row < rows; ++row) to[row] = read_as<T>(from[row]);
        to += rows;
      }
    });
  }
  template <class T>
  static T read_as(std::uint8_t byte) {
    return detail::byte_as_fraction<T>(byte);
  }
  template <class T, std::floating_point From>
  static T read_as(From number) {
    return static_cast<T>(number);
  }

  // Where there are any.
  template <class T>
  static std::vector<T> chosen(const std::vector<T>& numbers, std::span<const Index> samples) {
    std::vector<T> some(numbers.empty() ? 0 : samples.size());
    for (std::size_t i = 0; i < some.size(); ++i) some[i] = numbers[static_cast<std::size_t>(samples[i])];
    return some;
  }

  static Numbers columns(const Numbers& numbers, Index rows, std::span<const Index> samples) {
    return numbers.visit([&](const auto& stored) {
      Numbers chosen;
      const Index count = static_cast<Index>(samples.size());
      auto* to = chosen.make_room(stored, rows, count);
      for (const Index sample : samples) to = std::copy_n(data(stored) + sample * rows, rows, to);
      return chosen;
    });
  }

  Shape shape_;
  Index size_ = 0;
  Index target_size_ = 0;  // of labels: how many classes
  bool fits_float_ = true;
  Numbers inputs_;
  Numbers targets_;
  std::vector<int> labels_;
  std::vector<double> weights_;
};

inline std::uint64_t Dataset::fingerprint() const {
  Hash hash;
  for (const Index size : {shape_.height, shape_.width, shape_.channels, size_, target_size_})
    hash.add(static_cast<std::uint64_t>(size));
  const auto add_some = [&](const auto* numbers, Index count) {
    const Index rows = count / size_, samples = count == 0 ? 0 : std::clamp<Index>(65536 / rows, 1, size_);
    for (Index i = 0; i < samples; ++i) {
      const Index sample = size_ / samples * i + size_ % samples * i / samples;
      for (Index row = 0; row < rows; ++row) hash.add(bits_of(numbers[sample * rows + row]));
    }
  };
  for (const Numbers* numbers : {&inputs_, &targets_})
    numbers->visit([&](const auto& stored) { add_some(data(stored), count(stored)); });
  add_some(labels_.data(), static_cast<Index>(labels_.size()));
  add_some(weights_.data(), static_cast<Index>(weights_.size()));
  return hash.value();
}

}  // namespace nn
