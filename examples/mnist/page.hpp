// SPDX-License-Identifier: MIT
// What --report writes: a page with the curves of the training, the confusions, the worst mistakes and the layers.
#pragma once

#include <nn/training/fit/history.hpp>

#include <string>

#include "data.hpp"
#include "training.hpp"

namespace mnist {

/// A history without epochs, of a network that was loaded, has no curves. Throws nn::load_error where the file cannot
/// be written.
void save_page(const std::string& path, const Network& network, const Data& data, const nn::History& history);

}  // namespace mnist
