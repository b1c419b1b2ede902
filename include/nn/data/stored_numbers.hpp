// SPDX-License-Identifier: MIT
// The numbers of a data set, kept as they came: bytes, float or double; and what they may come as.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include <nn/core/buffer.hpp>
#include <nn/core/class_labels.hpp>
#include <nn/core/errors.hpp>
#include <nn/core/finite.hpp>
#include <nn/core/views.hpp>

namespace nn {

namespace detail {

template <class T>
concept Real = std::same_as<T, float> || std::same_as<T, double>;

// The type of what stands in a range.
template <class Range>
using ElementOf = std::remove_cvref_t<decltype(*std::begin(std::declval<const Range&>()))>;

template <class Range>
concept RealRange = !MatrixOfColumns<Range> && requires(const Range& numbers) {
  std::size(numbers);
  requires Real<ElementOf<Range>>;
};

template <class Range>
concept RangeOfRealRanges = !MatrixOfColumns<Range> && requires(const Range& samples) {
  std::size(samples);
  requires RealRange<ElementOf<Range>>;
};

}  // namespace detail

/// A matrix of float or double, or an expression that gives one; or an array.
template <class X>
concept RealMatrix = std::derived_from<std::remove_cvref_t<X>, Eigen::DenseBase<std::remove_cvref_t<X>>> &&
    detail::Real<typename std::remove_cvref_t<X>::Scalar>;

namespace detail {

/// byte / 255 to the last bit, without a division: byte * high is exact, and low is what high lacks.
template <std::floating_point T>
constexpr T byte_as_fraction(std::uint8_t byte) {
  constexpr T high = sizeof(T) < sizeof(double) ? T(0x1.01p-8) : T(0x1.01010101p-8);  // 1/255 = 0x1.0101...p-8
  constexpr T low = static_cast<T>(1.0L / 255 - static_cast<long double>(high));
  const T x = static_cast<T>(byte);
  return x * high + x * low;
}

/// A range of samples as a matrix: each becomes a column. Throws data_error where they are not equally long.
template <RangeOfRealRanges Samples>
auto as_columns(const Samples& samples, const char* what = "features") {
  using T = ElementOf<ElementOf<Samples>>;
  const auto size = static_cast<Index>(std::size(samples));
  const Index features = size == 0 ? 0 : static_cast<Index>(std::size(*std::begin(samples)));
  OwnMatrix<T> x(features, size);
  Index sample = 0;
  for (const auto& numbers : samples) {
    const auto given = static_cast<Index>(std::size(numbers));
    if (given != features)
      throw data_error("Dataset: sample ", sample, " has ", given, " ", what, ", but sample 0 has ", features,
                       "; give all samples as many");
    std::copy(std::begin(numbers), std::end(numbers), x.data() + sample++ * features);
  }
  return x;
}

/// Numbers column after column, as one of three types; a std::variant of them takes the compiler longer than all else
/// here.
class StoredNumbers {
 public:
  using Bytes = std::vector<std::uint8_t>;

  StoredNumbers() = default;
  explicit StoredNumbers(Bytes bytes) : bytes_(std::move(bytes)) {}
  template <class X>
  requires RealMatrix<X>
  explicit StoredNumbers(const X& matrix) {
    if constexpr (std::same_as<typename X::Scalar, float>)
      floats_ = Buffer<float>(matrix);
    else
      doubles_ = Buffer<double>(matrix);
  }

  Index size() const { return doubles_.size() + floats_.size() + static_cast<Index>(bytes_.size()); }
  /// The relative distance of neighbouring numbers, that of double where they are bytes.
  double epsilon() const {
    return floats_.size() > 0 ? static_cast<double>(std::numeric_limits<float>::epsilon())
                              : std::numeric_limits<double>::epsilon();
  }

  /// Calls use(where they are, how many), with a pointer to their type.
  void visit(auto&& use) const {
    if (doubles_.size() > 0)
      use(doubles_.data(), doubles_.size());
    else if (floats_.size() > 0)
      use(floats_.data(), floats_.size());
    else
      use(bytes_.data(), static_cast<Index>(bytes_.size()));
  }

  /// Writes some columns, of as many rows as x has, as numbers of its type.
  template <class T>
  void copy_columns(std::span<const Index> chosen, MatrixView<T> x) const {
    visit([&](const auto* from, Index) {
      const Index rows = x.rows();
      T* to = x.data();
      for (const Index column : chosen) {
        const auto* numbers = from + column * rows;
        for (Index row = 0; row < rows; ++row) to[row] = read_as<T>(numbers[row]);
        to += rows;
      }
    });
  }

  /// Some columns of `rows` numbers, of the same type.
  StoredNumbers columns(Index rows, std::span<const Index> chosen) const {
    const auto count = static_cast<Index>(chosen.size());
    StoredNumbers some;
    const auto copy = [&](const auto* from, auto* to) {
      for (const Index column : chosen) to = std::copy_n(from + column * rows, rows, to);
    };
    if (doubles_.size() > 0) {
      some.doubles_.resize(checked_product(rows, count));
      copy(doubles_.data(), some.doubles_.data());
    } else if (floats_.size() > 0) {
      some.floats_.resize(checked_product(rows, count));
      copy(floats_.data(), some.floats_.data());
    } else {
      some.bytes_.resize(static_cast<std::size_t>(rows * count));
      copy(bytes_.data(), some.bytes_.data());
    }
    return some;
  }

  bool operator==(const StoredNumbers& other) const {
    return bytes_ == other.bytes_ && floats_ == other.floats_ && doubles_ == other.doubles_;
  }

 private:
  template <class T>
  static T read_as(std::uint8_t byte) {
    return byte_as_fraction<T>(byte);
  }
  template <class T, std::floating_point From>
  static T read_as(From number) {
    return static_cast<T>(number);
  }

  // The others are empty.
  Bytes bytes_;
  Buffer<float> floats_;
  Buffer<double> doubles_;
};

}  // namespace detail

}  // namespace nn
