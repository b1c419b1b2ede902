// SPDX-License-Identifier: MIT
// Makes what the page carries of a trained network: network.bin, its numbers in a byte each, and the digits that it
// learns beside the user's and those that it is tested with. Prints what the bytes cost in accuracy.
//
// usage: pack network.json folder      from the folder NN_MNIST_DIR, or where MNIST is not there, with drawn digits
#include <nn/network.hpp>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <string>

#include "../mnist/data.hpp"
#include "digit_bytes.hpp"
#include "packed.hpp"
#include "reader.hpp"

namespace {

void write(const std::string& path, const std::vector<std::uint8_t>& bytes) {
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  if (!file.flush()) throw std::runtime_error("pack: cannot write " + path);
}

}  // namespace

int main(int count, char** words) try {
  if (count != 3) throw std::runtime_error("usage: pack network.json folder");
  const std::string folder = words[2];
  handwriting::Reader reader = handwriting::make_reader();
  nn::load(reader, words[1]);
  const mnist::Data data = mnist::find_data("", 1);
  const auto accuracy = [&] { return 100 * nn::evaluate(reader, nn::CrossEntropy{}, data.test).accuracy; };
  const double before = accuracy();
  const std::vector<std::uint8_t> bytes = handwriting::packed(reader);
  handwriting::unpack(reader, bytes);
  std::printf("%td parameters in %zu bytes; of %td test digits of %s right: %.2f %%, as floats %.2f %%\n",
              reader.parameter_count(), bytes.size(), data.test.size(), data.is_generated ? "the program" : "MNIST",
              accuracy(), before);
  write(folder + "/network.bin", bytes);
  write(folder + "/remembered.bin", handwriting::digit_bytes(data.train, 0, 16));
  write(folder + "/test.bin", handwriting::digit_bytes(data.test, 0, 10));
  write(folder + "/all_test.bin", handwriting::digit_bytes(data.test, 0, 10'000));  // for the tests alone
} catch (const std::exception& problem) {
  std::cerr << problem.what() << '\n';
  return 1;
}
