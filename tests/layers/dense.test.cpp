// SPDX-License-Identifier: MIT
#include <nn/layers/dense.hpp>

#include <cmath>
#include <limits>
#include <utility>

#include "../layer_cases.hpp"
#include "../tensors_of.hpp"

using Catch::Matchers::Message;

namespace {

// W = (1 2 3; 4 5 6), column by column, then b = (0.5, -1).
template <class T>
nn::Vector<T> known_parameters() {
  return nn::Vector<T>{{1, 4, 2, 5, 3, 6, T(0.5), -1}};
}

// One backward, or backward and step, of Dense{2} on three inputs.
template <class T>
struct Backward {
  Backward(nn::Matrix<T> inputs, nn::Matrix<T> output_gradients)
      : x(std::move(inputs)), dy(std::move(output_gradients)) {}

  nn::Matrix<T> x, dy;
  nn::Vector<T> parameters = known_parameters<T>();
  nn::Vector<T> parameter_gradients = nn::Vector<T>::Zero(8);
  nn::Matrix<T> dx = nn::Matrix<T>::Constant(x.rows(), x.cols(), 77);
  nn::Matrix<T> y = test::forward<T>(nn::Dense{2}, x, parameters);

  nn::VectorView<T> view(nn::Vector<T>& vector) { return {vector.data(), vector.size()}; }
  nn::ConstMatrixView<T> view(const nn::Matrix<T>& matrix) { return {matrix.data(), matrix.rows(), matrix.cols()}; }

  void run(nn::InputGradient wanted) {
    const nn::Values values{nn::ConstVectorView<T>(parameters.data(), 8), view(std::as_const(x)),
                            view(std::as_const(y))};
    nn::Gradients gradients{view(parameter_gradients), nn::MatrixView<T>(dx.data(), dx.rows(), dx.cols()),
                            view(std::as_const(dy)), wanted};
    nn::backward(nn::Dense{2}, nn::Shape(3), values, gradients, nn::Training<T>{});
  }
  void descend(nn::InputGradient wanted, T rate) {
    const nn::Values values{view(parameters), view(std::as_const(x)), view(std::as_const(y))};
    nn::Gradients gradients{nn::VectorView<T>(nullptr, 0), nn::MatrixView<T>(dx.data(), dx.rows(), dx.cols()),
                            view(std::as_const(dy)), wanted};
    nn::Dense{2}.descend(nn::Shape(3), values, gradients, rate);
  }
};

}  // namespace

TEST_CASE("Dense is a layer, with sizes in the type or at run time, with bias or without") {
  static_assert(nn::Layer<nn::Dense<4>> && nn::Layer<nn::Dense<>> && nn::Layer<nn::Dense<4, false>>);
  static_assert(nn::HasTensors<nn::Dense<4>> && nn::HasShards<nn::Dense<4>> && nn::HasDescend<nn::Dense<4>>);
  static_assert(std::is_empty_v<nn::Dense<4>>);
  static_assert(!std::is_empty_v<nn::Dense<>>);
  static_assert(std::is_same_v<decltype(nn::Dense{4}), nn::Dense<>>);
  static_assert(std::is_same_v<decltype(nn::Dense{4, nn::no_bias}), nn::Dense<nn::dynamic, false>>);
  static_assert(std::is_same_v<nn::Dense<4, nn::no_bias>, nn::Dense<4, false>>);
  CHECK(nn::describe(nn::Dense<4>{}) == nn::Description{.type = "Dense", .options = {{"units", 4.0}, {"bias", 1.0}}});
  CHECK(nn::describe(nn::Dense{5, nn::no_bias}) ==
        nn::Description{.type = "Dense", .options = {{"units", 5.0}, {"bias", 0.0}}});
  CHECK(nn::Dense{4} == nn::Dense{4});
  CHECK_FALSE(nn::Dense{4} == nn::Dense{5});
}

TEST_CASE("Dense puts out its units, and counts its parameters") {
  static_assert(nn::Dense<4>{}.output_shape(nn::Shape(7)) == nn::Shape(4));
  static_assert(nn::parameter_count(nn::Dense<4>{}, nn::Shape(7)) == 32);
  CHECK(nn::Dense{4}.output_shape(nn::Shape(28, 28, 3)) == nn::Shape(4));  // an image is read as its features
  CHECK(nn::parameter_count(nn::Dense{4}, nn::Shape(28, 28, 3)) == 4 * 2352 + 4);
  CHECK(nn::parameter_count(nn::Dense{4, nn::no_bias}, nn::Shape(7)) == 28);
  CHECK(test::tensors_of(nn::Dense{4}, nn::Shape(7)) ==
        test::TensorShapes{{"weight", 4, 7, nn::Role::weight}, {"bias", 4, 1, nn::Role::bias}});
  CHECK(test::tensors_of(nn::Dense{4, nn::no_bias}, nn::Shape(7)) ==
        test::TensorShapes{{"weight", 4, 7, nn::Role::weight}});
}

TEST_CASE("Dense refuses to have no units, or more weights than can be counted") {
  CHECK_THROWS_MATCHES(nn::Dense{0}.output_shape(nn::Shape(7)), nn::shape_error,
                       Message("Dense: needs at least 1 unit, got 0; give it more"));
  CHECK_THROWS_MATCHES(nn::Dense{-3}.output_shape(nn::Shape(7)), nn::shape_error,
                       Message("Dense: needs at least 1 unit, got -3; give it more"));
  constexpr nn::Index most = std::numeric_limits<nn::Index>::max();
  CHECK_THROWS_AS(nn::parameter_count(nn::Dense{most}, nn::Shape(2)), nn::shape_error);
  CHECK_THROWS_AS(nn::parameter_count(nn::Dense{most / 2}, nn::Shape(2)), nn::shape_error);  // the biases are too many
  CHECK_THROWS_AS((nn::Sequential<float>(nn::Input{1000000}, nn::Dense{most / 1000})), nn::shape_error);
}

TEMPLATE_TEST_CASE("Dense gives the known values", "", float, double) {
  // W x + b = (1 - 3 + 0.5, 4 - 6 - 1) for x = (1, 0, -1); (2 + 2 + 3 + 0.5, 8 + 5 + 6 - 1) for (2, 1, 1).
  const nn::Matrix<TestType> one{{1}, {0}, {-1}}, two{{1, 2}, {0, 1}, {-1, 1}};
  const auto parameters = known_parameters<TestType>();
  CHECK(test::forward<TestType>(nn::Dense{2}, one, parameters) == nn::Matrix<TestType>{{-1.5}, {-3}});
  CHECK(test::forward<TestType>(nn::Dense{2}, two, parameters) == nn::Matrix<TestType>{{-1.5, 7.5}, {-3, 18}});
  CHECK(test::forward<TestType>(nn::Dense{2, nn::no_bias}, two, parameters.head(6)) ==
        nn::Matrix<TestType>{{-2, 7}, {-2, 19}});
}

TEMPLATE_TEST_CASE("Dense's backward gives the known gradients, and adds those of the parameters", "", float, double) {
  using M = nn::Matrix<TestType>;
  // dy = (1, 2): dW = dy x' = (1 0 -1; 2 0 -2), db = dy, dx = W'dy = (1 + 8, 2 + 10, 3 + 12).
  Backward<TestType> one(M{{1}, {0}, {-1}}, M{{1}, {2}});
  one.parameter_gradients.setConstant(100);
  one.run(nn::InputGradient::all);
  CHECK(one.parameter_gradients == nn::Vector<TestType>{{101, 102, 100, 100, 99, 98, 101, 102}});
  CHECK(one.dx == nn::Matrix<TestType>{{9}, {12}, {15}});

  // A second sample x = (2, 1, 1), dy = (-1, 0): dW += (-2 -1 -1; 0 0 0), db += (-1, 0), dx = (-1, -2, -3).
  Backward<TestType> two(M{{1, 2}, {0, 1}, {-1, 1}}, M{{1, -1}, {2, 0}});
  two.parameter_gradients.setConstant(100);
  two.run(nn::InputGradient::all);
  CHECK(two.parameter_gradients == nn::Vector<TestType>{{99, 102, 99, 100, 98, 98, 100, 102}});
  CHECK(two.dx == nn::Matrix<TestType>{{9, -1}, {12, -2}, {15, -3}});
}

TEMPLATE_TEST_CASE("Dense's descend is backward and plain gradient descent in one", "", float, double) {
  using M = nn::Matrix<TestType>;
  const TestType rate = TestType(0.5);
  for (const nn::InputGradient wanted :
       {nn::InputGradient::none, nn::InputGradient::where_nonzero, nn::InputGradient::all}) {
    for (const bool is_batch : {false, true}) {
      CAPTURE(static_cast<int>(wanted), is_batch);
      const M x = is_batch ? M{{1, 2}, {0, 1}, {-1, 1}} : M{{1}, {0}, {-1}};
      const M dy = is_batch ? M{{1, -1}, {2, 0}} : M{{1}, {2}};
      Backward<TestType> apart(x, dy), fused(x, dy);
      apart.run(wanted);
      fused.descend(wanted, rate);
      CHECK(fused.parameters == apart.parameters - rate * apart.parameter_gradients);  // small numbers: exact
      CHECK(fused.dx == apart.dx);
    }
  }
}

TEMPLATE_TEST_CASE("Dense writes only the input gradient that is wanted", "", float, double) {
  using M = nn::Matrix<TestType>;
  Backward<TestType> none(M{{1}, {0}, {-1}}, M{{1}, {2}});
  none.run(nn::InputGradient::none);
  CHECK(none.dx == nn::Matrix<TestType>{{77}, {77}, {77}});
  Backward<TestType> some(M{{1}, {0}, {-1}}, M{{1}, {2}});
  some.run(nn::InputGradient::where_nonzero);
  CHECK(some.dx == nn::Matrix<TestType>{{9}, {77}, {15}});
}

TEST_CASE("Dense's gradients are right, also without bias") {
  test::check_gradients_of(nn::Dense{4});
  test::check_gradients_of(nn::Dense{4, nn::no_bias});
}

TEST_CASE("Dense gives the same bits in every network, also without bias") {
  test::check_same_bits_of(nn::Dense<4>{}, nn::Dense{4});
  test::check_same_bits_of(nn::Dense<37, nn::no_bias>{}, nn::Dense{37, nn::no_bias});
}

TEST_CASE("Dense draws its weights by the initializer and starts with no bias") {
  nn::Vector<double> parameters = nn::Vector<double>::Constant(4 * 3 + 4, 9);
  nn::Random random(1), by_hand(1);
  nn::Dense{4}.initialize(nn::Shape(3), parameters, nn::he_normal, random);
  for (nn::Index i = 0; i < 12; ++i) CHECK(parameters[i] == std::sqrt(2.0 / 3) * by_hand.normal());
  CHECK((parameters.tail(4).array() == 0).all());
  // The fans are not mixed up: Glorot with 3 inputs and 4 outputs has the variance 2 / 7, LeCun 1 / 3.
  nn::Random again(1), by_hand_again(1);
  nn::Dense{4}.initialize(nn::Shape(3), parameters, nn::lecun_normal, again);
  CHECK(parameters[0] == std::sqrt(1.0 / 3) * by_hand_again.normal());
  nn::Dense{4}.initialize(nn::Shape(3), parameters, nn::pytorch_default, random);
  CHECK(((parameters.array() != 0) && (parameters.array().abs() <= 1 / std::sqrt(3.0))).all());
  nn::Vector<double> no_biases(12);
  nn::Dense{4, nn::no_bias}.initialize(nn::Shape(3), no_biases, nn::pytorch_default, random);
}

TEMPLATE_TEST_CASE("Dense lets NaN through, one sample or many", "", float, double) {
  const TestType nan = test::not_a_number<TestType>;
  const auto parameters = known_parameters<TestType>();
  CHECK(test::forward<TestType>(nn::Dense{2}, nn::Matrix<TestType>{{1}, {nan}, {0}}, parameters).array().isNaN().all());
  const auto two = test::forward<TestType>(nn::Dense{2}, nn::Matrix<TestType>{{1, 0}, {nan, 0}, {0, 1}}, parameters);
  CHECK(two.col(0).array().isNaN().all());
  CHECK(two.col(1) == nn::Vector<TestType>{{3.5, 5}});
}
