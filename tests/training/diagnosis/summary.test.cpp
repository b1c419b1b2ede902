// SPDX-License-Identifier: MIT
#include <nn/training/diagnosis/summary.hpp>

#include <nn/inference.hpp>

#include "../../catch.hpp"

using Network = nn::Network<nn::Input<784>, nn::Dense<256>, nn::ReLU, nn::Dense<10>, nn::Softmax>;

TEST_CASE("what a network costs is known to the compiler") {
  static_assert(nn::cost<Network>() ==
                nn::Cost{784 * 256 + 256 + 256 * 10 + 10, 4 * (784 * 256 + 256 + 256 * 10 + 10), 784 * 256 + 256 * 10});
  static_assert(nn::cost<nn::Network<double, nn::Input<2, 2, 3>, nn::BatchNorm>>() == nn::Cost{6, 8 * 12, 12});
  SUCCEED();
}

TEST_CASE("the summary is a table of the layers") {
  CHECK(nn::summary(Network{}) ==
        "layer    output  parameters   bytes  multiply-adds\n"
        "Input       784\n"
        "Dense       256      200960  803840         200704\n"
        "ReLU        256\n"
        "Dense        10        2570   10280           2560\n"
        "Softmax      10\n"
        "sum                  203530  814120         203264\n");
  using Blocks =
      nn::Network<nn::Input<4>, nn::Chain<nn::Residual<nn::Dense<4>, nn::BatchNorm>, nn::ReLU>, nn::Dense<2>>;
  static_assert(nn::cost<Blocks>() == nn::Cost{20 + 8 + 10, 4 * (20 + 16 + 10), 16 + 4 + 8});
  const std::string expected =
      "layer          output  parameters  bytes  multiply-adds\n"
      "Input               4\n"
      "Chain               4          28    144             20\n"
      "  Residual          4          28    144             20\n"
      "    Dense           4          20     80             16\n"
      "    BatchNorm       4           8     64              4\n"
      "  ReLU              4\n"
      "Dense               2          10     40              8\n"
      "sum                            38    184             28\n";
  CHECK(nn::summary(Blocks{}) == expected);
  CHECK(nn::summary(nn::Sequential<float>(
            nn::Input{4}, nn::Chain{nn::Residual{nn::Dense{4}, nn::BatchNorm{}}, nn::ReLU{}}, nn::Dense{2})) ==
        expected);
  CHECK(nn::summary(nn::Sequential<float>(nn::Input{2, 3, 4}, nn::Flatten{})).find("2x3x4") != std::string::npos);
}

TEST_CASE("a network that was moved from has no summary") {
  nn::Sequential<float> network(nn::Input{4}, nn::Dense{2});
  const auto moved = std::move(network);
  CHECK_THROWS_WITH(nn::summary(network), Catch::Matchers::ContainsSubstring("this network was moved from"));
}
