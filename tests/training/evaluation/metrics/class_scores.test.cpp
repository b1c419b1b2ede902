// SPDX-License-Identifier: MIT
#include <nn/training/evaluation/metrics/class_scores.hpp>

#include <vector>

#include "../../../catch.hpp"
#include "../../../numbers.hpp"

using M = nn::Matrix<double>;

namespace {

std::vector<double> scores_of(nn::Index classes, double boundary, const M& outputs, const std::vector<int>& labels) {
  std::vector<double> all;
  nn::detail::for_each_scored("Test", classes, boundary, outputs, labels, [&](const auto& scores, nn::Index label) {
    all.insert(all.end(), scores.data(), scores.data() + scores.size());
    all.push_back(static_cast<double>(label));
  });
  return all;
}

}  // namespace

TEST_CASE("scores are the outputs, and of a single output those of no and of yes") {
  CHECK(scores_of(3, 0.5, M{{1, 4}, {2, 5}, {3, 6}}, {2, 0}) == std::vector<double>{1, 2, 3, 2, 4, 5, 6, 0});
  CHECK(scores_of(2, 0.5, M{{0.25}}, {1}) == std::vector<double>{0.75, 0.25, 1});
  CHECK(scores_of(2, 0, M{{3}}, {0}) == std::vector<double>{-3, 3, 0});
}

TEST_CASE("the first of the largest scores is the class") {
  CHECK(nn::detail::largest_score(nn::Vector<double>{{1, 3, 3}}) == 1);
  CHECK(nn::detail::largest_score(nn::Vector<double>{{2, 2, 1}}) == 0);
}

TEST_CASE("scores that cannot be read are refused") {
  const M outputs{{1, 2}, {3, 4}, {5, 6}};
  CHECK_THROWS_MATCHES(scores_of(4, 0.5, outputs, {0, 1}), nn::shape_error,
                       Catch::Matchers::Message("Test: 3 outputs do not tell 4 classes; give classes x samples"));
  CHECK_THROWS_AS(scores_of(3, 0.5, M{{1}}, {0}), nn::shape_error);
  CHECK_THROWS_AS(scores_of(3, 0.5, outputs, {0}), nn::shape_error);
  CHECK_THROWS_AS(scores_of(3, 0.5, outputs, {0, 3}), nn::data_error);
  CHECK_THROWS_AS(scores_of(3, 0.5, outputs, {0, -1}), nn::data_error);
  CHECK_THROWS_MATCHES(scores_of(2, 0.5, M{{1}, {test::not_a_number<double>}}, {0}), nn::data_error,
                       Catch::Matchers::Message("Test: output 1 of sample 0 is nan; look for NaN in the network's "
                                                "parameters"));
  CHECK_THROWS_AS(nn::detail::checked_class_count("Test", 1), nn::data_error);
  CHECK(nn::detail::checked_boundary("Test", -3) == -3);
  CHECK_THROWS_MATCHES(nn::detail::checked_boundary("Test", test::not_a_number<double>), nn::data_error,
                       Catch::Matchers::Message("Test: the decision boundary must be a finite number, got nan; 0.5 is "
                                                "that of probabilities, 0 that of logits"));
}
