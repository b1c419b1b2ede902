// SPDX-License-Identifier: MIT
#include <string>
#include <vector>

#include <nn/io/c_header/recurrent.hpp>

#include "../../catch.hpp"
#include "c_layer.hpp"

namespace c_recurrent_test {
using namespace nn::detail;
using nn::Shape;
using test::c_layer;
const CText c("net", false);

CLayer rnn(std::string name, std::vector<std::string> suffixes) {
  const Shape output(1, 2, static_cast<nn::Index>(suffixes.size()));
  CLayer layer = c_layer(std::move(name), {{"units", 1}, {"bias", 1}, {"relu", 0}}, Shape(1, 2, 2), output);
  for (const std::string& suffix : suffixes) {
    layer.tensors.push_back({"weight_ih_l0" + suffix, 1, 2, {1, 2}});
    layer.tensors.push_back({"weight_hh_l0" + suffix, 1, 1, {3}});
    layer.tensors.push_back({"bias_ih_l0" + suffix, 1, 1, {4}});
    layer.tensors.push_back({"bias_hh_l0" + suffix, 1, 1, {5}});
  }
  return layer;
}

TEST_CASE("a recurrent layer in C adds its two biases beforehand") {
  const CCode code = simple_rnn_c(rnn("SimpleRNN", {""}), c);
  CHECK(code.arrays[0].name == "bias");
  CHECK(code.arrays[0].numbers == std::vector<double>{9});
  CHECK(code.scratch == 1);
}

TEST_CASE("a recurrent layer in C may have ReLU in place of tanh") {
  CLayer layer = rnn("SimpleRNN", {""});
  layer.description.options = {{"units", 1}, {"bias", 1}, {"relu", 1}};
  const CCode code = simple_rnn_c(layer, c);
  CHECK(code.scratch == 1);
  CHECK(code.functions.empty());
  CHECK(code.body.find("now[i] = gates[i] < 0 ? 0 : gates[i];") != std::string::npos);
}

TEST_CASE("both directions in C have arrays of their own and put out side by side") {
  const CCode code = simple_rnn_c(rnn("BidirectionalSimpleRNN", {"", "_reverse"}), c);
  CHECK(code.arrays.size() == 6);
  CHECK(code.arrays[3].name == "bias_reverse");
  CHECK(code.body.find("const long at = t,") != std::string::npos);
  CHECK(code.body.find("const long at = 1 - t,") != std::string::npos);  // the last step first
  CHECK(code.body.find("float *now = y + at * 2 + 1;") != std::string::npos);
  CHECK(code.body.find("before = t > 0 ? now + 2 : now;") != std::string::npos);
}

TEST_CASE("a recurrent layer in C without the tensors of the library's is refused") {
  CHECK_THROWS_AS(simple_rnn_c(rnn("BidirectionalSimpleRNN", {""}), c), nn::load_error);
}
}  // namespace c_recurrent_test
