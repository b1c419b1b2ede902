// SPDX-License-Identifier: MIT
#include <nn/data/augmentation/pixel_changes.hpp>

#include <numeric>
#include <vector>

#include "../../catch.hpp"

namespace {
double ink(const std::vector<float>& pixels) { return std::accumulate(pixels.begin(), pixels.end(), 0.0); }
}  // namespace

TEST_CASE("strokes become thicker or thinner") {
  nn::Random random(2);
  int thicker = 0, thinner = 0;
  for (int i = 0; i < 100; ++i) {
    std::vector<float> cross(49);
    for (std::size_t k = 0; k < 7; ++k) cross[k * 7 + 3] = cross[3 * 7 + k] = 1;
    const double before = ink(cross);
    nn::RandomThickness{1}.apply({cross.data(), nn::Shape(7, 7, 1)}, random);
    thicker += ink(cross) > before;
    thinner += ink(cross) < before;
    for (const float pixel : cross) REQUIRE((pixel >= 0 && pixel <= 1));
  }
  CHECK(thicker > 30);
  CHECK(thinner > 30);
}

TEST_CASE("noise stays within 0..1") {
  nn::Random random(3);
  std::vector<float> grey(400, 0.5F);
  nn::GaussianNoise{1}.apply({grey.data(), nn::Shape(20, 20, 1)}, random);
  CHECK(*std::min_element(grey.begin(), grey.end()) == 0);
  CHECK(*std::max_element(grey.begin(), grey.end()) == 1);
}

TEST_CASE("a rectangle is wiped out, no larger than asked") {
  nn::Random random(4);
  double most = 0;
  for (int i = 0; i < 200; ++i) {
    std::vector<float> ones(200, 1.0F);  // 10 x 10 x 2
    nn::RandomErase{0.5}.apply({ones.data(), nn::Shape(10, 10, 2)}, random);
    most = std::max(most, 200 - ink(ones));
  }
  CHECK(most > 10);
  CHECK(most <= 2 * 5 * 5);
}

TEST_CASE("changes that make no sense are refused") {
  CHECK_THROWS_AS(nn::RandomThickness{2}.validate(), nn::data_error);
  CHECK_THROWS_AS(nn::GaussianNoise{-1}.validate(), nn::data_error);
  CHECK_THROWS_AS(nn::RandomErase{1.5}.validate(), nn::data_error);
}

TEST_CASE("changes of pixels are moderate unless told otherwise") {
  CHECK(nn::RandomThickness{}.strength == 0.5);
  CHECK(nn::GaussianNoise{}.deviation == 0.1);
  CHECK(nn::RandomErase{}.share == 0.3);
}
