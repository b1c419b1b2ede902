// SPDX-License-Identifier: MIT
// What all contenders share: the work, the data, the starting weights, the clock, and the line that tells the result.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace measure {

/// The exit status of a program that cannot do a work yet, as Automake has it; the sentence is on stderr.
inline constexpr int skipped = 77;

/// Makes the compiler believe that these numbers are read.
template <class T>
void keep(const T* numbers) {
  asm volatile("" : : "g"(numbers) : "memory");
}

template <class Work>
double seconds(Work&& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

inline std::string environment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == 0)
    throw std::runtime_error(std::string("set ") + name + "; tests/benchmarks/run.sh does");
  return value;
}

/// program workload [repetitions] [size]: size is the share of the full work, 1 for a measurement that counts.
struct Arguments {
  std::string workload;
  int repetitions = 1;
  double size = 1;

  Arguments(int count, char** arguments) {
    if (count < 2) throw std::runtime_error("usage: program workload [repetitions] [size]");
    workload = arguments[1];
    if (count > 2) repetitions = std::atoi(arguments[2]);
    if (count > 3) size = std::atof(arguments[3]);
  }
  int scaled(int full) const { return std::max(1, static_cast<int>(full * size)); }
};

/// One line per repetition; tests/benchmarks/collect.py reads it. `check` is the accuracy, or a sum, which shows that
/// the work was done.
inline void report(const std::string& workload, const char* contender, double value, const char* unit,
                   const char* check_name, double check) {
  std::printf("workload %s contender %s value %.6g unit %s %s %.5f\n", workload.c_str(), contender, value, unit,
              check_name, check);
  std::fflush(stdout);
}

/// The most memory that this process had at once.
inline double peak_megabytes() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;)
    if (word == "VmHWM:" && status >> word) return std::stod(word) / 1024;
  throw std::runtime_error("/proc/self/status does not tell the memory; this works on Linux only");
}

enum class Optimizer { none, sgd, adam };

/// What is to be done. The name ends in "-2t" for two threads; the peers are told by the environment, as they wish it.
struct Work {
  std::vector<int> widths = {784, 256, 128, 64, 10};  // ReLU between, softmax at the end
  bool is_tiny = false;                               // 8-16-16-4, tanh between, nothing at the end
  bool is_dense = false;                              // inputs without zeros
  bool is_lenet = false;                              // LeNet-5 in place of the widths, each with weights of its own
  bool is_memory = false;                             // W2, of which the peak of memory counts
  Optimizer optimizer = Optimizer::none;
  double learning_rate = 0;
  int batch_size = 1;
  int samples = 0;
  int threads = 1;

  explicit Work(const Arguments& arguments) {
    if (arguments.workload.find("-2t") != std::string::npos) threads = 2;
    const std::string name = arguments.workload.substr(0, arguments.workload.find('-'));
    if (name == "W1") {
      optimizer = Optimizer::sgd, learning_rate = 1e-3, samples = 10000;
    } else if (name == "W2" || name == "W2d" || name == "memory") {
      optimizer = Optimizer::sgd, learning_rate = 1e-2, batch_size = 64, samples = 60000;
      is_dense = name == "W2d", is_memory = name == "memory";
    } else if (name == "W2b") {
      optimizer = Optimizer::adam, learning_rate = 1e-3, batch_size = 256, samples = 60000;
    } else if (name == "W5") {
      optimizer = Optimizer::sgd, learning_rate = 1e-2, batch_size = 64, samples = 60000, is_lenet = true;
    } else if (name == "W5f") {
      samples = 256, is_lenet = true;
    } else if (name == "W3") {
      samples = 256;
    } else if (name == "W3t") {
      samples = 256, is_tiny = true, widths = {8, 16, 16, 4};
    } else if (name == "W4") {
      samples = 10000, batch_size = 256;
    } else {
      throw std::runtime_error("there is no work called " + arguments.workload);
    }
    if (samples > 256) samples = std::max(batch_size, arguments.scaled(samples));
  }
  const char* unit() const {
    if (is_tiny) return "ns";
    if (batch_size == 1) return "us";
    return optimizer == Optimizer::none ? "ms" : "s";
  }
  /// From seconds for all samples.
  double value(double seconds) const {
    if (is_tiny) return seconds / samples * 1e9;
    if (batch_size == 1) return seconds / samples * 1e6;
    return optimizer == Optimizer::none ? seconds * 1e3 : seconds;
  }
};

/// Sample after sample, as floats.
struct Samples {
  int features = 0;
  std::vector<float> inputs;
  std::vector<int> labels;
  int count() const { return static_cast<int>(labels.size()); }
};

inline std::vector<std::uint8_t> read_bytes(const std::string& path, int skip, int count) {
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(count));
  std::ifstream file(path, std::ios::binary);
  file.seekg(skip);
  if (!file.read(reinterpret_cast<char*>(bytes.data()), count)) throw std::runtime_error(path + " cannot be read");
  return bytes;
}

/// The first images of "train" or "t10k", from 0 to 1. `is_dense` lays noise over them, so that no input is zero.
inline Samples read_mnist(const std::string& part, int count, bool is_dense) {
  const std::string start = environment("NN_MNIST_DIR") + "/" + part;
  Samples samples;
  samples.features = 784;
  samples.inputs.reserve(static_cast<std::size_t>(count) * 784);
  std::uint32_t noise = 0;
  for (const std::uint8_t byte : read_bytes(start + "-images-idx3-ubyte", 16, count * 784)) {
    const float pixel = static_cast<float>(byte) / 255;
    samples.inputs.push_back(is_dense ? 0.01f + 0.79f * pixel + 0.2f * static_cast<float>(noise >> 8) * 0x1p-24f
                                      : pixel);
    noise += 2654435769u;
  }
  for (const std::uint8_t byte : read_bytes(start + "-labels-idx1-ubyte", 8, count)) samples.labels.push_back(byte);
  return samples;
}

/// Numbers from -1 to 1 for the tiny network; the labels mean nothing.
inline Samples tiny_samples(int count) {
  Samples samples;
  samples.features = 8;
  samples.labels.resize(static_cast<std::size_t>(count));
  for (int i = 0; i < 8 * count; ++i) samples.inputs.push_back(static_cast<float>(i * 37 % 101) / 50.0f - 1.0f);
  return samples;
}

/// W is outputs x inputs, row after row.
struct LayerWeights {
  int inputs, outputs;
  std::vector<float> W, b;
};

/// The weights that all contenders begin with, from the folder that the program `weights` filled: W and b of each
/// layer.
inline std::vector<LayerWeights> read_weights(const std::string& name, const std::vector<int>& widths) {
  const std::string path = environment("NN_BENCHMARK_WEIGHTS") + "/" + name;
  std::ifstream file(path, std::ios::binary);
  std::vector<LayerWeights> layers;
  for (std::size_t i = 0; i + 1 < widths.size(); ++i) {
    LayerWeights layer{widths[i], widths[i + 1], {}, {}};
    layer.W.resize(static_cast<std::size_t>(layer.inputs) * static_cast<std::size_t>(layer.outputs));
    layer.b.resize(static_cast<std::size_t>(layer.outputs));
    for (std::vector<float>* numbers : {&layer.W, &layer.b})
      file.read(reinterpret_cast<char*>(numbers->data()),
                static_cast<std::streamsize>(numbers->size() * sizeof(float)));
    layers.push_back(layer);
  }
  if (!file) throw std::runtime_error(path + " cannot be read; the program `weights` writes it");
  return layers;
}

/// Does the work with a contender and reports it. A Contender has
///   Contender(const Work&)
///   using Batch; Batch make_batch(const float* inputs, const int* labels, int samples)   not timed, refers to the
///   inputs void start(const std::vector<LayerWeights>&)     takes the weights, forgets what the optimizer remembers
///   void step(Batch&)                                one update
///   const float* forward(Batch&)                     the outputs, sample after sample
template <class Contender>
class Driver {
  using Batch = decltype(std::declval<Contender&>().make_batch(nullptr, nullptr, 0));

 public:
  Driver(const char* name, const Arguments& arguments) : name_(name), arguments_(arguments), work_(arguments) {}

  void run() {
    Contender contender(work_);
    const bool is_training = work_.optimizer != Optimizer::none;
    const Samples samples = work_.is_tiny ? tiny_samples(work_.samples)
                                          : read_mnist(is_training ? "train" : "t10k", work_.samples, work_.is_dense);
    std::vector<Batch> batches = cut(contender, samples);
    const auto weights = work_.is_lenet ? std::vector<LayerWeights>()
                                        : read_weights(work_.is_tiny ? "tiny"
                                                       : is_training ? "start"
                                                                     : "trained",
                                                       work_.widths);
    for (int repetition = 0; repetition < arguments_.repetitions; ++repetition) {
      const double time = is_training ? train(contender, batches, weights) : infer(contender, batches, weights);
      if (work_.is_tiny || (work_.is_lenet && !is_training))  // nothing is learned
        report(arguments_.workload, name_, work_.value(time), work_.unit(), "mean", mean(contender, batches));
      else if (work_.is_memory)
        report(arguments_.workload, name_, peak_megabytes(), "MB", "accuracy", accuracy(contender));
      else
        report(arguments_.workload, name_, work_.value(time), work_.unit(), "accuracy", accuracy(contender));
    }
  }

 private:
  std::vector<Batch> cut(Contender& contender, const Samples& samples) {
    std::vector<Batch> batches;
    for (int first = 0; first < samples.count(); first += work_.batch_size)
      batches.push_back(
          contender.make_batch(samples.inputs.data() + static_cast<std::ptrdiff_t>(first) * samples.features,
                               samples.labels.data() + first, std::min(work_.batch_size, samples.count() - first)));
    return batches;
  }

  double train(Contender& contender, std::vector<Batch>& batches, const std::vector<LayerWeights>& weights) {
    contender.start(weights);
    for (std::size_t i = 0; i < std::min<std::size_t>(batches.size(), work_.batch_size == 1 ? 200 : 10); ++i)
      contender.step(batches[i]);
    contender.start(weights);
    return seconds([&] {
      for (Batch& batch : batches) contender.step(batch);
    });
  }

  // As often as it takes to be long enough for the clock; the time of one round.
  double infer(Contender& contender, std::vector<Batch>& batches, const std::vector<LayerWeights>& weights) {
    contender.start(weights);
    for (Batch& batch : batches) keep(contender.forward(batch));
    const double enough = 0.4 * arguments_.size;
    int rounds = 0;
    double time = 0;
    for (; time < enough || rounds == 0; ++rounds)
      time += seconds([&] {
        for (Batch& batch : batches) keep(contender.forward(batch));
      });
    return time / rounds;
  }

  double mean(Contender& contender, std::vector<Batch>& batches) const {
    double sum = 0;
    for (Batch& batch : batches) {
      const float* outputs = contender.forward(batch);
      for (int i = 0; i < work_.widths.back(); ++i) sum += static_cast<double>(outputs[i]);
    }
    return sum / static_cast<double>(batches.size()) / work_.widths.back();
  }

  // On the 10,000 test images.
  double accuracy(Contender& contender) {
    const Samples test = read_mnist("t10k", 10000, work_.is_dense);
    int correct = 0, first = 0;
    for (Batch& batch : cut(contender, test)) {
      const float* outputs = contender.forward(batch);
      for (int i = 0; i < work_.batch_size && first < test.count(); ++i, ++first, outputs += 10)
        correct += std::max_element(outputs, outputs + 10) - outputs == test.labels[static_cast<std::size_t>(first)];
    }
    return correct / 10000.0;
  }

  const char* name_;
  Arguments arguments_;
  Work work_;
};

/// The body of main: an exception becomes a sentence.
template <class Body>
int main_of(Body&& body) {
  try {
    body();
    return 0;
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "%s\n", problem.what());
    return 1;
  }
}

template <class Contender>
int run(const char* name, int count, char** arguments) {
  return main_of([&] { Driver<Contender>(name, Arguments(count, arguments)).run(); });
}

}  // namespace measure
