// SPDX-License-Identifier: MIT
#include <nn/core/random.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "../catch.hpp"

// The golden values come from tests/python/random_golden.py, which computes in exact integers. SplitMix64's from seed 0
// and xoshiro256++'s first three after them are also those that others publish.

TEST_CASE("Random's engine gives the golden bits") {
  using Words = std::array<std::uint64_t, 4>;
  const auto first_four = [](nn::Random random) {
    Words words{};
    for (auto& word : words) word = random.next();
    return words;
  };
  CHECK(nn::Random(0).state() ==
        Words{0xe220a8397b1dcdafu, 0x6e789e6aa1b965f4u, 0x06c45d188009454fu, 0xf88bb8a8724c81ecu});
  CHECK(first_four(nn::Random(0)) ==
        Words{0x53175d61490b23dfu, 0x61da6f3dc380d507u, 0x5c0fdf91ec9a7bfcu, 0x02eebf8c3bbe5e1au});
  CHECK(first_four(nn::Random(42)) ==
        Words{0xd0764d4f4476689fu, 0x519e4174576f3791u, 0xfbe07cfb0c24ed8cu, 0xb37d9f600cd835b8u});
  CHECK(first_four(nn::Random(std::numeric_limits<std::uint64_t>::max())) ==
        Words{0x56ccf8ce948e27b2u, 0xe68588432e5a5b90u, 0xe3e9b5a48119ca8bu, 0x460f19495532ae73u});
  nn::Random random(42);
  for (int i = 1; i < 1000; ++i) random.next();
  CHECK(random.next() == 0xa3ed059c1cc38790u);
}

TEST_CASE("Random works in the compiler, too") {
  constexpr std::uint64_t first = [] {
    nn::Random random(42);
    return random.next();
  }();
  static_assert(first == 0xd0764d4f4476689fu);
  CHECK(nn::Random(42).next() == first);
}

TEST_CASE("Random::uniform gives the golden numbers") {
  nn::Random random(42);
  CHECK(random.uniform() == 0x1.a0ec9a9e88ecdp-1);
  CHECK(random.uniform() == 0x1.467905d15dbccp-2);
  CHECK(random.uniform() == 0x1.f7c0f9f61849dp-1);
  CHECK(random.uniform() == 0x1.66fb3ec019b06p-1);
  nn::Random between(42);
  CHECK(between.uniform(-3, 5) == 0x1.c1d9353d11d9ap+1);
  CHECK(between.uniform(-3, 5) == -0x1.cc37d175121a0p-2);
  CHECK(between.uniform(-3, 5) == 0x1.37c0f9f61849dp+2);
}

TEST_CASE("Random::normal gives the golden numbers") {
  nn::Random random(42);
  CHECK(random.normal() == -0x1.ac834d04ff366p+0);
  CHECK(random.normal() == 0x1.76c07650c0077p-1);
  CHECK(random.normal() == 0x1.a649a2cb62b8dp-3);
  CHECK(random.normal() == 0x1.e07159c17e4f3p-1);
  CHECK(random.normal() == 0x1.5d05e40e01ef8p+0);
  CHECK(random.normal() == 0x1.0ec81358e7e26p-3);
  for (int i = 7; i < 1000; ++i) random.normal();
  CHECK(random.normal() == 0x1.ac263af068ac8p-1);
  CHECK(random.next() == 0x94b4bb75f447634bu);  // so that as many draws were accepted and refused
}

TEST_CASE("Random::below and shuffle give the golden numbers") {
  nn::Random digits(42);
  for (const std::uint64_t digit : {1u, 3u, 0u, 4u, 1u, 5u, 8u, 0u, 5u, 8u, 4u, 9u}) CHECK(digits.below(10) == digit);

  // Nearly half of all draws are thrown away here.
  constexpr std::uint64_t just_over_half = (std::uint64_t(1) << 63) + 1;
  nn::Random half(42);
  for (const std::uint64_t number :
       {5797906573132458142u, 8926271879130705291u, 3710296902904329655u, 5414202205828049522u})
    CHECK(half.below(just_over_half) == number);

  nn::Random cards(42);
  std::vector<int> order(10);
  std::iota(order.begin(), order.end(), 0);
  cards.shuffle(order);
  CHECK(order == std::vector<int>{6, 9, 7, 8, 0, 5, 3, 4, 2, 1});
}

TEST_CASE("Random::below(1) is 0 and below stays below") {
  nn::Random random(1);
  for (int i = 0; i < 100; ++i) CHECK(random.below(1) == 0);
  std::uint64_t largest = 0;
  for (int i = 0; i < 10000; ++i) largest = std::max(largest, random.below(7));
  CHECK(largest == 6);
}

TEST_CASE("Random::uniform is at least 0 and never 1") {
  nn::Random random(3);
  double smallest = 1, largest = 0;
  bool is_inside = true;
  for (int i = 0; i < 1000000; ++i) {
    const double u = random.uniform();
    is_inside = is_inside && u >= 0 && u < 1;
    smallest = std::min(smallest, u);
    largest = std::max(largest, u);
  }
  CHECK(is_inside);
  // The chance that a million draws all miss one of these ends is e^-20.
  CHECK(smallest < 2e-5);
  CHECK(largest > 1 - 2e-5);
  // The largest word there is gives 1 - 2^-53.
  CHECK(static_cast<double>(std::numeric_limits<std::uint64_t>::max() >> 11) * 0x1p-53 < 1.0);
}

TEST_CASE("Random::uniform and below spread evenly") {
  // Chi-squared with 99 degrees of freedom: mean 99, deviation 14; 170 is five deviations off.
  constexpr int bins = 100, draws = 200000;
  const auto chi_squared = [](const std::array<int, bins>& counts) {
    double sum = 0;
    for (const int count : counts) sum += std::pow(count - double(draws) / bins, 2) / (double(draws) / bins);
    return sum;
  };
  nn::Random random(7);
  std::array<int, bins> of_uniform{}, of_below{};
  for (int i = 0; i < draws; ++i) {
    ++of_uniform[static_cast<std::size_t>(random.uniform() * bins)];
    ++of_below[static_cast<std::size_t>(random.below(bins))];
  }
  CHECK(chi_squared(of_uniform) < 170);
  CHECK(chi_squared(of_below) < 170);
  CHECK(chi_squared(of_uniform) > 40);  // too even would not be random either
  CHECK(chi_squared(of_below) > 40);
}

TEST_CASE("Random::normal has the moments and the tails of the normal distribution") {
  constexpr int draws = 400000;
  nn::Random random(11);
  double mean = 0, square = 0, cube = 0, fourth = 0;
  int within_one = 0, beyond_three = 0;
  for (int i = 0; i < draws; ++i) {
    const double x = random.normal();
    mean += x / draws;
    square += x * x / draws;
    cube += x * x * x / draws;
    fourth += x * x * x * x / draws;
    within_one += std::abs(x) < 1;
    beyond_three += std::abs(x) > 3;
  }
  // Bounds of five standard deviations of each estimate.
  CHECK(std::abs(mean) < 5 * std::sqrt(1.0 / draws));
  CHECK(std::abs(square - 1) < 5 * std::sqrt(2.0 / draws));
  CHECK(std::abs(cube) < 5 * std::sqrt(15.0 / draws));
  CHECK(std::abs(fourth - 3) < 5 * std::sqrt(96.0 / draws));
  CHECK(std::abs(within_one / double(draws) - 0.682689492) < 0.004);
  CHECK(std::abs(beyond_three / double(draws) - 0.002699796) < 0.0005);
}

TEST_CASE("Random::shuffle makes every order of four equally likely") {
  nn::Random random(5);
  std::vector<int> counts(256);
  constexpr int rounds = 48000;
  for (int i = 0; i < rounds; ++i) {
    std::array<int, 4> cards{0, 1, 2, 3};
    random.shuffle(cards);
    ++counts[static_cast<std::size_t>(cards[0] * 64 + cards[1] * 16 + cards[2] * 4 + cards[3])];
  }
  double chi_squared = 0;
  int orders = 0;
  for (const int count : counts) {
    if (count == 0) continue;
    ++orders;
    chi_squared += (count - rounds / 24.0) * (count - rounds / 24.0) / (rounds / 24.0);
  }
  CHECK(orders == 24);
  CHECK(chi_squared < 57);  // 23 degrees of freedom, five deviations
}

TEST_CASE("Random::shuffle takes empty and single sequences and leaves the generator alone") {
  nn::Random random(5);
  std::vector<int> none, one{3};
  random.shuffle(none);
  random.shuffle(one);
  CHECK(one == std::vector<int>{3});
  CHECK(random == nn::Random(5));
}

TEST_CASE("Two generators of one seed go on alike, of two seeds they differ") {
  nn::Random a(9), b(9), other(10);
  CHECK(a == b);
  CHECK_FALSE(a == other);
  a.normal();
  CHECK_FALSE(a == b);
  b.normal();
  CHECK(a == b);
  CHECK(a.next() == b.next());
}
