// SPDX-License-Identifier: MIT
#include <nn/report/png.hpp>

#include "../catch.hpp"

TEST_CASE("a PNG file of 2 x 2 grey pixels is that of zlib's and libpng's checksums") {
  const std::vector<double> pixels{0, 1, 0.5, 0.25};
  const std::vector<std::uint8_t> file = nn::png({2, 2, 1}, pixels);
  // From Python: zlib.compressobj(0) of 00 00 ff 00 80 40, zlib.crc32.
  REQUIRE(file.size() == 8 + 25 + 12 + 17 + 12);
  CHECK(std::vector<std::uint8_t>(file.begin() + 41, file.begin() + 58) ==
        std::vector<std::uint8_t>{0x78, 0x01, 0x01, 0x06, 0x00, 0xF9, 0xFF, 0x00, 0x00, 0xFF, 0x00, 0x80, 0x40, 0x05,
                                  0x42, 0x01, 0xC0});
  CHECK(std::vector<std::uint8_t>(file.begin() + 29, file.begin() + 33) ==
        std::vector<std::uint8_t>{0x57, 0xDD, 0x52, 0xF8});
  CHECK(std::vector<std::uint8_t>(file.begin() + 58, file.begin() + 62) ==
        std::vector<std::uint8_t>{0x79, 0xE9, 0x09, 0xC4});
}

TEST_CASE("only grey and coloured pixels are an image") {
  CHECK(nn::is_image({28, 28, 1}));
  CHECK(nn::is_image({2, 3, 3}));
  CHECK_FALSE(nn::is_image({28, 28, 2}));
  CHECK_FALSE(nn::is_image({1, 28, 1}));
  CHECK_THROWS_AS(nn::png({2, 2, 1}, std::vector<double>{1, 2, 3}), nn::shape_error);
  CHECK(nn::png({2, 2, 3}, std::vector<double>(12, -7)).size() == 8 + 25 + 12 + 25 + 12);
}
