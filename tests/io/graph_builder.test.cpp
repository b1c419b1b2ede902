// SPDX-License-Identifier: MIT
// Its refusals are tested with load_graph.
#include <nn/io/graph_builder.hpp>

#include <vector>

#include <nn/io/known_layers.hpp>

#include "../catch.hpp"

TEST_CASE("a graph is made from its descriptions, and takes memory for parameters at the end alone") {
  nn::Graph<float> graph;
  const auto left = graph.input({3}, "left"), right = graph.input({2});
  const auto shared = graph.add("shared", nn::Residual{nn::Dense{3}, nn::Chain{nn::Tanh{}}}, left);
  const auto joined = graph.add(nn::Concatenate{}, shared, right, shared);
  graph.output(graph.add(nn::Dense{1}, joined));
  graph.output(shared);

  const auto table = nn::known_layers<float>();
  nn::detail::GraphBuilder<float> builder(table);
  bool is_first = true;
  for (const nn::Description& description : graph.descriptions()) {
    is_first ? builder.begin_with(description) : builder.add(description);
    is_first = false;
    if (description.type == "Chain") CHECK(builder.unfinished() == "Chain (layers 1)");
  }
  CHECK(builder.unfinished().empty());
  CHECK(builder.parameter_count() == graph.parameter_count());
  CHECK(builder.state_count() == 0);
  nn::Graph<float> again = builder.network();
  CHECK(again.descriptions() == graph.descriptions());
  CHECK(again.reads(1) == std::vector<nn::Index>{2, 1, 2});
  CHECK(again.output_count() == 2);
  again.parameters() = graph.parameters();
  const nn::Vector<float> x{{1, 2, 3, 4, 5}};
  CHECK(again.predict(x) == graph.predict(x));
}
