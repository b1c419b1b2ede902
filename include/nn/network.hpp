// SPDX-License-Identifier: MIT
// The front door: everything on one include.
#pragma once

#include <nn/data/dataset.hpp>
#include <nn/data/idx.hpp>
#include <nn/data/mnist.hpp>
#include <nn/inference.hpp>
#include <nn/io/json.hpp>
#include <nn/losses/binary_cross_entropy.hpp>
#include <nn/losses/cross_entropy.hpp>
#include <nn/losses/mean_absolute_error.hpp>
#include <nn/losses/mean_squared_error.hpp>
#include <nn/losses/sigmoid_binary_cross_entropy.hpp>
#include <nn/losses/softmax_cross_entropy.hpp>
#include <nn/optimizers/adagrad.hpp>
#include <nn/optimizers/adam.hpp>
#include <nn/optimizers/adamax.hpp>
#include <nn/optimizers/adamw.hpp>
#include <nn/optimizers/lion.hpp>
#include <nn/optimizers/nadam.hpp>
#include <nn/optimizers/rmsprop.hpp>
#include <nn/optimizers/sgd.hpp>
#include <nn/training/check_gradients.hpp>
#include <nn/training/evaluate.hpp>
#include <nn/training/fit_full_batch.hpp>
#include <nn/training/lbfgs.hpp>
#include <nn/training/schedules/constant.hpp>
#include <nn/training/schedules/cosine.hpp>
#include <nn/training/schedules/exponential.hpp>
#include <nn/training/schedules/on_plateau.hpp>
#include <nn/training/schedules/one_cycle.hpp>
#include <nn/training/schedules/polynomial.hpp>
#include <nn/training/schedules/step.hpp>
#include <nn/training/schedules/warm_up.hpp>
#include <nn/training/trainer.hpp>
