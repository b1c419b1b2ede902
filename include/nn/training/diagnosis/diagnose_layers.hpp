// SPDX-License-Identifier: MIT
// What stands in the layers while samples pass, forward and back: parameters, outputs, units, gradients.
#pragma once

#include <cmath>
#include <string_view>

#include <nn/core/finite.hpp>
#include <nn/core/views.hpp>
#include <nn/networks/pass.hpp>
#include <nn/training/diagnosis/finding.hpp>

namespace nn {

namespace detail {

// Calls visit(layer, place, level, number) for every layer, also inside of others; the network's own are numbered
// from 1.
template <class Net>
void for_each_numbered(const Net& network, const auto& visit) {
  Index number = 0;
  network.for_each_inside([&](const auto& layer, const Place& place, Index level) {
    number += level == 0;
    visit(layer, place, level, number);
  });
}

// Whether all are finite; where not, nothing more can be said of what is computed with them.
template <class Net>
bool diagnose_parameters(const Net& network, Findings& findings) {
  const Index wrong = first_not_finite(network.parameters().data(), network.parameter_count());
  for_each_numbered(network, [&](const auto& layer, const Place& place, Index, Index number) {
    if (place.columns == 0) return;
    if (wrong >= place.parameter_offset && wrong < place.parameter_end())
      findings.add(Illness::not_finite, number, "Layer ", number, " (", layer.name(), "): parameter ",
                   wrong - place.parameter_offset, " is ", network.parameters()[wrong],
                   ", the first that is not finite; go back to a checkpoint and lower the learning rate.");
    const Index weights = place.rows * place.columns;
    if (place.rows < 2 || place.columns < 2) return;
    const auto values = network.parameters().segment(place.parameter_offset, weights);
    if ((values.array() == values[0]).all())
      findings.add(Illness::equal_weights, number, "Layer ", number, " (", layer.name(), "): all ", weights,
                   " weights are ", values[0],
                   ", so its units learn the same; call network.initialize(nn::Random{1}).");
  });
  return wrong == network.parameter_count();
}

// Whether the outputs of the first `depth` layers are finite, after a forward pass of so many samples.
template <class Net, class T>
bool diagnose_outputs(const Net& network, Workspace<T>& workspace, Index depth, Index samples, Findings& findings) {
  bool are_finite = true;
  network.for_each_layer([&](const auto& layer, auto i) {
    if (i >= depth || !are_finite) return;
    const Place& place = network.place(i);
    const Index size = place.output.size();
    const T* const values = workspace.activation(place, samples);
    const Index first = first_not_finite(values, size * samples);
    are_finite = first == size * samples;
    if (!are_finite)
      findings.add(Illness::not_finite, static_cast<Index>(i) + 1, "Layer ", i + 1, " (", layer.name(), "): output ",
                   first % size, " is ", values[first],
                   ", the first that is not finite; scale the inputs, or lower weights and learning rate.");
  });
  return are_finite;
}

// Of a parameter gradient.
template <class Net, class T>
void diagnose_gradient(const Net& network, const Vector<T>& gradient, Findings& findings) {
  const Index wrong = first_not_finite(gradient.data(), gradient.size());
  network.for_each_layer([&](const auto& layer, auto i) {
    const Place& place = network.place(i);
    if (wrong >= place.parameter_offset && wrong < place.parameter_end())
      findings.add(Illness::not_finite, static_cast<Index>(i) + 1, "Layer ", i + 1, " (", layer.name(),
                   "): the gradient of parameter ", wrong - place.parameter_offset, " is ", gradient[wrong],
                   ", the first that is not finite; lower the learning rate, or scale inputs and targets.");
  });
}

// What the units of a layer do on the samples: x and y are features x samples.
template <class T>
void diagnose_units(std::string_view name, Index layer, const ConstMatrixView<T>& y, Findings& findings) {
  if (y.cols() < 8) return;
  if (name == "ReLU") {
    Index dead = 0;
    for (Index unit = 0; unit < y.rows(); ++unit) dead += (y.row(unit).array() == T(0)).all();
    if (static_cast<double>(dead) > 0.4 * static_cast<double>(y.rows()))
      findings.add(Illness::dead_units, layer, "Layer ", layer, " (ReLU): ", dead, " of ", y.rows(), " units (",
                   percent(dead, y.rows()), " %) are 0 for all of ", y.cols(),
                   " samples and cannot learn; lower the learning rate, or use LeakyReLU.");
  }
  if (name == "Sigmoid" || name == "Tanh") {
    const T low = name == "Tanh" ? T(-1) : T(0);
    const T margin = (T(1) - low) * T(0.005);
    Index saturated = 0;
    for (Index unit = 0; unit < y.rows(); ++unit)
      saturated +=
          ((y.row(unit).array() < low + margin) || (y.row(unit).array() > T(1) - margin)).count() > y.cols() * 9 / 10;
    if (static_cast<double>(saturated) > 0.4 * static_cast<double>(y.rows()))
      findings.add(Illness::saturated_units, layer, "Layer ", layer, " (", name, "): ", saturated, " of ", y.rows(),
                   " units (", percent(saturated, y.rows()), " %) stand at their ends for nearly all of ", y.cols(),
                   " samples, where their slope is nearly 0; scale the inputs, or lower weights and learning rate.");
  }
}

template <class Net, class T>
void diagnose_units(const Net& network, Workspace<T>& workspace, Index depth, Index samples, Findings& findings) {
  for_each_numbered(network, [&](const auto& layer, const Place& place, Index, Index number) {
    if (number > depth) return;
    const ConstMatrixView<T> y(workspace.activation(place, samples), place.output.size(), samples);
    diagnose_units<T>(layer.name(), number, y, findings);
  });
}

// How much of the gradient is left at the first layer with weights, of what reaches the last; after a pass back.
template <class Net, class T>
void diagnose_gradient_flow(const Net& network, Workspace<T>& workspace, Index depth, Index samples,
                            Findings& findings) {
  double first_norm = -1, last_norm = -1;
  Index first = 0, last = 0;
  for_each_numbered(network, [&](const auto&, const Place& place, Index level, Index number) {
    if (number > depth || place.columns < 2 || level > 0) return;
    const Index size = place.output.size() * samples;
    const ConstVectorView<T> gradient(workspace.gradient(place, samples), size);
    last_norm = std::sqrt(gradient.template cast<double>().squaredNorm() / static_cast<double>(size));
    last = number;
    if (first > 0) return;
    first_norm = last_norm;
    first = number;
  });
  if (first == last || last_norm == 0) return;
  if (const double ratio = first_norm / last_norm; ratio < 1e-3)
    findings.add(Illness::vanishing_gradients, first, "The gradient at layer ", first, " is ", rounded(ratio),
                 " of that at layer ", last,
                 ": it vanishes on the way; use ReLU, BatchNorm or Residual, or fewer layers.");
  else if (ratio > 1e3)
    findings.add(Illness::exploding_gradients, first, "The gradient at layer ", first, " is ", rounded(ratio),
                 " times that at layer ", last,
                 ": it explodes on the way; use smaller initial weights, BatchNorm, or clip_norm.");
}

}  // namespace detail

}  // namespace nn
