// SPDX-License-Identifier: MIT
// A model of one node, as others might have written it.
#pragma once

#include <cstdint>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <nn/formats/onnx/load.hpp>
#include <nn/formats/onnx/model_writer.hpp>

namespace test {

using namespace nn::detail::onnx;

// A model of an input x of these sizes and one node that reads it and the constants, which is then y.
struct OneNode {
  ModelWriter writer;
  std::vector<std::string> inputs{"x"}, outputs{"y"};

  bool has_batch;

  explicit OneNode(const std::vector<std::int64_t>& sizes, bool samples = true) : has_batch(samples) {
    WrittenShape shape;
    if (samples) shape.emplace_back(std::string("batch"));
    for (const std::int64_t size : sizes) shape.emplace_back(size);
    writer.input("x", DataType::float32, shape);
    writer.output("y", DataType::float32, {std::string("batch")});
  }
  OneNode& with(const std::vector<std::int64_t>& dims, const std::vector<float>& numbers) {
    inputs.push_back("constant_" + std::to_string(inputs.size()));
    writer.initializer(inputs.back(), dims, numbers);
    return *this;
  }
  OneNode& with(const std::vector<std::int64_t>& numbers) {
    inputs.push_back("constant_" + std::to_string(inputs.size()));
    writer.initializer(inputs.back(), {static_cast<std::int64_t>(numbers.size())}, numbers);
    return *this;
  }
  OneNode& without() {
    inputs.emplace_back();
    return *this;
  }
  nn::Graph<float> read(std::string_view type, const std::vector<WrittenAttribute>& attributes = {},
                        std::int64_t opset = 17) {
    writer.node(type, inputs, outputs, attributes);
    std::string text;
    writer.write(8, opset, [&](std::string_view piece) { text += piece; });
    std::istringstream stream(text);
    nn::LoadOnnxOptions options;
    if (!has_batch) options.batch = {};
    return nn::load_onnx<float>(stream, options);
  }
};

}  // namespace test
