// SPDX-License-Identifier: MIT
// The contract of a loss: a small value that holds options, and two pure functions of the outputs and targets of one
// sample.
#pragma once

#include <concepts>
#include <optional>

#include <nn/core/shape.hpp>
#include <nn/core/views.hpp>

namespace nn {

/// What a loss takes the outputs of a network for.
enum class OutputKind {
  numbers,              ///< any numbers: regression, or scores
  class_probabilities,  ///< shares of one whole, as Softmax puts them out
  class_logits,         ///< the same before a softmax, which the loss applies itself
  probabilities,        ///< each of them from no to yes for itself, as Sigmoid puts them out
  logits                ///< the same before a sigmoid, which the loss applies itself
};

namespace detail {

template <class L, class T>
concept HasLossValue = requires(const L& loss, const ConstVectorView<T>& y, const ConstVectorView<T>& t) {
  { loss(y, t) } -> std::convertible_to<T>;
};
template <class L, class T>
concept HasLossGradient = requires(const L& loss, const ConstVectorView<T>& y, const ConstVectorView<T>& t,
                                   VectorView<T>& dy) {
  loss.gradient(y, t, dy);
};

}  // namespace detail

/// A loss says what one sample costs, and the slope of that, from its outputs y(i) and targets t(i), i < y.size():
///   T operator()(const Y& y, const Target& t) const             the loss, T being typename Y::Scalar
///   gradient(const Y& y, const Target& t, Gradient& dy) const   writes dL/dy_i into dy(i)
/// Both are templates, as check_gradients calls the first with dual numbers, and `using std::exp;` before exp(y(i))
/// finds the right one. Several threads call them at once, so they change nothing and allocate nothing. The loss of a
/// batch is the mean over its samples. A loss may also have
///   void validate() const                       throws data_error where an option makes no sense, before training
///   void require_target(const Target& t) const  throws data_error for targets of a sample that it cannot take, before
///                                               anything is learned
///   void require_outputs(Index) const           throws shape_error for a network of another number of outputs
///   static constexpr OutputKind output_kind     what it takes the outputs for; numbers when missing. With any other
///                                               kind, targets must lie from 0 to 1, and a network that ends in a layer
///                                               of another kind is refused
///   static constexpr bool takes_whole_samples   true: of an image or a sequence it sees all outputs at once; when
///                                               missing, the channels of one pixel or step, and the mean over these
///   static constexpr double decision_boundary   an output that stands for itself says "yes" above it; when missing,
///                                               one half, or 0 where the targets are -1 and 1
///   static constexpr bool targets_name_classes  true: they say which class, or yes or no, and have no unit, so that a
///                                               network that ends in Denormalize is refused; when missing, whether
///                                               it has an output_kind or a decision_boundary
///   static constexpr bool is_linear_in_targets  true: it is sum_i t_i f_i(y), so that ClassWeighted weights each term
/// examples/custom_loss.cpp shows one.
template <class L, class T = float>
concept LossFunction = std::copyable<L> && detail::HasLossValue<L, T> && detail::HasLossGradient<L, T>;

namespace detail {

// Does not compile where something is missing, and says what.
template <class L, class T>
constexpr bool require_loss() {
  static_assert(std::copyable<L>, "nn: a loss must be a value that can be copied and assigned");
  static_assert(
      HasLossValue<L, T>,
      "nn: this loss lacks `auto operator()(const auto& y, const auto& t) const`, the loss of one sample with "
      "outputs y and targets t; see nn/losses/loss.hpp");
  static_assert(HasLossGradient<L, T>,
                "nn: this loss lacks `void gradient(const auto& y, const auto& t, auto& dy) const`, which writes the "
                "derivative by y(i) into dy(i); see nn/losses/loss.hpp");
  return true;
}

}  // namespace detail

/// Throws data_error where the loss cannot take these targets of a sample.
template <class L, class Target>
void require_target(const L& loss, const Target& t) {
  if constexpr (requires { loss.require_target(t); }) loss.require_target(t);
}

namespace detail {

template <class L>
constexpr bool takes_whole_samples() {
  if constexpr (requires { L::takes_whole_samples; }) return L::takes_whole_samples;
  return false;
}

/// Whether outputs have losses of their own, as in OutputLosses.
template <class L>
constexpr bool has_several_losses() {
  if constexpr (requires { L::part_count; }) return L::part_count > 1;
  return false;
}

/// Calls use(loss, first output, outputs) for a loss of so many outputs, or for each of those that it is made of.
template <class L, class Use>
void for_each_loss(const L& loss, Index outputs, const Use& use) {
  if constexpr (requires { L::part_count; })
    loss.for_each_part([&](const auto& part, Index first) { use(part.loss, first, part.outputs); });
  else
    use(loss, Index(0), outputs);
}

/// Whether a target is a probability; rounding is forgiven.
template <class T>
constexpr bool is_probability(T target) {
  return target >= T(-1e-6) && target <= T(1) + T(1e-6);
}

/// Into how many parts a loss of this type divides the outputs of a sample.
template <class L>
constexpr Index positions_of(Shape outputs) {
  if constexpr (takes_whole_samples<L>()) return 1;
  return outputs.height * outputs.width;
}

}  // namespace detail

/// What the loss takes outputs for, by its type.
template <class L>
constexpr OutputKind output_kind() {
  if constexpr (requires { L::output_kind; }) return L::output_kind;
  return OutputKind::numbers;
}

/// Above which an output that stands for itself says "yes", where the type of the loss tells.
template <class L>
constexpr std::optional<double> decision_boundary() {
  if constexpr (requires { L::decision_boundary; }) return L::decision_boundary;
  return std::nullopt;
}

/// Whether targets say which class, or yes or no, by the type of the loss.
template <class L>
constexpr bool targets_name_classes() {
  if constexpr (requires { L::targets_name_classes; }) return L::targets_name_classes;
  return output_kind<L>() != OutputKind::numbers || decision_boundary<L>().has_value();
}

}  // namespace nn
