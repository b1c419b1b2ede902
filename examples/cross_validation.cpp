// SPDX-License-Identifier: MIT
// How good will it be for patients whom it has not met? Folds that part no patient say so; others promise too much,
// since a network knows again whom it has seen.
#include <nn/network.hpp>

#include <iostream>
#include <vector>

namespace {

struct Recordings {
  nn::Dataset data;
  std::vector<int> patients;
};

// Ten recordings of each patient: numbers that are the patient's own, of which one has to do with the illness.
Recordings recordings_of(int patients) {
  nn::Random random(1);
  nn::Matrix<float> x(6, 10 * patients);
  std::vector<int> labels, numbers;
  for (int patient = 0; patient < patients; ++patient) {
    const nn::Vector<float> own =
        nn::Vector<float>::NullaryExpr(6, [&] { return static_cast<float>(random.normal()); });
    const int is_ill = own[0] + random.normal() > 0 ? 1 : 0;
    for (int i = 0; i < 10; ++i) {
      for (nn::Index k = 0; k < 6; ++k)
        x(k, 10 * patient + i) = 100 + 5 * own[k] + 0.5f * static_cast<float>(random.normal());
      labels.push_back(is_ill);
      numbers.push_back(patient);
    }
  }
  return {{x, labels}, numbers};
}

}  // namespace

int main() {
  const auto [data, patients] = recordings_of(60);
  const nn::Sequential<float> network{nn::Input{6}, nn::Normalize{}, nn::Dense{32},
                                      nn::ReLU{},   nn::Dense{2},    nn::Softmax{}};
  const nn::Adam adam{.learning_rate = 0.02};

  const auto any = nn::cross_validate(network, nn::CrossEntropy{}, adam, data,
                                      {.split = {.stratified = true}, .fit = {.epochs = 30}});
  const auto unmet = nn::cross_validate(network, nn::CrossEntropy{}, adam, data,
                                        {.split = {.stratified = true, .groups = patients},
                                         .fit = {.epochs = 30, .validation_share = 0.2, .patience = 5}});
  std::cout << "any recordings left out\n" << any << "\nwhole patients left out, stopped early\n" << unmet;
  return any.accuracy().mean > unmet.accuracy().mean + 0.1 ? 0 : 1;
}
