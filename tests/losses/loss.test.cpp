// SPDX-License-Identifier: MIT
#include <nn/losses/loss.hpp>

#include <nn/losses/class_weighted.hpp>
#include <nn/losses/cross_entropy.hpp>
#include <nn/losses/hinge.hpp>
#include <nn/losses/mean_squared_error.hpp>
#include <nn/losses/sigmoid_binary_cross_entropy.hpp>

#include "../catch.hpp"

namespace {

struct LeastLoss {
  auto operator()(const auto& y, const auto& t) const { return y(0) - t(0); }
  void gradient(const auto& y, const auto&, auto& dy) const {
    for (nn::Index i = 0; i < y.size(); ++i) dy(i) = i == 0;
  }
};
struct LossWithoutValue {
  void gradient(const auto&, const auto&, auto&) const {}
};
struct LossWithoutGradient {
  auto operator()(const auto& y, const auto&) const { return y(0); }
};
struct LossThatReturnsNothing : LeastLoss {
  void operator()(const auto&, const auto&) const {}
};

}  // namespace

TEST_CASE("the concept of a loss asks for a value and a gradient, and no more") {
  static_assert(nn::LossFunction<LeastLoss> && nn::LossFunction<LeastLoss, double>);
  static_assert(nn::LossFunction<nn::MeanSquaredError> && nn::LossFunction<nn::CrossEntropy, double>);
  static_assert(nn::LossFunction<nn::ClassWeighted<LeastLoss>>);
  static_assert(!nn::LossFunction<LossWithoutValue>);
  static_assert(!nn::LossFunction<LossWithoutGradient>);
  static_assert(!nn::LossFunction<LossThatReturnsNothing>);
  static_assert(!nn::LossFunction<int>);
  CHECK(nn::detail::require_loss<LeastLoss, float>());
}

TEST_CASE("what a loss does not say of its outputs is nothing in particular") {
  CHECK(nn::output_kind<LeastLoss>() == nn::OutputKind::numbers);
  CHECK(nn::output_kind<nn::CrossEntropy>() == nn::OutputKind::class_probabilities);
  CHECK(nn::targets_name_classes<nn::CrossEntropy>());
  CHECK_FALSE(nn::targets_name_classes<LeastLoss>());
  CHECK_FALSE(nn::decision_boundary<LeastLoss>().has_value());
  CHECK(nn::decision_boundary<nn::Hinge>() == 0);
  CHECK(nn::decision_boundary<nn::ClassWeighted<nn::SigmoidBinaryCrossEntropy>>() == 0);
}

TEST_CASE("a loss of single numbers has a part for each pixel, one of whole samples has one") {
  CHECK(nn::detail::positions_of<nn::CrossEntropy>(nn::Shape(2, 3, 4)) == 6);
  CHECK(nn::detail::positions_of<nn::MeanSquaredError>(nn::Shape(2, 3, 4)) == 6);
  CHECK(nn::detail::positions_of<nn::CrossEntropy>(nn::Shape(4)) == 1);
}
