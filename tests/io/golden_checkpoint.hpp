// SPDX-License-Identifier: MIT
// The training of which tests/fixtures/checkpoint_version_1 is a checkpoint. The release that wrote version 1 made it
// on an x86-64, in the second of three epochs, after the first of three batches: one gradient of two was added up.
// That of version 2 is of another network, and of samples with augment(GaussianNoise{}).
#pragma once

#include <array>
#include <string>
#include <vector>

#include <nn/network.hpp>

namespace test {

struct GoldenTraining {
  using Network =
      nn::Network<nn::Input<3>, nn::Dense<4>, nn::BatchNorm, nn::Tanh, nn::Dropout, nn::Dense<2>, nn::Softmax>;

  Network network;
  nn::Trainer<Network, nn::CrossEntropy, nn::Adam> trainer{
      network, {}, {.learning_rate = 0.05}, {.seed = 4, .clip_norm = 1, .l2 = 1e-3, .average_decay = 0.9}};

  static nn::Dataset data() {
    nn::Matrix<float> x(3, 12);
    std::vector<int> labels;
    for (int i = 0; i < 12; ++i) {
      for (int j = 0; j < 3; ++j) x(j, i) = static_cast<float>((7 * i + 5 * j) % 11) / 8 - 0.5f;
      labels.push_back(i * i % 3 == 1 ? 1 : 0);
    }
    return {x, labels, 2};
  }
  static nn::FitOptions options() {
    return {.epochs = 3,
            .batch_size = 4,
            .random = nn::Random(5),
            .validation_share = 0.2,
            .patience = 5,
            .accumulate = 2,
            .schedule = nn::OnPlateau{.learning_rate = 0.05}};
  }

  static std::string path(int version = 1) {
    const std::string here = __FILE__;
    return here.substr(0, here.find_last_of("/\\") + 1) + "../fixtures/checkpoint_version_" + std::to_string(version);
  }

  /// Whether the trainer is where the checkpoint was made, to the bit.
  bool is_resumed() const {
    const auto& epochs = trainer.history().epochs;
    const Network averaged = trainer.averaged();
    return trainer.step_count() == 2 && begins_with(network.parameters(), parameters) &&
           begins_with(network.state(), state) && begins_with(averaged.parameters(), average) && epochs.size() == 1 &&
           epochs[0].loss == 0x1.55b54d0cccccdp-1 && epochs[0].samples == 10 &&
           epochs[0].validation_loss == 0x1.956356p-1 && epochs[0].validation_accuracy == 0 &&
           trainer.history().best_epoch == 1;
  }

 private:
  template <std::size_t Size>
  static bool begins_with(const auto& numbers, const std::array<float, Size>& expected) {
    for (std::size_t i = 0; i < Size; ++i)
      if (numbers[static_cast<nn::Index>(i)] != expected[i]) return false;
    return true;
  }
  static constexpr std::array parameters{-0x1.4f90ecp-2f, -0x1.25f116p+0f, -0x1.3d2ae4p+0f, -0x1.80bcfcp-1f};
  static constexpr std::array state{-0x1.03fc3ep-4f, -0x1.51f70cp-4f, -0x1.6810bp-4f, -0x1.5f9082p-6f,
                                    0x1.6ec85cp-1f,  0x1.98b09p-1f,   0x1.91fc8ep-1f, 0x1.637fcap-1f};
  static constexpr std::array average{-0x1.30b76p-2f, -0x1.1f217ap+0f, -0x1.46c328p+0f, -0x1.953106p-1f};
};

}  // namespace test
