// SPDX-License-Identifier: MIT
// Processes that train together begin alike and stay alike, or all of them say what differs.
#pragma once

#include <cstdint>
#include <string>

#include <nn/core/errors.hpp>
#include <nn/core/hash.hpp>
#include <nn/core/views.hpp>
#include <nn/data/lazy_dataset.hpp>
#include <nn/training/fit/fit_identity.hpp>
#include <nn/training/fit/fit_options.hpp>
#include <nn/training/fit/fit_state.hpp>
#include <nn/training/step/process_agreement.hpp>
#include <nn/training/step/process_group.hpp>

namespace nn {

/// Processes that begin unlike each other would wait for each other, or train networks that drift apart: throws
/// data_error on all of them then. The state is that of the checkpoint to go on from, or null.
template <class Step>
void require_same_fit(const Step& step, const FitIdentity& identity, const FitOptions& options,
                      DataReference validation, const FitState<typename Step::Scalar>* resumed) {
  const Processes& processes = step.options().group;
  if (processes.size() == 1) return;
  ProcessAgreement all;
  const auto add = [&](const std::string& name, const auto& value, auto&&) { all.add(name, value); };
  FitIdentity::for_each_field(identity, add);
  all.add("epochs", options.epochs);
  all.add("patience", options.patience);
  all.add("min_improvement", options.min_improvement);
  all.add("keep_best", options.keep_best);
  all.add("budget of steps", options.steps);
  all.add("budget of seconds", options.seconds);
  all.add("validation data", validation == nullptr ? "none" : text_of("of the hash ", validation.fingerprint()));
  step.options().add_to(all);
  all.add("going on from a checkpoint", resumed != nullptr);
  const auto add_field = [&](const std::string& name, const auto& value, auto&&) {
    if (name == "gradient" && resumed == nullptr)
      all.add(name, 0);  // what the last update left there counts no more
    else
      all.add(name, value);
  };
  const auto parameters = step.network().parameters(), state = step.network().state();
  Step::for_each_field(step, add_field, parameters, state);
  using State = FitState<typename Step::Scalar>;
  State::for_each_field(resumed != nullptr ? *resumed : State(), add_field, parameters.size(), state.size(),
                        step.step_count());
  all.require("fit", processes);
}

/// And where they have drifted apart all the same, by a loss, an optimizer or a callback that is not the same on all.
template <class T>
void require_same_parameters(const Processes& processes, ConstVectorView<T> parameters, std::int64_t updates) {
  if (processes.size() == 1) return;
  Hash numbers;
  numbers.add(
      {reinterpret_cast<const char*>(parameters.data()), sizeof(T) * static_cast<std::size_t>(parameters.size())});
  if (!processes.is_same(numbers.value()))
    throw data_error("fit: after update ", updates, " the ", processes.size(),
                     " processes have different parameters; give all of them the same loss and optimizer, and change "
                     "nothing in a callback on some of them alone");
}

}  // namespace nn
