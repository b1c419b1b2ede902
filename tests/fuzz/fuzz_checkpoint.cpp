// SPDX-License-Identifier: MIT
// Any bytes given to Trainer::resume end in a load_error that leaves the trainer as it was, or in a trainer that can be
// saved again, and that fit goes on with or refuses by a data_error. With clang, from the root of the repository:
//
//   clang++ -std=c++20 -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined -I include
//     $(pkg-config --cflags eigen3 nlohmann_json) tests/fuzz/fuzz_checkpoint.cpp -pthread -o fuzz_checkpoint
//   mkdir -p corpus && ./fuzz_checkpoint -max_len=8192 -max_total_time=60 corpus
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>

#include <nn/network.hpp>

namespace {

using Network = nn::Network<nn::Input<2>, nn::Dense<2>, nn::BatchNorm, nn::Tanh, nn::Dense<1>>;

struct Training {
  Network network;
  nn::Trainer<Network, nn::MeanSquaredError, nn::Adam> trainer{network, {}, {}, {.average_decay = 0.5}};

  static nn::Dataset data() {
    nn::Matrix<float> x(2, 8), targets(1, 8);
    for (int i = 0; i < 8; ++i) {
      x(0, i) = static_cast<float>(i) / 8;
      x(1, i) = static_cast<float>(i * i % 5);
      targets(0, i) = static_cast<float>(i % 3);
    }
    return {x, targets};
  }
  static nn::FitOptions options() {
    return {.epochs = 2, .batch_size = 3, .validation_share = 0.25, .keep_best = true, .schedule = nn::OnPlateau{}};
  }
};

const std::string& path() {
  static const std::string name = "/tmp/nn-fuzz-checkpoint-" + std::to_string(::getpid());
  return name;
}

std::string saved(const Training& training) {
  training.trainer.save_checkpoint(path());
  std::ostringstream bytes;
  bytes << std::ifstream(path(), std::ios::binary).rdbuf();
  ::unlink(path().c_str());
  return bytes.str();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string untouched = saved(Training());
  std::ofstream(path(), std::ios::binary)
      .write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  Training training;
  try {
    training.trainer.resume(path());
  } catch (const nn::load_error&) {
    if (saved(training) != untouched) std::abort();
    return 0;
  }
  saved(training);
  try {
    training.trainer.fit(Training::data(), Training::options());
  } catch (const nn::data_error&) {
  }
  return 0;
}

// Starts from a whole checkpoint now and then, and gives most inputs the hash that they should have.
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
  static const std::string whole = [] {
    Training training;
    nn::FitOptions options = Training::options();
    std::string bytes;
    options.on_batch = [&](nn::Progress& progress) {
      if (progress.epoch < 2) return;
      bytes = saved(training);
      progress.stop();
    };
    training.trainer.fit(Training::data(), options);
    return bytes;
  }();
  if (seed % 16 == 0 && whole.size() <= max_size) {
    std::memcpy(data, whole.data(), whole.size());
    size = whole.size();
  }
  size = LLVMFuzzerMutate(data, size, max_size);
  if (seed % 8 != 1 && size >= 8) {
    nn::Hash hash;
    hash.add(std::string_view(reinterpret_cast<const char*>(data), size - 8));
    for (std::size_t i = 0; i < 8; ++i) data[size - 8 + i] = static_cast<std::uint8_t>(hash.value() >> 8 * i);
  }
  return size;
}
