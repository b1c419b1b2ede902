// SPDX-License-Identifier: MIT
// Are the inputs, targets and labels such as a network learns from?
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include <nn/core/views.hpp>
#include <nn/data/dataset.hpp>
#include <nn/layers/denormalize.hpp>
#include <nn/networks/pass.hpp>
#include <nn/training/diagnosis/finding.hpp>
#include <nn/training/step/scaled_units.hpp>

namespace nn {

namespace detail {

// What the first layer with weights is given, and whether a Normalize stands before it.
struct InputsOfLearning {
  Matrix<double> numbers;
  bool are_after_normalize = false;
};

// How many of a network's own layers stand before the first with weights, and with that one if the weights are inside.
template <class Net>
Index depth_of_first_weights(const Net& network) {
  Index depth = 0;
  bool has_weights = false;
  network.for_each_inside([&](const auto& layer, const Place& place, Index level) {
    if (has_weights) return;
    depth += level == 0;
    for_each_tensor(layer, place.input, [&](const TensorShape& tensor) {
      if (has_weights || tensor.role != Role::weight) return;
      has_weights = true;
      depth -= level == 0;
    });
  });
  return has_weights ? depth : 0;
}

template <class Net, class T>
InputsOfLearning inputs_of_learning(const Net& network, const ConstMatrixView<T>& x, Training<T> mode) {
  mode.is_random = false;
  Workspace<T> workspace;
  workspace.reserve_activations(network, x.cols());
  forward_pass(network, network.parameters().data(), x, workspace, depth_of_first_weights(network), {0, x.cols()},
               mode);
  InputsOfLearning result{x.template cast<double>()};
  std::vector<const T*> inputs{x.data()};  // of the next layer, on every level
  std::vector<bool> are_branches{false};   // which all have the same input
  bool is_found = false, has_normalize = false;
  network.for_each_inside([&](const auto& layer, const Place& place, Index level) {
    const auto here = static_cast<std::size_t>(level);
    inputs.resize(here + 1);
    are_branches.resize(here + 1);
    const T* const input = inputs[here];
    for_each_tensor(layer, place.input, [&](const TensorShape& tensor) {
      if (is_found || tensor.role != Role::weight) return;
      is_found = true;
      result = {ConstMatrixView<T>(input, place.input.size(), x.cols()).template cast<double>(), has_normalize};
    });
    has_normalize = has_normalize || layer.name() == "Normalize";
    if (!are_branches[here]) inputs[here] = workspace.activation(place, x.cols());
    inputs.push_back(input);
    are_branches.push_back(layer.name() == "Concat");
  });
  return result;
}

template <class Net, class T>
void diagnose_inputs(const Net& network, const ConstMatrixView<T>& x, const Training<T>& mode, Findings& findings) {
  const auto [inputs, are_after_normalize] = inputs_of_learning(network, x, mode);
  const double mean = inputs.mean();
  const double deviation = std::sqrt((inputs.array() - mean).square().mean());
  const double largest = inputs.cwiseAbs().maxCoeff();
  if (largest > 20 || std::abs(mean) > 5 || (deviation < 1e-3 && inputs.size() > 1))
    findings.add(Illness::unscaled_inputs, 0, "The inputs have mean ", rounded(mean), ", deviation ",
                 rounded(deviation), " and reach ", rounded(largest), "; scale them to about -1..1, as ",
                 are_after_normalize ? "nn::set_normalization(network, nn::Standardize::fit(data))"
                                     : "nn::Standardize::fit(data).apply(data)",
                 " does.");
}

// Where the network ends in Denormalize, of the targets as it scales them.
template <class Net, class T>
void diagnose_targets(const Net& network, const ConstMatrixView<T>& given, Findings& findings) {
  Matrix<double> targets = given.template cast<double>();
  const bool is_scaled = network.template last_is<Denormalize>();
  for (Index sample = 0; is_scaled && sample < targets.cols(); ++sample)
    targets.col(sample) = TargetUnits<T>::of(network).scaled(given.col(sample)).template cast<double>();
  const double mean = targets.mean();
  const double largest = targets.cwiseAbs().maxCoeff();
  // Of targets that are scaled already a few may lie far off.
  const double size = is_scaled ? std::sqrt(targets.squaredNorm() / static_cast<double>(targets.size())) : largest;
  if (size > 100 || (size < 1e-3 && size > 0))
    findings.add(Illness::unscaled_targets, 0, "The targets have mean ", rounded(mean), ", deviation ",
                 rounded(std::sqrt((targets.array() - mean).square().mean())), " and reach ", rounded(largest),
                 "; scale them to about -1..1: ", is_scaled ? "" : "let the network end in nn::Denormalize, and ",
                 "call nn::set_normalization(network, data); predictions are then in the targets' units.");
}

inline void diagnose_labels(const Dataset& data, Findings& findings) {
  std::vector<Index> counts(static_cast<std::size_t>(data.class_count()));
  for (const int label : data.labels()) ++counts[static_cast<std::size_t>(label)];
  const auto [fewest, most] = std::minmax_element(counts.begin(), counts.end());
  if (*most == data.size())
    findings.add(Illness::unfitting_labels, 0, "All ", data.size(), " samples are of class ", most - counts.begin(),
                 ", so there is nothing to tell apart; check how the labels were read.");
  else if (*fewest == 0)
    findings.add(Illness::unfitting_labels, 0, "Class ", fewest - counts.begin(), " of ", data.class_count(),
                 " never occurs among the labels; check whether they count from 0 and how many classes there are.");
  else if (*most >= 10 * *fewest)
    findings.add(Illness::unbalanced_classes, 0, "Class ", most - counts.begin(), " has ", *most, " samples, class ",
                 fewest - counts.begin(), " only ", *fewest,
                 "; weight the classes (nn::ClassWeighted), or show the rare ones more often.");
}

}  // namespace detail

}  // namespace nn
