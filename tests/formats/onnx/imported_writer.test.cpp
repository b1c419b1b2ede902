// SPDX-License-Identifier: MIT
#include <nn/formats/onnx/imported_writer.hpp>

#include <sstream>

#include <nn/formats/onnx/load.hpp>
#include <nn/formats/onnx/save.hpp>
#include <nn/network.hpp>

#include "../../catch.hpp"
#include "../../numbers.hpp"

namespace {

using nn::detail::onnx::Document, nn::detail::onnx::model_of, nn::detail::onnx::transposition_of;
using nn::detail::onnx::Formula, nn::detail::onnx::Learned, nn::detail::onnx::MatrixProduct,
    nn::detail::onnx::Rearrange;

template <class Network>
std::string written_bytes(const Network& network) {
  std::ostringstream file;
  nn::save_onnx(network, file);
  return file.str();
}
std::vector<std::string> operators_of(const std::string& bytes) {
  std::vector<std::string> names;
  for (const auto& node : model_of(Document("the test", bytes)).graph.nodes) names.emplace_back(node.op_type);
  return names;
}
template <class T>
nn::Graph<T> read_from(const std::string& bytes) {
  std::istringstream file(bytes);
  return nn::load_onnx<T>(file, {.channels_last = true});
}

// The operators of a network that is the same when it is read again.
template <class T>
std::vector<std::string> operators_of_same(const nn::Sequential<T>& network, double low = -2) {
  const std::string bytes = written_bytes(network);
  const nn::Matrix<T> x = test::drawn<T>(network.input_shape().size(), 3, 1, low, 2);
  const nn::Matrix<T> y = network.predict(x);
  CHECK((read_from<T>(bytes).predict(x) - y).cwiseAbs().maxCoeff() < T(1e-5));
  return operators_of(bytes);
}

using Operators = std::vector<std::string>;

}  // namespace

TEST_CASE("Every formula is written as operators that compute it, in float and in double") {
  using Kind = Formula::Kind;
  const std::pair<Formula, Operators> formulas[] = {{{Kind::affine, 2, 3}, {"Mul", "Add"}},
                                                    {{Kind::affine, -1, 0}, {"Neg"}},
                                                    {{Kind::affine, 1, 3}, {"Add"}},
                                                    {{Kind::affine, 1, 0}, {"Identity"}},
                                                    {{Kind::power, 2}, {"Pow"}},
                                                    {{Kind::exponential, 2}, {"Pow"}},
                                                    {{Kind::divided, 3}, {"Div"}},
                                                    {{Kind::absolute}, {"Abs"}},
                                                    {{Kind::exp}, {"Exp"}},
                                                    {{Kind::erf}, {"Erf"}},
                                                    {{Kind::lower_bound, 1}, {"Max"}},
                                                    {{Kind::upper_bound, 1}, {"Min"}},
                                                    {{Kind::clamped_line, 0.2, 0.5}, {"HardSigmoid"}},
                                                    {{Kind::clamped_line_times, 0.2, 0.5}, {"HardSigmoid", "Mul"}},
                                                    {{Kind::scaled_elu, 2, 3}, {"Selu"}},
                                                    {{Kind::celu, 2}, {"Div", "Elu", "Mul"}},
                                                    {{Kind::above, 1}, {"ThresholdedRelu"}},
                                                    {{Kind::shrunk, 1, 0.5}, {"Shrink"}},
                                                    {{Kind::truncated}, {"Cast", "Cast"}}};
  for (const auto& [formula, wanted] : formulas) {
    CAPTURE(static_cast<int>(formula.kind));
    const nn::Activation<Formula> layer{formula};
    CHECK(operators_of_same(nn::Sequential<float>{nn::Input{4}, layer}) == wanted);
    CHECK(operators_of_same(nn::Sequential<double>{nn::Input{4}, layer}) == wanted);
  }
  for (const auto& [kind, name] : {std::pair{Kind::log, "Log"}, {Kind::sqrt, "Sqrt"}})
    CHECK(operators_of_same(nn::Sequential<float>{nn::Input{4}, nn::Activation<Formula>{{kind}}}, 0.1) ==
          Operators{name});
}

TEST_CASE("Places that are a transposition are known by their dimensions and their order") {
  const auto turned = transposition_of({0, 3, 1, 4, 2, 5}, 6);
  REQUIRE(turned);
  CHECK(turned->sizes == std::vector<std::int64_t>{2, 3});
  CHECK(turned->order == std::vector<std::int64_t>{1, 0});
  const auto heads = transposition_of({0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15}, 16);
  REQUIRE(heads);
  CHECK(heads->sizes == std::vector<std::int64_t>{2, 2, 2, 2});
  CHECK(heads->order == std::vector<std::int64_t>{0, 2, 1, 3});
  CHECK(transposition_of({0, 1, 2, 3}, 4)->sizes.size() == 1);
  CHECK_FALSE(transposition_of({0, 1, 2}, 4));           // some numbers are left out
  CHECK_FALSE(transposition_of({1, 0, 2, 3}, 4));        // no transposition
  CHECK_FALSE(transposition_of({0, 0, 1, 1}, 4));        // some numbers come twice
  CHECK_FALSE(transposition_of({0, 2, 1, 3, 4, 5}, 6));  // in parts alone
  CHECK_FALSE(transposition_of({0, 2, 4, 1, 3}, 5));
}

TEST_CASE("Numbers that are moved are a Transpose where they can be, or a Gather, with constants a Where, or a sum") {
  const auto written = [](const Rearrange& layer) {
    return operators_of_same(nn::Sequential<float>{nn::Input{6}, layer});
  };
  CHECK(written({nn::Shape(6), {0, 3, 1, 4, 2, 5}}) == Operators{"Reshape", "Transpose", "Flatten"});
  CHECK(written({nn::Shape(6), {0, 1, 2, 3, 4, 5}}) == Operators{"Identity"});
  CHECK(written({nn::Shape(3), {4, 4, 1}}) == Operators{"Gather"});
  CHECK(written({nn::Shape(3), {4, -2, 1}, {7, 8}}) == Operators{"Gather", "Constant", "Where"});
  CHECK(written({nn::Shape(2), {0, 1, 3, 3}, {}, 2, {0.5, 2, 1, 1}}) ==
        Operators{"Gather", "Reshape", "Constant", "Mul", "ReduceSum"});
  CHECK(written({nn::Shape(2), {-2, -1}, {7, 8}}) == Operators{"Gather", "Constant", "Where"});
}

TEST_CASE("What is no weight of a model is none when it is written and read again") {
  const nn::Sequential<float> network{nn::Input{6}, nn::Dense{6},
                                      Rearrange{nn::Shape(2), {0, 1, 3, 3}, {}, 2, {1, 2, 3, 4}}};
  CHECK(read_from<float>(written_bytes(network)).parameter_count() == network.parameter_count());
}

TEST_CASE("A learned constant is an initializer in the layout of what it stands beside, and is learned again") {
  nn::Graph<float> graph;
  const auto x = graph.input({2, 2, 3});
  const auto seen = graph.add(nn::Conv2D{3, 1}, x);
  const auto gain = graph.add("gain", Learned{nn::Shape(1, 1, 3), true}, seen);
  const auto norm = graph.add("norm", Learned{nn::Shape(2, 2, 3)}, seen);
  const auto scaled = graph.add(nn::Multiply{}, seen, gain);
  graph.output(graph.add(nn::Subtract{}, norm, scaled));
  graph.output(graph.add(nn::Tanh{}, norm));  // of itself, for each sample
  graph.parameters() = test::drawn<float>(graph.parameter_count(), 1, 3);
  const std::string bytes = written_bytes(graph);
  CHECK(operators_of(bytes) == Operators{"Conv", "Mul", "Sub", "Transpose", "Flatten", "Gather", "Constant", "Where",
                                         "Tanh", "Reshape", "Transpose"});
  const auto model = model_of(Document("the test", bytes));
  std::vector<std::pair<std::string, std::vector<std::int64_t>>> found;
  for (const auto& tensor : model.graph.initializers)
    if (tensor.name == "gain" || tensor.name == "norm.weight") found.emplace_back(tensor.name, tensor.dims);
  REQUIRE(found.size() == 2);
  CHECK(found[0].second == std::vector<std::int64_t>{1, 3, 1, 1});
  CHECK(found[1].second == std::vector<std::int64_t>{1, 3, 2, 2});
  const nn::Graph<float> read = read_from<float>(bytes);
  CHECK(read.tensor("gain.weight") == graph.tensor("gain.weight"));
  CHECK(read.tensor("norm.weight") == graph.tensor("norm.weight"));
  const nn::Matrix<float> x2 = test::drawn<float>(12, 2, 4);
  CHECK((read.predict(x2) - graph.predict(x2)).cwiseAbs().maxCoeff() < 1e-6F);
}

TEST_CASE("Quotients, powers and products of what is computed, or learned, are written") {
  nn::Graph<double> graph;
  const auto x = graph.input({12});
  const auto a = graph.add(nn::Slice{.channels = {0, 8}}, x), b = graph.add(nn::Slice{.channels = {4, 12}}, x);
  const auto product = graph.add(MatrixProduct{nn::Shape(2, 2, 2), 2, 2, 2, 2}, a, b);
  const auto weight = graph.add(Learned{nn::Shape(1, 2, 3)}, product);
  const auto second = graph.add(MatrixProduct{nn::Shape(1, 4, 3), 1, 4, 2, 3}, product, weight);
  const auto base = graph.add(nn::Activation<Formula>{{Formula::Kind::exp}}, second);
  graph.output(graph.add(nn::detail::onnx::Power{}, base, graph.add(nn::detail::onnx::Divide{}, second, base)));
  graph.parameters() = test::drawn<double>(graph.parameter_count(), 1, 3);
  const nn::Matrix<double> y = test::drawn<double>(12, 3, 1);
  CHECK((read_from<double>(written_bytes(graph)).predict(y) - graph.predict(y)).cwiseAbs().maxCoeff() < 1e-6);
}
