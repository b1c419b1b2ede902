// SPDX-License-Identifier: MIT
// L = w_c L', for a sample of class c and any loss L'
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include <nn/core/errors.hpp>
#include <nn/core/options.hpp>
#include <nn/core/views.hpp>
#include <nn/losses/label_smoothing.hpp>
#include <nn/losses/loss.hpp>

namespace nn {

/// Weights for classes that are rare or dear: ClassWeighted{CrossEntropy{}, {1, 5, 2}}, one weight per class; a single
/// output has two, of no and of yes. A sample counts with the weight of its class, the one whose target is 1; all
/// others may be 0 or -1. Where the targets are shares of several classes, each term of CrossEntropy, Focal and their
/// forms for logits has the weight of its class, after label smoothing, as in PyTorch; any other loss has the mean of
/// the classes' weights, by their shares. A sample without any class is refused, except by those losses, which it
/// costs nothing. The mean over the samples stays a mean, as in Keras and as in PyTorch with reduction="none";
/// PyTorch's weighted "mean" divides by the sum of the weights instead, so there the learning rate means something else
/// when the weights do not average 1. Throws data_error for another number of weights than classes.
template <class Loss, class Weights = std::vector<double>>
struct ClassWeighted {
  Loss loss;        ///< any loss
  Weights weights;  ///< one per class, none negative; 1 counts a class as without weights

  static constexpr bool targets_name_classes = true;
  static constexpr OutputKind output_kind = nn::output_kind<Loss>();                         ///< that of the loss
  static constexpr std::optional<double> decision_boundary = nn::decision_boundary<Loss>();  ///< and this

  static constexpr bool takes_whole_samples = detail::takes_whole_samples<Loss>();  ///< and this

  /// Throws shape_error where the loss takes another number of outputs.
  void require_outputs(Index outputs) const {
    if constexpr (requires { loss.require_outputs(outputs); }) loss.require_outputs(outputs);
  }

  /// Throws data_error where an option makes no sense.
  template <class Number = double>
  void validate() const {
    if (weights.empty()) throw data_error("ClassWeighted: got no weights; give one per class");
    for (const double weight : weights)
      require_not_negative<Number>("ClassWeighted", "a weight", weight, "1 counts a class as without weights");
    validate_options<Number>(loss);
  }

  /// Throws data_error where a sample with these targets has no weight.
  template <class Target>
  void require_target(const Target& t) const {
    require_weight_per_class(t.size());
    if (!weights_terms || t.size() == 1) static_cast<void>(weight<double>(t, t.size()));
    nn::require_target(loss, t);
  }

  /// The loss of one sample, outputs y, targets t.
  template <class Y, class Target>
  typename Y::Scalar operator()(const Y& y, const Target& t) const {
    using T = typename Y::Scalar;
    require_weight_per_class(y.size());
    if constexpr (weights_terms)
      if (y.size() > 1) return unsmoothed()(y, weighted<T>(t, y.size()));
    return weight<T>(t, y.size()) * loss(y, t);
  }

  template <class Y, class Target, class Gradient>
  void gradient(const Y& y, const Target& t, Gradient& dy) const {
    using T = typename Y::Scalar;
    require_weight_per_class(y.size());
    if constexpr (weights_terms)
      if (y.size() > 1) return unsmoothed().gradient(y, weighted<T>(t, y.size()), dy);
    const T factor = weight<T>(t, y.size());
    loss.gradient(y, t, dy);
    for (Index i = 0; i < y.size(); ++i) dy(i) *= factor;
  }

 private:
  static constexpr bool weights_terms = requires { requires Loss::is_linear_in_targets; };

  // A loss that is linear in its targets has its terms weighted by weighting the targets.
  template <class T, class Target>
  struct WeightedTarget {
    detail::SmoothedTarget<T, Target> target;
    const Weights& weights;
    T operator()(Index i) const { return static_cast<T>(weights[static_cast<std::size_t>(i)]) * target(i); }
  };
  template <class T, class Target>
  WeightedTarget<T, Target> weighted(const Target& t, Index outputs) const {
    double smoothing = 0;
    if constexpr (requires { loss.label_smoothing; }) smoothing = loss.label_smoothing;
    return {detail::SmoothedTarget<T, Target>(t, smoothing, outputs), weights};
  }
  Loss unsmoothed() const {
    Loss plain = loss;
    if constexpr (requires { plain.label_smoothing; }) plain.label_smoothing = 0;
    return plain;
  }

  void require_weight_per_class(Index outputs) const {
    const Index classes = outputs == 1 ? 2 : outputs;
    if (static_cast<Index>(weights.size()) != classes)
      throw data_error("ClassWeighted: ", weights.size(), " weights do not fit ", classes,
                       " classes; give one per class");
  }

  // Of a sample: the mean of the weights of its classes, by their shares of its targets.
  template <class T, class Target>
  T weight(const Target& t, Index outputs) const {
    const auto share = [&](Index i) { return t(i) > 0 ? static_cast<T>(t(i)) : T(0); };
    const auto of_class = [&](Index i) { return static_cast<T>(weights[static_cast<std::size_t>(i)]); };
    if (outputs == 1) {
      const T yes = t(0) < 1 ? share(0) : T(1);
      return (1 - yes) * of_class(0) + yes * of_class(1);
    }
    T sum = 0, shares = 0;
    for (Index i = 0; i < outputs; ++i) {
      sum += share(i) * of_class(i);
      shares += share(i);
    }
    if (!(shares > 0))
      throw data_error("ClassWeighted: a sample whose ", outputs,
                       " targets are all 0 or less is of no class and has no "
                       "weight; name its class, or weight samples instead (Dataset::with_weights)");
    return sum / shares;
  }
};

template <class Loss>
ClassWeighted(Loss, std::vector<double>) -> ClassWeighted<Loss>;

}  // namespace nn
