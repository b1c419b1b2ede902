// SPDX-License-Identifier: MIT
// Layers in C that shift and scale: by numbers that are known, and by those of the sample itself.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include <nn/io/c_header/layer.hpp>
#include <nn/io/c_header/text.hpp>

namespace nn::detail {

/// In use a batch normalization is a factor and an offset for every channel, computed here.
inline CCode batch_norm_c(const CLayer& layer, const CText& c) {
  const Index channels = layer.input.channels;
  const auto numbers = [&](const char* name) { return layer.tensor(name, channels).numbers; };
  const std::vector<double> gamma = numbers("weight"), beta = numbers("bias"), mean = numbers("running_mean"),
                            variance = numbers("running_var");
  std::vector<double> scale, offset;
  for (std::size_t i = 0; i < gamma.size(); ++i) {
    scale.push_back(gamma[i] / std::sqrt(variance[i] + layer.real("epsilon")));
    offset.push_back(beta[i] - mean[i] * scale[i]);
    if (!is_finite(c.is_double() ? scale[i] + offset[i] : static_cast<float>(scale[i]) + static_cast<float>(offset[i])))
      layer.refuse("makes a factor of " + text_of(scale[i]) + " and an offset of " + text_of(offset[i]) +
                   " of its statistics of channel " + std::to_string(i) + "; train it on more than one value");
  }
  return {.body = c(R"(  for (long i = 0; i < %size%; i += %channels%)
    for (long j = 0; j < %channels%; ++j) y[i + j] = x[i + j] * scale[j] + offset[j];
)",
                    {{"size", layer.input.size()}, {"channels", channels}}),
          .arrays = {{"scale", scale}, {"offset", offset}},
          .is_in_place = true};
}

inline CCode normalize_c(const CLayer& layer, const CText& c) {
  const Index size = layer.input.size();
  return {.body = c("  for (long i = 0; i < %size%; ++i) y[i] = (x[i] - offset[i]) / scale[i];\n", {{"size", size}}),
          .arrays = {{"offset", layer.tensor("offset", size).numbers}, {"scale", layer.tensor("scale", size).numbers}},
          .is_in_place = true};
}

inline CCode denormalize_c(const CLayer& layer, const CText& c) {
  const Index size = layer.input.size();
  return {.body = c("  for (long i = 0; i < %size%; ++i) y[i] = x[i] * scale[i] + offset[i];\n", {{"size", size}}),
          .arrays = {{"offset", layer.tensor("offset", size).numbers}, {"scale", layer.tensor("scale", size).numbers}},
          .is_in_place = true};
}

/// Mean and deviation of `sets` sets of pixels that follow each other, each group of channels alone.
inline CCode normalization_c(const CLayer& layer, const CText& c, Index sets, Index pixels, Index groups) {
  const Index channels = layer.input.channels;
  return {.body = c(R"(  for (long set = 0; set < %sets%; ++set)
    for (long channel = 0; channel < %channels%; channel += %group%) {
      const long first = set * %set_size% + channel;
      @ sum = 0, squares = 0, mean, inverse;
      for (long i = first; i < first + %set_size%; i += %channels%)
        for (long j = 0; j < %group%; ++j) sum += x[i + j];
      mean = sum / %count%;
      for (long i = first; i < first + %set_size%; i += %channels%)
        for (long j = 0; j < %group%; ++j) squares += (x[i + j] - mean) * (x[i + j] - mean);
      inverse = 1 / $sqrt(squares / %count% + %epsilon%);
      for (long i = first; i < first + %set_size%; i += %channels%)
        for (long j = 0; j < %group%; ++j)
          y[i + j] = weight[channel + j] * ((x[i + j] - mean) * inverse) + bias[channel + j];
    }
)",
                    {{"sets", sets},
                     {"channels", channels},
                     {"group", channels / groups},
                     {"set_size", pixels * channels},
                     {"count", c.literal(static_cast<double>(pixels * channels / groups))},
                     {"epsilon", c.literal(layer.real("epsilon"))}}),
          .arrays = {{"weight", layer.tensor("weight", channels).numbers},
                     {"bias", layer.tensor("bias", channels).numbers}},
          .functions = {"sqrt"},
          .is_in_place = true};
}
inline CCode layer_norm_c(const CLayer& layer, const CText& c) {
  return normalization_c(layer, c, layer.input.height * layer.input.width, 1, 1);
}
inline CCode group_norm_c(const CLayer& layer, const CText& c) {
  return normalization_c(layer, c, 1, layer.input.height * layer.input.width, layer.whole("groups"));
}
inline CCode rms_norm_c(const CLayer& layer, const CText& c) {
  const Index channels = layer.input.channels;
  return {.body = c(R"(  for (long i = 0; i < %size%; i += %channels%) {
    @ squares = 0, inverse;
    for (long j = 0; j < %channels%; ++j) squares += x[i + j] * x[i + j];
    inverse = 1 / $sqrt(squares / %count% + %epsilon%);
    for (long j = 0; j < %channels%; ++j) y[i + j] = weight[j] * (x[i + j] * inverse);
  }
)",
                    {{"size", layer.input.size()},
                     {"channels", channels},
                     {"count", c.literal(static_cast<double>(channels))},
                     {"epsilon", c.literal(layer.real("epsilon"))}}),
          .arrays = {{"weight", layer.tensor("weight", channels).numbers}},
          .functions = {"sqrt"},
          .is_in_place = true};
}

}  // namespace nn::detail
