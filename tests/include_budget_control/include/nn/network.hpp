// SPDX-License-Identifier: MIT
#pragma once

#include <fstream>

#include <nn/training.hpp>
