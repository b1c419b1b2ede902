// SPDX-License-Identifier: MIT
// What a house costs, in money: the network scales inputs and targets itself, by Normalize and Denormalize, which one
// call sets, and no number is scaled by hand. With a file name the table is left there, for tests/python/prices.py.
#include <nn/network.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <iostream>

namespace {

constexpr std::array names{"crime", "zoned",  "industry", "river",  "oxides", "rooms", "age",
                           "ways",  "radial", "tax",      "pupils", "public", "poor"};
constexpr auto features = static_cast<nn::Index>(names.size());

// Made here, with the features of the Boston houses, in their units: a price that no straight line fits, and noise.
nn::Dataset houses(nn::Index count) {
  nn::Matrix<float> x(features, count), prices(1, count);
  nn::Random random(1);
  for (nn::Index i = 0; i < count; ++i) {
    const double industry = random.uniform(0.5, 27), oxides = 0.39 + 0.011 * industry + random.uniform(0, 0.15);
    const double crime = std::exp(random.uniform(-5, 3)), zoned = random.uniform() < 0.7 ? 0 : random.uniform(12, 100);
    const double river = random.uniform() < 0.1, rooms = 6.3 + 0.7 * random.normal(), age = random.uniform(3, 100);
    const double ways = 1.1 + 9 * std::pow(random.uniform(), 2), radial = 1 + static_cast<double>(random.below(24));
    const double tax = random.uniform(190, 710), pupils = random.uniform(12.6, 22), held = random.uniform(0.3, 397);
    const double poor = std::exp(2.4 + 0.55 * random.normal());
    double price = 95000 * std::exp(0.3 * (rooms - 6.3)) + 150000 * std::exp(-poor / 11) * (1 + 0.05 * rooms);
    price *= 1.25 - 0.9 * std::pow(oxides - 0.4, 2) - 0.02 * (pupils - 18) - 0.002 * (1 + radial / 12) * crime;
    price += 28000 * river + 60000 * std::exp(-ways / 1.5) - 40 * tax + 9 * age * (zoned > 0 ? 20 : 1) + 20 * held;
    price *= std::exp(0.04 * random.normal());
    x.col(i) = nn::Vector<double>{
        {crime, zoned, industry, river, oxides, rooms, age, ways, radial, tax, pupils, held,
         poor}}.cast<float>();
    prices(0, i) = static_cast<float>(std::clamp(100 * std::round(price / 100), 10000.0, 500000.0));
  }
  return {x, prices};
}

void write_table(const nn::Split& parts, const char* path) {
  std::ofstream file(path);
  for (const char* name : names) file << name << ',';
  file << "price,part\n";
  for (const auto& [data, part] : {std::pair{&parts.train, "train"}, {&*parts.test, "test"}}) {
    const nn::Matrix<float> x = data->inputs(), prices = data->targets();
    for (nn::Index i = 0; i < data->size(); ++i) {
      for (nn::Index k = 0; k < features; ++k) file << x(k, i) << ',';
      file << prices(0, i) << ',' << part << '\n';
    }
  }
}

}  // namespace

int main(int argument_count, char** arguments) {
  nn::Random random(2);
  const nn::Split parts = nn::split(houses(4000), {}, random);

  nn::Sequential<float> network{nn::Input{features}, nn::Normalize{}, nn::Dense{32},
                                nn::ReLU{},          nn::Dense{1},    nn::Denormalize{}};
  nn::set_normalization(network, parts.train);
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::Adam{.learning_rate = 1e-2}};
  trainer.fit(parts.train, {.epochs = 20, .batch_size = 50});

  const nn::RegressionReport report = nn::regression_report(network, *parts.test);
  std::cout << report << "the first house costs " << parts.test->targets()(0, 0) << ", and the network says "
            << network.predict(parts.test->inputs().col(0))(0, 0) << '\n';

  if (argument_count > 1) write_table(parts, arguments[1]);
  constexpr double of_scikit_learn = 0.966;  // R^2 of version 1.2.1 for the same houses, by tests/python/prices.py
  return report.r2 > of_scikit_learn - 0.02 ? 0 : 1;
}
