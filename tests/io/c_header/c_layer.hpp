// SPDX-License-Identifier: MIT
// A layer as a C header is told of it, of a name, options and shapes.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <nn/io/c_header/layer.hpp>

namespace test {

inline nn::detail::CLayer c_layer(std::string name, std::vector<std::pair<std::string, double>> options,
                                  nn::Shape input, nn::Shape output) {
  return {.number = "0", .description = {std::move(name), std::move(options)}, .input = input, .output = output};
}

}  // namespace test
