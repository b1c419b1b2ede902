// SPDX-License-Identifier: MIT
// What the machine allows, measured in the same run. `products`: the matrix products of one epoch of W2d alone, as
// Eigen computes them. `multiply-adds`: as many multiplications and additions, on registers alone. `stream`: for each
// sample of W1 the touched weights are read once (forward) and read and written once (the step), and nothing else is
// done.
#include <Eigen/Dense>
#include <array>
#include <nn/kernels/registers.hpp>

#include "measure.hpp"

namespace {

using Matrix = Eigen::MatrixXf;

const measure::Work& dense_work() {
  static const measure::Work work(
      measure::Arguments(2, std::array<char*, 2>{nullptr, const_cast<char*>("W2d")}.data()));
  return work;
}

// Multiplications and additions that one sample of it takes: forward, for the weights and, but in the first layer, for
// the inputs.
double operations_of_a_sample() {
  const std::vector<int>& widths = dense_work().widths;
  double operations = 0;
  for (std::size_t i = 0; i + 1 < widths.size(); ++i) operations += (i > 0 ? 6.0 : 4.0) * widths[i] * widths[i + 1];
  return operations;
}

void products(const measure::Arguments& arguments) {
  const measure::Work& work = dense_work();
  const int batches = arguments.scaled(work.samples) / work.batch_size;
  std::vector<Matrix> W, x, delta;
  for (std::size_t i = 0; i < work.widths.size(); ++i) {
    x.push_back(Matrix::Random(work.widths[i], work.batch_size));
    delta.push_back(Matrix::Random(work.widths[i], work.batch_size));
    if (i > 0) W.push_back(Matrix::Random(work.widths[i], work.widths[i - 1]));
  }
  std::vector<Matrix> dW = W;
  const auto batch = [&] {
    for (std::size_t i = 0; i < W.size(); ++i) {
      x[i + 1].noalias() = W[i] * x[i];
      dW[i].noalias() = delta[i + 1] * x[i].transpose();
      if (i > 0) delta[i].noalias() = W[i].transpose() * delta[i + 1];
      measure::keep(dW[i].data());
      x[i + 1].setConstant(0.5f);  // or numbers would grow from batch to batch
      delta[i].setConstant(0.5f);
    }
  };
  for (int i = 0; i < 10; ++i) batch();
  const double time = measure::seconds([&] {
    for (int i = 0; i < batches; ++i) batch();
  });
  measure::report("products", "eigen-product", time, "s", "gflops",
                  operations_of_a_sample() * work.batch_size * batches / time * 1e-9);
}

void multiply_adds(const measure::Arguments& arguments) {
  const double operations = operations_of_a_sample() * arguments.scaled(dense_work().samples);
  namespace kernels = nn::kernels;
  constexpr Eigen::Index sum_count = 12;  // more than the additions that are on their way at once
  std::array<kernels::Pack<float, kernels::lanes<float>>::type, sum_count> sums{};
  auto factor = sums[0] + 1e-9f;
  const auto add = [&](long rounds) {
    auto totals = sums;
    for (long round = 0; round < rounds; ++round)
      kernels::unrolled<sum_count>([&](auto i) __attribute__((always_inline)) {
        kernels::multiply_add(totals[i], factor, 1e-9f);
        kernels::keep_in_register(totals[i]);
      });
    sums = totals;
    measure::keep(sums.data());
  };
  add(1'000'000);
  const auto rounds = static_cast<long>(operations / (2.0 * kernels::lanes<float> * sum_count));
  const double time = measure::seconds([&] { add(rounds); });
  measure::report("multiply-adds", "registers-alone", time, "s", "gflops", operations / time * 1e-9);
}

void stream(const measure::Arguments& arguments) {
  const std::vector<int> widths{784, 256, 128, 64, 10};
  const measure::Samples samples = measure::read_mnist("train", arguments.scaled(10000), false);
  std::vector<Matrix> W;
  for (const measure::LayerWeights& layer : measure::read_weights("start", widths))
    W.push_back(Eigen::Map<const Matrix>(layer.W.data(), layer.inputs, layer.outputs).transpose());

  // Which columns a sample touches: those whose input is not zero.
  std::vector<std::array<std::vector<int>, 4>> touched(static_cast<std::size_t>(samples.count()));
  double numbers = 0;
  for (int sample = 0; sample < samples.count(); ++sample) {
    Eigen::VectorXf x = Eigen::Map<const Eigen::VectorXf>(samples.inputs.data() + sample * 784, 784);
    for (std::size_t i = 0; i < W.size(); ++i) {
      for (int j = 0; j < x.size(); ++j)
        if (x[j] != 0) touched[static_cast<std::size_t>(sample)][i].push_back(j);
      numbers += static_cast<double>(touched[static_cast<std::size_t>(sample)][i].size() *
                                     static_cast<std::size_t>(W[i].rows()));
      x = (W[i] * x).cwiseMax(0.0f).eval();
    }
  }

  Eigen::Array<float, 64, 1> sums = Eigen::Array<float, 64, 1>::Zero();
  const auto pass = [&](const std::array<std::vector<int>, 4>& columns) {
    for (std::size_t i = 0; i < W.size(); ++i)
      for (const int j : columns[i]) {
        const float* w = W[i].data() + j * W[i].rows();
        Eigen::Index row = 0;
        for (; row + 64 <= W[i].rows(); row += 64) sums += Eigen::Map<const Eigen::Array<float, 64, 1>>(w + row);
        for (; row < W[i].rows(); ++row) sums[0] += w[row];
      }
    for (std::size_t i = W.size(); i-- > 0;)
      for (const int j : columns[i]) W[i].col(j) *= 0.99999f;
    measure::keep(sums.data());
  };
  for (std::size_t sample = 0; sample < std::min<std::size_t>(200, touched.size()); ++sample) pass(touched[sample]);
  const double time = measure::seconds([&] {
    for (const auto& columns : touched) pass(columns);
  });
  measure::report("stream", "read-and-write", time / samples.count() * 1e6, "us", "touched", numbers / samples.count());
}

}  // namespace

int main(int count, char** arguments) {
  return measure::main_of([&] {
    const measure::Arguments given(count, arguments);
    if (given.workload == "products") products(given);
    if (given.workload == "multiply-adds") multiply_adds(given);
    if (given.workload == "stream") stream(given);
  });
}
