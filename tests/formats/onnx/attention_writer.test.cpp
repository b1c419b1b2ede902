// SPDX-License-Identifier: MIT
#include <nn/formats/onnx/attention_writer.hpp>

#include <sstream>

#include <nn/network.hpp>

#include "../../catch.hpp"
#include "../../numbers.hpp"

namespace {

// The largest difference of a network from itself, written and read again.
double difference_through_onnx(const auto&... layers) {
  nn::Sequential<double> network{layers...};
  network.parameters() = test::drawn<double>(network.parameter_count(), 1, 3);
  std::stringstream file;
  nn::save_onnx(network, file);
  const nn::Graph<double> read = nn::load_onnx<double>(file, {.channels_last = true});
  const nn::Matrix<double> x = test::drawn<double>(network.input_shape().size(), 3, 1);
  return (read.predict(x) - network.predict(x)).cwiseAbs().maxCoeff();
}

}  // namespace

TEST_CASE("Attention is written as products and a Softmax, with its options, for any number of samples") {
  for (const nn::AttentionOptions& options :
       {nn::AttentionOptions{}, nn::AttentionOptions{.causal = true}, nn::AttentionOptions{.key_value_heads = 1},
        nn::AttentionOptions{.key_value_heads = 2, .rotary = true, .rotary_base = 100},
        nn::AttentionOptions{.rotary = true, .bias = false}}) {
    CAPTURE(options.causal, options.key_value_heads, options.rotary);
    CHECK(difference_through_onnx(nn::Input{1, 5, 8}, nn::MultiHeadAttention{4, options}) < 1e-6);
  }
  CHECK(difference_through_onnx(nn::Input{2, 3, 4}, nn::MultiHeadAttention{2}, nn::Conv2D{2, 1}) < 1e-6);
}

TEST_CASE("Blocks of a transformer are written, and layers that each step goes through, alone where they need it") {
  CHECK(difference_through_onnx(nn::Input{1, 4, 6}, nn::TransformerBlock{2, 8}) < 1e-6);
  CHECK(difference_through_onnx(nn::Input{1, 4, 6}, nn::TransformerBlock{2, 8, {.norm_first = true}, nn::GELU{}}) <
        1e-6);
  CHECK(difference_through_onnx(nn::Input{2, 3, 4}, nn::FeedForward{5}, nn::Conv2D{2, 2}) < 1e-6);
  using nn::TimeDistributed, nn::Dense;
  const TimeDistributed inner{Dense{2}, nn::Softmax{}};
  const TimeDistributed outer{nn::Residual{Dense{4}, nn::PReLU{nn::per_channel}}, inner};
  CHECK(difference_through_onnx(nn::Input{1, 3, 4}, outer) < 1e-6);
  nn::Sequential<double> alone{nn::Input{1, 3, 4}, TimeDistributed{Dense{4}, nn::GroupNorm{2}, Dense{2}}, nn::Dense{1}};
  std::stringstream file;
  nn::save_onnx(alone, file);  // whose steps are samples for a while, which is not read
  CHECK_THROWS_WITH(nn::load_onnx<double>(file), Catch::Matchers::ContainsSubstring("Reshape"));
}

TEST_CASE("Attention to a context is written, and read again") {
  for (const nn::CrossAttentionOptions& options :
       {nn::CrossAttentionOptions{}, nn::CrossAttentionOptions{.key_value_heads = 2},
        nn::CrossAttentionOptions{.key_value_heads = 1, .bias = false}})
    for (const nn::Index channels : {8, 3}) {  // of the context: with one matrix for all projections, and with three
      CAPTURE(options.key_value_heads, options.bias, channels);
      nn::Graph<double> graph;
      const auto sequence = graph.input({1, 5, 8}), context = graph.input({1, 4, channels});
      graph.output(graph.add(nn::CrossAttention{4, options}, sequence, context));
      graph.parameters() = test::drawn<double>(graph.parameter_count(), 1, 3);
      std::stringstream file;
      nn::save_onnx(graph, file);
      const nn::Graph<double> read = nn::load_onnx<double>(file, {.channels_last = true});
      const nn::Matrix<double> x = test::drawn<double>(5 * 8, 3, 1), c = test::drawn<double>(4 * channels, 3, 2);
      CHECK((read.predict({x, c}) - graph.predict({x, c})).cwiseAbs().maxCoeff() < 1e-6);
    }
}
