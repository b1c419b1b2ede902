// SPDX-License-Identifier: MIT
// An ordinary table, with categories and missing values, from a CSV file: what a flat costs (a number), and how soon
// somebody takes it (a class).
#include <nn/network.hpp>

#include <cmath>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <string>

namespace {

// A table as offices have them, made here: rules that can be learned, noise that cannot, and some fields left empty.
void write_table(const std::string& path) {
  const double worth[] = {3, 0, 5}, saving[] = {0, 1.5, 1};
  const char *const districts[] = {"harbour", "mills", "old town"}, *const heatings[] = {"coal", "district", "gas"};
  std::ofstream file(path);
  file << "area,rooms,built,district,heating,rent,taken\n";
  nn::Random random(1);
  for (int i = 0; i < 2000; ++i) {
    const double area = std::round(random.uniform(25, 140)), built = std::round(random.uniform(1900, 2020));
    const auto district = random.below(3), heating = random.below(3);
    const double fair = 9 + worth[district] + saving[heating] + 0.02 * (built - 1960) - 0.03 * (area - 80);
    const double rent = fair + 0.7 * random.normal();  // for a square metre and a month
    file << area << ',' << std::round(area / 28) << ',';
    if (random.uniform() < 0.95) file << built;
    file << ',' << districts[district] << ',';
    if (random.uniform() < 0.9) file << heatings[heating];
    file << ',' << rent << ',' << (rent < fair - 0.4 ? "at once" : rent < fair + 0.4 ? "soon" : "late") << '\n';
  }
}

// Trains on one part, stops by another, and brings the network back from its file, which is all that is needed later:
// its Normalize layer has kept by what the inputs are scaled.
nn::Sequential<float> trained(nn::Sequential<float> network, const auto& loss, const nn::Split& parts) {
  nn::set_normalization(network, nn::Standardize::fit(parts.train));
  nn::Trainer trainer{network, loss, nn::AdamW{.learning_rate = 5e-3}};
  trainer.fit(parts.train, {.epochs = 200, .validation = &*parts.validation, .patience = 10});
  nn::save(network, "table.json");
  nn::Sequential<float> loaded = network;
  loaded.initialize(nn::Random(1));
  nn::load(loaded, "table.json");
  return loaded;
}

}  // namespace

int main() {
  write_table("table.csv");
  const nn::Table table =
      nn::read_csv("table.csv", {.missing = {{"built", nn::Fill::median}, {"heating", nn::Fill::own_category}}});
  nn::Random random(2);
  const auto hidden = [](const nn::Split& parts) {
    return nn::Sequential<float>{nn::Input{parts.train.sample_shape()}, nn::Normalize{}, nn::Dense{32}, nn::ReLU{}};
  };

  const nn::Split rents =
      nn::split(table.dataset("rent", {.drop = {"taken"}}), {.train = 0.6, .validation = 0.2}, random);
  const auto rent = trained(hidden(rents).add(nn::Dense{1}), nn::Huber{}, rents);
  const nn::RegressionReport errors = nn::regression_report(rent, *rents.test);
  std::cout << "rent\n" << errors << '\n';

  const nn::Split takings =
      nn::split(table.dataset("taken"), {.train = 0.6, .validation = 0.2, .stratified = true}, random);
  const auto taken = trained(hidden(takings).add(nn::Dense{3}).add(nn::Softmax{}), nn::CrossEntropy{}, takings);
  const nn::ClassificationReport classes = nn::classification_report(taken, *takings.test);
  std::cout << "taken:";
  for (std::size_t i = 0; i < 3; ++i)
    std::cout << (i ? ", " : " ") << i << " = " << table.column("taken").categories[i];
  std::cout << '\n' << classes;

  for (const char* file : {"table.csv", "table.json"}) std::remove(file);
  return errors.r2 > 0.8 && classes.accuracy > 0.7 ? 0 : 1;
}
