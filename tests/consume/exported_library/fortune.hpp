// SPDX-License-Identifier: MIT
// A library's own type made of ours.
#pragma once

#include <nn/inference.hpp>

using Fortune = nn::Network<nn::Input<2>, nn::Dense<3>, nn::Softmax>;

Fortune tell();
