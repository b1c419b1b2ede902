// SPDX-License-Identifier: MIT
#include <nn/formats/onnx/unread_layers.hpp>

#include <cmath>
#include <string>
#include <vector>

#include <nn/activations/tanh.hpp>
#include <nn/layers/add.hpp>
#include <nn/layers/dense.hpp>

#include "../../catch.hpp"

namespace {

using SmallGraph = nn::Graph<double>;

// y = tanh(x) + b x, beside a Dense whose result only others' shapes were asked of, and one behind it.
struct GraphWithUnread {
  SmallGraph graph;
  std::vector<SmallGraph::Value> layers, outputs;

  explicit GraphWithUnread(bool has_unread) {
    const auto x = graph.input({2}, "x");
    layers.push_back(graph.add("scaled", nn::Dense{2}, x));
    if (has_unread) layers.push_back(graph.add("unread", nn::Dense{3}, x));
    layers.push_back(graph.add("bent", nn::Tanh{}, x));
    if (has_unread) layers.push_back(graph.add("behind", nn::Tanh{}, layers[1]));
    layers.push_back(graph.add("sum", nn::Add{}, layers[0], layers[has_unread ? 2 : 1]));
    outputs.push_back(layers.back());
    graph.output(layers.back());
  }
};

}  // namespace

TEST_CASE("Layers that lead to no output are left out, the others keep their names and numbers") {
  GraphWithUnread given(true);
  for (nn::Index k = 0; k < given.graph.parameter_count(); ++k)
    given.graph.parameters()[k] = static_cast<double>(k + 1);
  const nn::Vector<double> kept = given.graph.parameters().head(6);  // 2 x 2 and 2 of "scaled"
  SmallGraph rest = nn::detail::onnx::without_unread_layers(given.graph, {"x"}, given.layers, given.outputs);
  REQUIRE(rest.depth() == 3);
  CHECK(rest.layer_name(0) == "scaled");
  CHECK(rest.layer_name(2) == "sum");
  CHECK(rest.parameters() == kept);
  const nn::Vector<double> x{{0.5, -1}};
  CHECK(rest.predict(x) ==
        nn::Vector<double>{{1 * 0.5 + 3 * -1 + 5 + std::tanh(0.5), 2 * 0.5 + 4 * -1 + 6 + std::tanh(-1.0)}});
}

TEST_CASE("A graph all of whose layers are read stays as it is") {
  GraphWithUnread given(false);
  given.graph.parameters().setConstant(2);
  CHECK(nn::detail::onnx::without_unread_layers(given.graph, {"x"}, given.layers, given.outputs) == given.graph);
}
