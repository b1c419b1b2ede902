// SPDX-License-Identifier: MIT
// Whether the models compute what the networks do is tested with ONNX Runtime, in save.test.cpp.
#include <nn/formats/onnx/sequence_writer.hpp>

#include <algorithm>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <nn/formats/onnx/model_reader.hpp>
#include <nn/formats/onnx/save.hpp>
#include <nn/formats/onnx/tensor_numbers.hpp>
#include <nn/layers/bidirectional.hpp>
#include <nn/layers/gru.hpp>
#include <nn/layers/input.hpp>
#include <nn/layers/last_step.hpp>
#include <nn/layers/learned_positions.hpp>
#include <nn/layers/lstm.hpp>
#include <nn/layers/max_over_time.hpp>
#include <nn/layers/sequence.hpp>
#include <nn/layers/simple_rnn.hpp>
#include <nn/networks/sequential.hpp>

#include "../../catch.hpp"

namespace {

using nn::detail::onnx::Model;

Model model_of_sequences(const nn::Sequential<float>& network, std::int64_t opset = 17) {
  std::ostringstream stream;
  nn::save_onnx(network, stream, {.opset = opset});
  return nn::detail::onnx::model_of(nn::detail::onnx::Document("the test", stream.str()));
}

std::string operators_of(const Model& model) {
  std::string all;
  for (const auto& node : model.graph.nodes) all += std::string(node.op_type) + ' ';
  return all;
}

std::vector<float> constant_of(Model& model, std::string_view name) {
  for (const auto& tensor : model.graph.initializers)
    if (tensor.name == name) return nn::detail::onnx::numbers_of<float>(*model.document, tensor);
  return {};
}

}  // namespace

TEST_CASE("Gates are written in the order of ONNX") {
  nn::Sequential<float> lstm{nn::Sequence{1, 3}, nn::LSTM{1}, nn::LastStep{}};
  for (nn::Index k = 0; k < lstm.parameter_count(); ++k) lstm.parameters()[k] = static_cast<float>(k);
  Model model = model_of_sequences(lstm);
  CHECK(operators_of(model) == "Reshape Transpose LSTM Transpose Reshape Gather Flatten ");
  // Ours are i f g o: weights of the features 0 to 3, of h 4 to 7, biases 8 to 11 and 12 to 15. ONNX's are i o f c.
  CHECK(constant_of(model, "0.W") == std::vector<float>{0, 3, 1, 2});
  CHECK(constant_of(model, "0.R") == std::vector<float>{4, 7, 5, 6});
  CHECK(constant_of(model, "0.B") == std::vector<float>{8, 11, 9, 10, 12, 15, 13, 14});
}

TEST_CASE("Both directions stand in one operator, and a layer without biases has none") {
  nn::Sequential<float> gru{nn::Sequence{1, 3}, nn::Bidirectional{nn::GRU{1, {.bias = false}}}};
  for (nn::Index k = 0; k < gru.parameter_count(); ++k) gru.parameters()[k] = static_cast<float>(k);
  Model model = model_of_sequences(gru);
  // Ours are r z n; ONNX's z r h.
  CHECK(constant_of(model, "0.W") == std::vector<float>{1, 0, 2, 7, 6, 8});
  CHECK(constant_of(model, "0.R") == std::vector<float>{4, 3, 5, 10, 9, 11});
  CHECK(constant_of(model, "0.B").empty());
}

TEST_CASE("A GRU says whether it resets before or after the product of its candidate") {
  for (const bool is_after : {false, true}) {
    const nn::Sequential<float> gru{nn::Sequence{1, 3}, nn::GRU{1, {.reset_after = is_after}}};
    Model model = model_of_sequences(gru);
    const auto* reset = std::find_if(model.graph.nodes.begin(), model.graph.nodes.end(), [](const auto& node) {
                          return node.op_type == "GRU";
                        })->find("linear_before_reset");
    REQUIRE(reset != nullptr);
    CHECK(integer_of(message_of(*model.document, *reset)) == (is_after ? 1 : 0));
  }
}

TEST_CASE("What is left of all steps is reduced over them, by an attribute or an input as the opset has it") {
  const nn::Sequential<float> network{nn::Sequence{2, 3}, nn::SimpleRNN{2, {.relu = true}}, nn::MaxOverTime{}};
  CHECK(operators_of(model_of_sequences(network)) == "Transpose Transpose RNN Transpose Reshape ReduceMax ");
  CHECK(model_of_sequences(network, 17).graph.nodes.back().inputs.size() == 1);
  CHECK(model_of_sequences(network, 18).graph.nodes.back().inputs.size() == 2);
}

TEST_CASE("Positions are a constant, as many as there are steps") {
  nn::Sequential<float> network{nn::Sequence{2, 2}, nn::LearnedPositions{3}};
  network.parameters() = nn::Vector<float>{{1, 2, 3, 4, 5, 6}};  // 3 positions x 2 channels, column by column
  Model model = model_of_sequences(network);
  CHECK(constant_of(model, "0.positions") == std::vector<float>{1, 4, 2, 5});
}
