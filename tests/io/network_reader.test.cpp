// SPDX-License-Identifier: MIT
// The reader's refusals and its memory are tested with load_network; here, the order of a file.
#include <nn/io/network_reader.hpp>

#include <sstream>
#include <string>

#include <nn/io/load_network.hpp>

#include "../catch.hpp"

TEST_CASE("the keys of a file may come in any order") {
  const std::string W = R"("W": [[0, 0], [[1, 2]]])", B = R"("B": [[0, 0], [3]])";
  const std::string layers = R"("layers": [{"channels": 2, "type": "Input", "width": 1, "height": 1},)"
                             R"( {"bias": 1, "units": 1, "type": "Dense"}])";
  const nn::Vector<float> expected{{1, 2, 3}};
  for (const std::string& text :
       {layers + ", " + W + ", " + B, W + ", " + B + ", " + layers, B + ", " + layers + ", " + W}) {
    CAPTURE(text);
    std::istringstream stream("{" + text + "}");
    CHECK(nn::load_network(stream).parameters() == expected);
  }
}

TEST_CASE("what a network keeps beside its parameters is read, too") {
  nn::Network network{nn::Input{2}, nn::BatchNorm{}};
  network.state() << 1, 2, 3, 4;
  std::stringstream stream;
  nn::save(network, stream);
  CHECK(nn::load_network(stream).state() == nn::Vector<float>{{1, 2, 3, 4}});
}
