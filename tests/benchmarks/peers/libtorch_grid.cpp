// SPDX-License-Identifier: MIT
// The grid of sizes in libtorch, its C++ frontend, eager.
#include <torch/torch.h>

#include "../grid/cells.hpp"

namespace {

namespace layers = torch::nn;

class Contender {
 public:
  explicit Contender(const grid::Cell& cell) {
    torch::set_num_threads(1);
    torch::manual_seed(1);
    inputs_ = torch::tensor(grid::inputs_of(cell));
    inputs_ = cell.side == 0 ? inputs_.view({cell.batch, cell.channels})
                             : inputs_.view({cell.batch, cell.channels, cell.side, cell.side});
    labels_ = torch::tensor(grid::labels_of(cell)).to(torch::kLong);
    torch::Tensor x = inputs_;  // tells each layer what comes in
    const auto add = [&](auto layer) {
      network_->push_back(layer);
      x = layer->forward(x);
    };
    for (const grid::Layer& layer : cell.layers) switch (layer.kind) {
        case grid::Layer::dense:
          add(layers::Linear(x.size(1), layer.outputs));
          break;
        case grid::Layer::convolution:
          add(layers::Conv2d(layers::Conv2dOptions(x.size(1), layer.outputs, layer.kernel)
                                 .stride(layer.stride)
                                 .padding(layer.padding())
                                 .dilation(layer.dilation)
                                 .groups(layer.groups)));
          break;
        case grid::Layer::batch_norm:
          add(layers::BatchNorm2d(x.size(1)));
          break;
        case grid::Layer::relu:
          add(layers::ReLU());
          break;
        case grid::Layer::max_pool:
          add(layers::MaxPool2d(2));
          break;
        case grid::Layer::flatten:
          add(layers::Flatten());
          break;
      }
    optimizer_ = std::make_unique<torch::optim::SGD>(network_->parameters(), torch::optim::SGDOptions(1e-3));
  }

  void step() {
    network_->train();
    optimizer_->zero_grad();
    layers::functional::cross_entropy(network_->forward(inputs_), labels_).backward();
    optimizer_->step();
  }

  void forward() {
    const c10::InferenceMode inference;
    network_->eval();
    measure::keep(torch::softmax(network_->forward(inputs_), 1).data_ptr<float>());
  }

 private:
  torch::Tensor inputs_, labels_;
  layers::Sequential network_;
  std::unique_ptr<torch::optim::SGD> optimizer_;
};

}  // namespace

int main() {
  return measure::main_of([] { grid::answer<Contender>(); });
}
