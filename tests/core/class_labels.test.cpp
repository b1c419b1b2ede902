// SPDX-License-Identifier: MIT
#include <array>
#include <cstdint>
#include <deque>
#include <initializer_list>
#include <list>
#include <span>
#include <string>
#include <vector>

#include <nn/core/class_labels.hpp>

#include "../catch.hpp"

namespace {

enum AnimalLabel { cat_label, dog_label };
enum class FruitLabel : std::uint8_t { apple, pear };

}  // namespace

TEST_CASE("A class label is an integer or an enumerator of any kind") {
  STATIC_REQUIRE(nn::ClassLabel<int>);
  STATIC_REQUIRE(nn::ClassLabel<std::uint8_t>);
  STATIC_REQUIRE(nn::ClassLabel<std::size_t>);
  STATIC_REQUIRE(nn::ClassLabel<bool>);
  STATIC_REQUIRE(nn::ClassLabel<AnimalLabel>);
  STATIC_REQUIRE(nn::ClassLabel<FruitLabel>);
  STATIC_REQUIRE_FALSE(nn::ClassLabel<float>);
  STATIC_REQUIRE_FALSE(nn::ClassLabel<std::string>);
  CHECK(nn::class_number(FruitLabel::pear) == 1);
  CHECK(nn::class_number(std::uint8_t(255)) == 255);
}

TEST_CASE("Class labels are any range of them that can be counted and indexed") {
  STATIC_REQUIRE(nn::ClassLabels<std::vector<int>>);
  STATIC_REQUIRE(nn::ClassLabels<std::vector<bool>>);
  STATIC_REQUIRE(nn::ClassLabels<std::deque<AnimalLabel>>);
  STATIC_REQUIRE(nn::ClassLabels<std::array<FruitLabel, 2>>);
  STATIC_REQUIRE(nn::ClassLabels<std::span<const std::int64_t>>);
  STATIC_REQUIRE(nn::ClassLabels<std::initializer_list<int>>);
  STATIC_REQUIRE(nn::ClassLabels<int[3]>);
  STATIC_REQUIRE(nn::ClassLabels<Eigen::VectorXi>);
  STATIC_REQUIRE(nn::ClassLabels<Eigen::RowVectorXi>);
  STATIC_REQUIRE_FALSE(nn::ClassLabels<Eigen::MatrixXi>);
  STATIC_REQUIRE_FALSE(nn::ClassLabels<Eigen::VectorXf>);
  STATIC_REQUIRE_FALSE(nn::ClassLabels<std::vector<float>>);
  STATIC_REQUIRE_FALSE(nn::ClassLabels<std::list<int>>);
  STATIC_REQUIRE_FALSE(nn::ClassLabels<int>);

  CHECK(nn::class_number(std::vector<FruitLabel>{FruitLabel::apple, FruitLabel::pear}, 1) == 1);
  CHECK(nn::class_number(std::vector<bool>{false, true}, 1) == 1);
  const Eigen::VectorXi labels = Eigen::VectorXi::LinSpaced(3, 0, 2);
  CHECK(nn::class_number(labels, 2) == 2);
  CHECK(nn::class_number(labels.head(2) + labels.tail(2), 1) == 3);
}

TEST_CASE("A label that no Index holds stays larger than all classes") {
  enum class Wide : std::uint64_t { largest = ~std::uint64_t{0} };
  constexpr nn::Index most = std::numeric_limits<nn::Index>::max();
  CHECK(nn::class_number((std::uint64_t{1} << 63) - 1) == most);
  CHECK(nn::class_number(std::uint64_t{1} << 63) == most);
  CHECK(nn::class_number(Wide::largest) == most);
  CHECK(nn::class_number(std::numeric_limits<std::uint32_t>::max()) == 4294967295);
  CHECK(nn::class_number(std::int64_t{-5}) == -5);
  CHECK(nn::class_text(nn::class_number(Wide::largest)) == "at least 9223372036854775807");
  CHECK(nn::class_text(-7) == "-7");
}
