// SPDX-License-Identifier: MIT
#include <nn/layers/time_distributed.hpp>

#include <vector>

#include <nn/activations/relu.hpp>
#include <nn/activations/tanh.hpp>
#include <nn/layers/batch_norm.hpp>
#include <nn/layers/dropout.hpp>
#include <nn/layers/flatten.hpp>

#include "image_cases.hpp"

using Catch::Matchers::Message;

TEST_CASE("TimeDistributed is a layer, with sizes in the types or at run time") {
  using Fixed = nn::TimeDistributed<nn::Dense<4>, nn::Tanh>;
  static_assert(nn::Layer<Fixed> && nn::shape_is_in_type<Fixed> && nn::IsContainer<Fixed>);
  static_assert(std::is_same_v<decltype(nn::TimeDistributed{nn::Dense{4}, nn::Tanh{}}),
                               nn::TimeDistributed<nn::Dense<>, nn::Tanh>>);
  CHECK(nn::describe(Fixed{}) == nn::Description{.type = "TimeDistributed", .options = {{"layers", 2}}});
}

TEST_CASE("TimeDistributed keeps height and width, and shows its layers plain features") {
  using Fixed = nn::TimeDistributed<nn::Dense<4>>;
  static_assert(Fixed{}.output_shape({1, 7, 3}) == nn::Shape(1, 7, 4));
  CHECK(Fixed{}.output_shape({2, 7, 3}) == nn::Shape(2, 7, 4));
  CHECK(Fixed{}.place({2, 7, 3}).parameter_count == 16);
  CHECK(Fixed{}.place({2, 7, 3}).multiply_adds == 2 * 7 * 12);
  CHECK(nn::TimeDistributed{nn::ReLU{}}.place({1, 7, 3}).is_flat_where_zero);
  CHECK(nn::TimeDistributed<nn::BatchNorm>{}.place({1, 1, 3}).least_samples == 2);
  CHECK(nn::TimeDistributed<nn::BatchNorm>{}.place({1, 2, 3}).least_samples == 1);
  CHECK_THROWS_MATCHES(
      nn::TimeDistributed{nn::Dense{0}}.output_shape({1, 7, 3}), nn::shape_error,
      Message("layer 1 of the TimeDistributed, after an output of 3: Dense: needs at least 1 unit, got "
              "0; give it more"));
}

TEMPLATE_TEST_CASE("TimeDistributed gives the known values", "", float, double) {
  using M = nn::Matrix<TestType>;
  // W = (1 2), b = 10 for each of two steps.
  const test::ImagePass<TestType> pass(nn::TimeDistributed{nn::Dense{1}}, {1, 2, 2}, M{{1}, {2}, {3}, {4}},
                                       nn::Vector<TestType>{{1, 2, 10}}, M{{1}, {2}});
  CHECK(pass.y == M{{15}, {21}});
  CHECK(pass.dx == M{{1}, {2}, {2}, {4}});
  CHECK(pass.parameter_gradients == nn::Vector<TestType>{{7, 10, 3}});
}

TEST_CASE("TimeDistributed does what PyTorch's Linear does to each step") {
  test::check_fixture("time distributed", nn::TimeDistributed{nn::Dense{4}, nn::Tanh{}, nn::Dense{3}}, {1, 4, 5},
                      "sequences");
}

TEST_CASE("TimeDistributed's gradients are right, also of containers inside, and of what keeps room of its own") {
  using nn::Dense, nn::TimeDistributed;
  test::check_gradients_of_image_layer(TimeDistributed{Dense{2}, nn::ReLU{}, Dense{3}}, {1, 3, 2});
  test::check_gradients_of_image_layer(TimeDistributed{TimeDistributed{Dense{2}, nn::Tanh{}}, Dense{2}}, {2, 2, 2});
}

TEST_CASE("TimeDistributed gives the bits of its layers for each step alone, forward and backward") {
  const nn::Sequential<float> steps(nn::Input{1, 5, 3}, nn::TimeDistributed{nn::Dense{4}, nn::Tanh{}, nn::Dense{2}});
  nn::Sequential<float> alone(nn::Input{3}, nn::Dense{4}, nn::Tanh{}, nn::Dense{2});
  REQUIRE(alone.parameter_count() == steps.parameter_count());
  alone.parameters() = steps.parameters();
  const nn::Matrix<float> x = test::drawn<float>(15, 4, 1);
  const test::Pass<float> together = test::pass_through(steps, x);
  const test::Pass<float> apart = test::pass_through(alone, nn::Matrix<float>(x.reshaped(3, 20)));
  CHECK(test::have_same_bits(nn::Matrix<float>(together.output.reshaped(2, 20)), apart.output));
  CHECK(test::have_same_bits(nn::Matrix<float>(together.input_gradient.reshaped(3, 20)), apart.input_gradient));
  CHECK(test::have_same_bits(together.gradient, apart.gradient));
}

TEST_CASE("TimeDistributed draws another dropout for each step") {
  const nn::TimeDistributed layer{nn::Dropout{0.5}};
  const nn::Matrix<float> ones = nn::Matrix<float>::Ones(64, 1);
  const nn::Matrix<float> y = test::forward_image<float>(layer, {1, 2, 32}, ones);
  CHECK((y.topRows(32).array() != y.bottomRows(32).array()).any());
}

TEST_CASE("the multiplications of a layer inside of TimeDistributed are those of all steps") {
  const nn::Sequential<float> network(nn::Input{2, 7, 3}, nn::TimeDistributed{nn::Dense{4}});
  std::vector<nn::Index> counts;
  network.for_each_inside(
      [&](const auto&, const nn::Place& place, nn::Index) { counts.push_back(place.multiply_adds); });
  CHECK(counts == std::vector<nn::Index>{2 * 7 * 3 * 4, 2 * 7 * 3 * 4});  // of both together, and of the Dense alone
}

TEST_CASE("TimeDistributed's tensors are named by the numbers of its layers") {
  const nn::Sequential<float> network(nn::Input{1, 5, 3}, nn::TimeDistributed{nn::Tanh{}, nn::Dense{2}});
  CHECK(network.tensor("0.1.weight").cols() == 3);
}
