// SPDX-License-Identifier: MIT
// The loss of some of a network's outputs, for OutputLosses.
#pragma once

#include <nn/core/views.hpp>

namespace nn {

/// A loss for the next so many outputs of a network: OutputLoss{CrossEntropy{}, 10}.
template <class Loss>
struct OutputLoss {
  Loss loss;
  Index outputs;      ///< how many
  double weight = 1;  ///< by which it is multiplied
};
template <class Loss>
OutputLoss(Loss, Index) -> OutputLoss<Loss>;
template <class Loss>
OutputLoss(Loss, Index, double) -> OutputLoss<Loss>;

}  // namespace nn
