// SPDX-License-Identifier: MIT
// The files of nn::compiled: tables and networks.
#define NN_COMPILE_FILES template
#include <nn/network.hpp>
