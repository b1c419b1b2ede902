// SPDX-License-Identifier: MIT
#include <nn/io/tensor_plan.hpp>

#include <string>
#include <utility>
#include <vector>

#include <nn/network.hpp>

#include "../catch.hpp"

namespace {

std::vector<nn::Index> places_in_file_order(const nn::detail::PlannedTensor& tensor) {
  nn::detail::FileOrder order(tensor);
  std::vector<nn::Index> places;
  for (nn::Index i = 0; i < tensor.count(); ++i) places.push_back(order.next());
  return places;
}

}  // namespace

TEST_CASE("A plan has every tensor with its shape in the file, and its numbers row by row") {
  const nn::Network network{nn::Input{3}, nn::Dense{2}};
  const auto plan = nn::detail::tensor_plan(network, {}, "test");
  REQUIRE(plan.size() == 2);
  CHECK(plan[0].name == "0.weight");
  CHECK(plan[0].sizes == std::vector<nn::Index>{2, 3});
  CHECK(places_in_file_order(plan[0]) == std::vector<nn::Index>{0, 2, 4, 1, 3, 5});
  CHECK(plan[1].name == "0.bias");
  CHECK(places_in_file_order(plan[1]) == std::vector<nn::Index>{6, 7});
}

TEST_CASE("A convolution is filters x channels x height x width") {
  const nn::Network network{nn::Input{2, 2, 2}, nn::Conv2D{1, {1, 2}}};
  const auto plan = nn::detail::tensor_plan(network, {}, "test");
  CHECK(plan[0].sizes == std::vector<nn::Index>{1, 2, 1, 2});
  CHECK(places_in_file_order(plan[0]) == std::vector<nn::Index>{0, 2, 1, 3});
}

TEST_CASE("Statistics are followed by a counter, a scalar that only the file has") {
  const nn::Network network{nn::Input{3}, nn::BatchNorm{}};
  const auto plan = nn::detail::tensor_plan(network, {.prefix = "model."}, "test");
  REQUIRE(plan.size() == 5);
  CHECK(plan[3].name == "model.0.running_var");
  CHECK(!plan[3].is_learned);
  CHECK(plan[3].offset == 3);
  CHECK(plan[4].name == "model.0.num_batches_tracked");
  CHECK(plan[4].is_counter);
  CHECK(plan[4].sizes.empty());
  CHECK(plan[4].count() == 1);
}

TEST_CASE("A Dense on an image reads it as if it were flattened") {
  const nn::Network network{nn::Input{2, 1, 2}, nn::Dense{1}};
  CHECK(places_in_file_order(nn::detail::tensor_plan(network, {}, "test")[0]) == std::vector<nn::Index>{0, 2, 1, 3});
  CHECK(places_in_file_order(nn::detail::tensor_plan(network, {.channels_last = true}, "test")[0]) ==
        std::vector<nn::Index>{0, 1, 2, 3});
}

TEST_CASE("The rows of a Dense before an image are in its order, and its bias") {
  const nn::Network network{nn::Input{1}, nn::Dense{4}, nn::Reshape{2, 1, 2}};
  const auto plan = nn::detail::tensor_plan(network, {}, "test");
  CHECK(places_in_file_order(plan[0]) == std::vector<nn::Index>{0, 2, 1, 3});
  CHECK(places_in_file_order(plan[1]) == std::vector<nn::Index>{4, 6, 5, 7});
}

TEST_CASE("A name is that of a tensor, or begins with that of its layer") {
  const nn::TensorFileOptions options{.prefix = "p.", .names = {{"1", "a"}, {"1.bias", "b"}, {"10", "c"}}};
  std::vector<bool> used(3);
  CHECK(nn::detail::name_in_file("1.weight", options, used) == "p.a.weight");
  CHECK(used == std::vector<bool>{true, false, false});
  CHECK(nn::detail::name_in_file("1.bias", options, used) == "p.b");
  CHECK(nn::detail::name_in_file("10.bias", options, used) == "p.c.bias");
  CHECK(nn::detail::name_in_file("100.bias", options, used) == "p.100.bias");
  CHECK(used == std::vector<bool>{true, true, true});
}

TEST_CASE("A network that was moved from has no plan") {
  nn::Network network{nn::Input{3}, nn::Dense{2}};
  const auto moved = std::move(network);
  CHECK_THROWS_WITH(nn::detail::tensor_plan(network, {}, "save_tensors"),
                    "save_tensors: this network was moved from; assign a network to it first");
  CHECK(nn::detail::tensor_plan(moved, {}, "save_tensors").size() == 2);
}
