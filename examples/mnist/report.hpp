// SPDX-License-Identifier: MIT
// What a network does on the test set: which digits it takes for which, and its worst mistakes.
#pragma once

#include <nn/data/dataset.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <iomanip>
#include <numeric>
#include <ostream>
#include <string>
#include <vector>

#include "picture.hpp"
#include "progress.hpp"

namespace mnist {

struct Answer {
  int digit = 0;
  double probability = 0;

  /// Of the answers that it is just sure of, seven in ten are right, where the probabilities are calibrated.
  bool is_sure() const { return probability >= 0.7; }
};

inline Answer best_answer(const auto& probabilities) {
  nn::Index digit = 0;
  const float probability = probabilities.maxCoeff(&digit);
  return {static_cast<int>(digit), static_cast<double>(probability)};
}

/// What the network takes each sample for.
template <class Network>
std::vector<Answer> answers(const Network& network, const nn::Dataset& data) {
  constexpr nn::Index batch_size = 256;
  std::vector<Answer> all;
  all.reserve(static_cast<std::size_t>(data.size()));
  for (nn::Index first = 0; first < data.size(); first += batch_size) {
    const nn::Index count = std::min(batch_size, data.size() - first);
    const nn::Matrix<float> y = network.predict(data.inputs(first, count));
    for (nn::Index sample = 0; sample < count; ++sample) all.push_back(best_answer(y.col(sample)));
  }
  return all;
}

inline void print_confusion(std::ostream& out, const nn::Dataset& data, const std::vector<Answer>& answers) {
  std::array<std::array<int, 10>, 10> counts{};
  for (std::size_t i = 0; i < answers.size(); ++i)
    ++counts[static_cast<std::size_t>(data.labels()[i])][static_cast<std::size_t>(answers[i].digit)];
  out << "\nWhich digit (row) was taken for which (column):\n\n      ";
  for (int digit = 0; digit < 10; ++digit) out << std::setw(6) << digit;
  out << "    right\n";
  for (std::size_t row = 0; row < 10; ++row) {
    const int sum = std::accumulate(counts[row].begin(), counts[row].end(), 0);
    out << std::setw(6) << row;
    for (const int count : counts[row]) out << std::setw(6) << (count == 0 ? "." : std::to_string(count));
    out << std::setw(9) << (sum == 0 ? "-" : with_decimals(100.0 * counts[row][row] / sum, 1) + " %") << '\n';
  }
}

/// The wrong answers of the largest loss, as pictures side by side.
inline void print_mistakes(std::ostream& out, const nn::Dataset& data, const std::vector<Answer>& answers,
                           const std::vector<double>& losses, const Terminal& terminal) {
  constexpr std::size_t most = 6;
  std::vector<std::size_t> mistakes;
  for (std::size_t i = 0; i < answers.size(); ++i)
    if (answers[i].digit != data.labels()[i]) mistakes.push_back(i);
  std::stable_sort(mistakes.begin(), mistakes.end(),
                   [&](std::size_t a, std::size_t b) { return losses[a] > losses[b]; });
  if (mistakes.size() > most) mistakes.resize(most);
  if (mistakes.empty()) {
    out << "\nNot one mistake.\n";
    return;
  }
  out << "\nThe worst mistakes:\n";
  const auto per_line = static_cast<std::size_t>(std::max(1, (terminal.width + 1) / (drawn_width + 1)));
  for (std::size_t first = 0; first < mistakes.size(); first += per_line) {
    const std::size_t end = std::min(first + per_line, mistakes.size());
    std::vector<std::string> lines(side / 2);
    std::string titles;
    for (std::size_t k = first; k < end; ++k) {
      const std::size_t sample = mistakes[k];
      const std::vector<std::string> letters = drawn(picture(data.inputs(static_cast<nn::Index>(sample), 1)), terminal);
      for (std::size_t i = 0; i < lines.size(); ++i) lines[i] += (k > first ? " " : "") + letters[i];
      std::string title = std::string("a ") + std::to_string(data.labels()[sample]) + ", taken for a " +
                          std::to_string(answers[sample].digit) + " (" +
                          with_decimals(100 * answers[sample].probability, 0) + " %)";
      title.resize(drawn_width, ' ');
      titles += (k > first ? " " : "") + title;
    }
    out << '\n';
    for (const std::string& line : lines) out << line << '\n';
    out << titles.substr(0, titles.find_last_not_of(' ') + 1) << '\n';
  }
}

}  // namespace mnist
