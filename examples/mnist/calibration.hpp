// SPDX-License-Identifier: MIT
// Probabilities that can be believed: of the answers with 80 %, four in five are right.
#pragma once

#include <nn/data/dataset.hpp>

#include "training.hpp"

namespace mnist {

/// Temperature scaling (Guo et al. 2017, section 4.2): finds the temperature by which the logits must be divided for
/// the least cross entropy on digits that the network has not learned from, and divides the last layer's weights and
/// biases by it. So what is saved gives calibrated probabilities, and the same answers as before. Returns it.
double calibrate(Network& network, const nn::Dataset& data);

}  // namespace mnist
