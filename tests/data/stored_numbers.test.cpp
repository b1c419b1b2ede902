// SPDX-License-Identifier: MIT
#include <nn/data/stored_numbers.hpp>

#include <array>
#include <limits>
#include <string>
#include <vector>

#include "../catch.hpp"

using Catch::Matchers::Message;
using nn::detail::StoredNumbers;

TEST_CASE("Real numbers come as matrices, arrays and ranges of float or double") {
  STATIC_REQUIRE(nn::RealMatrix<Eigen::MatrixXf>);
  STATIC_REQUIRE(nn::RealMatrix<const Eigen::MatrixXd&>);
  STATIC_REQUIRE(nn::RealMatrix<Eigen::ArrayXXf>);
  STATIC_REQUIRE_FALSE(nn::RealMatrix<Eigen::MatrixXi>);
  STATIC_REQUIRE_FALSE(nn::RealMatrix<std::vector<float>>);
  STATIC_REQUIRE(nn::detail::RealRange<std::vector<float>>);
  STATIC_REQUIRE(nn::detail::RealRange<std::array<double, 2>>);
  STATIC_REQUIRE_FALSE(nn::detail::RealRange<std::vector<int>>);
  STATIC_REQUIRE_FALSE(nn::detail::RealRange<std::string>);
  STATIC_REQUIRE_FALSE(nn::detail::RealRange<Eigen::MatrixXi>);
  STATIC_REQUIRE(nn::detail::RangeOfRealRanges<std::vector<std::vector<double>>>);
  STATIC_REQUIRE(nn::detail::RangeOfRealRanges<std::vector<Eigen::Vector2f>>);
  STATIC_REQUIRE_FALSE(nn::detail::RangeOfRealRanges<std::vector<float>>);
  STATIC_REQUIRE_FALSE(nn::detail::RangeOfRealRanges<Eigen::MatrixXi>);
}

TEST_CASE("Stored numbers keep their type, which says how far apart they are") {
  const StoredNumbers bytes(StoredNumbers::Bytes{0, 51, 255});
  const StoredNumbers floats(nn::Matrix<float>{{1, 2}}), doubles(nn::Matrix<double>{{1, 2}});
  CHECK(StoredNumbers().size() == 0);
  CHECK(bytes.size() == 3);
  CHECK(floats.size() == 2);
  CHECK(bytes.epsilon() == std::numeric_limits<double>::epsilon());
  CHECK(floats.epsilon() == std::numeric_limits<float>::epsilon());
  CHECK(doubles.epsilon() == std::numeric_limits<double>::epsilon());
  CHECK(floats == StoredNumbers(nn::Matrix<float>{{1, 2}}));
  CHECK_FALSE(floats == doubles);
  CHECK_FALSE(floats == StoredNumbers(nn::Matrix<float>{{1, 3}}));
}

TEST_CASE("Columns are copied as numbers of another type, or kept as they are") {
  const std::vector<nn::Index> chosen{2, 0};
  nn::Matrix<double> x(1, 2);
  const nn::MatrixView<double> view(x.data(), 1, 2);
  const StoredNumbers bytes(StoredNumbers::Bytes{0, 51, 255});
  bytes.copy_columns(chosen, view);
  CHECK(x == nn::Matrix<double>{{1, 0}});
  CHECK(bytes.columns(1, chosen) == StoredNumbers(StoredNumbers::Bytes{255, 0}));
  const StoredNumbers floats(nn::Matrix<float>{{1, 2, 3}});
  floats.copy_columns(chosen, view);
  CHECK(x == nn::Matrix<double>{{3, 1}});
  CHECK(floats.columns(1, chosen) == StoredNumbers(nn::Matrix<float>{{3, 1}}));
  const StoredNumbers doubles(nn::Matrix<double>{{1, 2, 3}, {4, 5, 6}});
  CHECK(doubles.columns(2, chosen) == StoredNumbers(nn::Matrix<double>{{3, 1}, {6, 4}}));
  CHECK(StoredNumbers(nn::Matrix<double>{{7}}).columns(1, std::vector<nn::Index>{0}) ==
        StoredNumbers(nn::Matrix<double>{{7}}));
}

TEST_CASE("Samples become the columns of a matrix") {
  CHECK(nn::detail::as_columns(std::vector<std::vector<double>>{{1, 2}, {3, 4}, {5, 6}}) ==
        nn::Matrix<double>{{1, 3, 5}, {2, 4, 6}});
  CHECK_THROWS_MATCHES(nn::detail::as_columns(std::vector<std::vector<double>>{{1, 2}, {3}}), nn::data_error,
                       Message("Dataset: sample 1 has 1 features, but sample 0 has 2; give all samples as many"));
}
