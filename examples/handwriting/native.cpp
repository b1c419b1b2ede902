// SPDX-License-Identifier: MIT
// Does with the module, compiled for this machine, what module_numbers.mjs does with it compiled for the browser, and
// prints the numbers: the answers for all digits of a file, and the loss of each update while three of them are
// learned.
//
// usage: native folder digits.bin
#include "module.cpp"

#include <cstdio>
#include <fstream>
#include <iterator>

namespace {

void give(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  std::copy(bytes.begin(), bytes.end(), take(static_cast<int>(bytes.size())));
}

}  // namespace

int main(int, char** words) {
  const std::string folder = words[1];
  give(folder + "/network.bin");
  if (load_packed() != 0) return 1;
  give(folder + "/remembered.bin");
  if (load_remembered() != 0) return 1;
  give(words[2]);
  if (load_test() != 0) return 1;
  const int digits = answer_test();
  for (int i = 0; i < 10 * digits; ++i) std::printf("%.9g\n", static_cast<double>(test_answers_at()[i]));
  for (int digit = 0; digit < 3; ++digit) {
    see_test(digit);
    teach(digit);
  }
  for (int update = 0; update < 10; ++update) std::printf("%.9g\n", static_cast<double>(learn(1, 5e-4F)));
}
