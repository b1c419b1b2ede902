// SPDX-License-Identifier: MIT
// Are the network's outputs such as its loss takes, and do they differ at all?
#pragma once

#include <algorithm>
#include <string_view>

#include <nn/core/options.hpp>
#include <nn/core/views.hpp>
#include <nn/losses/loss.hpp>
#include <nn/training/diagnosis/finding.hpp>
#include <nn/training/step/loss_fit.hpp>
#include <nn/training/step/network_end.hpp>

namespace nn {

namespace detail {

// Which numbers an activation puts out, where not all.
constexpr std::string_view range_of(std::string_view activation) {
  struct Range {
    std::string_view activation, numbers;
  };
  for (const Range& range :
       {Range{"Softmax", "from 0 to 1"}, Range{"Sigmoid", "from 0 to 1"}, Range{"HardSigmoid", "from 0 to 1"},
        Range{"BinaryStep", "from 0 to 1"}, Range{"Tanh", "from -1 to 1"}, Range{"Softsign", "from -1 to 1"},
        Range{"HardTanh", "between its two ends"}, Range{"ReLU", "from 0 up"}, Range{"Softplus", "from 0 up"}})
    if (range.activation == activation) return range.numbers;
  return {};
}

// What the network, or one head of it, ends in, and what the loss takes the outputs for.
inline void diagnose_end(NetworkEnd end, OutputKind kind, Findings& findings) {
  bool is_squashing = false;
  for (const std::string_view name : {"Softmax", "LogSoftmax", "Sigmoid", "HardSigmoid"})
    is_squashing = is_squashing || end.last == name;
  if (is_squashing && !range_of(end.before).empty())
    findings.add(Illness::unfitting_loss, 0, "The network ends in ", end.before, " and then ", end.last,
                 ", which is given only numbers ", range_of(end.before), "; leave out the ", end.before, '.');
  if ((kind == OutputKind::logits || kind == OutputKind::class_logits) && !range_of(end.last).empty())
    findings.add(Illness::unfitting_loss, 0, "The loss takes logits, but the network ends in ", end.last,
                 ", which puts out only numbers ", range_of(end.last), "; leave out the ", end.last, '.');
}

// The outputs that a loss for probabilities is given, those of each head one after the other.
template <class Outputs>
void diagnose_probabilities(const NetworkEnds& ends, OutputKind kind, const Outputs& outputs, Findings& findings) {
  if (kind != OutputKind::probabilities && kind != OutputKind::class_probabilities) return;
  const double least = outputs.minCoeff(), largest = outputs.maxCoeff();
  double farthest_sum = 0;
  Index row = 0;
  ends.for_each([&](const NetworkEnd&, Index count) {
    const auto sums = outputs.middleRows(row, count).colwise().sum().array();
    farthest_sum = std::max(farthest_sum, (sums - 1).abs().maxCoeff());
    row += count;
  });
  if (!is_probability(least) || !is_probability(largest))
    findings.add(Illness::unfitting_loss, 0, "The loss takes probabilities, but the outputs go from ", rounded(least),
                 " to ", rounded(largest), "; end the network in ",
                 kind == OutputKind::probabilities ? "Sigmoid." : "Softmax.");
  else if (kind == OutputKind::class_probabilities && farthest_sum > 0.01)
    findings.add(Illness::unfitting_loss, 0,
                 "The loss takes shares of one whole, but the outputs of a sample miss a sum of 1 by ",
                 rounded(farthest_sum),
                 ", so that all of them may grow together; end the network in Softmax, or take "
                 "BinaryCrossEntropy.");
}

// Outputs that are the same for every sample.
template <class T>
void diagnose_variety(const Matrix<T>& outputs, Findings& findings) {
  const T largest = outputs.cwiseAbs().maxCoeff();
  if (outputs.cols() >= 8 && (outputs.colwise() - outputs.col(0)).cwiseAbs().maxCoeff() <= T(1e-6) * (T(1) + largest))
    findings.add(Illness::constant_output, 0, "The network puts out the same for all of ", outputs.cols(),
                 " samples; initialize it again with a lower learning rate, and see whether its inputs differ.");
}

}  // namespace detail

}  // namespace nn
