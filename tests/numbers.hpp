// SPDX-License-Identifier: MIT
// Numbers for tests: drawn from a seed, and compared to the bit.
#pragma once

#include <bit>
#include <cstdint>
#include <limits>
#include <type_traits>

#include <nn/core/random.hpp>
#include <nn/core/views.hpp>

namespace test {

/// Uniform between low and high.
template <class T>
nn::Matrix<T> drawn(nn::Index rows, nn::Index columns, std::uint64_t seed, double low = -1, double high = 1) {
  nn::Random random(seed);
  nn::Matrix<T> numbers(rows, columns);
  for (nn::Index i = 0; i < numbers.size(); ++i) numbers.data()[i] = static_cast<T>(random.uniform(low, high));
  return numbers;
}

/// Columns of which each sums to 1.
template <class T>
nn::Matrix<T> drawn_probabilities(nn::Index rows, nn::Index columns, std::uint64_t seed) {
  nn::Matrix<T> numbers = drawn<T>(rows, columns, seed, 0.05, 1);
  for (nn::Index column = 0; column < columns; ++column) numbers.col(column) /= numbers.col(column).sum();
  return numbers;
}

/// The same sizes and the same bits: unlike ==, this tells 0 from -0, and NaN is equal to itself.
template <class A, class B>
bool have_same_bits(const Eigen::DenseBase<A>& a, const Eigen::DenseBase<B>& b) {
  using T = typename A::Scalar;
  static_assert(std::is_same_v<T, typename B::Scalar>);
  using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  if (a.rows() != b.rows() || a.cols() != b.cols()) return false;
  for (nn::Index column = 0; column < a.cols(); ++column)
    for (nn::Index row = 0; row < a.rows(); ++row)
      if (std::bit_cast<Bits>(T(a.derived()(row, column))) != std::bit_cast<Bits>(T(b.derived()(row, column))))
        return false;
  return true;
}

template <class T>
inline constexpr T not_a_number = std::numeric_limits<T>::quiet_NaN();
template <class T>
inline constexpr T infinity = std::numeric_limits<T>::infinity();

}  // namespace test
