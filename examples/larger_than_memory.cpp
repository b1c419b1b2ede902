// SPDX-License-Identifier: MIT
// A table that need not fit into memory is read by windows of a tenth of it, shuffled within each, while the network
// learns.
#include <nn/lazy.hpp>
#include <nn/network.hpp>

#include <fstream>
#include <iostream>

namespace {

// Rows of a table, as a program that measures would append them: is a point within the ring?
void write_table(const char* path, int rows) {
  std::ofstream file(path);
  nn::Random random(1);
  file << "x,y,place\n";
  for (int i = 0; i < rows; ++i) {
    const double x = random.normal(), y = random.normal(), square = x * x + y * y;
    file << x << ',' << y << ',' << (square < 0.5 ? "inside" : square < 2 ? "ring" : "outside") << '\n';
  }
}

}  // namespace

int main() {
  write_table("first.csv", 1'000);
  write_table("all.csv", 50'000);

  const nn::Schema schema{nn::read_csv("first.csv"), "place"};  // names, categories and fillings, of some of the rows
  const nn::LazyDataset all = nn::open_csv("all.csv", schema, {}, {.window = 5'000});
  const nn::LazyDataset train = all.subset(0, 45'000), test = all.subset(45'000, 5'000);

  nn::Sequential<float> network{nn::Input{schema.features()}, nn::Dense{16}, nn::Tanh{}, nn::Dense{3}, nn::Softmax{}};
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::Adam{.learning_rate = 0.01}};
  trainer.fit(train, {.epochs = 3, .validation = test});
  nn::save(network, "ring.json", {.schema = schema});
  std::cout << "right: " << nn::evaluate(network, nn::CrossEntropy{}, test).accuracy * 100 << " % of " << test.size()
            << " points that are read when they are asked for\n";
}
