// SPDX-License-Identifier: MIT
// Numbers in a byte each: w = scale * q, with q from -127 to 127 and one scale for each tensor's output channel.
#pragma once

#include <nn/core/errors.hpp>
#include <nn/core/views.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

namespace handwriting {

/// The tensors of a network one after the other: of each, its scales as little-endian floats, then its bytes. A row of
/// a weight and a whole bias have one scale each. The largest error of a number is half its scale.
template <class Network>
std::vector<std::uint8_t> packed(const Network& network) {
  std::vector<std::uint8_t> bytes;
  for (const auto& tensor : network.tensors()) {
    const auto& values = tensor.values;  // outputs x inputs
    const bool is_row = values.cols() == 1;
    const nn::Index groups = is_row ? 1 : values.rows();
    std::vector<float> scales;
    for (nn::Index group = 0; group < groups; ++group) {
      const float largest = is_row ? values.cwiseAbs().maxCoeff() : values.row(group).cwiseAbs().maxCoeff();
      scales.push_back(largest > 0 ? largest / 127 : 1.0F);
    }
    const std::size_t start = bytes.size();
    bytes.resize(start + scales.size() * sizeof(float));
    std::memcpy(bytes.data() + start, scales.data(), scales.size() * sizeof(float));
    for (nn::Index row = 0; row < values.rows(); ++row)
      for (nn::Index column = 0; column < values.cols(); ++column) {
        const float scale = scales[static_cast<std::size_t>(is_row ? 0 : row)];
        bytes.push_back(static_cast<std::uint8_t>(std::lround(values(row, column) / scale)));
      }
  }
  return bytes;
}

/// The other way, into a network of the same layers. Throws nn::load_error where the bytes are not as many.
template <class Network>
void unpack(Network& network, std::span<const std::uint8_t> bytes) {
  std::size_t wanted = 0;
  for (const auto& tensor : network.tensors())
    wanted +=
        static_cast<std::size_t>(tensor.values.size() + (tensor.values.cols() == 1 ? 1 : tensor.values.rows()) * 4);
  if (bytes.size() != wanted)
    throw nn::load_error("unpack: ", bytes.size(), " bytes are no network of this kind, which has ", wanted,
                         "; pack it again");
  const std::uint8_t* next = bytes.data();
  for (const auto& tensor : network.tensors()) {
    auto values = network.tensor(tensor.name);
    const bool is_row = values.cols() == 1;
    std::vector<float> scales(static_cast<std::size_t>(is_row ? 1 : values.rows()));
    std::memcpy(scales.data(), next, scales.size() * sizeof(float));
    next += scales.size() * sizeof(float);
    for (nn::Index row = 0; row < values.rows(); ++row)
      for (nn::Index column = 0; column < values.cols(); ++column)
        values(row, column) = scales[static_cast<std::size_t>(is_row ? 0 : row)] * static_cast<std::int8_t>(*next++);
  }
}

}  // namespace handwriting
