// SPDX-License-Identifier: MIT
// The doctor: what is wrong with a training, in one sentence each, with the layer, the numbers seen, and what to try.
#pragma once

#include <algorithm>
#include <type_traits>
#include <vector>

#include <nn/core/errors.hpp>
#include <nn/data/dataset.hpp>
#include <nn/networks/at_shape.hpp>
#include <nn/networks/pass.hpp>
#include <nn/training/diagnosis/diagnose_data.hpp>
#include <nn/training/diagnosis/diagnose_end.hpp>
#include <nn/training/diagnosis/diagnose_history.hpp>
#include <nn/training/diagnosis/diagnose_layers.hpp>
#include <nn/training/diagnosis/finding.hpp>
#include <nn/training/gradients.hpp>
#include <nn/training/step/batch.hpp>
#include <nn/training/step/fused_loss.hpp>
#include <nn/training/step/loss_fit.hpp>

namespace nn {

struct DiagnoseOptions {
  Index samples = 256;  ///< of the data that are looked at, evenly spread
};

namespace detail {

// Some samples of the data; of sequences of different lengths those as long as the one in the middle.
inline std::vector<Index> evenly_spread(const Dataset& data, Index most) {
  const Index count = std::min(most, data.size());
  std::vector<Index> chosen(static_cast<std::size_t>(count));
  for (Index k = 0; k < count; ++k) chosen[static_cast<std::size_t>(k)] = k * data.size() / count;
  if (data.lengths().empty()) return chosen;
  const auto length = [&](Index sample) { return data.lengths()[static_cast<std::size_t>(sample)]; };
  const Index usual = length(chosen[chosen.size() / 2]);
  chosen.erase(std::remove_if(chosen.begin(), chosen.end(), [&](Index sample) { return length(sample) != usual; }),
               chosen.end());
  return chosen;
}

inline void diagnose_build([[maybe_unused]] Findings& findings) {
#ifndef __OPTIMIZE__
  findings.add(Illness::debug_build, 0,
               "This program was compiled without optimisation, which is many times slower; use -O2 -DNDEBUG, or "
               "CMAKE_BUILD_TYPE=Release.");
#endif
}

// By passing the samples forward and back.
template <class Net, class Loss, class T>
void diagnose_passes(const Net& network, const Loss& given_loss, const Batch<T>& batch, const Training<T>& training,
                     Findings& findings) {
  const ConstMatrixView<T> x = batch.inputs();
  const Index samples = x.cols();
  with_fused_loss(network, given_loss, [&]<class TakenLoss>(const TakenLoss& loss, Index depth) {
    Workspace<T> workspace;
    workspace.reserve_activations(network, samples);
    workspace.reserve_gradients(network, samples);
    const T* y = forward_pass(network, network.parameters().data(), x, workspace, depth, {0, samples}, training);
    if (!diagnose_outputs(network, workspace, depth, samples, findings)) return;
    const Matrix<T> outputs = ConstMatrixView<T>(y, network.output_shape().size(), samples);
    const NetworkEnds ends(network);
    ends.for_each([&](const NetworkEnd& end, Index) { diagnose_end(end, output_kind<Loss>(), findings); });
    diagnose_probabilities(ends, output_kind<TakenLoss>(), Matrix<double>(outputs.template cast<double>()), findings);
    diagnose_variety(outputs, findings);
    Vector<T> gradient = Vector<T>::Zero(network.parameters().size());
    add_loss_gradients(network, network.parameters().data(), loss, depth, x, batch.targets().data(), batch.weights(), 1,
                       y, workspace, training, InputGradient::none, gradient.data());
    diagnose_gradient(network, gradient, findings);
    diagnose_units(network, workspace, depth, samples, findings);
    diagnose_gradient_flow(network, workspace, depth, samples, findings);
  });
}

}  // namespace detail

/// Looks at a trainer's network on some samples of its data, at its gradients, and at the history of its latest fit.
/// Cost: one forward and one backward pass of the samples. Changes nothing. Throws shape_error where the data do not
/// fit.
template <class Trainer>
Diagnosis diagnose(const Trainer& trainer, const Dataset& data, const DiagnoseOptions& options = {}) {
  using T = typename Trainer::Scalar;
  using Loss = std::remove_cvref_t<decltype(trainer.loss())>;
  const auto& network = trainer.network();
  if (options.samples < 2)
    throw data_error("diagnose: needs at least 2 samples, got ", options.samples, "; 256 is the default");
  detail::require_fit(network, data, "diagnose");
  detail::require_fit(network, trainer.loss());
  const std::vector<Index> chosen = detail::evenly_spread(data, options.samples);
  const auto count = static_cast<Index>(chosen.size());
  detail::Batch<T> batch(data, layout_for(network, data.sample_shape().size()).output_shape().size(), count);
  batch.gather(data, chosen);
  const auto& layout = layout_for(network, batch.features());
  batch.shorten_targets(layout.output_shape().size());
  detail::require_probabilities("diagnose", trainer.loss(), batch.targets());
  Index least = 1;  // samples to train on; fewer are looked at as in use
  network.for_each_place([&](const Place& place, Index) { least = std::max(least, place.least_samples); });
  Vector<T> state = network.state();
  const Training<T> training = count < least ? deterministic(state.data()) : Training<T>{state.data()};

  detail::Findings findings;
  detail::diagnose_build(findings);
  const bool are_finite = detail::diagnose_parameters(network, findings);
  detail::diagnose_inputs(layout, batch.inputs(), training, findings);
  if (data.has_labels())
    detail::diagnose_labels(data, findings);
  else if (output_kind<Loss>() == OutputKind::numbers)
    detail::diagnose_targets(layout, batch.targets(), findings);
  state = network.state();  // which that pass has changed
  if (are_finite) detail::diagnose_passes(layout, trainer.loss(), batch, training, findings);
  detail::diagnose_history(trainer.history(), findings);
  return {findings.take()};
}

}  // namespace nn
