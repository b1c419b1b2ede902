// SPDX-License-Identifier: MIT
// L = w_c L', for a sample of class c and any loss L'
#pragma once

#include <utility>
#include <vector>

#include <nn/core/errors.hpp>
#include <nn/core/finite.hpp>
#include <nn/core/views.hpp>

namespace nn {

/// Weights for classes that are rare or dear: ClassWeighted{CrossEntropy{}, {1, 5, 2}}, one weight per class; a single
/// output has two, of no and of yes. Targets that are no labels weigh sum_i t_i w_i. The mean over the samples stays a
/// mean, as in Keras and as in PyTorch with reduction="none"; PyTorch's weighted "mean" divides by the sum of the
/// weights instead, so there the learning rate means something else when the weights do not average 1. Throws
/// data_error for another number of weights than classes.
template <class Loss, class Weights = std::vector<double>>
struct ClassWeighted {
  Loss loss;        ///< any loss
  Weights weights;  ///< one per class, none negative; 1 counts a class as without weights

  /// That of the loss.
  static constexpr double decision_boundary = [] {
    if constexpr (requires { Loss::decision_boundary; }) return Loss::decision_boundary;
    return 0.5;
  }();

  /// Throws data_error where an option makes no sense.
  void validate() const {
    if (weights.empty()) throw data_error("ClassWeighted: got no weights; give one per class");
    for (const double weight : weights)
      if (!(weight >= 0 && is_finite(weight)))
        throw data_error("ClassWeighted: a weight must be a number that is not negative, got ", weight,
                         "; 1 counts a class as without weights");
    if constexpr (requires { loss.validate(); }) loss.validate();
  }

  /// The loss of one sample, outputs y, targets t.
  template <class Y, class Target>
  typename Y::Scalar operator()(const Y& y, const Target& t) const {
    return weight<typename Y::Scalar>(t, y.size()) * loss(y, t);
  }

  template <class Y, class Target, class Gradient>
  void gradient(const Y& y, const Target& t, Gradient& dy) const {
    using T = typename Y::Scalar;
    const T factor = weight<T>(t, y.size());
    loss.gradient(y, t, dy);
    for (Index i = 0; i < y.size(); ++i) dy(i) *= factor;
  }

 private:
  template <class T, class Target>
  T weight(const Target& t, Index outputs) const {
    const Index classes = outputs == 1 ? 2 : outputs;
    if (static_cast<Index>(weights.size()) != classes)
      throw data_error("ClassWeighted: ", weights.size(), " weights do not fit ", classes,
                       " classes; give one per class");
    const auto of_class = [&](Index i) { return static_cast<T>(weights[static_cast<std::size_t>(i)]); };
    if (outputs == 1) return (1 - t(0)) * of_class(0) + t(0) * of_class(1);
    T sum = 0;
    for (Index i = 0; i < outputs; ++i) sum += t(i) * of_class(i);
    return sum;
  }
};

template <class Loss>
ClassWeighted(Loss, std::vector<double>) -> ClassWeighted<Loss>;

}  // namespace nn
