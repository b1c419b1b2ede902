// SPDX-License-Identifier: MIT
#include "optimizer.hpp"

namespace mnist {

Optimizer::Optimizer(const Options& options)
    : learning_rate(options.learning_rate), weight_decay(options.weight_decay) {
  if (options.optimizer == "momentum") chosen_ = nn::SGD{.momentum = 0.9};
  if (options.optimizer == "nesterov") chosen_ = nn::SGD{.momentum = 0.9, .nesterov = true};
  if (options.optimizer == "rmsprop") chosen_ = nn::RMSProp{};
  if (options.optimizer == "adagrad") chosen_ = nn::Adagrad{};
  if (options.optimizer == "adam") chosen_ = nn::Adam{};
  if (options.optimizer == "adamw") chosen_ = nn::AdamW{};
  if (options.optimizer == "adamax") chosen_ = nn::Adamax{};
  if (options.optimizer == "nadam") chosen_ = nn::NAdam{};
  if (options.optimizer == "lion") chosen_ = nn::Lion{};
}

template <class Use>
auto Optimizer::with_chosen(Use&& use) const {
  return std::visit(
      [&](auto optimizer) {
        optimizer.learning_rate = learning_rate;
        optimizer.weight_decay = weight_decay;
        return use(optimizer);
      },
      chosen_);
}

const char* Optimizer::name() const {
  return with_chosen([](const auto& optimizer) { return optimizer.name(); });
}

void Optimizer::validate() const {
  with_chosen([](const auto& optimizer) { optimizer.validate(); });
}

nn::Index Optimizer::state_count() const {
  return with_chosen([](const auto& optimizer) { return optimizer.state_count(); });
}

bool Optimizer::is_plain() const {
  return with_chosen([](const auto& optimizer) {
    if constexpr (requires { optimizer.is_plain(); }) return optimizer.is_plain();
    return false;
  });
}

void Optimizer::step(nn::VectorView<float> parameters, nn::ConstVectorView<float> gradient,
                     nn::OptimizerState<float> state, std::int64_t number) const {
  with_chosen([&](const auto& optimizer) { optimizer.step(parameters, gradient, state, number); });
}

}  // namespace mnist
