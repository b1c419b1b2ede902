// SPDX-License-Identifier: MIT
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <typeinfo>

#include <nn/formats/onnx/model_reader.hpp>
#include <nn/formats/onnx/save.hpp>
#include <nn/formats/onnx/tensor_numbers.hpp>

#include "../../all_layers.hpp"
#include "../../catch.hpp"
#include "../../io/files.hpp"
#include "../../left_out.hpp"
#include "../../numbers.hpp"

namespace {

using nn::detail::onnx::Model;

template <class Network>
std::string onnx_text(const Network& network, const nn::SaveOnnxOptions& options = {}) {
  std::ostringstream stream;
  nn::save_onnx(network, stream, options);
  return stream.str();
}

template <class Network>
Model written_model(const Network& network, const nn::SaveOnnxOptions& options = {}) {
  return nn::detail::onnx::model_of(nn::detail::onnx::Document("the test", onnx_text(network, options)));
}

std::vector<std::string> operators_in(const Model& model) {
  std::vector<std::string> names;
  for (const auto& node : model.graph.nodes) names.emplace_back(node.op_type);
  return names;
}

std::vector<std::int64_t> sizes_in(const nn::detail::onnx::ValueInfo& info) {
  std::vector<std::int64_t> sizes;
  for (const auto& dimension : info.shape) sizes.push_back(dimension.size.value_or(-1));
  return sizes;
}

std::vector<float> numbers_in(Model& model, std::string_view name) {
  for (const auto& tensor : model.graph.initializers)
    if (tensor.name == name) return nn::detail::onnx::numbers_of<float>(*model.document, tensor);
  return {};
}

using Words = std::vector<std::string>;
using Sizes = std::vector<std::int64_t>;

// What a network computes of some samples, and its model, are left in a folder for other programs.
class ModelFolder {
 public:
  template <class Network>
  void add(Network& network, const std::string& name, const nn::SaveOnnxOptions& options = {}) {
    using T = typename Network::Scalar;
    network.parameters() = test::drawn<T>(network.parameter_count(), 1, 1);
    if (network.state().size() > 0) network.state() = test::drawn<T>(network.state().size(), 1, 2, 0.5, 2);
    const nn::Shape in = network.input_shape(), out = network.output_shape();
    const nn::Matrix<T> x = test::drawn<T>(in.size(), 3, 3), y = network.predict(x);
    nn::save_onnx(network, folder / (name + ".onnx"), options);
    std::ofstream file(folder / (name + ".in"));
    file.precision(9);
    using namespace nn::detail::onnx;
    const Layout layout = outer_layout(in, !options.channels_last);
    file << 3;
    for (const std::int64_t size : sizes_of(layout, in)) file << ' ' << size;
    file << '\n';
    for (nn::Index sample = 0; sample < 3; ++sample)
      for (nn::Index i = 0; i < in.size(); ++i) file << x(feature_at({"", in, layout}, i), sample) << ' ';
    std::vector<double> expected;
    const Layout last = outer_layout(out, !options.channels_last);
    for (nn::Index sample = 0; sample < 3; ++sample)
      for (nn::Index i = 0; i < out.size(); ++i)
        expected.push_back(static_cast<double>(y(feature_at({"", out, last}, i), sample)));
    all.push_back({name, expected});
  }

  void check_outputs() const {
    for (const auto& [name, expected] : all) {
      INFO(name);
      std::ifstream file(folder / (name + ".out"));
      std::string sizes;
      std::getline(file, sizes);
      std::vector<double> got;
      for (double number = 0; file >> number;) got.push_back(number);
      REQUIRE(got.size() == expected.size());
      double worst = 0;
      for (std::size_t i = 0; i < got.size(); ++i)
        worst = std::max(worst, std::abs(got[i] - expected[i]) / std::max(1.0, std::abs(expected[i])));
      CHECK(worst < 1e-5);
    }
  }

  test::Folder folder;
  std::vector<std::pair<std::string, std::vector<double>>> all;
};

// A function of the program's own.
bool has_no_operator(const std::string& layer) { return layer == "Activation"; }

// All layers, after those that they need, and some networks in which they meet.
void add_all_models(ModelFolder& models, const nn::SaveOnnxOptions& options) {
  int number = 0;
  test::for_each_layer([&](const auto& layer, const auto&... before) {
    nn::Sequential<float> network{nn::Input{5}, before..., layer};
    const std::string name(layer.name());
    if (has_no_operator(name)) return;
    models.add(network, name + '_' + std::to_string(number++) + "_opset_" + std::to_string(options.opset), options);
  });
}

// Of three samples, of which 2, 2 and 1 of 5 steps count, and 2, 1 and none of 3 steps of what they look at.
void add_attention_by_lengths(ModelFolder& models, const nn::SaveOnnxOptions& options) {
  nn::Graph<float> graph;
  const auto x = graph.input({1, 5, 6}), context = graph.add(nn::Conv1D{8, 3}, x);
  const auto ones = graph.add(nn::BinaryStep{}, graph.add(nn::Flatten{}, x));
  const auto one = [&](nn::Index i) { return graph.add(nn::Slice{.channels = {i, i + 1}}, ones); };
  const auto seen = graph.add(nn::Add{}, one(1), one(2)), own = graph.add(nn::Add{}, one(2), one(3), one(9));
  graph.output(graph.add(nn::CrossAttention{3, {.key_value_heads = 1}}, x, context, seen, own));
  models.add(graph, "attention_by_lengths_opset_" + std::to_string(options.opset), options);
  const nn::Matrix<float> y = graph.predict(test::drawn<float>(30, 3, 3));
  for (nn::Index sample = 0; sample < 3; ++sample) CHECK((y.col(sample).array() != 0).count() == (sample < 2 ? 12 : 0));
}

std::string here() {
  const std::string file = __FILE__;
  return file.substr(0, file.find_last_of('/') + 1);
}

int run_quietly(const std::string& command) { return std::system((command + " >&2").c_str()); }

}  // namespace

TEST_CASE("A layer without an operator is refused, each of them") {
  test::for_each_layer([](const auto& layer, const auto&... before) {
    if (!has_no_operator(std::string(layer.name()))) return;
    const nn::Sequential<float> network{nn::Input{5}, before..., layer};
    std::ostringstream file;
    CHECK_THROWS_AS(nn::save_onnx(network, file), nn::load_error);
  });
}

TEST_CASE("A dense network is Gemm and activations, with the names and numbers of its tensors") {
  nn::Network<nn::Input<3>, nn::Dense<2>, nn::ReLU, nn::Dense<2>, nn::Softmax> network;
  network.tensor("0.weight") << 1, 2, 3, 4, 5, 6;
  network.tensor("0.bias") << 7, 8;
  Model model = written_model(network, {.class_names = {"cat", "dog"}});
  CHECK(operators_in(model) == Words{"Gemm", "Relu", "Gemm", "Softmax"});
  CHECK(model.ir_version == 8);
  CHECK(model.opset() == 17);
  CHECK(model.graph.inputs[0].name == "input");
  CHECK(sizes_in(model.graph.inputs[0]) == Sizes{-1, 3});
  CHECK(model.graph.inputs[0].shape[0].name == "batch");
  CHECK(model.graph.outputs[0].name == "output");
  CHECK(model.graph.nodes.back().outputs[0] == "output");
  CHECK(sizes_in(model.graph.outputs[0]) == Sizes{-1, 2});
  CHECK(numbers_in(model, "0.weight") == std::vector<float>{1, 2, 3, 4, 5, 6});  // row by row, as PyTorch has it
  CHECK(numbers_in(model, "0.bias") == std::vector<float>{7, 8});
  REQUIRE(model.metadata.size() == 1);
  CHECK(model.metadata[0].key == "class_names");
  CHECK(model.metadata[0].value == "cat\ndog");
}

TEST_CASE("A convolutional network is channels first outside, and its Dense reads what Flatten leaves so") {
  nn::Network<nn::Input<2, 2, 3>, nn::Conv2D<2, 1>, nn::Flatten, nn::Dense<1>> network;
  network.tensor("2.weight") << 0, 1, 2, 3, 4, 5, 6, 7;  // pixel by pixel, two channels each
  Model model = written_model(network);
  CHECK(operators_in(model) == Words{"Conv", "Flatten", "Gemm"});
  CHECK(sizes_in(model.graph.inputs[0]) == Sizes{-1, 3, 2, 2});
  CHECK(numbers_in(model, "2.weight") == std::vector<float>{0, 2, 4, 6, 1, 3, 5, 7});
  const Model inside = written_model(network, {.channels_last = true});
  CHECK(sizes_in(inside.graph.inputs[0]) == Sizes{-1, 2, 2, 3});
  CHECK(operators_in(inside) == Words{"Transpose", "Conv", "Flatten", "Gemm"});
}

TEST_CASE("A time series has its channels first and no height") {
  nn::Network<nn::Input<1, 8, 3>, nn::Conv1D<4, 3>, nn::ReLU, nn::MaxPool1D<2>> network;
  const Model model = written_model(network);
  CHECK(operators_in(model) == Words{"Conv", "Relu", "MaxPool"});
  CHECK(sizes_in(model.graph.inputs[0]) == Sizes{-1, 3, 8});
  CHECK(sizes_in(model.graph.outputs[0]) == Sizes{-1, 4, 3});
  CHECK(model.graph.initializers[0].dims == Sizes{4, 3, 3});
}

TEST_CASE("A network in double is written in double, and one without layers as an Identity") {
  nn::Network<double, nn::Input<2>, nn::Dense<1>> network;
  CHECK(written_model(network).graph.initializers[0].type == nn::detail::onnx::DataType::float64);
  CHECK(operators_in(written_model(nn::Sequential<float>{nn::Input{2}})) == Words{"Identity"});
}

TEST_CASE("A graph has its inputs and outputs, and its layers' names") {
  nn::Graph<float> graph;
  const auto picture = graph.input({4, 4, 2}), angle = graph.input({1});
  const auto features = graph.add(nn::Flatten{}, graph.add("eye", nn::Conv2D{3, 3}, picture));
  const auto joined = graph.add(nn::Concatenate{}, features, angle);
  graph.output(graph.add("head", nn::Dense{2}, joined));
  graph.output(graph.add(nn::Tanh{}, features));
  Model model = written_model(graph);
  REQUIRE(model.graph.inputs.size() == 2);
  CHECK(model.graph.inputs[0].name == "input_0");
  CHECK(sizes_in(model.graph.inputs[0]) == Sizes{-1, 2, 4, 4});
  CHECK(sizes_in(model.graph.inputs[1]) == Sizes{-1, 1});
  REQUIRE(model.graph.outputs.size() == 2);
  CHECK(model.graph.outputs[1].name == "output_1");
  CHECK(sizes_in(model.graph.outputs[0]) == Sizes{-1, 2});
  CHECK(sizes_in(model.graph.outputs[1]) == Sizes{-1, 12});
  CHECK(numbers_in(model, "head.weight").size() == 26);
  CHECK(numbers_in(model, "eye.weight").size() == 54);
}

TEST_CASE("A layer of a graph that contains others is written with them, once") {
  nn::Graph<float> graph;
  const auto x = graph.input({2});
  const auto around = graph.add("around", nn::Residual{nn::Dense{2}, nn::Tanh{}}, x);
  graph.output(graph.add("head", nn::Dense{1}, around));
  CHECK(operators_in(written_model(graph)) == Words{"Gemm", "Tanh", "Add", "Gemm"});
}

TEST_CASE("Layers that ONNX has no operator for are named in one list, and nothing is written") {
  nn::Sequential<float> network{nn::Input{2}, nn::Activation<test::Swish>{},
                                nn::Residual{nn::Activation<test::Swish>{}, nn::Dense{2}}};
  const test::Folder folder;
  const std::string problem = test::load_error_of([&] { nn::save_onnx(network, folder / "model.onnx"); });
  CHECK(problem ==
        "save: the network cannot be written as ONNX:\n"
        "  layer 0, Activation: ONNX has no operator for it that is known here\n"
        "  layer 1.0, Activation: ONNX has no operator for it that is known here");
  CHECK(folder.count() == 0);
}

TEST_CASE("Numbers that are not finite and options that make no sense are refused") {
  nn::Network<nn::Input<2>, nn::Dense<1>> network;
  std::ostringstream stream;
  CHECK_THROWS_AS(nn::save_onnx(network, stream, {.opset = 12}), nn::data_error);
  CHECK_THROWS_AS(nn::save_onnx(network, stream, {.opset = 24}), nn::data_error);
  CHECK_THROWS_AS(nn::save_onnx(network, stream, {.class_names = {"a\nb"}}), nn::data_error);
  network.bias<0>()[0] = test::not_a_number<float>;
  CHECK_THAT(test::load_error_of([&] { nn::save_onnx(network, stream); }),
             Catch::Matchers::StartsWith("save: 0.bias has the number nan"));
  CHECK(stream.str().empty());
  stream.setstate(std::ios::failbit);
  network.bias<0>()[0] = 0;
  CHECK_THAT(test::load_error_of([&] { nn::save_onnx(network, stream); }),
             Catch::Matchers::ContainsSubstring("stream"));
}

TEST_CASE("onnx's own checker passes every layer, at every opset") {
  if (run_quietly("/usr/bin/python3 -c 'import onnx' 2>/dev/null") != 0)
    return test::left_out("onnx's checker: python3-onnx is not installed");
  ModelFolder models;
  for (const std::int64_t opset : {13, 16, 17}) add_all_models(models, {.opset = opset});  // what Debian's knows
  CHECK(run_quietly("/usr/bin/python3 " + here() + "check_models.py " + models.folder.path()) == 0);
}

TEST_CASE("ONNX Runtime computes what the network does, for every layer") {
  const std::string script = "node " + here() + "run_models.mjs ";
  if (run_quietly(script + "--check 2>/dev/null") != 0)
    return test::left_out("models run by ONNX Runtime: node or onnxruntime-node is not installed");
  ModelFolder models;
  add_all_models(models, {});
  add_all_models(models, {.opset = 13, .channels_last = true});
  add_all_models(models, {.opset = 21});
  for (const std::int64_t opset : {13, 17, 21}) add_attention_by_lengths(models, {.opset = opset});
  nn::Sequential<float> lenet{nn::Input{8, 8, 2},
                              nn::Normalize{},
                              nn::Conv2D{6, 3, {.padding = 1}},
                              nn::BatchNorm{},
                              nn::ReLU{},
                              nn::MaxPool2D{2},
                              nn::LayerNorm{},
                              nn::Flatten{},
                              nn::BatchNorm{},
                              nn::PReLU{nn::per_channel},
                              nn::Dense{6},
                              nn::Reshape{1, 3, 2},
                              nn::Conv1D{4, 2},
                              nn::GELU{},
                              nn::Softmax{}};
  models.add(lenet, "lenet");
  models.add(lenet, "lenet_last", {.channels_last = true});
  nn::Sequential<float> strided{nn::Input{7, 9, 3},
                                nn::Conv2D{4, {3, 2}, {.stride = {2, 3}, .padding = nn::same_padding}},
                                nn::Concat{nn::Identity{}, nn::Conv2D{2, 3, {.padding = 2, .dilation = 2}}},
                                nn::Residual{nn::Conv2D{6, 3, {.padding = 1, .groups = 3}}, nn::Mish{}},
                                nn::AveragePool2D{{2, 2}, {.stride = 1, .padding = nn::same_padding}},
                                nn::UpSample2D{2},
                                nn::Softmax{},
                                nn::ZeroPad2D{{1, 0, 2, 1}},
                                nn::GroupNorm{2}};
  models.add(strided, "strided");
  nn::Graph<float> graph;
  const auto picture = graph.input({6, 6, 2});
  const auto seen = graph.add("eye", nn::Conv2D{3, 3}, picture);
  const auto mean = graph.add(nn::GlobalAveragePool2D{}, seen);
  const auto scaled = graph.add(nn::Multiply{}, seen, mean);
  const auto joined = graph.add(nn::Concatenate{}, scaled, graph.add(nn::Add{}, seen, scaled));
  graph.output(graph.add("head", nn::Dense{4}, graph.add(nn::Flatten{}, joined)));
  models.add(graph, "graph");
  CHECK(run_quietly(script + models.folder.path()) == 0);
  models.check_outputs();
}
