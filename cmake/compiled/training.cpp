// SPDX-License-Identifier: MIT
// The training of nn::compiled.
#define NN_COMPILE_TRAINING template
#include <nn/network.hpp>
