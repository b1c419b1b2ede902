// SPDX-License-Identifier: MIT
// That the layers compute what ONNX says is tested by what save_onnx writes of them, in load.test.cpp.
#include <nn/formats/onnx/sequence_reader.hpp>

#include "../../catch.hpp"
#include "one_node.hpp"

using Catch::Matchers::ContainsSubstring;
using test::OneNode;

namespace {

// One unit that reads one feature of two steps, and gives all of them.
OneNode recurrent_node() { return OneNode({2, 1}).with({1, 1, 1}, {1}).with({1, 1, 1}, {1}); }
const std::vector<test::WrittenAttribute> batch_first{{"hidden_size", std::int64_t{1}},
                                                      {"layout", std::int64_t{1}},
                                                      {"activations", std::vector<std::string_view>{"Relu"}}};

}  // namespace

TEST_CASE("A recurrent operator is a layer, whose first state is 0") {
  CHECK(recurrent_node().read("RNN", batch_first).predict({1, 2}) == nn::Vector<float>{{1, 3}});
  const auto told = recurrent_node().without().with({2}).with({1, 1, 1}, {0}).read("RNN", batch_first);
  CHECK(told.predict({1, 2}) == nn::Vector<float>{{1, 3}});
}

TEST_CASE("What our recurrent layers do not have is refused") {
  CHECK_THROWS_WITH(recurrent_node().without().with({1}).read("RNN", batch_first), ContainsSubstring("lengths"));
  CHECK_THROWS_WITH(recurrent_node().without().without().with({1, 1, 1}, {1}).read("RNN", batch_first),
                    ContainsSubstring("first states"));
  CHECK_THROWS_WITH(recurrent_node().read("RNN"), ContainsSubstring("the samples as dimension 1"));
  CHECK_THROWS_WITH(recurrent_node().read("RNN", {{"layout", std::int64_t{1}}, {"clip", 1.0}}),
                    ContainsSubstring("its attribute clip"));
}

TEST_CASE("The last state of a recurrent operator is read alone") {
  OneNode node = recurrent_node();
  node.outputs = {"", "y"};
  CHECK(node.read("RNN", batch_first).predict({1, 2}) == nn::Vector<float>{{3}});
}

TEST_CASE("The last states of both directions stand beside each other") {
  OneNode node({3, 1});
  node.with({2, 1, 1}, {1, 2}).with({2, 1, 1}, {0, 0});
  node.outputs = {"", "y"};
  std::vector<test::WrittenAttribute> both = batch_first;
  both.back() = {"activations", std::vector<std::string_view>{"Relu", "Relu"}};
  both.push_back({"direction", "bidirectional"});
  CHECK(node.read("RNN", both).predict({1, 5, 7}) == nn::Vector<float>{{7, 2}});
}
