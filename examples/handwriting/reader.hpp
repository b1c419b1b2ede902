// SPDX-License-Identifier: MIT
// The network of the page, small enough to travel in it: that of examples/mnist/run.sh --recipe page.
#pragma once

#include <nn/training.hpp>

namespace handwriting {

inline auto make_reader() {
  return nn::Network{nn::Input{28, 28, 1},
                     nn::Conv2D{16, 5, {.padding = 2}},
                     nn::ReLU{},
                     nn::MaxPool2D{2},
                     nn::Conv2D{32, 5, {.padding = 2}},
                     nn::ReLU{},
                     nn::MaxPool2D{2},
                     nn::Conv2D{48, 3},
                     nn::ReLU{},
                     nn::Flatten{},
                     nn::Dropout{0.1},
                     nn::Dense{48},
                     nn::ReLU{},
                     nn::Dropout{0.1},
                     nn::Dense{10},
                     nn::Softmax{}};
}

using Reader = decltype(make_reader());

}  // namespace handwriting
