// SPDX-License-Identifier: MIT
// What a network is scaled by, from the data that it learns: inputs by its Normalize, targets by its Denormalize.
#pragma once

#include <concepts>
#include <optional>

#include <nn/core/errors.hpp>
#include <nn/core/place.hpp>
#include <nn/data/dataset.hpp>
#include <nn/data/scaling.hpp>
#include <nn/layers/denormalize.hpp>
#include <nn/layers/normalize.hpp>

namespace nn {

/// Fits a Standardize, or set_normalization<MinMax>(network, data), to the inputs and gives it to the network's first
/// Normalize layer; and one to the targets for the Denormalize that the network ends in. Either layer may be missing.
/// Fit it to the training part alone. Throws shape_error where both are missing or the data do not fit, data_error
/// where a number does not; the network is then as it was.
template <class Scaling = Standardize, class Net, std::derived_from<Dataset> Data>
void set_normalization(Net& network, const Data& given) {
  using T = typename Net::Scalar;
  const Dataset& data = given;
  network.require_whole("set_normalization");
  bool has_normalize = false;
  network.for_each_inside(
      [&](const auto& layer, const Place&, Index) { has_normalize |= layer.name() == Normalize::name(); });
  const bool ends_in_denormalize = network.template last_is<Denormalize>();
  if (!has_normalize && !ends_in_denormalize)
    throw shape_error("set_normalization: none of the network's ", network.depth(),
                      " layers is a Normalize, nor is the last a Denormalize; make the one the first after the input, ",
                      "or the other the last");
  std::optional<OwnVector<T>> of_targets;
  if (ends_in_denormalize) {
    if (data.has_labels())
      throw data_error("set_normalization: the data set has class labels, which have no units that Denormalize could ",
                       "bring back; leave out the Denormalize, or give the targets as float or double");
    of_targets = detail::offsets_and_scales<T>(Scaling::fit(data.targets<double>()), network.output_shape().size(),
                                               Denormalize::name(), "targets");
  }
  if (has_normalize) set_normalization(network, Scaling::fit(data));
  if (of_targets)
    network.state().segment(network.place(network.depth() - 1).state_offset, of_targets->size()) = *of_targets;
}

}  // namespace nn
