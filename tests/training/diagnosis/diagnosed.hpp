// SPDX-License-Identifier: MIT
// A small network, data that it can learn, and what nn::diagnose says of them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <nn/network.hpp>

#include "../../numbers.hpp"

namespace test {

using SmallClassifier =
    nn::Network<nn::Input<6>, nn::Dense<16>, nn::ReLU, nn::Dense<16>, nn::ReLU, nn::Dense<3>, nn::Softmax>;

// Three classes, told by the largest of three sums.
inline nn::Dataset three_classes(double scale = 1, nn::Index samples = 300) {
  const nn::Matrix<double> x = drawn<double>(6, samples, 3);
  std::vector<int> labels;
  for (nn::Index i = 0; i < samples; ++i) {
    nn::Index best = 0;
    nn::Vector<double>(x.col(i).head(3) - x.col(i).tail(3)).maxCoeff(&best);
    labels.push_back(static_cast<int>(best));
  }
  return {nn::Matrix<double>(scale * x), labels};
}

// An unoptimised build is an illness, too, but not the one that is looked for.
inline std::vector<nn::Finding> found(nn::Diagnosis diagnosis) {
  std::erase_if(diagnosis.findings, [](const nn::Finding& f) { return f.illness == nn::Illness::debug_build; });
  return diagnosis.findings;
}

using Illnesses = std::vector<nn::Illness>;

inline Illnesses illnesses_of(nn::detail::Findings& findings) {
  Illnesses illnesses;
  for (const nn::Finding& finding : findings.take()) illnesses.push_back(finding.illness);
  return illnesses;
}

template <class Net, class Loss = nn::CrossEntropy>
nn::Diagnosis diagnosis_of(Net& network, const nn::Dataset& set, Loss loss = {}) {
  return nn::diagnose(nn::Trainer{network, loss, nn::SGD{}}, set);
}

template <class Net>
nn::Diagnosis after_training(Net& network, const nn::Dataset& set, double rate, nn::FitOptions options) {
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{.learning_rate = rate}};
  trainer.fit(set, options);
  return nn::diagnose(trainer, set);
}

inline std::string sentence_of(const nn::Diagnosis& diagnosis, nn::Illness illness) {
  for (const nn::Finding& finding : diagnosis.findings)
    if (finding.illness == illness) return finding.sentence;
  return "";
}

}  // namespace test
