// SPDX-License-Identifier: MIT
// What can be wrong with a training, and the sentences that say so.
#pragma once

#include <algorithm>
#include <cmath>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <nn/core/errors.hpp>
#include <nn/core/finite.hpp>
#include <nn/core/views.hpp>

namespace nn {

enum class Illness {
  not_finite,           ///< NaN or infinity among parameters, outputs or gradients, in the first layer that has one
  equal_weights,        ///< a layer whose units all start alike learns only one thing
  dead_units,           ///< ReLU units that are 0 for every sample
  saturated_units,      ///< sigmoid or tanh units at their ends for nearly every sample
  vanishing_gradients,  ///< far smaller at the first layer than at the last
  exploding_gradients,  ///< far larger
  constant_output,      ///< the same for every sample
  unfitting_labels,     ///< classes that never occur, or all samples of one class
  unfitting_loss,       ///< that takes other outputs than the network's; what can only be a mistake is refused before
  unscaled_inputs,      ///< far from mean 0 and deviation 1
  unscaled_targets,     ///< numbers as targets, far too large or too small
  unbalanced_classes,
  oscillating_loss,
  plateau,
  small_learning_rate,
  overfitting,
  debug_build
};

struct Finding {
  Illness illness;
  Index layer = 0;       ///< counted from 1; 0 where it is no single layer's
  std::string sentence;  ///< what was seen, and what to try
};

struct Diagnosis {
  std::vector<Finding> findings;

  bool has(Illness illness) const {
    return std::any_of(findings.begin(), findings.end(), [&](const Finding& f) { return f.illness == illness; });
  }
  friend std::ostream& operator<<(std::ostream& stream, const Diagnosis& diagnosis) {
    if (diagnosis.findings.empty()) stream << "Nothing wrong was found.\n";
    for (const Finding& finding : diagnosis.findings) stream << finding.sentence << '\n';
    return stream;
  }
};

namespace detail {

// Collects sentences made of pieces.
class Findings {
 public:
  template <class... Pieces>
  void add(Illness illness, Index layer, const Pieces&... pieces) {
    all_.push_back({illness, layer, error(pieces...).what()});
  }
  std::vector<Finding> take() { return std::move(all_); }

 private:
  std::vector<Finding> all_;
};

inline double percent(Index part, Index whole) {
  return std::round(1000.0 * static_cast<double>(part) / static_cast<double>(whole)) / 10;
}
// Three digits are enough to read.
inline double rounded(double number) {
  if (number == 0 || !is_finite(number)) return number;
  const double unit = std::pow(10.0, std::floor(std::log10(std::abs(number))) - 2);
  return std::round(number / unit) * unit;
}

}  // namespace detail

}  // namespace nn
