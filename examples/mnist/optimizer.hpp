// SPDX-License-Identifier: MIT
// The optimizer of the command line: one type for all of them, so that the training is compiled once for all.
#pragma once

#include <nn/optimizers/adagrad.hpp>
#include <nn/optimizers/adam.hpp>
#include <nn/optimizers/adamax.hpp>
#include <nn/optimizers/adamw.hpp>
#include <nn/optimizers/lion.hpp>
#include <nn/optimizers/nadam.hpp>
#include <nn/optimizers/rmsprop.hpp>
#include <nn/optimizers/sgd.hpp>

#include <variant>

#include "options.hpp"

namespace mnist {

/// An optimizer as nn::Trainer takes it, chosen by --optimizer.
class Optimizer {
 public:
  explicit Optimizer(const Options& options);

  double learning_rate;  ///< A schedule sets it, and
  double weight_decay;   ///< the trainer leaves biases out: both stand for those of the chosen one.

  const char* name() const;
  void validate() const;
  nn::Index state_count() const;
  bool is_plain() const;
  void step(nn::VectorView<float> parameters, nn::ConstVectorView<float> gradient, nn::OptimizerState<float> state,
            std::int64_t number) const;

 private:
  // Calls use with the chosen optimizer, its learning rate and weight decay being those of now.
  template <class Use>
  auto with_chosen(Use&& use) const;

  std::variant<nn::SGD, nn::RMSProp, nn::Adagrad, nn::Adam, nn::AdamW, nn::Adamax, nn::NAdam, nn::Lion> chosen_;
};

}  // namespace mnist
