// SPDX-License-Identifier: MIT
// The ONNX models of nn::compiled.
#define NN_COMPILE_ONNX template
#include <nn/network.hpp>
