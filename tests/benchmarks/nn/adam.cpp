// SPDX-License-Identifier: MIT
// W2b: mini-batches of 256 with Adam.
#if __has_include(<nn/optimizers/adam.hpp>)
#include <nn/optimizers/adam.hpp>

#include "mini_batches.hpp"

int main(int count, char** arguments) { return measure::run<MiniBatches<nn::Adam>>("nn", count, arguments); }
#else
#include "../measure.hpp"

int main() {
  std::fputs("nn has no Adam so far\n", stderr);
  return measure::skipped;
}
#endif
