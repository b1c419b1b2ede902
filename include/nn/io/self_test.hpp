// SPDX-License-Identifier: MIT
// One input and its output, which a file carries, and which whoever loads it computes again.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include <nn/core/errors.hpp>
#include <nn/core/finite.hpp>
#include <nn/core/random.hpp>
#include <nn/core/views.hpp>
#include <nn/io/json_writer.hpp>

namespace nn::detail {

/// Throws load_error where one pass would take the memory of a file made to exhaust it.
template <class Network>
void require_testable(const Network& network, std::string_view who) {
  constexpr Index most = Index{1} << 25;
  if (network.activation_size() > most)
    throw load_error(who, ": a self-test would need room for ", network.activation_size(), " numbers, more than ", most,
                     "; do without it, {.self_test = false}");
}

/// An input of normal numbers, in the units of a Normalize that comes first, and what the network makes of it. Throws
/// load_error where that is not finite.
template <class Network, class T = typename Network::Scalar>
void add_self_test(const Network& network, Extras<T>& extras) {
  require_testable(network, "save");
  const Index features = network.input_shape().size();
  const std::vector<Description> layers = network.descriptions();
  const bool is_normalized = layers.size() > 1 && layers[1].type == "Normalize";
  const T* offsets = network.state().data();
  Random random(0);
  for (Index i = 0; i < features; ++i) {
    const auto number = static_cast<T>(random.normal());
    extras.input.push_back(is_normalized ? offsets[i] + number * offsets[features + i] : number);
  }
  const auto output = network.predict(extras.input);
  extras.output.assign(output.data(), output.data() + output.size());
  for (const std::vector<T>* numbers : {&extras.input, &extras.output})
    for (const T number : *numbers)
      if (!is_finite(number))
        throw load_error("save: the output of the self-test is ", number,
                         ", and a file holds finite numbers only; save without it, {.self_test = false}");
}

/// Throws load_error where the network's output differs by more than what other processors and number types round.
template <class Network, class T = typename Network::Scalar>
void require_same_output(const Network& network, const Extras<T>& extras, const std::string& source) {
  if (extras.input.empty() && extras.output.empty()) return;
  const Index inputs = network.input_shape().size(), outputs = network.output_shape().size();
  const auto require = [&](const char* part, const std::vector<T>& numbers, Index needed) {
    if (static_cast<Index>(numbers.size()) != needed)
      throw load_error("load: ", source, ": self_test.", part, " has ", numbers.size(), " numbers, but the network ",
                       needed, "; save the network again");
  };
  require("input", extras.input, inputs);
  require("output", extras.output, outputs);
  require_testable(network, "load: " + source);
  const auto output = network.predict(extras.input);
  T largest = 0;
  for (const T number : extras.output) largest = std::max(largest, std::abs(number));
  const T allowed = T(1e-4) * largest + T(1e-6);
  for (Index i = 0; i < outputs; ++i)
    if (const T expected = extras.output[static_cast<std::size_t>(i)];
        !is_finite(output.data()[i]) || std::abs(output.data()[i] - expected) > allowed)
      throw load_error("load: ", source, ": output ", i, " of the self-test is ", output.data()[i], ", but was ",
                       expected,
                       " when the file was saved; the file is damaged, or a layer computes something else "
                       "than it did");
}

}  // namespace nn::detail
