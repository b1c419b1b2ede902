// SPDX-License-Identifier: MIT
// W2 (MNIST) and W2d (inputs without zeros): mini-batches of 64 with plain gradient descent.
#include "mini_batches.hpp"

int main(int count, char** arguments) { return measure::run<MiniBatches<nn::SGD>>("nn", count, arguments); }
