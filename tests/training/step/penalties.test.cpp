// SPDX-License-Identifier: MIT
// Worked by hand: l1 adds the sign of a weight, l2 the weight itself, to what is decayed and learned.
#include <nn/training/step/penalties.hpp>

#include <array>

#include "../../catch.hpp"

namespace {

using FourNumbers = std::array<double, 4>;

FourNumbers penalized(nn::ParameterRange range, double l1, double l2) {
  const FourNumbers parameters{2, -3, 0, 4};
  FourNumbers gradient{1, 1, 1, 1};
  nn::penalize(range, parameters.data(), l1, l2, gradient.data());
  return gradient;
}

}  // namespace

TEST_CASE("l1 adds the sign of a parameter, l2 the parameter, in the range alone") {
  CHECK(penalized({0, 4, 1, true}, 0.5, 0) == FourNumbers{1.5, 0.5, 1, 1.5});
  CHECK(penalized({0, 4, 1, true}, 0, 0.5) == FourNumbers{2, -0.5, 1, 3});
  CHECK(penalized({1, 3, 1, true}, 0.5, 0.25) == FourNumbers{1, -0.25, 1, 1});
  CHECK(penalized({0, 4, 1, true}, 0, 0) == FourNumbers{1, 1, 1, 1});
}

TEST_CASE("what is not decayed is not penalized, a factor of the learning rate scales no gradient") {
  CHECK(penalized({0, 4, 1, false}, 0.5, 0.5) == FourNumbers{1, 1, 1, 1});
  CHECK(penalized({0, 4, 3, true}, 0, 0.5) == FourNumbers{2, -0.5, 1, 3});
}

TEST_CASE("what is frozen has no gradient") {
  CHECK(penalized({1, 3, 0, true}, 0.5, 0.5) == FourNumbers{1, 0, 0, 1});
  CHECK(penalized({1, 3, 0, false}, 0, 0) == FourNumbers{1, 0, 0, 1});
}
