// SPDX-License-Identifier: MIT
// Building and running networks: no training, no data, no files.
#pragma once

#include <nn/activations/activation.hpp>
#include <nn/activations/binary_step.hpp>
#include <nn/activations/identity.hpp>
#include <nn/activations/leaky_relu.hpp>
#include <nn/activations/relu.hpp>
#include <nn/activations/sigmoid.hpp>
#include <nn/activations/softmax.hpp>
#include <nn/activations/tanh.hpp>
#include <nn/core/network.hpp>
#include <nn/core/sequential.hpp>
#include <nn/layers/average_pool.hpp>
#include <nn/layers/conv1d.hpp>
#include <nn/layers/conv2d.hpp>
#include <nn/layers/dense.hpp>
#include <nn/layers/flatten.hpp>
#include <nn/layers/global_average_pool2d.hpp>
#include <nn/layers/group_norm.hpp>
#include <nn/layers/input.hpp>
#include <nn/layers/layer_norm.hpp>
#include <nn/layers/max_pool.hpp>
#include <nn/layers/reshape.hpp>
#include <nn/layers/up_sample2d.hpp>
#include <nn/layers/zero_pad2d.hpp>
