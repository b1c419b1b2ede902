// SPDX-License-Identifier: MIT
#include <cmath>
#include <string>
#include <vector>

#include <nn/io/c_header/attention.hpp>

#include "../../catch.hpp"
#include "c_layer.hpp"

namespace c_attention_test {
using namespace nn::detail;
using nn::Shape;
using test::c_layer;
const CText c("net", false);

TEST_CASE("the words of an embedding stand in C row by row") {
  CLayer words = c_layer("Embedding", {{"vocabulary", 3}, {"width", 2}}, Shape(4), Shape(1, 4, 2));
  words.tensors = {{"weight", 3, 2, {1, 2, 3, 10, 20, 30}}};
  CHECK(embedding_c(words, c).arrays[0].numbers == std::vector<double>{1, 10, 2, 20, 3, 30});
}

TEST_CASE("positions in C are numbers that are added") {
  const CCode code = positional_encoding_c(c_layer("PositionalEncoding", {}, Shape(1, 2, 2), Shape(1, 2, 2)), c);
  CHECK(code.arrays[0].numbers == std::vector<double>{0, 1, std::sin(1.0), std::cos(1.0)});
  CHECK(code.is_in_place);
}

TEST_CASE("attention in C needs room for queries, keys and values of all steps, and for one query") {
  CLayer attention =
      c_layer("MultiHeadAttention", {{"heads", 2}, {"key_value_heads", 1}, {"causal", 1}, {"rotary", 0}, {"bias", 0}},
              Shape(1, 3, 4), Shape(1, 3, 4));
  attention.tensors = {{"in_proj_weight", 8, 4, std::vector<double>(32)},
                       {"out_proj.weight", 4, 4, std::vector<double>(16)}};
  const CCode code = attention_c(attention, c);
  CHECK(code.scratch == 3 * (4 + 2 + 2) + 3 + 4);
  CHECK(code.body.find("seen = t + 1;") != std::string::npos);
}

TEST_CASE(
    "attention to another sequence in C reads the lengths that there are, and refuses tensors that are not its own") {
  CLayer cross = c_layer("CrossAttention", {{"heads", 2}, {"key_value_heads", 1}, {"bias", 0}}, {}, Shape(1, 3, 4));
  cross.inputs = {Shape(1, 3, 4), Shape(1, 5, 1), Shape(1)};
  cross.tensors = {{"q_proj_weight", 4, 4, std::vector<double>(16)},
                   {"k_proj_weight", 2, 1, {1, 2}},
                   {"v_proj_weight", 2, 1, {3, 4}},
                   {"out_proj.weight", 4, 4, std::vector<double>(16)}};
  const CCode code = cross_attention_c(cross, c);
  CHECK(code.scratch == 5 * (2 + 2) + 5 + 4 + 4);
  CHECK(code.arrays[1].numbers == std::vector<double>{1, 2, 3, 4});
  CHECK(code.body.find("given_key_length = x2[0];") != std::string::npos);
  CHECK(code.body.find("const long length = 3;") != std::string::npos);
  cross.tensors.erase(cross.tensors.begin());
  CHECK_THROWS_AS(cross_attention_c(cross, c), nn::load_error);
}
}  // namespace c_attention_test
