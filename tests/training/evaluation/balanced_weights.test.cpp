// SPDX-License-Identifier: MIT
#include <nn/training/evaluation/balanced_weights.hpp>

#include "../../metrics_cases.hpp"

namespace {
using Rows = nn::Matrix<double>;
}  // namespace

TEST_CASE("balanced weights are those of scikit-learn, of labels, of a row of 0 and 1, and of one-hot targets") {
  const std::vector<int> labels = test::metric_labels("binary.labels");
  const auto samples = static_cast<nn::Index>(labels.size());
  Rows row(1, samples), one_hot(2, samples);
  for (nn::Index i = 0; i < samples; ++i) {
    row(0, i) = labels[static_cast<std::size_t>(i)];
    one_hot.col(i) << 1 - row(0, i), row(0, i);
  }
  const Rows x = Rows::Zero(1, samples), signs = 2 * row - Rows::Ones(1, samples);
  for (const nn::Dataset& data :
       {nn::Dataset(x, labels), nn::Dataset(x, row), nn::Dataset(x, one_hot), nn::Dataset(x, signs)}) {
    const std::vector<double> weights = nn::balanced_weights(data);
    REQUIRE(weights.size() == 2);
    CHECK(std::abs(weights[0] - test::metric("balanced_weights", 0)) < 1e-12);
    CHECK(std::abs(weights[1] - test::metric("balanced_weights", 1)) < 1e-12);
  }
  // Four samples in two classes: 4 / (2 x 3) and 4 / (2 x 1), 1 on the average over the samples.
  CHECK(nn::balanced_weights(nn::Dataset(Rows::Zero(1, 4), std::vector<int>{0, 0, 1, 0})) ==
        std::vector<double>{4.0 / 6, 2});
}

TEST_CASE("there are no balanced weights of a class without a sample, or of targets that name no class") {
  CHECK_THROWS_MATCHES(nn::balanced_weights(nn::Dataset(Rows::Zero(1, 2), std::vector<int>{0, 2})), nn::data_error,
                       Catch::Matchers::Message("balanced_weights: none of 2 samples is of class 1 of 3; give samples "
                                                "of every class, or the right number of classes"));
  CHECK_THROWS_AS(nn::balanced_weights(nn::Dataset(Rows::Zero(1, 2), Rows{{0.5, 3}})), nn::data_error);
  CHECK_THROWS_AS(nn::balanced_weights(nn::Dataset(Rows::Zero(1, 2), Rows{{1, 0}, {1, 0}})), nn::data_error);
}
