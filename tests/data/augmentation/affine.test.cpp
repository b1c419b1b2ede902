// SPDX-License-Identifier: MIT
#include <nn/data/augmentation/affine.hpp>

#include <vector>

#include "../../catch.hpp"

namespace {

std::vector<float> mapped(const nn::AffineMap& map, std::vector<float> pixels, nn::Shape shape) {
  map.apply({pixels.data(), shape});
  return pixels;
}

const std::vector<float> numbers{1, 2, 3, 4, 5, 6, 7, 8, 9};  // 3 x 3
const nn::Shape shape(3, 3, 1);

}  // namespace

TEST_CASE("a map of nothing changes nothing") { CHECK(mapped({}, numbers, shape) == numbers); }

TEST_CASE("a shift reads from beside") {
  CHECK(mapped({.row_shift = 1}, numbers, shape) == std::vector<float>{4, 5, 6, 7, 8, 9, 0, 0, 0});
  CHECK(mapped({.column_shift = -1}, numbers, shape) == std::vector<float>{0, 1, 2, 0, 4, 5, 0, 7, 8});
}

TEST_CASE("a quarter turn is the quarter turn of the pixels") {
  nn::AffineMap map;
  map.turn(0, -1, 1, 0);
  const std::vector<float> turned = mapped(map, numbers, shape);
  CHECK(turned == std::vector<float>{7, 4, 1, 8, 5, 2, 9, 6, 3});
  map.turn(0, 1, -1, 0);  // and back
  CHECK(mapped(map, numbers, shape) == numbers);
}

TEST_CASE("each change draws what its option allows") {
  nn::Random random(3);
  for (int i = 0; i < 1000; ++i) {
    nn::AffineMap shift, rotation, scale, shear;
    nn::RandomShift{2}.change(shift, random);
    REQUIRE((std::abs(shift.row_shift) <= 2 && std::abs(shift.column_shift) <= 2));
    nn::RandomRotation{30}.change(rotation, random);
    REQUIRE(rotation.row_row >= std::cos(0.5236));  // 30 degrees
    REQUIRE(rotation.row_row * rotation.column_column - rotation.row_column * rotation.column_row ==
            Approx(1).epsilon(1e-14));
    nn::RandomScale{0.5, 2}.change(scale, random);
    REQUIRE((scale.row_row >= 0.5 && scale.row_row <= 2 && scale.row_row == scale.column_column));
    REQUIRE((scale.row_column == 0 && scale.column_row == 0));
    nn::RandomShear{0.3}.change(shear, random);
    REQUIRE((std::abs(shear.column_row) <= 0.3 && shear.row_column == 0));
    REQUIRE((shear.row_row == 1 && shear.column_column == 1));
    for (const nn::AffineMap& map : {rotation, scale, shear}) REQUIRE((map.row_shift == 0 && map.column_shift == 0));
  }
}

TEST_CASE("options that make no sense are refused") {
  CHECK_THROWS_AS(nn::RandomShift{-1}.validate(), nn::data_error);
  CHECK_THROWS_AS(nn::RandomRotation{181}.validate(), nn::data_error);
  CHECK_THROWS_AS((nn::RandomScale{1.1, 0.9}.validate()), nn::data_error);
  CHECK_THROWS_AS((nn::RandomScale{0, 1}.validate()), nn::data_error);
  CHECK_THROWS_AS((nn::RandomScale{1, 1e6}.validate()), nn::data_error);
  CHECK_NOTHROW(nn::RandomScale{1, 999999}.validate());
  CHECK_THROWS_AS(nn::RandomShear{-0.1}.validate(), nn::data_error);
}

TEST_CASE("changes of place are small unless told otherwise") {
  CHECK(nn::RandomShift{}.pixels == 2);
  CHECK(nn::RandomRotation{}.degrees == 15);
  CHECK((nn::RandomScale{}.smallest == 0.9 && nn::RandomScale{}.largest == 1.1));
  CHECK(nn::RandomShear{}.slope == 0.2);
}
