// SPDX-License-Identifier: MIT
// l1 |w| + l2/2 w^2 in the loss: what they add to the gradient, and to which parameters.
#pragma once

#include <algorithm>

#include <nn/core/views.hpp>

namespace nn {

/// Parameters that are learned and treated alike: those from `first` to before `last` of the flat vector.
struct ParameterRange {
  Index first, last;
  double factor;    ///< of the learning rate; 0: frozen
  bool is_decayed;  ///< by weight decay, l1 and l2
};

/// gradient += l1 sign(w) + l2 w in the range, where it is decayed; what is frozen has no gradient.
template <class T>
void penalize(const ParameterRange& range, const T* parameters, double l1, double l2, T* gradient) {
  const auto [first, last, factor, is_decayed] = range;
  if (factor == 0) return std::fill(gradient + first, gradient + last, T(0));
  if (!is_decayed) return;
  const T of_sign = static_cast<T>(l1), of_weight = static_cast<T>(l2);
  for (Index k = first; k < last && of_sign > 0; ++k)
    gradient[k] += parameters[k] > 0 ? of_sign : parameters[k] < 0 ? -of_sign : T(0);
  for (Index k = first; k < last && of_weight > 0; ++k) gradient[k] += of_weight * parameters[k];
}

}  // namespace nn
