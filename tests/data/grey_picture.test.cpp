// SPDX-License-Identifier: MIT
#include <nn/data/grey_picture.hpp>

#include <cmath>
#include <vector>

#include <nn/core/random.hpp>

#include "../catch.hpp"

using nn::detail::GreyPicture;

namespace {

GreyPicture picture_of(nn::Index height, nn::Index width, auto brightness) {
  GreyPicture picture(height, width);
  for (nn::Index row = 0; row < height; ++row)
    for (nn::Index column = 0; column < width; ++column) picture(row, column) = brightness(row, column);
  return picture;
}

}  // namespace

TEST_CASE("A quantile is the number that a share of the numbers is below") {
  CHECK(nn::detail::quantile({5, 1, 4, 2, 3}, 0.5) == 3);
  CHECK(nn::detail::quantile({5, 1, 4, 2, 3}, 0.25) == 2);
  CHECK(nn::detail::quantile({5, 1}, 1) == 5);
  CHECK(nn::detail::quantile({}, 0.5) == 0);
}

TEST_CASE("Smoothing makes a dot a hill, and tells how much noise it leaves") {
  GreyPicture dot =
      picture_of(3, 4, [](nn::Index row, nn::Index column) { return row == 1 && column == 1 ? 16. : 0.; });
  nn::detail::smooth(dot);
  CHECK(dot(1, 1) == 4);
  CHECK(dot(1, 2) == 2);
  CHECK(dot(0, 1) == Approx(16 * 2 / 12.));  // at the border, the weights of 9 of 16 are left
  CHECK(dot(0, 2) == Approx(16 * 1 / 12.));
  CHECK(dot(1, 3) == 0);

  nn::Random random(1);
  GreyPicture noise = picture_of(100, 100, [&](auto, auto) { return random.normal(); });
  const double left = nn::detail::smooth(noise);
  double sum = 0;
  for (const double value : noise.values) sum += value * value;
  CHECK(std::sqrt(sum / 10'000) == Approx(left).epsilon(0.05));
}

TEST_CASE("Otsu's threshold is the middle of the gap between two classes") {
  CHECK(nn::detail::otsu_threshold({0, 0, 0, 1, 1}) == Approx(0.5).margin(0.01));
  CHECK(nn::detail::otsu_threshold({-3, -3, 5, 5, 5, 5}) == Approx(1).margin(0.05));
  // 0 1 | 7 8 10: means 0.5 and 8.33, 2 * 3 * 7.83^2 = 368; any other split gives less.
  const double threshold = nn::detail::otsu_threshold({0, 1, 7, 8, 10});
  CHECK(threshold > 1);
  CHECK(threshold < 7);
  CHECK(nn::detail::otsu_threshold({4, 4}) == 4);
}

TEST_CASE("Noise is measured beside strokes and shading") {
  nn::Random random(1);
  const GreyPicture noisy = picture_of(100, 100, [&](nn::Index row, nn::Index column) {
    return 0.001 * static_cast<double>(row) + (column % 10 == 0 ? 1 : 0) + 0.05 * random.normal();
  });
  CHECK(nn::detail::noise_deviation(noisy) == Approx(0.05).epsilon(0.15));
  const GreyPicture stripes = picture_of(1, 5, [](nn::Index, nn::Index column) { return column % 2 == 0 ? 0. : 1.; });
  CHECK(nn::detail::noise_deviation(stripes) == Approx(1 / (0.3186 * std::sqrt(2.0))));  // all of its differences are 1
  CHECK(nn::detail::noise_deviation(picture_of(3, 4, [](nn::Index row, nn::Index) { return row == 1 ? 1. : 0.; })) ==
        0);
}

TEST_CASE("The plane of the border is found though ink lies over a fifth of it") {
  GreyPicture picture = picture_of(20, 30, [](nn::Index row, nn::Index column) {
    const double ink = row == 0 && column > 5 && column < 26 ? -0.6 : 0;
    return 0.3 + 0.01 * static_cast<double>(row) + 0.02 * static_cast<double>(column) + ink;
  });
  nn::detail::subtract_border_plane(picture);
  CHECK(picture(10, 10) == Approx(0).margin(0.005));
  CHECK(picture(19, 29) == Approx(0).margin(0.005));
  CHECK(picture(0, 10) == Approx(-0.6).margin(0.005));
}

TEST_CASE("Shading goes, ink stays") {
  GreyPicture picture = picture_of(60, 60, [](nn::Index row, nn::Index column) {
    const double x = static_cast<double>(column - 30) / 30;
    return 0.2 * x * x + (row > 25 && row < 35 && column > 25 && column < 35 ? 1 : 0);
  });
  nn::detail::subtract_shading(picture, 0.5, 0);
  CHECK(picture(30, 10) == Approx(0).margin(0.03));
  CHECK(picture(10, 30) == Approx(0).margin(0.03));
  CHECK(picture(30, 30) == Approx(1).margin(0.03));
}

TEST_CASE("Pieces joined by a corner are one, and those of little ink are left out") {
  const GreyPicture picture = picture_of(5, 5, [](nn::Index row, nn::Index column) {
    return (row == column && row < 3) || (row == 4 && column == 4) ? 1. : 0.;  // three in a row, and one apart
  });
  const nn::detail::Mask all = nn::detail::large_pieces(picture, 0.5, 0.3);
  const nn::detail::Mask large = nn::detail::large_pieces(picture, 0.5, 0.4);
  CHECK(std::count(all.begin(), all.end(), 1) == 4);
  CHECK(std::count(large.begin(), large.end(), 1) == 3);
  CHECK(large[24] == 0);
  const nn::detail::Mask none = nn::detail::large_pieces(picture, 2, 0.4);
  CHECK(std::count(none.begin(), none.end(), 1) == 0);
}
