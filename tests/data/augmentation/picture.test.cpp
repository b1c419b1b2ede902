// SPDX-License-Identifier: MIT
#include <nn/data/augmentation/picture.hpp>

#include "../../catch.hpp"

TEST_CASE("between four pixels the value is bilinear, outside it is 0") {
  const nn::Picture::Copy pixels{1, 2, 3, 5};  // 2 x 2
  const nn::Shape shape(2, 2, 1);
  CHECK(nn::sample_between(pixels, shape, 0, 1, 0) == 2);
  CHECK(nn::sample_between(pixels, shape, 0.5, 0.5, 0) == 2.75F);
  CHECK(nn::sample_between(pixels, shape, 0.25, 0, 0) == 1.5F);
  CHECK(nn::sample_between(pixels, shape, -0.5, 0, 0) == 0.5F);
  CHECK(nn::sample_between(pixels, shape, -1, 0, 0) == 0);
  CHECK(nn::sample_between(pixels, shape, 7, 9, 0) == 0);
}

TEST_CASE("a picture that is too large is refused") {
  CHECK_THROWS_AS((nn::Picture{nullptr, nn::Shape(65, 64, 1)}.require_small()), nn::data_error);
  CHECK_NOTHROW((nn::Picture{nullptr, nn::Shape(64, 64, 1)}.require_small()));
}
