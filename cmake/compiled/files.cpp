// SPDX-License-Identifier: MIT
// The readers and writers of files of nn::compiled.
#define NN_COMPILE_FILES template
#include <nn/network.hpp>
