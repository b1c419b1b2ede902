// SPDX-License-Identifier: MIT
// Building and running networks: no training, no data, no files.
#pragma once

#include <nn/activations/activation.hpp>
#include <nn/activations/binary_step.hpp>
#include <nn/activations/elu.hpp>
#include <nn/activations/gelu.hpp>
#include <nn/activations/gelu_tanh.hpp>
#include <nn/activations/hard_sigmoid.hpp>
#include <nn/activations/hard_tanh.hpp>
#include <nn/activations/identity.hpp>
#include <nn/activations/leaky_relu.hpp>
#include <nn/activations/log_softmax.hpp>
#include <nn/activations/mish.hpp>
#include <nn/activations/prelu.hpp>
#include <nn/activations/relu.hpp>
#include <nn/activations/selu.hpp>
#include <nn/activations/sigmoid.hpp>
#include <nn/activations/silu.hpp>
#include <nn/activations/softmax.hpp>
#include <nn/activations/softplus.hpp>
#include <nn/activations/softsign.hpp>
#include <nn/activations/tanh.hpp>
#include <nn/core/network.hpp>
#include <nn/core/sequential.hpp>
#include <nn/layers/batch_norm.hpp>
#include <nn/layers/dense.hpp>
#include <nn/layers/dropout.hpp>
#include <nn/layers/flatten.hpp>
#include <nn/layers/input.hpp>
#include <nn/layers/normalize.hpp>
