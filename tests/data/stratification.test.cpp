// SPDX-License-Identifier: MIT
#include <nn/data/stratification.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include <nn/core/random.hpp>

#include "../catch.hpp"

using nn::Index;
using nn::detail::PartSizes;
using nn::detail::Stratification;

TEST_CASE("Sizes of parts go by the largest remainder") {
  CHECK(nn::detail::part_sizes({0.34, 0.33, 0.33}, 10) == PartSizes{4, 3, 3});
  CHECK(nn::detail::part_sizes({0.5, 0.25, 0.25}, 6) == PartSizes{3, 2, 1});
  CHECK(nn::detail::part_sizes({0.7, 0.1, 0.2}, 10) == PartSizes{7, 1, 2});
  CHECK(nn::detail::part_sizes({0.29, 0, 0.71}, 100) == PartSizes{29, 0, 71});
  CHECK(nn::detail::part_sizes({1, 0, 0}, 3) == PartSizes{3, 0, 0});
  CHECK(nn::detail::part_sizes({1.0 / 3, 1.0 / 3, 1.0 / 3}, 8) == PartSizes{3, 3, 2});
}

TEST_CASE("Classes are spread as evenly as whole samples allow") {
  using Counts = std::vector<PartSizes>;
  CHECK(Stratification({10, 20}, {24, 3, 3}).counts() == Counts{{8, 1, 1}, {16, 2, 2}});
  CHECK(Stratification({2, 8}, {8, 0, 2}).counts() == Counts{{1, 0, 1}, {7, 0, 1}});
  CHECK(Stratification({1, 0, 9}, {8, 0, 2}).counts() == Counts{{1, 0, 0}, {0, 0, 0}, {7, 0, 2}});
  CHECK(Stratification({7}, {4, 1, 2}).counts() == Counts{{4, 1, 2}});
}

TEST_CASE("No class of three is lost from three parts, though 2.4 and more of it are the share of one") {
  std::vector<Index> sizes(20, 20);
  sizes.insert(sizes.begin(), 3);
  const auto counts = Stratification(sizes, {323, 40, 40}).counts();
  CHECK(counts[0] == PartSizes{1, 1, 1});
  for (std::size_t label = 1; label < counts.size(); ++label) {
    CHECK(std::abs(static_cast<double>(counts[label][0]) - 20 * 323.0 / 403) <= 1);
    CHECK(std::abs(static_cast<double>(counts[label][1]) - 20 * 40.0 / 403) <= 1);
  }
}

TEST_CASE("Where a part is too small for all classes, the others keep their shares") {
  std::vector<Index> sizes(40, 2);  // for which the second part has half the room
  sizes.push_back(20);
  const auto counts = Stratification(sizes, {80, 0, 20}).counts();
  CHECK(counts.back() == PartSizes{17, 0, 3});
  CHECK(std::count(counts.begin(), counts.end(), PartSizes{1, 0, 1}) == 17);
  CHECK(std::count(counts.begin(), counts.end(), PartSizes{2, 0, 0}) == 23);
}

TEST_CASE("20,000 classes are spread without passing on one sample at a time") {
  nn::Random random(1);
  std::vector<Index> sizes(20'000);
  Index samples = 0;
  for (Index& size : sizes) samples += size = 1 + static_cast<Index>(random.below(10));
  PartSizes parts{samples * 6 / 10, samples * 2 / 10, 0};
  parts[2] = samples - parts[0] - parts[1];
  const auto counts = Stratification(sizes, parts).counts();
  PartSizes sums{};
  double off = 0;
  for (std::size_t label = 0; label < sizes.size(); ++label)
    for (std::size_t part = 0; part < 3; ++part) {
      const double share = static_cast<double>(sizes[label] * parts[part]) / static_cast<double>(samples);
      sums[part] += counts[label][part];
      off = std::max(off, std::abs(static_cast<double>(counts[label][part]) - share));
    }
  CHECK(sums == parts);
  CHECK(off <= 1);
}
