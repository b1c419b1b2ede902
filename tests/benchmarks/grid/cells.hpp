// SPDX-License-Identifier: MIT
// The networks of many sizes that ours and libtorch train and run: the same list for both, each network built from it.
#pragma once

#include <iostream>
#include <random>
#include <string>
#include <vector>

#include "../measure.hpp"

namespace grid {

/// One layer; those with weights come from `outputs`, the others say nothing of sizes. Padding keeps the sides.
struct Layer {
  enum Kind { dense, convolution, batch_norm, relu, max_pool, flatten } kind;
  int outputs = 0, kernel = 1, stride = 1, dilation = 1, groups = 1;
  int padding() const { return dilation * (kernel - 1) / 2; }
};

struct Cell {
  std::string name;
  int side, channels;  ///< of the image; a side of 0 says that the input is a vector
  int classes, batch;
  std::vector<Layer> layers;
  int features() const { return side == 0 ? channels : side * side * channels; }
};

inline Cell mlp(int width, int hidden, int batch, int classes = 10) {
  Cell cell{"MLP " + std::to_string(width) + " wide, " + std::to_string(hidden) + " deep, " + std::to_string(classes) +
                " classes",
            0,
            width,
            classes,
            batch,
            {}};
  for (int i = 0; i < hidden; ++i) cell.layers.insert(cell.layers.end(), {{Layer::dense, width}, {Layer::relu}});
  cell.layers.push_back({Layer::dense, classes});
  return cell;
}

inline void add_convolution(Cell& cell, Layer layer, bool has_norm = false) {
  layer.kind = Layer::convolution;
  cell.layers.push_back(layer);
  if (has_norm) cell.layers.push_back({Layer::batch_norm});
  cell.layers.push_back({Layer::relu});
}

inline void finish(Cell& cell) {
  cell.layers.insert(cell.layers.end(), {{Layer::max_pool}, {Layer::flatten}, {Layer::dense, cell.classes}});
}

/// Twice two convolutions 3 x 3 and a pool (Simonyan and Zisserman 2015).
inline Cell vgg(int side, int first, int second, int batch, bool has_norm = false) {
  Cell cell{"VGG " + std::to_string(side) + "x" + std::to_string(side) + ", " + std::to_string(first) + "-" +
                std::to_string(second) + " channels" + (has_norm ? ", BatchNorm" : ""),
            side,
            3,
            10,
            batch,
            {}};
  for (const int channels : {first, second}) {
    if (channels == second) cell.layers.push_back({Layer::max_pool});
    for (int i = 0; i < 2; ++i) add_convolution(cell, {Layer::convolution, channels, 3}, has_norm);
  }
  finish(cell);
  return cell;
}

/// Twice a depthwise convolution 3 x 3 and one of 1 x 1, after one of 3 x 3 (Howard et al. 2017).
inline Cell separable(int channels, int batch, bool has_norm = false) {
  Cell cell{"depthwise and 1x1, " + std::to_string(channels) + " channels" + (has_norm ? ", BatchNorm" : ""),
            32,
            3,
            10,
            batch,
            {}};
  add_convolution(cell, {Layer::convolution, channels, 3}, has_norm);
  for (int i = 0; i < 2; ++i) {
    add_convolution(cell, {.kind = Layer::convolution, .outputs = channels, .kernel = 3, .groups = channels}, has_norm);
    add_convolution(cell, {Layer::convolution, channels, 1}, has_norm);
  }
  finish(cell);
  return cell;
}

/// Two convolutions alike.
inline Cell two(int side, int channels, int batch, Layer layer) {
  layer.outputs = channels;
  const auto said = [](const char* what, int number) {
    return number == 1 ? std::string() : std::string(", ") + what + " " + std::to_string(number);
  };
  const std::string kernel = std::to_string(layer.kernel);
  Cell cell{kernel + "x" + kernel + " on " + std::to_string(side) + "x" + std::to_string(side) + "x" +
                std::to_string(channels) + said("stride", layer.stride) + said("dilation", layer.dilation) +
                said("groups", layer.groups),
            side,
            channels,
            10,
            batch,
            {}};
  for (int i = 0; i < 2; ++i) add_convolution(cell, layer);
  finish(cell);
  return cell;
}

inline std::vector<Cell> cells() {
  constexpr Layer::Kind convolution = Layer::convolution;
  std::vector<Cell> all;
  for (const int batch : {1, 64}) all.push_back(mlp(8, 2, batch));
  for (const int batch : {1, 64}) all.push_back(mlp(32, 3, batch));
  for (const int hidden : {3, 20, 100}) all.push_back(mlp(128, hidden, 64));
  for (const int batch : {1, 64, 256}) all.push_back(mlp(512, 3, batch));
  for (const int batch : {64, 256}) all.push_back(mlp(1024, 3, batch));
  for (const int batch : {1, 64, 256}) all.push_back(mlp(2048, 2, batch));
  all.push_back(mlp(4096, 1, 16));
  for (const int classes : {2, 1000, 10000}) all.push_back(mlp(200, 1, 64, classes));
  for (const int batch : {1, 32}) all.push_back(vgg(32, 16, 32, batch));
  all.push_back(vgg(32, 16, 32, 32, true));
  all.push_back(vgg(32, 32, 64, 32));
  for (const int batch : {1, 32}) all.push_back(vgg(32, 64, 128, batch));
  all.push_back(vgg(32, 64, 128, 8, true));
  all.push_back(vgg(64, 32, 64, 8));
  all.push_back(vgg(28, 48, 80, 16));
  for (const int batch : {1, 32}) all.push_back(separable(32, batch));
  for (const int channels : {32, 64}) all.push_back(separable(channels, 32, true));
  all.push_back(two(33, 3, 32, {convolution, 0, 3}));
  for (const int kernel : {1, 3, 5, 7}) all.push_back(two(17, 48, 16, {convolution, 0, kernel}));
  for (const int kernel : {1, 3}) all.push_back(two(13, 80, 16, {convolution, 0, kernel}));
  for (const int kernel : {1, 3}) all.push_back(two(9, 200, 16, {convolution, 0, kernel}));
  all.push_back(two(7, 200, 1, {convolution, 0, 3}));
  for (const int kernel : {3, 5}) all.push_back(two(32, 48, 16, {convolution, 0, kernel, 2}));
  all.push_back(two(32, 32, 16, {convolution, 0, 3, 1, 2}));
  all.push_back(two(24, 48, 16, {.kind = convolution, .kernel = 3, .groups = 4}));
  all.push_back(two(24, 80, 16, {.kind = convolution, .kernel = 3, .stride = 2, .groups = 80}));
  all.push_back(two(24, 80, 16, {.kind = convolution, .kernel = 5, .groups = 80}));
  return all;
}

/// Answers every line of the input, the number of a cell or "list", with a line: the seconds of one training step and
/// of one forward pass. A Contender is made of a Cell and has step() and forward(); grid.py asks two of them in turn.
template <class Contender>
void answer() {
  const std::vector<Cell> all = cells();
  const auto time_of = [](auto&& work) {
    work();
    int rounds = 0;
    double time = 0;
    for (; time < 0.1 || rounds < 2; ++rounds) time += measure::seconds(work);
    return time / rounds;
  };
  for (std::string line; std::getline(std::cin, line);) {
    if (line == "list") {
      for (const Cell& cell : all) std::cout << cell.name << ", batch " << cell.batch << '|';
    } else {
      Contender contender(all.at(std::stoul(line)));
      const double step = time_of([&] { contender.step(); });
      std::cout << step << ' ' << time_of([&] { contender.forward(); });
    }
    std::cout << std::endl;
  }
}

/// Numbers from -1 to 1, and a class for each sample.
inline std::vector<float> inputs_of(const Cell& cell) {
  std::minstd_rand draw(1);
  std::uniform_real_distribution<float> any(-1, 1);
  std::vector<float> inputs(static_cast<std::size_t>(cell.features()) * static_cast<std::size_t>(cell.batch));
  for (float& number : inputs) number = any(draw);
  return inputs;
}
inline std::vector<int> labels_of(const Cell& cell) {
  std::vector<int> labels;
  for (int i = 0; i < cell.batch; ++i) labels.push_back(i * 7 % cell.classes);
  return labels;
}

}  // namespace grid
