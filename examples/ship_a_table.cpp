// SPDX-License-Identifier: MIT
// From a table to a program that answers: `ship_a_table train` learns from flats.csv and saves one file, flats.json,
// and `ship_a_table` answers for new flats by that file alone, with the names of columns and categories.
#include <nn/network.hpp>

#include <cmath>
#include <fstream>
#include <iostream>
#include <string>

namespace {

// A table as offices have them, made here: how soon somebody took a flat; some fields are empty.
void write_table(const std::string& path) {
  const double worth[] = {3, 0, 5};
  const char* const districts[] = {"harbour", "mills", "old town"};
  std::ofstream file(path);
  file << "district,area,built,rent,taken\n";
  nn::Random random(1);
  for (int i = 0; i < 2000; ++i) {
    const double area = std::round(random.uniform(25, 140)), built = std::round(random.uniform(1900, 2020));
    const auto district = random.below(3);
    const double fair = 9 + worth[district] + 0.02 * (built - 1960) - 0.03 * (area - 80);
    const double rent = fair + random.normal();  // for a square metre and a month
    file << districts[district] << ',' << area << ',';
    if (random.uniform() < 0.95) file << built;
    file << ',' << rent << ',' << (rent < fair - 0.4 ? "at once" : rent < fair + 0.4 ? "soon" : "late") << '\n';
  }
}

void train() {
  write_table("flats.csv");
  const nn::Table table = nn::read_csv("flats.csv", {.missing = {{"built", nn::Fill::median}}});
  const nn::Schema schema{table, "taken"};
  nn::Random random(2);
  const nn::Split parts = nn::split(schema.dataset(table), {.train = 0.6, .validation = 0.2}, random);

  nn::Sequential<float> network{
      nn::Input{schema.features()}, nn::Normalize{}, nn::Dense{32}, nn::ReLU{}, nn::Dense{3}, nn::Softmax{}};
  nn::set_normalization(network, nn::Standardize::fit(parts.train));
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::AdamW{.learning_rate = 5e-3}};
  trainer.fit(parts.train, {.epochs = 100, .validation = &*parts.validation, .patience = 10});
  nn::save(network, "flats.json", {.self_test = true, .schema = schema});
  std::cout << "saved flats.json\n";
}

// Knows nothing but the file.
void answer() {
  const nn::Model<float> model = nn::load_model<float>("flats.json");
  const nn::Prediction one =
      model.predict({{"district", "old town"}, {"area", 80}, {"built", std::nullopt}, {"rent", 12}});
  std::cout << "a flat in the old town: " << one.class_name << '\n';

  std::ofstream("new_flats.csv") << "district,area,built,rent\nharbour,60,1990,9.5\nmills,120,,14\n";
  for (const nn::Prediction& flat : model.predict_csv("new_flats.csv")) {
    std::cout << flat.class_name;
    for (const auto& [name, probability] : flat.probabilities)
      std::cout << ", " << name << ' ' << std::round(100 * probability) << " %";
    std::cout << '\n';
  }
  try {
    model.predict({{"district", "harbor"}, {"area", 60}, {"built", 1990}, {"rent", 9.5}});
  } catch (const nn::data_error& problem) {
    std::cout << problem.what() << '\n';
  }
}

}  // namespace

int main(int count, char** arguments) {
  if (count > 1 && std::string(arguments[1]) == "train")
    train();
  else
    answer();
}
