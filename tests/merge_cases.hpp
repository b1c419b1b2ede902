// SPDX-License-Identifier: MIT
// What the tests of layers of several inputs ask alike.
#pragma once

#include <vector>

#include <nn/layers/dense.hpp>
#include <nn/losses/mean_squared_error.hpp>
#include <nn/networks/graph.hpp>
#include <nn/training/diagnosis/check_gradients.hpp>

#include "catch.hpp"
#include "numbers.hpp"

namespace test {

/// What a layer puts out for inputs of these shapes, one sample or several.
template <class L>
nn::Matrix<double> merged(const L& layer, const std::vector<nn::Shape>& shapes,
                          const std::vector<nn::Matrix<double>>& inputs) {
  nn::Graph<double> graph;
  std::vector<nn::Graph<double>::Value> values;
  for (const nn::Shape& shape : shapes) values.push_back(graph.input(shape));
  graph.output(graph.add(layer, values));
  return graph.predict(inputs);
}

/// All gradients of a graph in which values of these shapes are merged; the first is read twice.
template <class L>
void check_gradients_of_merge(const L& layer, const std::vector<nn::Shape>& shapes) {
  nn::Graph<double> graph;
  std::vector<nn::Graph<double>::Value> values;
  nn::Index features = 0;
  for (const nn::Shape& shape : shapes) {
    values.push_back(graph.input(shape));
    features += shape.size();
  }
  const auto merged = graph.add(layer, values);
  values = {merged, values[0]};
  graph.output(graph.add(nn::Dense{2}, merged));
  graph.output(graph.add(nn::Dense{3}, values[1]));
  graph.initialize(nn::Random{4});
  for (const nn::Index samples : {1, 3}) {
    const auto check = nn::check_gradients(graph, nn::MeanSquaredError{}, drawn<double>(features, samples, 1),
                                           drawn<double>(5, samples, 2));
    CAPTURE(check.worst);
    CHECK(check.worst_relative_error < 1e-12);
    CHECK(check.worst_central_difference_error < 1e-7);
  }
}

}  // namespace test
