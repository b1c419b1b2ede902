// SPDX-License-Identifier: MIT
// The front door: everything on one include.
#pragma once

#include <nn/data/augmentation/augment.hpp>
#include <nn/data/augmentation/elastic_distortion.hpp>
#include <nn/data/augmentation/pixel_changes.hpp>
#include <nn/data/center_digit.hpp>
#include <nn/data/csv.hpp>
#include <nn/data/idx.hpp>
#include <nn/data/mnist.hpp>
#include <nn/data/model.hpp>
#include <nn/data/schema.hpp>
#include <nn/data/table.hpp>
#include <nn/formats/onnx/describe.hpp>
#include <nn/formats/onnx/load.hpp>
#include <nn/formats/onnx/save.hpp>
#include <nn/formats/tensorboard.hpp>
#include <nn/io/c_header.hpp>
#include <nn/io/checkpoint.hpp>
#include <nn/io/history_log.hpp>
#include <nn/io/json.hpp>
#include <nn/io/load_graph.hpp>
#include <nn/io/load_model.hpp>
#include <nn/io/load_network.hpp>
#include <nn/io/safetensors.hpp>
#include <nn/io/save_image.hpp>
#include <nn/training.hpp>

#ifdef NN_COMPILED  // by the target nn::compiled
#include <nn/compiled.hpp>
#endif
