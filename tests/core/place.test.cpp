// SPDX-License-Identifier: MIT
#include <nn/core/place.hpp>

#include <array>

#include "../catch.hpp"

using Catch::Matchers::Message;

namespace {

// Puts out twice as many numbers as it is given.
struct Doubling {
  static constexpr std::string_view name() { return "Doubling"; }
  constexpr nn::Shape output_shape(nn::Shape input) const { return nn::Shape(input.size() * 2); }
  void forward(nn::Shape, const auto&, const auto&, auto&&) const {}
  void backward(nn::Shape, const auto&, auto&) const {}
  bool operator==(const Doubling&) const = default;
};

// With parameters.
struct Learning : Doubling {
  static constexpr bool is_flat_where_zero = true;
  constexpr void tensors(nn::Shape input, auto tensor) const {
    tensor({"weight", 3, input.size(), nn::Role::weight});
    tensor({"bias", 3, 1, nn::Role::bias});
  }
  void descend(nn::Shape, const auto&, auto&, auto) const {}
  bool operator==(const Learning&) const = default;
};

// Asks for room.
struct Keeping : Doubling {
  constexpr nn::Index memory_size(nn::Shape input) const { return input.size() * 5; }
  bool operator==(const Keeping&) const = default;
};

struct Refusing : Doubling {
  nn::Shape output_shape(nn::Shape) const { throw nn::shape_error("Refusing: not today; ask tomorrow"); }
  bool operator==(const Refusing&) const = default;
};

}  // namespace

TEST_CASE("a place follows the place before") {
  nn::Place input{};
  input.output = nn::Shape(4);
  const nn::Place first = nn::place_after(input, Learning{}, 1);
  CHECK(first.input == nn::Shape(4));
  CHECK(first.output == nn::Shape(8));
  CHECK(first.parameter_offset == 0);
  CHECK(first.parameter_count == 15);
  CHECK(first.activation_offset == 0);
  CHECK(first.activation_size == 16);  // whole cache lines
  CHECK(first.is_flat_where_zero);
  CHECK(first.can_descend);
  const nn::Place second = nn::place_after(first, Learning{}, 2);
  CHECK(second.input == nn::Shape(8));
  CHECK(second.output == nn::Shape(16));
  CHECK(second.parameter_offset == 15);
  CHECK(second.parameter_end() == 15 + 27);
  CHECK(second.activation_offset == 16);
  CHECK(second.activation_end() == 32);
  const nn::Place third = nn::place_after(second, Doubling{}, 3);
  CHECK(third.activation_size == 32);
  CHECK(third.parameter_count == 0);
  CHECK_FALSE(third.is_flat_where_zero);
}

TEST_CASE("the room that a layer asks for stands before its output") {
  nn::Place input{};
  input.output = nn::Shape(4);
  const nn::Place first = nn::place_after(input, Keeping{}, 1);
  CHECK(first.memory_offset == 0);
  CHECK(first.memory_size == 20);
  CHECK(first.activation_offset == 32);  // whole cache lines
  CHECK(first.activation_end() == 48);
  const nn::Place second = nn::place_after(first, Doubling{}, 2);
  CHECK(second.memory_offset == 48);
  CHECK(second.memory_size == 0);
  CHECK(second.activation_offset == 48);
}

TEST_CASE("a layer sees its part of a pass's mode") {
  nn::Place place{};
  place.state_offset = 3;
  place.memory_offset = 16;
  std::array<float, 8> state{};
  std::array<float, 64> values{}, gradients{};
  const nn::Training<float> pass{
      .state = state.data(), .seed = 9, .first_sample = 1, .memory = {values.data(), gradients.data(), 2}};
  const nn::Training<float> first = nn::mode_of(pass, place, 0), second = nn::mode_of(pass, place, 1);
  CHECK(first.state == state.data() + 3);
  CHECK(first.first_sample == 1);
  CHECK(first.memory.values == values.data() + 32);
  CHECK(first.memory.gradients == gradients.data() + 32);
  CHECK(first.memory.samples == 2);
  CHECK(first.seed != pass.seed);
  CHECK(first.seed != second.seed);
  const nn::Inference<float> nothing = nn::mode_of(nn::Inference<float>{}, place, 0);
  CHECK(nothing.state == nullptr);
  CHECK(nothing.memory.values == nullptr);
}

TEST_CASE("a layer sees what it carries from step to step, and nothing of what others carry") {
  std::array<float, 16> numbers{};
  const nn::Inference<float> pass{.carried = {.numbers = numbers.data(), .steps_before = 1, .most_steps = 2}};
  nn::Place place{};
  place.is_streamed = true;
  place.streaming = {.output = nn::StepOutput::each, .carried = 3};
  place.streaming_offset = {.carried = 4, .carried_per_step = 5};
  CHECK(nn::mode_of(pass, place, 0).carried.numbers == numbers.data() + 4 + 2 * 5);
  place.streaming = nn::each_step_alone;
  CHECK(nn::mode_of(pass, place, 0).carried.numbers == nullptr);
  CHECK(nn::mode_of(pass, place, 0).carried.steps_before == 1);
  place.is_streamed = false;
  CHECK(nn::mode_of(pass, place, 0).carried.steps_before == 0);
}

TEST_CASE("a refused shape says which layer of the network, and what came before it") {
  nn::Place before{};
  before.output = nn::Shape(28, 28, 1);
  CHECK_THROWS_MATCHES(
      nn::place_after(before, Refusing{}, 3), nn::shape_error,
      Message("layer 3 of the network, after an output of 28x28x1: Refusing: not today; ask tomorrow"));
}

TEST_CASE("The shards of a layer's parameters follow each other, and the last has what follows the first tensor") {
  nn::Place dense;
  dense.parameter_count = 4 * 18 + 4;
  dense.rows = 4;
  dense.columns = dense.shared_columns = 18;
  for (const nn::Index count : {1, 2, 3, 18, 40}) {
    CAPTURE(count);
    nn::Index next = 0;
    for (nn::Index index = 0; index < count; ++index) {
      CHECK(dense.shard_begin({index, count}) == next);
      next = dense.shard_end({index, count});
    }
    CHECK(next == dense.parameter_count);
  }
  CHECK(dense.shard_begin({1, 3}) == 4 * 6);
  CHECK(dense.shard_begin({2, 3}) == 4 * 12);
  CHECK(dense.shard_end({1, 3}) == 4 * 12);
}
