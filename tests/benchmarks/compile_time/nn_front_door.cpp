// SPDX-License-Identifier: MIT
// W1 alone with nn, to be compiled with everything that nn has.
#include <nn/network.hpp>

#include "../nn/per_sample_sgd.cpp"
