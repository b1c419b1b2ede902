// SPDX-License-Identifier: MIT
#include <nn/core/views.hpp>

#include <array>
#include <type_traits>

#include "../catch.hpp"

TEST_CASE("a view is column-major and writes where it looks") {
  std::array<float, 6> numbers{1, 2, 3, 4, 5, 6};
  nn::MatrixView<float> view(numbers.data(), 2, 3);
  CHECK(view(0, 0) == 1.0F);
  CHECK(view(1, 0) == 2.0F);
  CHECK(view(0, 2) == 5.0F);
  view(1, 2) = 60;
  CHECK(numbers[5] == 60.0F);
  const nn::ConstVectorView<float> flat(numbers.data(), 6);
  CHECK(flat[5] == 60.0F);
}

TEST_CASE("a view keeps the sizes that the compiler knows") {
  static_assert(nn::MatrixView<float, 3, 2>::RowsAtCompileTime == 3);
  static_assert(nn::MatrixView<float, 3>::ColsAtCompileTime == nn::dynamic);
  static_assert(nn::ConstVectorView<double, 4>::SizeAtCompileTime == 4);
  static_assert(std::is_same_v<nn::Matrix<float>, Eigen::MatrixXf>);
  static_assert(std::is_same_v<nn::Vector<double>, Eigen::VectorXd>);
  // A view of constant numbers cannot be written.
  static_assert(!std::is_assignable_v<decltype(std::declval<nn::ConstVectorView<float>&>()[0]), float>);
  static_assert(std::is_assignable_v<decltype(std::declval<nn::VectorView<float>&>()[0]), float>);
  CHECK(nn::dynamic == Eigen::Dynamic);
}
