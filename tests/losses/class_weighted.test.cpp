// SPDX-License-Identifier: MIT
#include <nn/losses/class_weighted.hpp>

#include <nn/losses/cross_entropy.hpp>
#include <nn/losses/mean_squared_error.hpp>
#include <nn/losses/sigmoid_binary_cross_entropy.hpp>
#include <nn/losses/softmax_cross_entropy.hpp>

#include "../loss_cases.hpp"

TEMPLATE_TEST_CASE("ClassWeighted gives the known values", "", float, double) {
  // MeanSquaredError (1 + 4) / 2, gradient (1, -2), times the weight of the class; between classes a share of each.
  using V = nn::Vector<TestType>;
  const nn::ClassWeighted weighted{nn::MeanSquaredError{}, {2, 8}};
  CHECK(test::loss_of<TestType>(weighted, V{{1, 3}}, V{{0, 1}}) == TestType(2.5) * 8);
  CHECK(test::loss_gradient<TestType>(weighted, V{{1, 3}}, V{{0, 1}}) == V{{8, 16}});
  CHECK(test::loss_of<TestType>(weighted, V{{1, 1}}, V{{0.5, 0.5}}) == TestType(0.25) * 5);
}

TEST_CASE("ClassWeighted's cross entropy is that of PyTorch without reduction") {
  const std::vector<double> weights{1, 3, 0.5, 2};
  test::check_loss_against_pytorch(nn::ClassWeighted{nn::SoftmaxCrossEntropy{}, weights}, "ClassWeighted", "one_hot");
}

TEMPLATE_TEST_CASE("ClassWeighted's gradient is right", "", float, double) {
  test::check_loss_gradient<TestType>(nn::ClassWeighted{nn::CrossEntropy{}, {1, 2, 3}},
                                      test::drawn_probabilities<TestType>(3, 1, 1),
                                      test::drawn_probabilities<TestType>(3, 1, 2));
}

TEMPLATE_TEST_CASE("ClassWeighted of a single output has a weight of no and one of yes", "", float, double) {
  using V = nn::Vector<TestType>;
  const nn::ClassWeighted weighted{nn::MeanSquaredError{}, {2, 8}};
  CHECK(test::loss_of<TestType>(weighted, V{{3}}, V{{0}}) == 18);
  CHECK(test::loss_of<TestType>(weighted, V{{3}}, V{{1}}) == 32);
  CHECK(test::loss_gradient<TestType>(weighted, V{{3}}, V{{1}}) == V{{32}});
}

TEST_CASE("ClassWeighted borders classes where its loss does") {
  CHECK(nn::ClassWeighted<nn::SigmoidBinaryCrossEntropy>::decision_boundary == 0);
  CHECK(nn::ClassWeighted<nn::MeanSquaredError>::decision_boundary == 0.5);
}

TEST_CASE("ClassWeighted refuses weights that make no sense, and another number of them than classes") {
  using Weighted = nn::ClassWeighted<nn::CrossEntropy>;
  const double nan = test::not_a_number<double>;
  test::check_validation(Weighted{{}, {0, 1}},
                         {Weighted{{}, {}}, Weighted{{}, {1, -1}}, Weighted{{}, {nan}}, Weighted{{2}, {1, 1}}});
  const nn::Vector<double> y{{0.5, 0.25, 0.25}};
  CHECK_THROWS_MATCHES(test::loss_of<double>(Weighted{{}, {1, 2}}, y, y), nn::data_error,
                       Catch::Matchers::Message("ClassWeighted: 2 weights do not fit 3 classes; give one per class"));
}
