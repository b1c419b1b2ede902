// SPDX-License-Identifier: MIT
// The front door: everything on one include.
#pragma once

#include <nn/data/center_digit.hpp>
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
#include <nn/optimizers/adam.hpp>
#include <nn/optimizers/sgd.hpp>
#include <nn/training/check_gradients.hpp>
#include <nn/training/evaluate.hpp>
#include <nn/training/trainer.hpp>
