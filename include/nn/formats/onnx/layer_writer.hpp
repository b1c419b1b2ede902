// SPDX-License-Identifier: MIT
// Layers as nodes of ONNX, one after the other, and the containers that they are in.
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nn/formats/onnx/activation_writer.hpp>
#include <nn/formats/onnx/attention_writer.hpp>
#include <nn/formats/onnx/imported_writer.hpp>
#include <nn/formats/onnx/rearrangement_writer.hpp>
#include <nn/formats/onnx/sequence_writer.hpp>
#include <nn/formats/onnx/window_writer.hpp>

namespace nn::detail::onnx {

/// Writes the layers of a list that stand in a row at one level, and in it those that they contain. What has no
/// operator is named in problems().
class LayerWriter {
 public:
  LayerWriter(WrittenGraph& graph, std::span<const WrittenLayer> layers) : graph_(graph), layers_(layers) {}

  const std::string& problems() const { return problems_; }

  /// All layers from the next one on, at `level` or deeper.
  WrittenValue row(WrittenValue value, Index level) {
    while (next_ < layers_.size() && layers_[next_].level >= level) value = write({value});
    return value;
  }

  /// The next layer, and those inside it, of these inputs.
  WrittenValue write(const std::vector<WrittenValue>& inputs) {
    const WrittenLayer& layer = layers_[next_++];
    graph_.enter(layer.prefix);
    const std::string_view merged = merge_operator(layer.type());
    WrittenValue value = is_constant(layer)                      ? constant(layer, with_samples(inputs[0]))
                         : layer.type() == MatrixProduct::name() ? product(layer, inputs)
                         : layer.type() == "CrossAttention"      ? cross_attention(layer, inputs)
                         : !merged.empty()                       ? merge(merged, inputs)
                                                                 : written(layer, with_samples(inputs[0]));
    value.shape = steps_ == 0 ? layer.output : Shape(1, steps_, layer.output.size());
    return value;
  }

  /// The value, repeated for each sample where it is the same for all.
  WrittenValue with_samples(const WrittenValue& value) {
    if (value.constant == nullptr) return value;
    const WrittenLayer& layer = *value.constant;
    const std::vector<std::int64_t> places(static_cast<std::size_t>(layer.output.size()), 0);
    const std::string read = graph_.in(beside_.at(&layer), Layout::flat_last).name,
                      some = graph_.node("Gather", {read, graph_.integers(places)}, {{"axis", std::int64_t{1}}});
    const std::vector<std::int64_t> dims{1, layer.output.size()};
    const std::string no = graph_.booleans(dims, std::vector<bool>(places.size(), false));
    return {graph_.node("Where", {no, some, constant_in(value, Layout::flat_last)}), layer.output};
  }

 private:
  // A layer whose numbers are the same for all samples. They are written where they are read, in the layout of what
  // stands beside them, and are learned or not.
  static bool is_constant(const WrittenLayer& layer) {
    if (layer.rearrange == nullptr) return layer.learned != nullptr;
    const Rearrange& numbers = *layer.rearrange;
    return numbers.weights.empty() &&
           std::all_of(numbers.places.begin(), numbers.places.end(), [](Index place) { return place < 0; });
  }
  WrittenValue constant(const WrittenLayer& layer, const WrittenValue& beside) {
    beside_.emplace(&layer, beside);
    return {"", layer.output, beside.layout, {}, &layer};
  }
  static double number_of(const WrittenLayer& layer, Index i) {
    if (layer.rearrange == nullptr) return layer.tensors[0].at(i);
    const Rearrange& numbers = *layer.rearrange;
    return numbers.constants[static_cast<std::size_t>(-1 - numbers.places[static_cast<std::size_t>(i)])];
  }
  // Its name; in the place of the samples it has a size of 1. Where it is read in another layout than before that is a
  // copy, which is not learned.
  std::string constant_in(const WrittenValue& value, Layout layout) {
    const WrittenLayer& layer = *value.constant;
    const auto found = constants_.find({&layer, layout});
    if (found != constants_.end()) return found->second;
    const auto is_of_layer = [&](const auto& written) { return written.first.first == &layer; };
    const bool is_learned = layer.learned != nullptr && std::none_of(constants_.begin(), constants_.end(), is_of_layer);
    const WrittenValue made{"", layer.output, layout};
    std::vector<double> numbers;
    for (Index i = 0; i < layer.output.size(); ++i) numbers.push_back(number_of(layer, feature_at(made, i)));
    std::vector<std::int64_t> dims = sizes_of(layout, layer.output);
    dims.insert(dims.begin(), 1);
    const std::string reader = graph_.enter("");
    const std::string alone = layer.prefix.substr(0, layer.prefix.size() - 1);
    const std::string name = !is_learned               ? graph_.fixed(layer.prefix + "constants", dims, numbers)
                             : layer.learned->is_alone ? graph_.constant(alone, dims, numbers)
                                                       : graph_.constant(layer.prefix + "weight", dims, numbers);
    graph_.enter(reader);
    return constants_.emplace(std::pair(&layer, layout), name).first->second;
  }
  std::string operand(const WrittenValue& value, Layout layout) {
    return value.constant != nullptr ? constant_in(value, layout) : graph_.in(value, layout).name;
  }

  // The layout in which a sample has these sizes; flat where there is none.
  static Layout layout_of(Shape shape, const std::vector<std::int64_t>& sizes) {
    for (const Layout layout : {Layout::time_last, Layout::image_last})
      if (sizes_of(layout, shape) == sizes && (layout == Layout::image_last || shape.height == 1)) return layout;
    return Layout::flat_last;
  }
  // Of matrices, whose numbers stand row by row.
  WrittenValue product(const WrittenLayer& layer, const std::vector<WrittenValue>& inputs) {
    const auto sizes_of_matrix = [&](const char* rows, const char* columns) {
      std::vector<std::int64_t> sizes{layer.whole(rows), layer.whole(columns)};
      if (layer.whole("count") != 1) sizes.insert(sizes.begin(), layer.whole("count"));
      return sizes;
    };
    const auto matrix = [&](const WrittenValue& value, std::vector<std::int64_t> sizes) {
      const Layout layout = layout_of(value.shape, sizes);
      const std::string name = operand(value, layout);
      if (layout != Layout::flat_last) return name;
      sizes.insert(sizes.begin(), 0);
      return graph_.node("Reshape", {name, graph_.integers(sizes)});
    };
    const bool are_constant = inputs[0].constant != nullptr && inputs[1].constant != nullptr;
    const std::string a = matrix(are_constant ? with_samples(inputs[0]) : inputs[0], sizes_of_matrix("rows", "inner")),
                      b = matrix(inputs[1], sizes_of_matrix("inner", "columns")), y = graph_.node("MatMul", {a, b});
    const Layout layout = layout_of(layer.output, sizes_of_matrix("rows", "columns"));
    if (layout != Layout::flat_last) return {y, layer.output, layout};
    return {graph_.node("Flatten", {y}, {{"axis", std::int64_t{1}}}), layer.output};
  }

  WrittenValue written(const WrittenLayer& layer, const WrittenValue& x) {
    const std::string_view type = layer.type();
    if (type == "Dense") return dense(layer, x);
    if (type == "Conv2D" || type == "Conv1D" || type == "CausalConv1D") return convolution(layer, x);
    if (type == "ConvTranspose2D" || type == "ConvTranspose1D") return transposed_convolution(layer, x);
    if (type == "MaxPool2D" || type == "MaxPool1D") return pool(layer, x, "MaxPool");
    if (type == "AveragePool2D" || type == "AveragePool1D") return pool(layer, x, "AveragePool");
    if (type == "GlobalAveragePool2D") return global_average(x);
    if (type == "BatchNorm") return batch_norm(layer, x);
    if (type == "LayerNorm") return layer_norm(layer, x);
    if (type == "GroupNorm") return group_norm(layer, x);
    if (type == "Normalize") return with_offset_and_scale(layer, x, "Sub", "offset", "Div", "scale");
    if (type == "Denormalize") return with_offset_and_scale(layer, x, "Mul", "scale", "Add", "offset");
    if (type == "PReLU") return prelu(layer, x);
    if (type == "Softmax" || type == "LogSoftmax") return softmax(layer, x);
    if (type == "Flatten") return flat(x);
    if (type == "Reshape") return graph_.in(x, Layout::flat_last);  // read anew by whoever comes next
    if (type == "UpSample2D") return write_up_sample(graph_, layer, x);
    if (type == "ZeroPad2D") return write_zero_pad(graph_, layer, x);
    if (type == "Permute") return write_permute(graph_, layer, x);
    if (type == "Slice") return write_slice(graph_, layer, x);
    if (const RecurrentOperator* known = find_recurrent(type)) return write_recurrent(graph_, layer, *known, x);
    if (type == "LastStep") return write_last_step(graph_, layer, x);
    if (type == "MeanOverTime" || type == "GlobalAveragePool1D") return write_over_time(graph_, layer, "ReduceMean", x);
    if (type == "MaxOverTime") return write_over_time(graph_, layer, "ReduceMax", x);
    if (type == "Embedding") return write_embedding(graph_, layer, x);
    if (type == "LearnedPositions" || type == "PositionalEncoding") return write_positions(graph_, layer, x);
    if (type == "RMSNorm") return write_rms_norm(graph_, layer, x);
    if (type == "MultiHeadAttention") return write_attention(graph_, layer, x);
    if (type == "TimeDistributed") return for_each_step(layer, x);
    if (type == "Chain") return row(x, layer.level + 1);
    if (type == "Residual") return residual(layer, x);
    if (type == "Concat") return concat(layer, x);
    if (layer.rearrange != nullptr) return write_rearrange(graph_, layer, x);
    if (type == Formula::name()) return changed(x, write_formula(graph_, layer, x.name));
    if (const auto name = write_elementwise(graph_, layer, x.name)) return changed(x, *name);
    problems_ += "\n  layer " + layer.prefix.substr(0, layer.prefix.size() - 1) + ", " + std::string(type) +
                 ": ONNX has no operator for it that is known here";
    while (next_ < layers_.size() && layers_[next_].level > layer.level) ++next_;
    return x;
  }

  WrittenValue cross_attention(const WrittenLayer& layer, std::vector<WrittenValue> inputs) {
    for (WrittenValue& value : inputs) value = with_samples(value);
    return write_cross_attention(graph_, layer, inputs);
  }

  // The operator of a layer that takes several values number by number, or one after the other; empty for any other.
  static std::string_view merge_operator(std::string_view type) {
    constexpr std::string_view merges[][2] = {{"Add", "Add"},     {"Subtract", "Sub"},      {"Multiply", "Mul"},
                                              {"Maximum", "Max"}, {"Minimum", "Min"},       {"Divide", "Div"},
                                              {"Power", "Pow"},   {"Concatenate", "Concat"}};
    for (const auto& [ours, theirs] : merges)
      if (type == ours) return theirs;
    return {};
  }

  /// All features in a row; an image keeps its order.
  WrittenValue flat(const WrittenValue& x) {
    return graph_.in(x, with_channels(Layout::flat_last, is_first(x.layout)));
  }
  /// With the channels as dimension 1, where there is more than channels.
  WrittenValue channels_second(const WrittenValue& x) {
    if (x.shape.height * x.shape.width == 1) return flat(x);
    return graph_.in(x, is_time(x.layout) ? Layout::time_first : Layout::image_first);
  }
  /// As many ones as follow the channels.
  static std::size_t ones_behind(const WrittenValue& x) {
    return x.layout == Layout::image_first ? 2 : x.layout == Layout::time_first ? 1 : 0;
  }
  WrittenValue for_window(const WrittenLayer& layer, const WrittenValue& x) {
    return graph_.in(x, layer.type().ends_with("1D") ? Layout::time_first : Layout::image_first);
  }

  WrittenValue dense(const WrittenLayer& layer, const WrittenValue& given) {
    if (steps_ != 0) {
      const WrittenValue x = graph_.in(given, Layout::time_last);
      return changed(x, write_linear(graph_, layer, x.name, "weight", "bias"));
    }
    const WrittenValue x = flat(given);
    std::vector<std::string> inputs{x.name, write_tensor(graph_, layer, "weight", x)};
    if (layer.find("bias") != nullptr) inputs.push_back(write_tensor(graph_, layer, "bias", {}));
    return {graph_.node("Gemm", inputs, {{"transB", std::int64_t{1}}}), layer.output};
  }

  WrittenValue convolution(const WrittenLayer& layer, const WrittenValue& given) {
    const WrittenValue x = for_window(layer, given);
    const Sides kernel(layer.whole("kernel_height"), layer.whole("kernel_width"));
    const Sides dilation(layer.whole("dilation_height"), layer.whole("dilation_width"));
    std::vector<WrittenAttribute> attributes = write_window(layer, x, kernel, dilation);
    attributes.emplace_back("dilations", sides(x, dilation.height, dilation.width));
    attributes.emplace_back("group", layer.whole("groups"));
    std::vector<std::string> inputs{x.name, write_tensor(graph_, layer, "weight", x)};
    if (layer.find("bias") != nullptr) inputs.push_back(write_tensor(graph_, layer, "bias", x));
    return {graph_.node("Conv", inputs, attributes), layer.output, x.layout};
  }

  WrittenValue transposed_convolution(const WrittenLayer& layer, const WrittenValue& given) {
    const WrittenValue x = for_window(layer, given);
    std::vector<std::string> inputs{x.name, write_tensor(graph_, layer, "weight", x)};
    if (layer.find("bias") != nullptr) inputs.push_back(write_tensor(graph_, layer, "bias", x));
    return {graph_.node("ConvTranspose", inputs, write_transposed_window(layer, x)), layer.output, x.layout};
  }

  WrittenValue pool(const WrittenLayer& layer, const WrittenValue& given, std::string_view op_type) {
    const WrittenValue x = for_window(layer, given);
    std::vector<WrittenAttribute> attributes =
        write_window(layer, x, Sides(layer.whole("height"), layer.whole("width")), Sides(1));
    if (op_type == "AveragePool") attributes.emplace_back("count_include_pad", std::int64_t{1});
    return {graph_.node(op_type, {x.name}, attributes), layer.output, x.layout};
  }

  WrittenValue global_average(const WrittenValue& given) {
    const WrittenValue x = graph_.in(given, is_time(given.layout) ? Layout::time_first : Layout::image_first);
    return {graph_.node("GlobalAveragePool", {x.name}), Shape(x.shape.channels), x.layout};
  }

  WrittenValue batch_norm(const WrittenLayer& layer, const WrittenValue& given) {
    const WrittenValue x = channels_second(given);
    std::vector<std::string> inputs{x.name};
    for (const char* name : {"weight", "bias", "running_mean", "running_var"})
      inputs.push_back(write_tensor(graph_, layer, name, x));
    return changed(x, graph_.node("BatchNormalization", inputs, {{"epsilon", layer.option("epsilon")}}));
  }

  // Over the channels, which are the last dimension.
  WrittenValue layer_norm(const WrittenLayer& layer, const WrittenValue& given) {
    const WrittenValue x = given.shape.height * given.shape.width == 1
                               ? flat(given)
                               : graph_.in(given, is_time(given.layout) ? Layout::time_last : Layout::image_last);
    const std::string weight = write_tensor(graph_, layer, "weight", x), bias = write_tensor(graph_, layer, "bias", x);
    const double epsilon = layer.option("epsilon");
    if (graph_.opset() >= 17)
      return changed(x, graph_.node("LayerNormalization", {x.name, weight, bias}, {{"epsilon", epsilon}}));
    const WrittenAttribute axes("axes", std::vector<std::int64_t>{-1});
    const std::string centred = graph_.node("Sub", {x.name, graph_.node("ReduceMean", {x.name}, {axes})});
    const std::string variance = graph_.node("ReduceMean", {graph_.node("Mul", {centred, centred})}, {axes});
    const std::string deviation = graph_.node("Sqrt", {graph_.node("Add", {variance, graph_.scalar(epsilon)})});
    const std::string scaled = graph_.node("Mul", {graph_.node("Div", {centred, deviation}), weight});
    return changed(x, graph_.node("Add", {scaled, bias}));
  }

  // Each group is an instance of one channel and many numbers.
  WrittenValue group_norm(const WrittenLayer& layer, const WrittenValue& given) {
    const WrittenValue x =
        given.shape.height * given.shape.width == 1 ? graph_.in(given, Layout::flat_last) : channels_second(given);
    const std::int64_t groups = layer.whole("groups");
    const auto size = static_cast<std::size_t>(groups);
    const std::string in_groups = graph_.node("Reshape", {x.name, graph_.integers({0, groups, -1})});
    const std::string ones = graph_.constant("ones", {groups}, std::vector<double>(size, 1));
    const std::string zeros = graph_.constant("zeros", {groups}, std::vector<double>(size, 0));
    const std::string normal =
        graph_.node("InstanceNormalization", {in_groups, ones, zeros}, {{"epsilon", layer.option("epsilon")}});
    std::vector<std::int64_t> sizes = sizes_of(x.layout, x.shape);
    sizes.insert(sizes.begin(), 0);
    const std::string back = graph_.node("Reshape", {normal, graph_.integers(sizes)});
    const std::size_t ones_after = ones_behind(x);
    const std::string scaled = graph_.node("Mul", {back, write_tensor(graph_, layer, "weight", x, ones_after)});
    return changed(x, graph_.node("Add", {scaled, write_tensor(graph_, layer, "bias", x, ones_after)}));
  }

  // Its tensors have the dimensions of an image whose channels come first.
  WrittenValue with_offset_and_scale(const WrittenLayer& layer, const WrittenValue& given, const char* first,
                                     const char* first_tensor, const char* second, const char* second_tensor) {
    const bool is_plain = given.shape.height * given.shape.width == 1;
    const WrittenValue x = is_plain ? flat(given) : graph_.in(given, Layout::image_first);
    const std::string half = graph_.node(first, {x.name, write_tensor(graph_, layer, first_tensor, x)});
    return changed(x, graph_.node(second, {half, write_tensor(graph_, layer, second_tensor, x)}));
  }

  WrittenValue prelu(const WrittenLayer& layer, const WrittenValue& given) {
    if (layer.option("per_channel") == 0) {
      const std::string slope = write_tensor(graph_, layer, "weight", {});
      return changed(given, graph_.node("PRelu", {given.name, slope}));
    }
    const WrittenValue x = channels_second(given);
    const std::string slopes = write_tensor(graph_, layer, "weight", x, ones_behind(x));
    return changed(x, graph_.node("PRelu", {x.name, slopes}));
  }

  // Over the channels of each position, whatever their order.
  WrittenValue softmax(const WrittenLayer& layer, const WrittenValue& given) {
    const bool has_positions = given.shape.height * given.shape.width > 1;
    const WrittenValue x = !has_positions          ? flat(given)
                           : is_flat(given.layout) ? graph_.in(given, Layout::image_last)
                                                   : given;
    const auto last = static_cast<std::int64_t>(sizes_of(x.layout, x.shape).size());
    return changed(x, graph_.node(layer.type(), {x.name}, {{"axis", is_first(x.layout) ? 1 : last}}));
  }

  // Layers that compute the same of each step of a sequence as of plain features read the sequence as it is; where
  // there are others, each step is a sample of its own.
  WrittenValue for_each_step(const WrittenLayer& layer, const WrittenValue& given) {
    bool is_stepwise = true;
    for (std::size_t i = next_; i < layers_.size() && layers_[i].level > layer.level; ++i)
      is_stepwise = is_stepwise && reads_steps(layers_[i]);
    const Shape shape = given.shape;
    const Index steps = shape.height * shape.width, before = std::exchange(steps_, is_stepwise ? steps : 0);
    if (is_stepwise) {
      WrittenValue x = graph_.in(given, shape.height == 1 ? Layout::time_last : Layout::flat_last);
      x.shape = Shape(1, steps, shape.channels);
      x = graph_.in(row(graph_.in(x, Layout::time_last), layer.level + 1), Layout::time_last);
      steps_ = before;
      return shape.height == 1 ? x : graph_.in(x, Layout::flat_last);
    }
    const std::string x = graph_.in(given, Layout::flat_last).name,
                      apart = graph_.node("Reshape", {x, graph_.integers({-1, shape.channels})});
    const WrittenValue y = graph_.in(row({apart, Shape(shape.channels)}, layer.level + 1), Layout::flat_last);
    steps_ = before;
    graph_.enter(layer.prefix);
    return {graph_.node("Reshape", {y.name, graph_.integers({-1, steps * y.shape.size()})}), layer.output};
  }
  bool reads_steps(const WrittenLayer& layer) const {
    constexpr std::string_view others[] = {"Dense", "LayerNorm", "RMSNorm",  "BatchNorm",  "PReLU",          "Softmax",
                                           "Chain", "Concat",    "Residual", "LogSoftmax", "TimeDistributed"};
    WrittenGraph scratch(graph_.type(), graph_.opset());
    return std::find(std::begin(others), std::end(others), layer.type()) != std::end(others) ||
           write_elementwise(scratch, layer, "x").has_value();
  }

  WrittenValue residual(const WrittenLayer& layer, const WrittenValue& x) {
    const WrittenValue inner = row(x, layer.level + 1);
    graph_.enter(layer.prefix);
    return merge("Add", {x, inner});
  }

  WrittenValue concat(const WrittenLayer& layer, const WrittenValue& x) {
    std::vector<WrittenValue> branches;
    while (next_ < layers_.size() && layers_[next_].level > layer.level) branches.push_back(write({x}));
    graph_.enter(layer.prefix);
    return merge("Concat", branches);
  }

  // Of several values, in one layout. What is the same for all samples is repeated for them, unless it is put behind.
  WrittenValue merge(std::string_view op_type, std::vector<WrittenValue> values) {
    const bool is_concat = op_type == "Concat";
    const auto is_constant = [](const WrittenValue& value) { return value.constant != nullptr; };
    if (is_concat || std::all_of(values.begin(), values.end(), is_constant))
      for (WrittenValue& value : values) value = with_samples(value);
    const Layout layout = common_layout(values, is_concat);
    const Shape shape = values[0].shape;
    std::vector<std::string> names;
    for (const WrittenValue& value : values) names.push_back(operand(value, layout));
    const auto last = static_cast<std::int64_t>(sizes_of(layout, shape).size());
    if (is_concat) return {graph_.node(op_type, names, {{"axis", is_first(layout) ? 1 : last}}), shape, layout};
    std::string sum = names[0];
    for (std::size_t i = 1; i < names.size(); ++i) sum = graph_.node(op_type, {sum, names[i]});
    return {sum, shape, layout};
  }
  // That of the first image; what is flat stays so where it has no positions, or the same ones.
  static Layout common_layout(const std::vector<WrittenValue>& values, bool is_concat) {
    const auto all = [&](const auto& is_so) { return std::all_of(values.begin(), values.end(), is_so); };
    const bool is_row = all([](const WrittenValue& value) { return value.shape.height == 1; });
    if (is_row && all([](const WrittenValue& value) { return value.shape.width == 1; })) return Layout::flat_last;
    for (const WrittenValue& value : values)
      if (value.constant == nullptr && !is_flat(value.layout) && value.shape.height * value.shape.width > 1)
        return with_channels(is_row && is_time(value.layout) ? Layout::time_last : Layout::image_last,
                             is_first(value.layout));
    if (!is_concat && all([&](const WrittenValue& value) { return value.shape == values[0].shape; }))
      return Layout::flat_last;
    return is_row ? Layout::time_last : Layout::image_last;
  }

  WrittenGraph& graph_;
  std::span<const WrittenLayer> layers_;
  std::size_t next_ = 0;
  Index steps_ = 0;  // of the sequence of which each step goes through the layers at hand; 0 where all goes at once
  std::map<const WrittenLayer*, WrittenValue> beside_;  // constants: a value of all samples
  std::map<std::pair<const WrittenLayer*, Layout>, std::string> constants_;
  std::string problems_;
};

}  // namespace nn::detail::onnx
