// SPDX-License-Identifier: MIT
// The layers of nn::compiled, and Sequential<float>.
#define NN_COMPILE_LAYERS template
#include <nn/network.hpp>
