// SPDX-License-Identifier: MIT
// Digits as they are met outside of MNIST, and how well a network reads them.
#pragma once

#include <nn/core/random.hpp>
#include <nn/data/dataset.hpp>

#include <string>

#include "data.hpp"
#include "image.hpp"
#include "options.hpp"
#include "training.hpp"

namespace mnist {

/// A digit of 28 x 28 drawn anew: thickened or thinned, scaled by 0.6 to 1.2, turned by up to 30 degrees, moved by up
/// to 6 of its pixels as far as it stays in the picture, on paper that is noisy or unevenly lit, half of them dark on
/// bright, 20 x 20 to 200 x 200 pixels large.
Image moved_digit(nn::Vector<float> digit, nn::Random random);

/// So many digits of the data set, each moved in some ways and then sent through nn::center_digit.
nn::Dataset moved_digits(const nn::Dataset& digits, nn::Index count, const nn::Random& random);

/// Prints how many of the test digits, moved, and of as many stroke digits the network reads: where they are merely
/// resized to 28 x 28, and through nn::center_digit.
void measure_handwriting(const Network& network, const Data& data, const Options& options);

/// Writes a sheet of pictures from that measure, beside each what nn::center_digit makes of it.
void show_handwriting(const Data& data, const Options& options);

/// Writes a sheet of training digits, one of each, as they are and as each augmentation changes them.
void show_augmentation(const Data& data, const Options& options);

}  // namespace mnist
