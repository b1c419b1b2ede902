// SPDX-License-Identifier: MIT
// A program whose own matrices are stored by rows (EIGEN_DEFAULT_TO_ROW_MAJOR) gets the same numbers.
#include <vector>

#include <nn/network.hpp>

#include "catch.hpp"

namespace {

using ByRows = Eigen::MatrixXf;
static_assert(ByRows::IsRowMajor, "this test is compiled with -D EIGEN_DEFAULT_TO_ROW_MAJOR");
static_assert(!nn::Matrix<float>::IsRowMajor && !nn::Matrix<float, 2, 3>::IsRowMajor);
static_assert(!nn::Vector<float>::IsRowMajor && !nn::Vector<float, 1>::IsRowMajor);
static_assert(nn::Matrix<float, 1, 3>::IsRowMajor);

// y = 10 a + b
using Sum = nn::Network<nn::Input<2>, nn::Dense<1, false>>;
Sum ten_a_plus_b() {
  Sum network;
  network.parameters() << 10, 1;
  return network;
}

}  // namespace

TEST_CASE("Where Eigen stores by rows, columns are samples all the same") {
  const Sum network = ten_a_plus_b();
  const nn::Matrix<float> right{{14, 25, 36}};
  CHECK(network.predict(nn::Matrix<float>{{1, 2, 3}, {4, 5, 6}}) == right);
  CHECK(network.predict(ByRows{{1, 2, 3}, {4, 5, 6}}) == right);
  const nn::Matrix<float, 2, 3> fixed{{1, 2, 3}, {4, 5, 6}};
  CHECK(network.predict(fixed) == right);
  CHECK(network.predict(fixed.transpose().eval().transpose()) == right);
}

TEST_CASE("Where Eigen stores by rows, W is outputs x inputs, column by column in the parameters") {
  nn::Network<nn::Input<2>, nn::Dense<3>> network;
  network.parameters() << 1, 2, 3, 4, 5, 6, 7, 8, 9;
  CHECK(network.weight<0>() == nn::Matrix<float>{{1, 4}, {2, 5}, {3, 6}});
  CHECK(network.bias<0>() == nn::Vector<float>{{7, 8, 9}});
}

TEST_CASE("Where Eigen stores by rows, a data set has the same samples") {
  const ByRows x{{1, 2, 3}, {4, 5, 6}}, t{{7, 8, 9}};
  const nn::Dataset data(x, t);
  CHECK(data.inputs(1, 1) == nn::Matrix<float>{{2}, {5}});
  CHECK(data.inputs() == x);
  CHECK(data.targets(1, 2) == nn::Matrix<float>{{8, 9}});
  CHECK(nn::Dataset(x, std::vector<int>{0, 1, 2}).targets() == nn::Matrix<float>::Identity(3, 3));
  CHECK(nn::Standardize::fit(x).offset == nn::Vector<double>{{2, 5}});
}

TEST_CASE("Where Eigen stores by rows, a step is the same") {
  // The errors are -1 and 0, so that the gradient of the mean of their squares is (-1, -3).
  for (int k = 0; k < 3; ++k) {
    Sum network = ten_a_plus_b();
    nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 0.5}};
    const ByRows x{{1, 2}, {3, 4}}, t{{14, 24}};
    if (k == 0) trainer.step(x, t);
    if (k == 1) trainer.step(nn::Matrix<float>(x), nn::Matrix<float>(t));
    if (k == 2) trainer.fit(nn::Dataset(x, t), {.epochs = 1, .batch_size = 2});
    CHECK(network.parameters() == nn::Vector<float>{{10.5F, 2.5F}});
  }
}
