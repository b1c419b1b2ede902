// SPDX-License-Identifier: MIT
#include <nn/core/printable.hpp>

#include <string>
#include <vector>

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
  CHECK(printable("\xF4\x8F\xBF\xBD") == "\xF4\x8F\xBF\xBD");  // of the last plane
  CHECK(printable("\xF5\x80\x80\x80") == "????");
}

namespace {

// So many times the character, then the rest; appended, as GCC 12 warns of a sum that begins with a temporary.
std::string repeated(std::size_t count, char character, const char* rest = "") {
  std::string text(count, character);
  text += rest;
  return text;
}

}  // namespace

TEST_CASE("Long texts are cut at a whole character, paths are not cut") {
  CHECK(printable(repeated(40, 'x')) == repeated(40, 'x'));
  CHECK(printable(repeated(41, 'x')) == repeated(40, 'x', "..."));
  CHECK(printable(repeated(39, 'x', "\xC3\xBC")) == repeated(39, 'x', "..."));
  CHECK(printable(repeated(40, '\n')) == repeated(40, '?'));
  CHECK(printable(repeated(41, '\n')) == repeated(40, '?', "..."));
  CHECK(nn::detail::in_quotes("a\tb") == "\"a?b\"");
  const std::string path = nn::detail::path_in_quotes(repeated(100, 'x', "\n"));
  CHECK(path.size() == 103);
  CHECK(path.substr(1, 101) == repeated(100, 'x', "?"));
}

TEST_CASE("Of many names the first ones are shown") {
  const std::vector<std::string> names{"a", "b\t", "c"};
  CHECK(nn::detail::in_quotes(names, 3) == "\"a\", \"b?\", \"c\"");
  CHECK(nn::detail::in_quotes(names, 2) == "\"a\", \"b?\", ...");
  CHECK(nn::detail::in_quotes({}, 2).empty());
}
