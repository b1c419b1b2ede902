// SPDX-License-Identifier: MIT
#include <nn/formats/onnx/recognise.hpp>

#include <cmath>
#include <sstream>
#include <string>
#include <vector>

#include <nn/formats/onnx/load.hpp>

#include "../../catch.hpp"
#include "../../fixture.hpp"

namespace {

using nn::detail::onnx::ModelWriter;

std::vector<std::string> layers_of_graph(const nn::Graph<float>& graph) {
  std::vector<std::string> names;
  for (nn::Index i = 0; i < graph.depth(); ++i) names.emplace_back(graph.layer(i).name());
  return names;
}

// x, of two features, through nodes that are written by `add`; c1 to c4 are numbers.
template <class Add>
nn::Graph<float> graph_of_parts(const std::vector<float>& numbers, const Add& add) {
  ModelWriter writer;
  writer.input("x", nn::detail::onnx::DataType::float32, {std::string("batch"), 2});
  for (std::size_t i = 0; i < numbers.size(); ++i)
    writer.initializer("c" + std::to_string(i + 1), {}, std::vector<float>{numbers[i]});
  add(writer);
  writer.output("y", nn::detail::onnx::DataType::float32, {std::string("batch"), 2});
  std::istringstream stream(writer.text(8, 13));
  return nn::load_onnx<float>(stream);
}

using LayerNames = std::vector<std::string>;

}  // namespace

TEST_CASE("What PyTorch's exporter spells out comes in as the layers that it is, with PyTorch's numbers") {
  const nn::Vector<double> x = test::fixture("onnx", "x"), y = test::fixture("onnx", "y");
  for (const char* opset : {"11", "13", "17"}) {
    CAPTURE(opset);
    const std::string here = __FILE__;
    const nn::Graph<float> graph = nn::load_onnx<float>(here.substr(0, here.find_last_of("/\\") + 1) +
                                                        "../../fixtures/onnx/parts_opset_" + opset + ".onnx");
    CHECK(layers_of_graph(graph) == LayerNames{"Dense", "LayerNorm", "GELU", "Dense", "GELUTanh", "Dense", "SiLU",
                                               "Dense", "Mish", "Dense", "Formula", "Dense"});
    const nn::Matrix<float> found = graph.predict(nn::Matrix<float>(x.cast<float>().reshaped(6, 2)));
    const nn::Matrix<double> wanted = y.reshaped(3, 2);
    CHECK((found.cast<double>() - wanted).cwiseAbs().maxCoeff() < 1e-5);
  }
}

TEST_CASE("Attention spelled out, with a mask, comes in for any number of samples") {
  const std::string here = __FILE__;
  const nn::Graph<float> graph = nn::load_onnx<float>(here.substr(0, here.find_last_of("/\\") + 1) +
                                                      "../../fixtures/onnx/attention_opset_13.onnx");
  CHECK(graph.parameter_count() == 9 * 24 + 9 * 8);
  const nn::Matrix<double> x = test::fixture("onnx", "sequence").reshaped(40, 2);
  const nn::Matrix<double> wanted = test::fixture("onnx", "attended").reshaped(40, 2);
  CHECK((graph.predict(nn::Matrix<float>(x.cast<float>())).cast<double>() - wanted).cwiseAbs().maxCoeff() < 1e-6);
}

TEST_CASE("An activation may be spelled out in another order") {
  // (1 + erf(x * 0.7071)) * x * 0.5
  const nn::Graph<float> gelu = graph_of_parts({0.70710678F, 1, 0.5F}, [](ModelWriter& writer) {
    writer.node("Mul", {"c1", "x"}, {"a"});
    writer.node("Erf", {"a"}, {"b"});
    writer.node("Add", {"c2", "b"}, {"c"});
    writer.node("Mul", {"c", "x"}, {"d"});
    writer.node("Mul", {"d", "c3"}, {"y"});
  });
  CHECK(layers_of_graph(gelu) == LayerNames{"GELU"});
  // x * min(max(x + 3, 0), 6) / 6, as PaddlePaddle has it
  const nn::Graph<float> hard = graph_of_parts({3, 0, 6, 6}, [](ModelWriter& writer) {
    writer.node("Add", {"x", "c1"}, {"a"});
    writer.node("Clip", {"a", "c2", "c3"}, {"b"});
    writer.node("Mul", {"x", "b"}, {"c"});
    writer.node("Div", {"c", "c4"}, {"y"});
  });
  CHECK(layers_of_graph(hard) == LayerNames{"Formula"});
  CHECK(hard.predict({-1, 4}).isApprox(nn::Vector<float>{{-1.0F / 3, 4}}));
}

TEST_CASE("What looks like a layer and is another function is read as it stands") {
  const auto gelu = [](std::vector<float> numbers, const char* other) {
    return graph_of_parts(numbers, [&](ModelWriter& writer) {
      writer.node("Neg", {"x"}, {"minus"});
      writer.node("Mul", {"x", "c1"}, {"a"});
      writer.node("Erf", {"a"}, {"b"});
      writer.node("Add", {"b", "c2"}, {"c"});
      writer.node("Mul", {other, "c"}, {"d"});
      writer.node("Mul", {"d", "c3"}, {"y"});
    });
  };
  const std::vector<float> usual{0.70710678F, 1, 0.5F};
  CHECK(layers_of_graph(gelu(usual, "x")) == LayerNames{"GELU"});
  for (std::size_t i = 0; i < 3; ++i) {
    std::vector<float> numbers = usual;
    numbers[i] += 0.01F;
    const nn::Graph<float> graph = gelu(numbers, "x");
    CHECK(graph.depth() == 5);
    const double wanted = 1.5 * numbers[2] * (std::erf(1.5 * numbers[0]) + numbers[1]);
    CHECK(static_cast<double>(graph.predict({1.5F, 0})(0, 0)) == Approx(wanted));
  }
  const nn::Graph<float> gated = gelu(usual, "minus");  // of another value than the one that erf sees
  CHECK(gated.depth() == 6);
  CHECK(static_cast<double>(gated.predict({1.5F, 0})(0, 0)) == Approx(-0.75 * (1 + std::erf(1.5 * 0.70710678))));
}

TEST_CASE("A part that is read elsewhere, too, stays") {
  const nn::Graph<float> graph = graph_of_parts({}, [](ModelWriter& writer) {
    writer.node("Sigmoid", {"x"}, {"gate"});
    writer.node("Mul", {"x", "gate"}, {"silu"});
    writer.node("Add", {"silu", "gate"}, {"y"});
  });
  CHECK(layers_of_graph(graph) == LayerNames{"Sigmoid", "SiLU", "Add"});
  const double gate = 1 / (1 + std::exp(-2.0));
  CHECK(static_cast<double>(graph.predict({2, 0})(0, 0)) == Approx(3 * gate));
}

TEST_CASE("Layer norm is recognised with its terms in either order") {
  for (const bool epsilon_first : {false, true}) {
    nn::detail::onnx::ModelWriter writer;
    writer.input("x", nn::detail::onnx::DataType::float32, {std::string("batch"), 2});
    writer.initializer("epsilon", {}, std::vector<float>{0.25F});
    writer.initializer("two", {}, std::vector<float>{2});
    writer.initializer("scale", {2}, std::vector<float>{1, 2});
    writer.initializer("shift", {2}, std::vector<float>{0, 5});
    const std::vector<nn::detail::onnx::WrittenAttribute> last{{"axes", std::vector<std::int64_t>{-1}}};
    writer.node("ReduceMean", {"x"}, {"mean"}, last);
    writer.node("Sub", {"x", "mean"}, {"centred"});
    writer.node("Pow", {"centred", "two"}, {"square"});
    writer.node("ReduceMean", {"square"}, {"variance"}, last);
    writer.node("Add",
                epsilon_first ? std::vector<std::string>{"epsilon", "variance"}
                              : std::vector<std::string>{"variance", "epsilon"},
                {"sum"});
    writer.node("Sqrt", {"sum"}, {"deviation"});
    writer.node("Div", {"centred", "deviation"}, {"normal"});
    writer.node("Mul", {"scale", "normal"}, {"scaled"});
    writer.node("Add", {"shift", "scaled"}, {"y"});
    writer.output("y", nn::detail::onnx::DataType::float32, {std::string("batch"), 2});
    std::string text;
    writer.write(8, 17, [&](std::string_view piece) { text += piece; });
    std::istringstream stream(text);
    const nn::Graph<float> graph = nn::load_onnx<float>(stream);
    CHECK(layers_of_graph(graph) == LayerNames{"LayerNorm"});
    const float normal = 1 / std::sqrt(1.25F);
    CHECK(graph.predict({-1, 1}).isApprox(nn::Vector<float>{{-normal, 5 + 2 * normal}}));
  }
}
