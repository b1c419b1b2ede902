// SPDX-License-Identifier: MIT
#include <nn/data/augmentation/elastic_distortion.hpp>

#include <vector>

#include "../../catch.hpp"

TEST_CASE("without strength nothing moves, with it the ink moves a little and stays") {
  std::vector<float> bar(28 * 28);
  for (std::size_t row = 6; row < 22; ++row)
    for (std::size_t column = 12; column < 16; ++column) bar[row * 28 + column] = 1;
  const std::vector<float> before = bar;
  nn::Random random(1);
  nn::ElasticDistortion{.alpha = 0}.apply({bar.data(), nn::Shape(28, 28, 1)}, random);
  CHECK(bar == before);
  double change = 0, ink = 0;
  nn::ElasticDistortion{}.apply({bar.data(), nn::Shape(28, 28, 1)}, random);
  for (std::size_t i = 0; i < bar.size(); ++i) {
    change += std::abs(static_cast<double>(bar[i] - before[i]));
    ink += static_cast<double>(bar[i]);
    REQUIRE((bar[i] >= 0 && bar[i] <= 1));
  }
  CHECK(change > 3);
  CHECK(ink == Approx(64).epsilon(0.35));
}

TEST_CASE("a distortion that makes no sense is refused") {
  CHECK_THROWS_AS((nn::ElasticDistortion{.alpha = -1}.validate()), nn::data_error);
  CHECK_THROWS_AS((nn::ElasticDistortion{.sigma = 0}.validate()), nn::data_error);
}

TEST_CASE("a distortion is that of Simard et al. 2003 unless told otherwise") {
  CHECK(nn::ElasticDistortion{}.alpha == 34);
  CHECK(nn::ElasticDistortion{}.sigma == 4);
}
