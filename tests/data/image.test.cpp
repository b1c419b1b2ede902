// SPDX-License-Identifier: MIT
#include <nn/data/image.hpp>

#include <cstdint>
#include <string>
#include <vector>

#include "../catch.hpp"
#include "idx_files.hpp"

using Catch::Matchers::Message;

namespace {

using Pixels = std::vector<std::uint8_t>;

}  // namespace

TEST_CASE("PGM and PPM images are read, binary and in words") {
  const test::IdxFolder folder;
  const auto read = [&](const std::string& text) {
    folder.write("image", text);
    return nn::read_pnm(folder / "image");
  };
  using namespace std::string_literals;
  CHECK(read("P2 3 2 255\n0 1 2\n3 4 255") == nn::Image{{2, 3, 1}, Pixels{0, 1, 2, 3, 4, 255}});
  CHECK(read("P2\n# a comment # within\n2 1\n# one more\n9\n0 3\n") == nn::Image{{1, 2, 1}, Pixels{0, 85}});
  CHECK(read("P5 2 2 255\n\0\xFF\n "s) == nn::Image{{2, 2, 1}, Pixels{0, 255, 10, 32}});
  CHECK(read("P5 1 1 65535\n\x80\0"s) == nn::Image{{1, 1, 1}, Pixels{128}});  // 32768 * 255 / 65535 = 127.502
  CHECK(read("P3 1 1 255 1 2 3") == nn::Image{{1, 1, 3}, Pixels{1, 2, 3}});
  CHECK(read("P6 1 2 255\nabcdef") == nn::Image{{2, 1, 3}, Pixels{'a', 'b', 'c', 'd', 'e', 'f'}});
}

TEST_CASE("What is no PGM or PPM image is refused with both numbers") {
  const test::IdxFolder folder;
  const std::string path = folder / "image";
  const auto says = [&](const std::string& text, const std::string& sentence) {
    folder.write("image", text);
    CHECK_THROWS_MATCHES(nn::read_pnm(path), nn::load_error, Message("read_pnm: \"" + path + "\"" + sentence));
  };
  for (const std::string text : {"", "P", "P5", "\x89PNG", "P4 1 1\n0", "P7"})
    says(text,
         " is no PGM or PPM image: it does not begin with P2, P3, P5 or P6; give another reader for other images");
  says("P5 2 2 255\nabc",
       " ends too early: an image of 2x2x1 takes 4 bytes from byte 11 on, but it has 3; get it again");
  says("P5 2 2 255", " ends too early: an image of 2x2x1 takes 4 bytes from byte 11 on, but it has 0; get it again");
  says("P2 2 1 9\n1 ", " ends too early: an image of 2x1x1 takes 3 bytes from byte 9 on, but it has 2; get it again");
  says("P6 99999 99999 255\n", " is an image of 99999x99999; it must have 1 to 268435456 pixels");
  says("P6 16000 16000 255\n",
       " ends too early: an image of 16000x16000x3 takes 768000000 bytes from byte 19 on, but "
       "it has 0; get it again");
  says("P5 0 3 255\n", " is an image of 0x3; it must have 1 to 268435456 pixels");
  says("P5 1 1 70000\n ", " has a brightest value of 70000 instead of 1 to 65535; it is damaged");
  says("P2 1 1 9 10", " has a pixel of 10 before byte 11, brighter than its brightest value 9; it is damaged");
  says("P2 2 1 9 1 x", " has something else at byte 11, where a pixel should be; it is damaged");
  says("P2 2 1 9 1  ", " ends at byte 12, where a pixel should be; it is damaged");
  says("P2 9999999999 1 9 1", " has a number at byte 3 that is too large for its width; it is damaged");
  says("P2 # no end", " ends at byte 11, where its width should be; it is damaged");
  folder.remove("image");
  CHECK_THROWS_AS(nn::read_pnm(path), nn::load_error);
}
