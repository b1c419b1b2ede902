// SPDX-License-Identifier: MIT
// Are these the layers that were looked at before? One number says so, at every update.
#pragma once

#include <cstdint>

#include <nn/core/place.hpp>
#include <nn/core/views.hpp>

namespace nn::detail {

/// A hash of the layers of a network, of those inside of them, of where their parameters stand and of the sizes of
/// their outputs. Allocates nothing.
template <class Net>
std::uint64_t layers_fingerprint(const Net& network) {
  std::uint64_t hash = 0;
  const auto add = [&](std::uint64_t number) { hash = ((hash ^ number) * 0x9e3779b97f4a7c15u) ^ (hash >> 29); };
  network.for_each_inside([&](const auto& layer, const Place& place, Index level) {
    // Where a name stands tells layers apart as well as what it says, and faster.
    add(std::uint64_t{reinterpret_cast<std::uintptr_t>(layer.name().data())} + static_cast<std::uint64_t>(level));
    add(static_cast<std::uint64_t>(place.parameter_offset));
    add(static_cast<std::uint64_t>(place.parameter_count));
    add(static_cast<std::uint64_t>(place.rows));  // of the weight, before a bias that may be longer or shorter
    add(static_cast<std::uint64_t>(place.columns));
    add(static_cast<std::uint64_t>(place.output.size()));
  });
  return hash;
}

}  // namespace nn::detail
