// SPDX-License-Identifier: MIT
#include <cmath>

#include <nn/formats/onnx/normalization_reader.hpp>

#include "../../catch.hpp"
#include "one_node.hpp"

using Catch::Matchers::ContainsSubstring;
using test::OneNode;

TEST_CASE("LayerNormalization is over the dimensions from an axis on") {
  const std::vector<test::WrittenAttribute> over_all{{"axis", std::int64_t{1}}, {"epsilon", 0.0}};
  const auto graph = OneNode({2, 2})
                         .with({2, 2}, {1, 1, 1, 2})
                         .with({2, 2}, {0, 0, 5, 0})
                         .read("LayerNormalization", {{"axis", std::int64_t{1}}});
  const nn::Vector<float> y = graph.predict({-1, 1, -1, 1});
  CHECK((y - nn::Vector<float>{{-1, 1, 4, 2}}).cwiseAbs().maxCoeff() < 1e-4F);
  CHECK_THROWS_WITH(OneNode({2}).with({3}, {1, 1, 1}).read("LayerNormalization"),
                    ContainsSubstring("its input 1 has 3 numbers, and 2 are needed"));
}

TEST_CASE("Every channel of an image is normalized alone") {
  const auto graph = OneNode({2, 1, 2}).with({2}, {1, 10}).with({2}, {0, 0}).read("InstanceNormalization");
  const nn::Vector<float> y = graph.predict({-1, 1, -5, 5});
  CHECK((y - nn::Vector<float>{{-1, 1, -10, 10}}).cwiseAbs().maxCoeff() < 1e-4F);
}

TEST_CASE("A batch norm has ONNX's epsilon of 1e-5 unless it is told another") {
  const auto norm = [](const std::vector<test::WrittenAttribute>& attributes) {
    OneNode node({1});
    node.with({1}, {1}).with({1}, {7}).with({1}, {2}).with({1}, {0});  // scale, shift, mean, variance
    return node.read("BatchNormalization", attributes);
  };
  CHECK(norm({}).predict({3})(0, 0) == Approx(7 + 1 / std::sqrt(1e-5)));
  CHECK(norm({{"epsilon", 0.25}}).predict({3})(0, 0) == Approx(7 + 2));
}

TEST_CASE("A batch norm in training is refused") {
  CHECK_THROWS_WITH(OneNode({1}).with({1}, {1}).with({1}, {1}).with({1}, {1}).with({1}, {1}).read(
                        "BatchNormalization", {{"training_mode", std::int64_t{1}}}),
                    ContainsSubstring("it is in training mode"));
}

TEST_CASE("A local response is divided by the channels around it, of which one more is behind than before") {
  const auto normalized = [](std::int64_t size) {
    const std::vector<test::WrittenAttribute> options{
        {"size", size}, {"alpha", static_cast<double>(size)}, {"beta", 1.0}, {"bias", 1.0}};
    return OneNode({3, 1, 1}).read("LRN", options).predict({1, 2, 3});
  };
  CHECK(normalized(3).isApprox(nn::Vector<float>{{1.0F / 6, 2.0F / 15, 3.0F / 14}}));
  CHECK(normalized(2).isApprox(nn::Vector<float>{{1.0F / 6, 2.0F / 14, 3.0F / 10}}));
}
