// SPDX-License-Identifier: MIT
// Are all numbers of a network finite, and if not, which is the first that is not?
#pragma once

#include <string>

#include <nn/core/errors.hpp>
#include <nn/core/finite.hpp>
#include <nn/core/place.hpp>

namespace nn {

/// Whether all parameters and all that layers keep without learning it are finite.
template <class Net>
bool has_finite_numbers(const Net& network) {
  const auto are_finite = [](const auto& numbers) {
    return first_not_finite(numbers.data(), numbers.size()) == numbers.size();
  };
  return are_finite(network.parameters()) && are_finite(network.state());
}

/// The first that is not: "state 3 of layer 2 (BatchNorm) is nan"; empty where there is none.
template <class Net>
std::string first_not_finite_number(const Net& network) {
  const auto place_of = [&](const char* what, const auto& numbers, auto offset, auto count) {
    const Index wrong = first_not_finite(numbers.data(), numbers.size());
    std::string where;
    network.for_each_layer([&](const auto& layer, Index i) {
      const Index inside = wrong - network.place(i).*offset;
      if (wrong < numbers.size() && inside >= 0 && inside < network.place(i).*count)
        where = text_of(what, " ", inside, " of layer ", i + 1, " (", layer.name(), ") is ", numbers[wrong]);
    });
    return where;
  };
  const std::string parameter =
      place_of("parameter", network.parameters(), &Place::parameter_offset, &Place::parameter_count);
  return parameter.empty() ? place_of("state", network.state(), &Place::state_offset, &Place::state_count) : parameter;
}

/// Throws data_error naming the first number that is not finite.
template <class Net>
void require_finite_numbers(const Net& network, const char* who) {
  if (!has_finite_numbers(network))
    throw data_error(who, ": ", first_not_finite_number(network), "; load or initialize the network again");
}

namespace detail {
/// From so many on predict looks for lost numbers; for fewer that would take as long as the rest.
inline constexpr Index samples_worth_a_look = 16;
}  // namespace detail

/// Whether the compiler lets comparisons lose a number that is NaN on its way to the outputs, and there is one, or an
/// infinity: what comes out then means nothing.
template <class Net>
bool loses_numbers([[maybe_unused]] const Net& network) {
  if constexpr (assumes_finite_math) return !has_finite_numbers(network);
  return false;
}

}  // namespace nn
