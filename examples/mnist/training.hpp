// SPDX-License-Identifier: MIT
// How the network is trained: the optimizer, schedule and recipe of the command line, checkpoints, a log, the doctor.
#pragma once

#include <nn/data/augmentation/augment.hpp>
#include <nn/networks/sequential.hpp>
#include <nn/training/fit/history.hpp>

#include <functional>

#include "data.hpp"
#include "options.hpp"

namespace mnist {

using Network = nn::Sequential<float>;

/// The layers of --recipe, or of --hidden and --activation. They are decided here, at run time; the bits are those of
/// an nn::Network of the same layers.
Network make_network(const Options& options);

/// Whether --recipe says that the network begins with convolutions, and how many filters the last of them has.
bool is_convolutional(const Options& options);
nn::Index last_filters(const Options& options);

/// Shifts, turns, scales and shears that make other hands' digits of the training digits.
nn::Augmentation recipe_augmentation();

/// Those that an epoch learns from.
nn::Index samples_per_epoch(const Options& options, const nn::Dataset& data);

/// The part of the training samples that is not learned from.
nn::Dataset validation_part(const Options& options, const nn::Dataset& data);

/// Trains with all that the options say; the callbacks are called as in nn::FitOptions.
nn::History train_network(Network& network, const Data& data, const nn::Random& random, const Options& options,
                          const std::function<void(nn::Progress&)>& on_batch,
                          const std::function<void(nn::Progress&)>& on_epoch);

/// Prints how the loss goes with a growing learning rate, and the rate that nn::find_learning_rate suggests.
void find_learning_rate(const Network& network, const Data& data, const Options& options);

/// Searches learning rate, units, batch size and decay for as long as --search says, and prints what was found.
void search(const Data& data, const Options& options);

}  // namespace mnist
