// SPDX-License-Identifier: MIT
// The front door: everything on one include.
#pragma once

#include <nn/data/dataset.hpp>
#include <nn/data/idx.hpp>
#include <nn/data/mnist.hpp>
#include <nn/inference.hpp>
#include <nn/io/checkpoint.hpp>
#include <nn/io/history_log.hpp>
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
#include <nn/training/find_learning_rate.hpp>
#include <nn/training/search.hpp>
#include <nn/training/summary.hpp>
#include <nn/training/trainer.hpp>
