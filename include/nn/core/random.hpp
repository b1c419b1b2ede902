// SPDX-License-Identifier: MIT
// Random numbers that are the same bits on every compiler and standard library; always passed in, never global.
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>

#include <nn/core/rounding.hpp>

namespace nn {

/// xoshiro256++ (Blackman and Vigna 2021), its state filled by SplitMix64 (Steele et al. 2014) from one seed.
class Random {
 public:
  constexpr explicit Random(std::uint64_t seed = 0) {
    for (std::uint64_t& word : state_) {
      seed += 0x9e3779b97f4a7c15u;
      std::uint64_t z = seed;
      z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
      z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
      word = z ^ (z >> 31);
    }
  }

  /// 64 random bits.
  constexpr std::uint64_t next() {
    const std::uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  /// Uniform on 0, 1, ..., count - 1, without bias: draws that would favour small numbers are thrown away.
  /// count must not be 0.
  constexpr std::uint64_t below(std::uint64_t count) {
    const std::uint64_t surplus = (0 - count) % count;  // 2^64 modulo count
    std::uint64_t bits = next();
    while (bits < surplus) bits = next();
    return bits % count;
  }

  /// Uniform on [0, 1): a multiple of 2^-53, never 1.
  constexpr double uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }

  /// Uniform between low and high.
  double uniform(double low, double high) {
    return rounded_sum(low, rounded_product(rounded_sum(high, -low), uniform()));
  }

  /// Mean 0, variance 1. Ratio of uniforms (Kinderman and Monahan 1977) with the quick tests of Leva 1992: what is
  /// returned is one rounded quotient, so libm and fused multiply-add touch only the choice to accept it, and that only
  /// for a draw within one rounding of the boundary.
  double normal() {
    for (;;) {
      const double u = 1 - uniform();  // (0, 1]
      double centered = uniform() - 0.5;
      hide_origin(centered);  // or the factor is multiplied by both
      const double v = rounded_product(1.7156, centered);
      const double x = u - 0.449871;
      const double y = std::abs(v) + 0.386595;
      const double q = x * x + y * (0.196 * y - 0.25472 * x);
      if (q < 0.27597 || (q <= 0.27846 && v * v <= -4 * u * u * std::log(u))) return rounded_quotient(v, u);
    }
  }

  /// Every order equally likely (Fisher and Yates).
  template <class Sequence>
  constexpr void shuffle(Sequence&& sequence) {
    using std::swap;
    for (std::size_t left = std::size(sequence); left > 1; --left)
      swap(sequence[left - 1], sequence[static_cast<std::size_t>(below(left))]);
  }

  /// All there is to this generator: two with equal states go on alike. It must not become all zeros, from which no
  /// other state follows.
  constexpr const std::array<std::uint64_t, 4>& state() const { return state_; }
  constexpr std::array<std::uint64_t, 4>& state() { return state_; }

  constexpr bool operator==(const Random&) const = default;

 private:
  std::array<std::uint64_t, 4> state_{};
};

}  // namespace nn
