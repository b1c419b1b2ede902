// SPDX-License-Identifier: MIT
#include <nn/core/inputs.hpp>

#include <array>

#include "../catch.hpp"

TEST_CASE("Each input is a view of its samples in the workspace") {
  std::array<double, 20> numbers{};
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<double>(i);
  const std::array<nn::Source, 2> sources{nn::Source{.size = 2, .offset = 0},
                                          nn::Source{.size = 1, .offset = 4, .gradient_offset = 1}};
  const nn::Inputs<nn::ConstMatrixView<double>> inputs(sources, &nn::Source::offset, numbers.data(), 3, {1, 2});
  CHECK(inputs.size() == 2);
  CHECK(inputs[0] == nn::Matrix<double>{{2, 4}, {3, 5}});  // the samples 1 and 2 of 3
  CHECK(inputs[1] == nn::Matrix<double>{{13, 14}});
  const nn::Inputs<nn::MatrixView<double>> gradients(sources, &nn::Source::gradient_offset, numbers.data(), 3, {0, 3});
  gradients[1].setZero();
  CHECK(numbers[3] == 0);
  CHECK(numbers[5] == 0);
  CHECK(numbers[6] == 6);
}
