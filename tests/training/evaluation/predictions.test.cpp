// SPDX-License-Identifier: MIT
#include <nn/training/evaluation/predictions.hpp>

#include <nn/layers/input.hpp>
#include <nn/networks/sequential.hpp>

#include "../../catch.hpp"

TEST_CASE("predictions come batch by batch, every sample once and beside its targets") {
  const nn::Sequential<double> network(nn::Input{1});
  const nn::Dataset data(nn::Matrix<double>{{1, 2, 3, 4, 5}}, nn::Matrix<double>{{10, 20, 30, 40, 50}});
  std::vector<nn::Index> sizes;
  std::vector<double> seen;
  nn::detail::for_each_prediction(network, data, 2, "who", [&](const auto& outputs, const auto& targets) {
    sizes.push_back(outputs.cols());
    for (nn::Index i = 0; i < outputs.cols(); ++i) seen.push_back(targets(0, i) + outputs(0, i));
  });
  CHECK(sizes == std::vector<nn::Index>{2, 2, 1});
  CHECK(seen == std::vector<double>{11, 22, 33, 44, 55});
  const auto ignore = [](const auto&, const auto&) {};
  CHECK_THROWS_AS(nn::detail::for_each_prediction(network, data, 0, "who", ignore), nn::data_error);
}
