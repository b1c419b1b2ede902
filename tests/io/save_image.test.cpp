// SPDX-License-Identifier: MIT
#include <nn/io/save_image.hpp>

#include <cstdint>
#include <limits>
#include <vector>

#include "../catch.hpp"
#include "../data/idx_files.hpp"

using Catch::Matchers::Message;

TEST_CASE("An image is saved in one call, and read again") {
  const test::IdxFolder folder;
  const nn::Image grey{{2, 3, 1}, {0, 1, 2, 3, 254, 255}}, colours{{1, 2, 3}, {1, 2, 3, 10, 13, 32}};
  nn::save_image(folder / "grey.pgm", grey);
  CHECK(nn::read_pnm(folder / "grey.pgm") == grey);
  nn::save_image(folder / "colours.ppm", colours);
  CHECK(nn::read_pnm(folder / "colours.ppm") == colours);

  const nn::Matrix<float> samples{{0, 0.5F}, {1, -3}, {0.2F, 7}, {0.1F, std::numeric_limits<float>::quiet_NaN()}};
  nn::save_image(folder / "sample.pgm", {2, 2, 1}, samples.col(0));
  CHECK(nn::read_pnm(folder / "sample.pgm").bytes == std::vector<std::uint8_t>{0, 255, 51, 26});
  nn::save_image(folder / "sample.pgm", {2, 2, 1}, samples.col(1));
  CHECK(nn::read_pnm(folder / "sample.pgm").bytes == std::vector<std::uint8_t>{128, 0, 255, 0});
  CHECK_THROWS_MATCHES(
      nn::save_image(folder / "sample.pgm", {2, 2, 3}, samples.col(0)), nn::shape_error,
      Message("save_image: 4 bytes of shape 2x2x3 are no image; give height x width x 1 or 3 channels"));
  CHECK_THROWS_AS(nn::save_image(folder / "sample.pgm", {1, 2, 2}, samples.col(0)), nn::shape_error);
  CHECK(nn::read_pnm(folder / "sample.pgm").bytes.size() == 4);
  CHECK_THROWS_AS(nn::save_image(folder / "none/sample.pgm", grey), nn::load_error);
}
