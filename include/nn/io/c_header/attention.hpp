// SPDX-License-Identifier: MIT
// Attention in C, also to another sequence, and what tells it of words and of positions.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include <nn/io/c_header/layer.hpp>
#include <nn/io/c_header/products.hpp>
#include <nn/io/c_header/text.hpp>
#include <nn/layers/base/attention_heads.hpp>

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

// What the heads put out for one query, at `together`; needs room for its weights.
inline std::string attended_c(const CText& c, Index heads, Index keys, Index head, Index pitch,
                              const std::string& queries, const std::string& first_key, const std::string& seen) {
  return c(R"(    for (long head = 0; head < %heads%; ++head) {
      const @ *query = %queries% + head * %head%;
      const @ *key = %first_key% + %of_key% * %head%, *value = key + %keys% * %head%;
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
)",
           {{"heads", heads},
            {"pitch", pitch},
            {"head", head},
            {"keys", keys},
            {"queries", queries},
            {"first_key", first_key},
            {"of_key", keys == heads ? "head" : "head / " + std::to_string(heads / keys)},
            {"seen", seen},
            {"scale", c.literal(1 / std::sqrt(static_cast<double>(head)))}});
}

/// In scratch lie the queries, keys and values of all steps, then the weights of one query, then what the heads put out
/// for it.
inline CCode attention_c(const CLayer& layer, const CText& c) {
  const Index channels = layer.input.channels, steps = layer.input.height * layer.input.width;
  const Index heads = layer.whole("heads"), keys = key_value_heads_of(heads, layer.whole("key_value_heads"));
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
%attended%%product%  }
)",
      {{"steps", steps},
       {"channels", channels},
       {"attended",
        attended_c(c, heads, keys, head, pitch, "scratch + t * " + std::to_string(pitch),
                   "scratch + " + std::to_string(channels), layer.is("causal") ? "t + 1" : std::to_string(steps))},
       {"product",
        c_product(
            c, {.rows = channels, .columns = channels, .start = out_bias, .weight = "out_weight", .input = "together"},
            "    ")}});
  return code;
}

// The steps that count, of so many, by input k where there is one; what is no length is 0 and makes `none` NaN.
inline std::string length_c(const CLayer& layer, const CText& c, std::size_t k, const std::string& name, Index steps) {
  if (layer.inputs.size() <= k) return c("  const long %name% = %steps%;\n", {{"name", name}, {"steps", steps}});
  return c(R"(  const @ given_%name% = x%k%[0];
  long %name% = given_%name% >= 0 && given_%name% <= %most% ? (long)given_%name% : 0;
  if (given_%name% != (@)%name%) {
    none = (given_%name% - given_%name%) / (given_%name% - given_%name%);
    %name% = 0;
  }
)",
           {{"name", name},
            {"k", static_cast<Index>(k)},
            {"steps", steps},
            {"most", c.literal(static_cast<double>(steps))}});
}

/// In scratch lie the keys and values of all steps of the context, then the weights of one query, what the heads put
/// out for it, and itself.
inline CCode cross_attention_c(const CLayer& layer, const CText& c) {
  const Shape x = layer.inputs[0], context = layer.inputs[1];
  const Index channels = x.channels, steps = x.height * x.width, key_steps = context.height * context.width;
  const Index heads = layer.whole("heads"), keys = key_value_heads_of(heads, layer.whole("key_value_heads"));
  const Index head = channels / heads, key_rows = keys * head, pitch = 2 * key_rows;
  CCode code{.functions = {"exp"}, .scratch = key_steps * pitch + key_steps + 2 * channels};
  if (channels == context.channels) {
    const CTensor& all = layer.tensor("in_proj_weight", channels + pitch, channels);
    code.arrays.push_back({"in_weight", in_c_tiles(all.some_rows(0, channels), channels)});
    code.arrays.push_back({"key_weight", in_c_tiles(all.some_rows(channels, pitch), pitch)});
  } else {
    const CTensor &k = layer.tensor("k_proj_weight", key_rows, context.channels),
                  &v = layer.tensor("v_proj_weight", key_rows, context.channels);
    CTensor both{"", pitch, context.channels, {}};
    for (Index column = 0; column < context.channels; ++column)
      for (const CTensor* one : {&k, &v})
        for (Index row = 0; row < key_rows; ++row) both.numbers.push_back((*one)(row, column));
    code.arrays.push_back({"in_weight", in_c_tiles(layer.tensor("q_proj_weight", channels, channels), channels)});
    code.arrays.push_back({"key_weight", in_c_tiles(both, pitch)});
  }
  code.arrays.push_back({"out_weight", in_c_tiles(layer.tensor("out_proj.weight", channels, channels), channels)});
  const bool has_bias = layer.is("bias");
  if (has_bias) {
    const CTensor& in_bias = layer.tensor("in_proj_bias", channels + pitch);
    code.arrays.push_back({"in_bias", in_bias.some_rows(0, channels).numbers});
    code.arrays.push_back({"key_bias", in_bias.some_rows(channels, pitch).numbers});
    code.arrays.push_back({"out_bias", layer.tensor("out_proj.bias", channels).numbers});
  }
  const auto product = [&](Index rows, Index columns, const std::string& name, const std::string& target,
                           const std::string& input) {
    return c_product(c,
                     {.rows = rows,
                      .columns = columns,
                      .start = has_bias ? name + "_bias" : "",
                      .target = target,
                      .weight = name + "_weight",
                      .input = input},
                     "    ");
  };
  code.body = c(
      R"(  @ *weights = scratch + %all%, *together = weights + %key_steps%, *asked = together + %channels%, *step = scratch;
  @ none = 0;
%lengths%  for (long t = 0; t < %key_steps%; ++t, x1 += %of_context%, step += %pitch%) {
%key_product%  }
  for (long t = 0; t < %steps%; ++t, x += %channels%, y += %channels%) {
    if (t >= length || key_length == 0) {
      for (long i = 0; i < %channels%; ++i) y[i] = none;
      continue;
    }
%query_product%%attended%%product%  }
)",
      {{"all", key_steps * pitch},
       {"steps", steps},
       {"key_steps", key_steps},
       {"channels", channels},
       {"of_context", context.channels},
       {"pitch", pitch},
       {"lengths", length_c(layer, c, 2, "key_length", key_steps) + length_c(layer, c, 3, "length", steps)},
       {"key_product", product(pitch, context.channels, "key", "step", "x1")},
       {"query_product", product(channels, channels, "in", "asked", "x")},
       {"attended", attended_c(c, heads, keys, head, pitch, "asked", "scratch", "key_length")},
       {"product", product(channels, channels, "out", "y", "together")}});
  return code;
}

}  // namespace nn::detail
