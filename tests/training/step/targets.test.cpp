// SPDX-License-Identifier: MIT
#include <nn/training/step/targets.hpp>

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "../../catch.hpp"
#include "../../numbers.hpp"

using Catch::Matchers::Message;

TEST_CASE("labels become one-hot columns") {
  nn::Matrix<float> targets = nn::Matrix<float>::Constant(3, 2, 77);
  nn::write_one_hot(std::vector<int>{2, 0}, targets.data(), 3);
  CHECK(targets == nn::Matrix<float>{{0, 1}, {0, 0}, {1, 0}});
}

TEST_CASE("for a single output the labels 0 and 1 are the target itself") {
  nn::Matrix<double> targets = nn::Matrix<double>::Constant(1, 3, 77);
  nn::write_one_hot(std::array<std::uint8_t, 3>{1, 0, 1}, targets.data(), 1);
  CHECK(targets == nn::Matrix<double>{{1, 0, 1}});
}

TEST_CASE("labels out of range or not one per sample are refused") {
  const auto validate = [](std::vector<int> labels, nn::Index outputs, nn::Index samples) {
    nn::validate_labels(labels, outputs, samples);
  };
  CHECK_NOTHROW(validate({0, 2}, 3, 2));
  CHECK_THROWS_MATCHES(validate({0, 3}, 3, 2), nn::data_error,
                       Message("sample 1 has the label 3, but 3 outputs tell the classes 0 to 2; count classes from "
                               "0, or end the network in more units"));
  CHECK_THROWS_MATCHES(validate({2}, 1, 1), nn::data_error,
                       Message("sample 0 has the label 2, but 1 output tells the classes 0 to 1; count classes from "
                               "0, or end the network in more units, or give what is no class but a number as float or "
                               "double"));
  CHECK_THROWS_AS(validate({-1}, 3, 1), nn::data_error);
  CHECK_THROWS_MATCHES(validate({0, 1, 2}, 3, 2), nn::shape_error,
                       Message("3 labels do not fit 2 samples; give one label per sample"));
  CHECK_THROWS_AS(validate({}, 3, 1), nn::shape_error);
}

TEST_CASE("a label of a wide type is not cut to a class that exists") {
  const std::vector<std::uint64_t> labels{std::uint64_t(1) << 32};  // 0 in 32 bits
  CHECK_THROWS_AS(nn::validate_labels(labels, 3, 1), nn::data_error);
  const std::vector<std::uint64_t> largest{~std::uint64_t(0)};  // -1 in 64 bits with sign
  CHECK_THROWS_AS(nn::validate_labels(largest, 3, 1), nn::data_error);
}

TEST_CASE("real targets are refused when of another size or not finite") {
  nn::Matrix<double> t{{1, 2, 3}, {4, 5, 6}};
  const auto validate = [&](nn::Index outputs, nn::Index samples) {
    nn::validate_targets(nn::ConstMatrixView<double>(t.data(), t.rows(), t.cols()), outputs, samples);
  };
  CHECK_NOTHROW(validate(2, 3));
  CHECK_THROWS_MATCHES(
      validate(3, 2), nn::shape_error,
      Message("targets of 2 x 3 do not fit 3 outputs x 2 samples; give one column per sample, or class "
              "labels"));
  CHECK_THROWS_AS(validate(2, 2), nn::shape_error);
  CHECK_THROWS_AS(validate(6, 1), nn::shape_error);
  t(1, 2) = test::infinity<double>;
  CHECK_THROWS_MATCHES(validate(2, 3), nn::data_error,
                       Message("the target of output 1 of sample 2 is inf; replace it by a finite number"));
}

TEST_CASE("labels of an image or a sequence are one per sample, or one per position of each") {
  nn::Buffer<float> memory;
  const auto written = [&](const std::vector<int>& labels) {
    return nn::Matrix<float>(nn::targets_of<float, nn::dynamic>(labels, nn::Shape(1, 2, 2), 2, memory));
  };
  CHECK(written({0, 1, 1, 1}) == nn::Matrix<float>{{1, 0}, {0, 1}, {0, 0}, {1, 1}});
  CHECK(written({3, 0}) == nn::Matrix<float>{{0, 1}, {0, 0}, {0, 0}, {1, 0}});
  CHECK_THROWS_AS(written({0, 1, 1}), nn::shape_error);
  CHECK_THROWS_AS(written({0, 1, 1, 2}), nn::data_error);
}

TEST_CASE("Targets are a matrix, labels, one label or one number, and are checked") {
  enum class Fruit { apple, pear };
  nn::Buffer<float> memory;
  const auto targets = [&](const auto& target, nn::Index outputs, nn::Index samples) {
    return nn::Matrix<float>(nn::targets_of<float, nn::dynamic>(target, nn::Shape(outputs), samples, memory));
  };
  const nn::Matrix<float> t{{1, 2}, {3, 4}};
  CHECK(targets(t, 2, 2) == t);
  CHECK(targets(t.transpose(), 2, 2) == t.transpose());
  CHECK(targets(t.array(), 2, 2) == t);
  CHECK(targets(std::vector<Fruit>{Fruit::pear, Fruit::apple}, 2, 2) == nn::Matrix<float>{{0, 1}, {1, 0}});
  CHECK(targets(Eigen::RowVectorXi(Eigen::RowVectorXi::LinSpaced(2, 0, 1)), 2, 2) == nn::Matrix<float>{{1, 0}, {0, 1}});
  CHECK(targets(std::vector<bool>{true, false}, 1, 2) == nn::Matrix<float>{{1, 0}});
  CHECK(targets(Fruit::pear, 3, 1) == nn::Matrix<float>{{0}, {1}, {0}});
  CHECK(targets(std::uint8_t(2), 3, 1) == nn::Matrix<float>{{0}, {0}, {1}});
  CHECK(targets(0.25, 1, 1) == nn::Matrix<float>{{0.25F}});
  CHECK(targets(1.5F, 1, 1) == nn::Matrix<float>{{1.5F}});

  CHECK_THROWS_AS(targets(Fruit::pear, 3, 2), nn::shape_error);
  CHECK_THROWS_AS(targets(3, 3, 1), nn::data_error);
  CHECK_THROWS_AS(targets(1.5, 2, 1), nn::shape_error);
  CHECK_THROWS_AS(targets(1.5, 1, 2), nn::shape_error);
  CHECK_THROWS_AS(targets(test::infinity<double>, 1, 1), nn::data_error);
  CHECK_THROWS_AS(targets(1e300, 1, 1), nn::data_error);  // infinite in float
  CHECK_THROWS_AS(targets(t, 2, 1), nn::shape_error);
}
