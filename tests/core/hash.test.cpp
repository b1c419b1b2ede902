// SPDX-License-Identifier: MIT
#include <nn/core/hash.hpp>

#include "../catch.hpp"

// The values are those that the authors of FNV publish.
TEST_CASE("Hash is FNV-1a") {
  nn::Hash empty, letter, word, in_pieces;
  letter.add("a");
  word.add("foobar");
  in_pieces.add("foo");
  in_pieces.add("bar");
  CHECK(empty.value() == 0xcbf29ce484222325u);
  CHECK(letter.value() == 0xaf63dc4c8601ec8cu);
  CHECK(word.value() == 0x85944171f73967e8u);
  CHECK(in_pieces.value() == word.value());
}

TEST_CASE("Hash takes a number by its bytes, the lowest first") {
  nn::Hash number, bytes;
  number.add(0x6261u);  // "ab"
  bytes.add({"ab\0\0\0\0\0\0", 8});
  CHECK(number.value() == bytes.value());
}
