// SPDX-License-Identifier: MIT
#include <nn/layers/embedding.hpp>

#include "../tensors_of.hpp"
#include "image_cases.hpp"

using Catch::Matchers::Message;

TEST_CASE("Embedding is a layer, with sizes in the type or at run time") {
  static_assert(nn::Layer<nn::Embedding<5, 3>> && nn::Layer<nn::Embedding<>> && nn::HasShards<nn::Embedding<>>);
  static_assert(std::is_empty_v<nn::Embedding<5, 3>> && std::is_same_v<decltype(nn::Embedding{5, 3}), nn::Embedding<>>);
  CHECK(nn::describe(nn::Embedding<5, 3, nn::EmbeddingOptions{.padding_index = 2}>{}) ==
        nn::describe(nn::Embedding{5, 3, {.padding_index = 2}}));
  CHECK(nn::describe(nn::Embedding{5, 3}).options ==
        std::vector<std::pair<std::string, double>>{{"vocabulary", 5}, {"width", 3}, {"padding_index", -1}});
  CHECK_FALSE(nn::Embedding{5, 3} == nn::Embedding{5, 4});
}

TEST_CASE("Embedding takes one integer per step or plain features, and refuses other shapes and sizes") {
  static_assert(nn::Embedding<5, 3>{}.output_shape({1, 7, 1}) == nn::Shape(1, 7, 3));
  CHECK(nn::Embedding{5, 3}.output_shape(nn::Shape(7)) == nn::Shape(1, 7, 3));
  CHECK(test::tensors_of(nn::Embedding{5, 3}, nn::Shape(7)) ==
        test::TensorShapes{{"weight", 5, 3, nn::Role::weight, {{.size = 5}, {.size = 3, .stride = 5}}}});
  CHECK_THROWS_MATCHES((nn::Embedding{5, 3}.output_shape({1, 7, 2})), nn::shape_error,
                       Message("Embedding: an input of 1x7x2 is no sequence of integers; give one integer per step, or "
                               "plain features"));
  CHECK_THROWS_AS((nn::Embedding{5, 3}.output_shape({2, 7, 1})), nn::shape_error);
  CHECK_THROWS_MATCHES((nn::Embedding{0, 3}.output_shape(nn::Shape(1))), nn::shape_error,
                       Message("Embedding: a vocabulary of 0 and a width of 3 make no rows; both must be at least 1"));
  CHECK_THROWS_AS((nn::Embedding{5, 0}.output_shape(nn::Shape(1))), nn::shape_error);
  CHECK_THROWS_MATCHES(
      (nn::Embedding{5, 3, {.padding_index = 5}}.output_shape(nn::Shape(1))), nn::shape_error,
      Message("Embedding: the padding index 5 is no integer of a vocabulary of 5; give one below that, "
              "or -1 for none"));
  CHECK_THROWS_AS((nn::Embedding{5, 3, {.padding_index = -2}}.output_shape(nn::Shape(1))), nn::shape_error);
}

TEST_CASE("Embedding works on each integer of a stream alone, but reads plain features together") {
  static_assert(nn::Embedding<5, 3>::streaming({1, 7, 1}) == nn::each_step_alone);
  static_assert(nn::Embedding<5, 3>::streaming(nn::Shape(7)) == nn::Streaming{});
  SUCCEED();
}

TEMPLATE_TEST_CASE("Embedding gives the rows of its integers, and adds up their gradients but that of padding", "",
                   float, double) {
  using M = nn::Matrix<TestType>;
  // W = (1 4; 2 5; 3 6); row 2 is padding. Two samples of two steps.
  const nn::Embedding layer{3, 2, {.padding_index = 2}};
  const test::ImagePass<TestType> pass(layer, nn::Shape(2), M{{1, 2}, {1, 0}}, nn::Vector<TestType>{{1, 2, 3, 4, 5, 6}},
                                       M{{1, 100}, {2, 200}, {10, 1000}, {20, 2000}});
  CHECK(pass.y == M{{2, 3}, {5, 6}, {2, 1}, {5, 4}});
  CHECK(pass.dx == M::Zero(2, 2));
  CHECK(pass.parameter_gradients == nn::Vector<TestType>{{1000, 11, 0, 2000, 22, 0}});
}

TEST_CASE("Embedding begins with a variance of 1 and zeros for padding") {
  nn::Vector<double> parameters(4000);
  nn::Random random(1);
  nn::Embedding{1000, 4, {.padding_index = 7}}.initialize(nn::Shape(1), parameters, nn::zeros, random);
  const nn::ConstMatrixView<double> W(parameters.data(), 1000, 4);
  CHECK((W.row(7).array() == 0).all());
  CHECK((W.row(6).array() != 0).all());
  CHECK(std::abs(parameters.squaredNorm() / 4000 - 1) < 0.1);
}

TEST_CASE("Embedding refuses on the way forward what is no integer of its vocabulary") {
  const nn::Sequential<float> network(nn::Input{2}, nn::Embedding{5, 3});
  CHECK(network.predict({0, 4}).rows() == 6);
  CHECK_THROWS_MATCHES(network.predict({0, 5}), nn::data_error,
                       Message("Embedding: step 1 of sample 0 is 5; give integers from 0 to 4"));
  CHECK_THROWS_AS(network.predict({-1, 0}), nn::data_error);
  CHECK_THROWS_AS(network.predict({0, 1.5F}), nn::data_error);
  CHECK_THROWS_AS(network.predict({0, test::not_a_number<float>}), nn::data_error);
  CHECK_THROWS_AS(network.predict({0, test::infinity<float>}), nn::data_error);
}

TEST_CASE("Embedding gives the same bits in every network") {
  const auto added = [](const auto& layer) {
    nn::Sequential<float> network(nn::Input{3}, layer, nn::Dense{2});
    return test::pass_through(network, nn::Matrix<float>{{0, 4}, {1, 1}, {3, 3}});
  };
  const nn::Network<nn::Input<3>, nn::Embedding<5, 2>, nn::Dense<2>> fixed;
  test::check_same_pass(test::pass_through(fixed, nn::Matrix<float>{{0, 4}, {1, 1}, {3, 3}}),
                        added(nn::Embedding{5, 2}));
}
