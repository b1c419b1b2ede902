// SPDX-License-Identifier: MIT
#include <nn/core/printable.hpp>

#include "../catch.hpp"

using nn::detail::printable;

TEST_CASE("Texts of strangers are shown without what disturbs a terminal") {
  CHECK(printable("weights of 2026.json") == "weights of 2026.json");
  CHECK(printable("\x1B[31mred\n\x7F") == "?[31mred??");
  CHECK(printable(std::string("a\0b", 3)) == "a?b");
  CHECK(printable("Gr\xC3\xBC\xC3\x9F"
                  "e \xE2\x82\xAC \xF0\x9F\x98\x80") ==
        "Gr\xC3\xBC\xC3\x9F"
        "e \xE2\x82\xAC \xF0\x9F\x98\x80");
  CHECK(printable("\xC2\x9B"
                  "31m") == "??31m");                         // the control character CSI
  CHECK(printable("\x9B \xC3 \xE2\x82 \xC3") == "? ? ?? ?");  // no UTF-8
  CHECK(printable("\xF8\x88\x80\x80\x80") == "?????");
}

TEST_CASE("Long texts are cut at a whole character, paths are not cut") {
  CHECK(printable(std::string(40, 'x')) == std::string(40, 'x'));
  CHECK(printable(std::string(41, 'x')) == std::string(40, 'x') + "...");
  CHECK(printable(std::string(39, 'x') + "\xC3\xBC") == std::string(39, 'x') + "...");
  CHECK(printable(std::string(40, '\n')) == std::string(40, '?'));
  CHECK(printable(std::string(41, '\n')) == std::string(40, '?') + "...");
  CHECK(nn::detail::in_quotes("a\tb") == "\"a?b\"");
  CHECK(nn::detail::path_in_quotes(std::string(100, 'x') + '\n') == '"' + std::string(100, 'x') + "?\"");
}
