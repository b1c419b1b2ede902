// SPDX-License-Identifier: MIT
// Layers of several inputs in C, which read x, x1, x2 and so on.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <nn/io/c_header/attention.hpp>
#include <nn/io/c_header/layer.hpp>
#include <nn/io/c_header/text.hpp>
#include <nn/io/c_header/window.hpp>

namespace nn::detail {

/// "x", "x1", "x2", ...
inline std::string c_input(std::size_t k) { return k == 0 ? "x" : "x" + std::to_string(k); }

/// y = the channels of the first, then those of the second, and so on, for every pixel.
inline CCode concatenate_c(const CText& c, const std::vector<Shape>& inputs) {
  Index all = 0, first = 0;
  for (const Shape& input : inputs) all += input.channels;
  CCode code;
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    code.body += c(R"(  for (long i = 0; i < %pixels%; ++i)
    for (long j = 0; j < %channels%; ++j) y[i * %all% + %first% + j] = %input%[i * %channels% + j];
)",
                   {{"pixels", inputs[k].height * inputs[k].width},
                    {"channels", inputs[k].channels},
                    {"all", all},
                    {"first", first},
                    {"input", c_input(k)}});
    first += inputs[k].channels;
  }
  return code;
}

/// What becomes of v, the first number, with each of the others.
struct CMerge {
  std::string_view name, next;
};
inline constexpr std::array c_merges{
    CMerge{"Add", "v += %next%;"}, CMerge{"Subtract", "v -= %next%;"}, CMerge{"Multiply", "v *= %next%;"},
    CMerge{"Maximum", "v = %next% > v ? %next% : v;"}, CMerge{"Minimum", "v = %next% < v ? %next% : v;"}};

/// A number of an input at (row, column, j) of the output; a dimension of 1 is repeated.
inline std::string c_number_at(const std::string& name, const Shape& input) {
  std::string place;
  const auto add = [&](Index size, const std::string& at, Index step) {
    if (size > 1) place += (place.empty() ? "" : " + ") + c_times(at, step);
  };
  add(input.height, "row", input.width * input.channels);
  add(input.width, "column", input.channels);
  add(input.channels, "j", 1);
  return name + '[' + (place.empty() ? "0" : place) + ']';
}

inline CCode elementwise_merge_c(const CMerge& merge, const CLayer& layer, const CText& c) {
  const Shape& output = layer.output;
  std::string steps;
  for (std::size_t k = 1; k < layer.inputs.size(); ++k)
    steps += "        " + c(merge.next, {{"next", c_number_at(c_input(k), layer.inputs[k])}}) + '\n';
  return {.body = c(R"(  for (long row = 0; row < %rows%; ++row)
    for (long column = 0; column < %columns%; ++column)
      for (long j = 0; j < %channels%; ++j) {
        @ v = %first%;
%steps%        y[(row * %columns% + column) * %channels% + j] = v;
      }
)",
                    {{"rows", output.height},
                     {"columns", output.width},
                     {"channels", output.channels},
                     {"first", c_number_at("x", layer.inputs[0])},
                     {"steps", steps}}),
          .is_in_place = layer.inputs[0] == output};
}

/// All outputs of a graph, one after the other.
inline CCode outputs_c(const CText& c, const std::vector<Shape>& inputs) {
  CCode code;
  for (std::size_t k = 0; k < inputs.size(); ++k)
    code.body += c("  for (long i = 0; i < %size%; ++i) *y++ = %input%[i];\n",
                   {{"size", inputs[k].size()}, {"input", c_input(k)}});
  return code;
}

/// The C of a layer of several inputs. Throws load_error where the layer is unknown.
inline CCode merge_c(const CLayer& layer, const CText& c) {
  for (const CMerge& merge : c_merges)
    if (merge.name == layer.name()) return elementwise_merge_c(merge, layer, c);
  if (layer.name() == "Concatenate") return concatenate_c(c, layer.inputs);
  if (layer.name() == "CrossAttention") return cross_attention_c(layer, c);
  if (layer.name() == "Outputs") return outputs_c(c, layer.inputs);
  layer.refuse_unknown();
}

}  // namespace nn::detail
