// SPDX-License-Identifier: MIT
// The grid of sizes in nn, all of them told at run time.
#include <nn/network.hpp>

#include "../grid/cells.hpp"

namespace {

nn::Sequential<float> network_of(const grid::Cell& cell) {
  nn::Sequential<float> network{cell.side == 0 ? nn::Input{cell.channels}
                                               : nn::Input{cell.side, cell.side, cell.channels}};
  for (const grid::Layer& layer : cell.layers) switch (layer.kind) {
      case grid::Layer::dense:
        network.add(nn::Dense{layer.outputs});
        break;
      case grid::Layer::convolution:
        network.add(nn::Conv2D{
            layer.outputs,
            layer.kernel,
            {.stride = layer.stride, .padding = layer.padding(), .dilation = layer.dilation, .groups = layer.groups}});
        break;
      case grid::Layer::batch_norm:
        network.add(nn::BatchNorm{});
        break;
      case grid::Layer::relu:
        network.add(nn::ReLU{});
        break;
      case grid::Layer::max_pool:
        network.add(nn::MaxPool2D<2>{});
        break;
      case grid::Layer::flatten:
        network.add(nn::Flatten{});
        break;
    }
  network.add(nn::Softmax{});
  return network;
}

class Contender {
 public:
  explicit Contender(const grid::Cell& cell)
      : inputs_(grid::inputs_of(cell)),
        x_(inputs_.data(), cell.features(), cell.batch),
        labels_(grid::labels_of(cell)),
        network_(network_of(cell)),
        trainer_(network_, nn::CrossEntropy{}, nn::SGD{.learning_rate = 1e-3}, nn::TrainerOptions{.threads = 1}) {}

  void step() { trainer_.step(x_, std::span<const int>(labels_)); }
  void forward() { measure::keep(network_.predict(x_, workspace_).data()); }

 private:
  std::vector<float> inputs_;
  nn::ConstMatrixView<float> x_;
  std::vector<int> labels_;
  nn::Sequential<float> network_;
  nn::Trainer<nn::Sequential<float>, nn::CrossEntropy, nn::SGD> trainer_;
  nn::Workspace<float> workspace_;
};

}  // namespace

int main() {
  return measure::main_of([] { grid::answer<Contender>(); });
}
