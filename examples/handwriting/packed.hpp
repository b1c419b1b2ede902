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

/// How many scales a tensor has: one for each row of a weight, one for a whole bias.
inline nn::Index scale_count(const auto& values) { return values.cols() == 1 ? 1 : values.rows(); }

/// The tensors of a network one after the other: of each, its scales as little-endian floats, then its bytes. The
/// largest error of a number is half its scale.
template <class Network>
std::vector<std::uint8_t> packed(const Network& network) {
  std::vector<std::uint8_t> bytes;
  for (const auto& tensor : network.tensors()) {
    const auto& values = tensor.values;  // outputs x inputs
    const nn::Index groups = scale_count(values), rows = values.rows() / groups;
    std::vector<float> scales;
    for (nn::Index group = 0; group < groups; ++group) {
      const float largest = values.middleRows(group * rows, rows).cwiseAbs().maxCoeff();
      scales.push_back(largest > 0 ? largest / 127 : 1.0F);
    }
    const std::size_t start = bytes.size();
    bytes.resize(start + scales.size() * sizeof(float));
    std::memcpy(bytes.data() + start, scales.data(), scales.size() * sizeof(float));
    for (nn::Index row = 0; row < values.rows(); ++row)
      for (nn::Index column = 0; column < values.cols(); ++column) {
        const float scale = scales[static_cast<std::size_t>(row / rows)];
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
    wanted += static_cast<std::size_t>(tensor.values.size() + scale_count(tensor.values) * 4);
  if (bytes.size() != wanted)
    throw nn::load_error("unpack: ", bytes.size(), " bytes are no network of this kind, which has ", wanted,
                         "; pack it again");
  const std::uint8_t* next = bytes.data();
  for (const auto& tensor : network.tensors()) {
    auto values = network.tensor(tensor.name);
    const nn::Index groups = scale_count(values), rows = values.rows() / groups;
    std::vector<float> scales(static_cast<std::size_t>(groups));
    std::memcpy(scales.data(), next, scales.size() * sizeof(float));
    next += scales.size() * sizeof(float);
    for (nn::Index row = 0; row < values.rows(); ++row)
      for (nn::Index column = 0; column < values.cols(); ++column)
        values(row, column) = scales[static_cast<std::size_t>(row / rows)] * static_cast<std::int8_t>(*next++);
  }
}

}  // namespace handwriting
