// SPDX-License-Identifier: MIT
// A library that builds a network for a program; its symbols are hidden, as is usual, and it has no type information.
#include <nn/training.hpp>

extern "C" __attribute__((visibility("default"))) void make_network(nn::Sequential<double>* out) {
  *out = nn::Sequential<double>{nn::Input{2}, nn::Dense{3}, nn::Softmax{}};
}
