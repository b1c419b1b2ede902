// SPDX-License-Identifier: MIT
// Why is a loss not finite? Because of the first parameter or output that is not.
#pragma once

#include <cstdint>
#include <string_view>

#include <nn/core/errors.hpp>
#include <nn/core/finite.hpp>
#include <nn/networks/finite_network.hpp>
#include <nn/networks/pass.hpp>

namespace nn::detail {

/// Throws data_error in words, after a forward pass through the first `depth` layers of a network, as it is laid out
/// for the samples; `range` are those of them that were passed here.
template <class Net, class Layout, class T>
[[noreturn]] void throw_not_finite_loss(const Net& network, const Layout& layout, Workspace<T>& workspace, Index depth,
                                        Index samples, SampleRange range, std::int64_t step, double loss) {
  const Index wrong_parameter = first_not_finite(network.parameters().data(), network.parameter_count());
  network.for_each_layer([&](const auto& layer, Index i) {
    const Place& place = layout.place(i);
    const Index parameter = wrong_parameter - place.parameter_offset;
    if (parameter >= 0 && parameter < place.parameter_count)
      throw data_error("step ", step, ": the loss is ", loss, " because ", first_not_finite_number(network),
                       "; load or initialize the network again");
    if (i >= depth) return;
    const T* output = workspace.activation(place, samples) + place.output.size() * range.first;
    const Index size = place.output.size() * range.count, wrong = first_not_finite(output, size);
    if (wrong < size)
      throw data_error("step ", step, ": the loss is ", loss, " because output ", wrong % place.output.size(),
                       " of layer ", i + 1, " (", layer.name(), ") is ", output[wrong],
                       "; lower the learning rate, or scale the inputs to about -1..1");
  });
  throw data_error("step ", step, ": the loss is ", loss,
                   " though all outputs are finite; the outputs are too large for this loss, lower the learning rate "
                   "or scale the targets");
}

}  // namespace nn::detail
