// SPDX-License-Identifier: MIT
#include <nn/report/network_section.hpp>

#include <nn/activations/relu.hpp>
#include <nn/layers/add.hpp>
#include <nn/layers/dense.hpp>
#include <nn/layers/input.hpp>
#include <nn/networks/graph.hpp>
#include <nn/networks/sequential.hpp>

#include "../catch.hpp"
#include "page_reader.hpp"

TEST_CASE("a network is shown layer by layer, with shapes, parameters and the distribution of its weights") {
  nn::Sequential<double> network(nn::Input{2}, nn::Dense{3}, nn::ReLU{});
  network.initialize(nn::Random{1});
  const nn::Dataset data(nn::Matrix<double>{{1, -1}, {1, -1}}, std::vector<int>{0, 1}, 3);
  nn::detail::Page page("t");
  nn::detail::add_network_section(page, network, &data);
  const std::string html = page.html();
  CHECK(test::first_html_mistake(html) == "");
  CHECK(html.find("<dt>parameters</dt><dd>9</dd>") != std::string::npos);
  CHECK(html.find("<b>Dense</b>3<br>9 parameters") != std::string::npos);
  CHECK(html.find("\"name\":\"0.weight\"") != std::string::npos);
  // With a bias of 0, what is above 0 for one sample is below for the other.
  const auto rows = [&] {
    auto all = nn::detail::layer_rows(network);
    nn::detail::look_at_activations(network, data, all);
    return all;
  }();
  REQUIRE(rows.size() == 2);
  CHECK(rows[1].activations.size == 6);
  CHECK(rows[1].activations.zeros == 0.5);
}

TEST_CASE("a graph's layers say what they read") {
  nn::Graph<double> graph;
  const auto a = graph.input({2});
  const auto b = graph.add(nn::ReLU{}, a);
  graph.output(graph.add(nn::Add{}, a, b));
  const auto rows = nn::detail::layer_rows(graph);
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].reads == "input 1");
  CHECK(rows[1].reads == "input 1, layer 1");
}
