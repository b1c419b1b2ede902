// SPDX-License-Identifier: MIT
// Data sets that are read in pieces: from files of any size, while a network learns from them.
#pragma once

#include <nn/data/lazy_dataset.hpp>
#include <nn/data/open_csv.hpp>
#include <nn/data/open_floats.hpp>
#include <nn/data/open_idx.hpp>
#include <nn/data/open_images.hpp>
