// SPDX-License-Identifier: MIT
// From a table to a file, which goes to the terminal: compiled from headers alone and against nn::compiled, it is the
// same.
#include <nn/network.hpp>

#include <iostream>
#include <sstream>

int main() {
  std::istringstream text("size,age,taken\n20,1,late\n25,3,soon\n40,,soon\n60,2,late\n70,9,never\n");
  const nn::Table table = nn::read_csv(text, {.missing = {{"age", nn::Fill::median}}});
  const nn::Schema schema{table, "taken"};
  const nn::Dataset data = schema.dataset(table);
  nn::Sequential<float> network{
      nn::Input{schema.features()}, nn::Normalize{}, nn::Dense{16}, nn::Tanh{}, nn::Dense{3}, nn::Softmax{}};
  nn::set_normalization(network, nn::Standardize::fit(data));
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::Adam{}};
  trainer.fit(data, {.epochs = 20, .batch_size = 2});
  std::stringstream file;
  nn::save(network, file, {.schema = schema});
  std::cout << file.str() << nn::evaluate(network, nn::CrossEntropy{}, data).loss << '\n';
#ifdef NN_COMPILED  // from headers alone the table of all layers takes as long to compile as all the rest
  if (nn::load_network<float>(file) != network) return 1;
#endif
}
