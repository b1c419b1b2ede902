// SPDX-License-Identifier: MIT
// Attention in C, and what tells it of words and of positions.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include <nn/io/c_header/layer.hpp>
#include <nn/io/c_header/products.hpp>
#include <nn/io/c_header/text.hpp>

namespace nn::detail {

/// What is no integer of the vocabulary becomes NaN.
inline CCode embedding_c(const CLayer& layer, const CText& c) {
  const Index vocabulary = layer.whole("vocabulary"), width = layer.whole("width");
  const CTensor& weight = layer.tensor("weight", vocabulary, width);
  CArray rows{"weight", {}};
  for (Index row = 0; row < vocabulary; ++row)
    for (Index i = 0; i < width; ++i) rows.numbers.push_back(weight(row, i));
  return {.body = c(R"(  for (long t = 0; t < %steps%; ++t, y += %width%) {
    const @ v = x[t];
    const long row = v >= 0 && v < %vocabulary% ? (long)v : 0;
    const @ none = v == (@)row ? 0 : (v - v) / (v - v);
    for (long j = 0; j < %width%; ++j) y[j] = weight[row * %width% + j] + none;
  }
)",
                    {{"steps", layer.input.size()},
                     {"vocabulary", c.literal(static_cast<double>(vocabulary))},
                     {"width", width}}),
          .arrays = {rows}};
}

/// y = x + a number of its own for every channel of every step
inline CCode shifted_c(const CLayer& layer, const CText& c, const auto& shift) {
  CArray shifts{"shift", {}};
  for (Index step = 0; step < layer.input.height * layer.input.width; ++step)
    for (Index channel = 0; channel < layer.input.channels; ++channel) shifts.numbers.push_back(shift(step, channel));
  return {.body = c("  for (long i = 0; i < %size%; ++i) y[i] = x[i] + shift[i];\n", {{"size", layer.input.size()}}),
          .arrays = {shifts},
          .is_in_place = true};
}
inline CCode positional_encoding_c(const CLayer& layer, const CText& c) {
  const auto channels = static_cast<double>(layer.input.channels);
  return shifted_c(layer, c, [&](Index step, Index channel) {
    const double angle =
        static_cast<double>(step) * std::pow(10000.0, -static_cast<double>(channel / 2 * 2) / channels);
    return channel % 2 == 0 ? std::sin(angle) : std::cos(angle);
  });
}
inline CCode learned_positions_c(const CLayer& layer, const CText& c) {
  return shifted_c(layer, c, layer.tensor("weight", layer.whole("steps"), layer.input.channels));
}

// Turns the pairs of channels of queries and keys by angles that grow with the step.
inline std::string rotary_c(const CLayer& layer, const CText& c, Index turned_heads, Index head, Index pitch,
                            std::vector<CArray>& arrays) {
  const Index steps = layer.input.height * layer.input.width, half = head / 2;
  CArray cosines{"cosine", {}}, sines{"sine", {}};
  for (Index step = 0; step < steps; ++step)
    for (Index pair = 0; pair < half; ++pair) {
      const double share = static_cast<double>(pair) / static_cast<double>(half);
      const double angle = static_cast<double>(step) * std::pow(layer.real("rotary_base"), -share);
      cosines.numbers.push_back(std::cos(angle));
      sines.numbers.push_back(std::sin(angle));
    }
  arrays.push_back(cosines);
  arrays.push_back(sines);
  return c(R"(  for (long t = 0; t < %steps%; ++t)
    for (long head = 0; head < %heads%; ++head)
      for (long i = 0; i < %half%; ++i) {
        @ *first = scratch + t * %pitch% + head * %head% + i, *second = first + %half%;
        const @ a = *first, b = *second, cosine_t = cosine[t * %half% + i], sine_t = sine[t * %half% + i];
        *first = a * cosine_t - b * sine_t;
        *second = b * cosine_t + a * sine_t;
      }
)",
           {{"steps", steps}, {"heads", turned_heads}, {"half", half}, {"pitch", pitch}, {"head", head}});
}

/// In scratch lie the queries, keys and values of all steps, then the weights of one query, then what the heads put out
/// for it.
inline CCode attention_c(const CLayer& layer, const CText& c) {
  const Index channels = layer.input.channels, steps = layer.input.height * layer.input.width;
  const Index heads = layer.whole("heads"), shared = layer.whole("key_value_heads"),
              keys = shared == 0 ? heads : shared;
  const Index head = channels / heads, pitch = channels + 2 * keys * head;
  const bool has_bias = layer.is("bias");
  const std::string in_bias = has_bias ? "in_bias" : "", out_bias = has_bias ? "out_bias" : "";
  CCode code{.functions = {"exp"}, .scratch = steps * pitch + steps + channels};
  code.arrays.push_back({"in_weight", in_c_tiles(layer.tensor("in_proj_weight", pitch, channels), pitch)});
  code.arrays.push_back({"out_weight", in_c_tiles(layer.tensor("out_proj.weight", channels, channels), channels)});
  if (has_bias) {
    code.arrays.push_back({in_bias, layer.tensor("in_proj_bias", pitch).numbers});
    code.arrays.push_back({out_bias, layer.tensor("out_proj.bias", channels).numbers});
  }
  code.body =
      c(R"(  @ *weights = scratch + %all%, *together = weights + %steps%, *step = scratch;
  for (long t = 0; t < %steps%; ++t, x += %channels%, step += %pitch%) {
%product%  }
)",
        {{"all", steps * pitch},
         {"steps", steps},
         {"channels", channels},
         {"pitch", pitch},
         {"product",
          c_product(c, {.rows = pitch, .columns = channels, .start = in_bias, .target = "step", .weight = "in_weight"},
                    "    ")}});
  if (layer.is("rotary")) code.body += rotary_c(layer, c, heads + keys, head, pitch, code.arrays);
  code.body += c(
      R"(  for (long t = 0; t < %steps%; ++t, y += %channels%) {
    for (long head = 0; head < %heads%; ++head) {
      const @ *query = scratch + t * %pitch% + head * %head%;
      const @ *key = scratch + (%heads% + %of_key%) * %head%, *value = key + %keys% * %head%;
      const long seen = %seen%;
      @ *to = together + head * %head%, largest = 0, sum = 0;
      for (long s = 0; s < seen; ++s) {
        @ score = 0;
        for (long i = 0; i < %head%; ++i) score += query[i] * key[s * %pitch% + i];
        weights[s] = score * %scale%;
        largest = s == 0 || weights[s] > largest ? weights[s] : largest;
      }
      for (long s = 0; s < seen; ++s) weights[s] = $exp(weights[s] - largest);
      for (long s = 0; s < seen; ++s) sum += weights[s];
      sum = 1 / sum;
      for (long i = 0; i < %head%; ++i) to[i] = 0;
      for (long s = 0; s < seen; ++s)
        for (long i = 0; i < %head%; ++i) to[i] += sum * weights[s] * value[s * %pitch% + i];
    }
%product%  }
)",
      {{"steps", steps},
       {"channels", channels},
       {"heads", heads},
       {"pitch", pitch},
       {"head", head},
       {"keys", keys},
       {"of_key", keys == heads ? "head" : "head / " + std::to_string(heads / keys)},
       {"seen", layer.is("causal") ? "t + 1" : std::to_string(steps)},
       {"scale", c.literal(1 / std::sqrt(static_cast<double>(head)))},
       {"product",
        c_product(
            c, {.rows = channels, .columns = channels, .start = out_bias, .weight = "out_weight", .input = "together"},
            "    ")}});
  return code;
}

}  // namespace nn::detail
