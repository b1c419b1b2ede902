// SPDX-License-Identifier: MIT
// L = w_1 L_1 + w_2 L_2 + ..., each of some of the outputs
#pragma once

#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

#include <nn/core/errors.hpp>
#include <nn/core/options.hpp>
#include <nn/core/shape.hpp>
#include <nn/losses/loss.hpp>
#include <nn/losses/output_loss.hpp>

namespace nn {

/// For networks of several outputs, each with its loss, in the order of the outputs:
/// OutputLosses{OutputLoss{SoftmaxCrossEntropy{}, 10}, OutputLoss{MeanSquaredError{}, 1, 0.5}}. No loss is
/// differentiated together with an activation here, so a head of classes is more exact with a loss for logits.
template <class... Losses>
struct OutputLosses {
  static_assert(sizeof...(Losses) > 0, "nn::OutputLosses: has no losses; give at least one OutputLoss");

  static constexpr std::size_t part_count = sizeof...(Losses);
  static constexpr bool takes_whole_samples = true;
  static constexpr bool targets_name_classes = (nn::targets_name_classes<Losses>() || ...);

  constexpr explicit OutputLosses(OutputLoss<Losses>... given) : parts(std::move(given)...) {}

  /// Throws data_error where an option makes no sense.
  template <class Number = double>
  void validate() const {
    for_each_part([](const auto& part, Index) {
      if (part.outputs < 1) throw data_error("OutputLosses: a loss for ", part.outputs, " outputs; give it at least 1");
      require_not_negative<Number>("OutputLosses", "a weight", part.weight, "1 counts a loss as it is");
      validate_options<Number>(part.loss);
    });
  }
  void require_outputs(Index outputs) const {
    Index sum = 0;
    for_each_part([&](const auto& part, Index) { sum += part.outputs; });
    if (sum != outputs)
      throw shape_error("OutputLosses: its losses take ", sum, " outputs, but the network has ", outputs,
                        "; give every output of the network its loss, in their order");
    for_each_part([&](const auto& part, Index) {
      if constexpr (requires { part.loss.require_outputs(part.outputs); }) part.loss.require_outputs(part.outputs);
    });
  }

  /// Throws data_error where one of the losses cannot take its targets.
  void require_target(const auto& t) const {
    for_each_part([&](const auto& part, Index first) {
      nn::require_target(part.loss, t.segment(first, part.outputs));
      if constexpr (output_kind<std::remove_cvref_t<decltype(part.loss)>>() != OutputKind::numbers)
        for (Index i = first; i < first + part.outputs; ++i)
          if (!detail::is_probability(t(i)))
            throw data_error("OutputLosses: the target of output ", i, " is ", t(i),
                             ", but its loss takes probabilities; give 0 for no and 1 for yes, or take a loss for "
                             "numbers such as MeanSquaredError");
    });
  }

  /// The loss of one sample, outputs y, targets t.
  template <class Y, class Target>
  typename Y::Scalar operator()(const Y& y, const Target& t) const {
    typename Y::Scalar sum = 0;
    for_each_part([&](const auto& part, Index first) {
      sum += static_cast<typename Y::Scalar>(part.weight) *
             part.loss(y.segment(first, part.outputs), t.segment(first, part.outputs));
    });
    return sum;
  }

  template <class Y, class Target, class Gradient>
  void gradient(const Y& y, const Target& t, Gradient& dy) const {
    for_each_part([&](const auto& part, Index first) {
      auto of_part = dy.segment(first, part.outputs);
      part.loss.gradient(y.segment(first, part.outputs), t.segment(first, part.outputs), of_part);
      of_part *= static_cast<typename Y::Scalar>(part.weight);
    });
  }

  /// Calls visit(part, its first output).
  void for_each_part(const auto& visit) const {
    Index first = 0;
    std::apply([&](const auto&... part) { ((visit(part, first), first += part.outputs), ...); }, parts);
  }

  std::tuple<OutputLoss<Losses>...> parts;
};
template <class... Losses>
OutputLosses(OutputLoss<Losses>...) -> OutputLosses<Losses...>;

}  // namespace nn
