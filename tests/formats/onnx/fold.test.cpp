// SPDX-License-Identifier: MIT
#include <limits>

#include <nn/formats/onnx/fold.hpp>
#include <nn/formats/onnx/model_reader.hpp>
#include <nn/formats/onnx/model_writer.hpp>

#include "../../catch.hpp"

namespace {

using namespace nn::detail::onnx;
using Integers = std::vector<std::int64_t>;
using Reals = std::vector<double>;

Constant whole(const Sizes& dims, const Integers& numbers) {
  return {.dims = dims, .is_whole = true, .integers = numbers, .reals = {}};
}
Constant real(const Sizes& dims, const Reals& numbers) {
  return {.dims = dims, .is_whole = false, .integers = {}, .reals = numbers};
}

// What a node makes of constants.
Constant folded(const std::string& op_type, const std::vector<Constant>& inputs,
                const std::vector<WrittenAttribute>& attributes = {}, std::int64_t opset = 17) {
  ModelWriter writer;
  writer.node(op_type, std::vector<std::string>(inputs.size(), "x"), {"y"}, attributes);
  Model model = model_of(Document("the test", writer.text(8, opset)));
  std::vector<const Constant*> given;
  for (const Constant& input : inputs) given.push_back(&input);
  const auto result = Folder(*model.document, opset).fold(model.graph.nodes[0], given);
  if (!result) throw unsupported("not folded");
  return *result;
}

}  // namespace

TEST_CASE("The shape subgraph of a view is computed: Shape, Gather, Unsqueeze, Concat") {
  const Constant shape = folded("Shape", {real({2, 3}, {1, 2, 3, 4, 5, 6})});
  CHECK(shape.integers == Integers{2, 3});
  const Constant first = folded("Gather", {shape, whole({}, {0})});
  CHECK(first.dims.empty());
  CHECK(first.integers == Integers{2});
  const Constant listed = folded("Unsqueeze", {first, whole({1}, {0})});
  CHECK(listed.dims == Sizes{1});
  CHECK(folded("Concat", {listed, whole({1}, {-1})}, {{"axis", std::int64_t{0}}}).integers == Integers{2, -1});
  CHECK(folded("Unsqueeze", {first}, {{"axes", Integers{0}}}, 11).dims == Sizes{1});
  CHECK(folded("Shape", {real({2, 1, 3}, Reals(6))}, {{"start", std::int64_t{-2}}}).integers == Integers{1, 3});
}

TEST_CASE("Arrays are sliced with steps, also backwards, and beyond their ends") {
  const Constant x = whole({5}, {0, 1, 2, 3, 4});
  const auto slice = [&](std::int64_t start, std::int64_t end, std::int64_t step) {
    return folded("Slice", {x, whole({1}, {start}), whole({1}, {end}), whole({1}, {0}), whole({1}, {step})}).integers;
  };
  constexpr std::int64_t all = std::numeric_limits<std::int64_t>::max();
  CHECK(slice(1, 3, 1) == Integers{1, 2});
  CHECK(slice(-2, all, 1) == Integers{3, 4});
  CHECK(slice(0, all, 2) == Integers{0, 2, 4});
  CHECK(slice(-1, -all, -1) == Integers{4, 3, 2, 1, 0});
  CHECK(slice(3, 0, -2) == Integers{3, 1});
  CHECK(slice(4, 2, 1).empty());
  CHECK(folded("Slice", {whole({2, 2}, {1, 2, 3, 4}), whole({1}, {1}), whole({1}, {2}), whole({1}, {1})}).integers ==
        Integers{2, 4});
  CHECK(folded("Slice", {x}, {{"starts", Integers{1}}, {"ends", Integers{2}}}, 9).integers == Integers{1});
  CHECK(folded("Slice", {whole({0}, {}), whole({1}, {0}), whole({1}, {1}), whole({1}, {0}), whole({1}, {-1})})
            .integers.empty());
  CHECK_THROWS_AS(slice(0, 1, 0), unsupported);
}

TEST_CASE("Arrays are repeated, turned and put into other shapes") {
  CHECK(folded("Expand", {whole({2, 1}, {1, 2}), whole({2}, {1, 3})}).integers == Integers{1, 1, 1, 2, 2, 2});
  CHECK(folded("Transpose", {whole({2, 3}, {1, 2, 3, 4, 5, 6})}).integers == Integers{1, 4, 2, 5, 3, 6});
  CHECK(folded("Transpose", {whole({1, 2, 3}, {1, 2, 3, 4, 5, 6})}, {{"perm", Integers{2, 0, 1}}}).integers ==
        Integers{1, 4, 2, 5, 3, 6});
  CHECK(folded("Reshape", {whole({2, 3}, {1, 2, 3, 4, 5, 6}), whole({2}, {0, -1})}).dims == Sizes{2, 3});
  CHECK(folded("Reshape", {whole({2, 3}, {1, 2, 3, 4, 5, 6}), whole({3}, {3, -1, 1})}).dims == Sizes{3, 2, 1});
  CHECK(folded("Squeeze", {whole({1, 2, 1}, {1, 2}), whole({1}, {-1})}).dims == Sizes{1, 2});
  CHECK(folded("Squeeze", {whole({1, 2, 1}, {1, 2})}).dims == Sizes{2});
  CHECK(folded("ConstantOfShape", {whole({2}, {2, 2})}).reals == Reals{0, 0, 0, 0});
  CHECK(folded("Gather", {whole({2, 2}, {1, 2, 3, 4}), whole({1}, {-1})}, {{"axis", std::int64_t{1}}}).integers ==
        Integers{2, 4});
  CHECK(folded("Concat", {whole({2, 1}, {1, 2}), whole({2, 2}, {3, 4, 5, 6})}, {{"axis", std::int64_t{-1}}}).integers ==
        Integers{1, 3, 4, 2, 5, 6});
}

TEST_CASE("Constants are computed with, and cast") {
  CHECK(folded("Add", {whole({2}, {1, 2}), whole({}, {3})}).integers == Integers{4, 5});
  CHECK(folded("Mul", {real({2, 1}, {1, 2}), real({2}, {3, 4})}).reals == Reals{3, 4, 6, 8});
  CHECK(folded("Div", {whole({2}, {7, -7}), whole({}, {2})}).integers == Integers{3, -3});  // towards 0, as in C
  CHECK(folded("Sub", {real({}, {1}), real({}, {0.5})}).reals == Reals{0.5});
  CHECK(folded("Neg", {whole({1}, {5})}).integers == Integers{-5});
  CHECK(folded("Sqrt", {real({1}, {4})}).reals == Reals{2});
  CHECK(folded("Cast", {real({2}, {2.7, -2.7})}, {{"to", std::int64_t{7}}}).integers == Integers{2, -2});
  CHECK(folded("Cast", {whole({1}, {3})}, {{"to", std::int64_t{1}}}).reals == Reals{3});
  CHECK(folded("Cast", {whole({2}, {3, 0})}, {{"to", std::int64_t{9}}}).integers == Integers{1, 0});
  CHECK(folded("Constant", {}, {{"value_ints", Integers{1, 2}}}).integers == Integers{1, 2});
  CHECK(folded("Constant", {}, {{"value_int", std::int64_t{4}}}).dims.empty());
  CHECK(folded("Constant", {}, {{"value_float", 0.5}}).reals == Reals{0.5});
}

TEST_CASE("A cast takes eight bytes for each number from its room") {
  ModelWriter writer;
  writer.node("Cast", {"x"}, {"y"}, {{"to", std::int64_t{7}}});
  Model model = model_of(Document("the test", writer.text(8, 17)));
  const Constant x = real({4}, {1, 2, 3, 4});
  const auto cast_in = [&](std::uint64_t room) {
    return Folder(*model.document, 17, room).fold(model.graph.nodes[0], {&x})->integers;
  };
  CHECK(cast_in(32) == Integers{1, 2, 3, 4});
  CHECK_THROWS_WITH(cast_in(31), "it moves more numbers than a model of this size should have");
}

TEST_CASE("What cannot be computed says why") {
  constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();
  CHECK_THROWS_AS(folded("Add", {whole({2}, {1, 2}), whole({3}, {1, 2, 3})}), unsupported);
  CHECK_THROWS_AS(folded("Add", {whole({}, {largest}), whole({}, {1})}), unsupported);
  CHECK_THROWS_AS(folded("Div", {whole({}, {1}), whole({}, {0})}), unsupported);
  CHECK_THROWS_AS(folded("Div", {whole({}, {-largest - 1}), whole({}, {-1})}), unsupported);
  CHECK_THROWS_AS(folded("Cast", {real({}, {1e30})}, {{"to", std::int64_t{7}}}), unsupported);
  CHECK_THROWS_AS(folded("Gather", {whole({2}, {1, 2}), whole({1}, {2})}), unsupported);
  CHECK_THROWS_AS(folded("Reshape", {whole({2}, {1, 2}), whole({1}, {3})}), unsupported);
  CHECK_THROWS_AS(folded("Reshape", {whole({2}, {1, 2}), whole({2}, {-1, -1})}), unsupported);
  CHECK_THROWS_AS(folded("Squeeze", {whole({2}, {1, 2}), whole({1}, {0})}), unsupported);
  CHECK_THROWS_AS(folded("Transpose", {whole({1, 1}, {1})}, {{"perm", Integers{0, 0}}}), unsupported);
  CHECK_THROWS_AS(folded("ConstantOfShape", {whole({2}, {largest, largest})}), unsupported);
  CHECK_THROWS_AS(folded("ConstantOfShape", {whole({1}, {1 << 29})}), nn::load_error);  // more than the file may take
  CHECK_THROWS_AS(folded("Slice", {whole({1}, {1})}), unsupported);
  CHECK_THROWS_AS(folded("Erf", {whole({1}, {1})}), unsupported);
}
