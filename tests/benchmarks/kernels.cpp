// SPDX-License-Identifier: MIT
// The kernels one by one, at the sizes of the first two layers: where no input is zero, for MNIST's own pixels, and for
// what a ReLU leaves. Prints a table of its own.
#include <algorithm>

#include <nn/activations/softmax.hpp>
#include <nn/core/random.hpp>
#include <nn/kernels/elementary_functions.hpp>
#include <nn/kernels/product.hpp>
#include <nn/kernels/sparse_product.hpp>
#include <nn/optimizers/adam.hpp>

#include "measure.hpp"

namespace {

using nn::Index;
using Matrix = nn::Matrix<float>;

double enough = 0.2;

/// `count` is how many multiplications, or numbers, one call works on.
template <class Work>
void show(const char* kernel, Index rows, Index columns, Index samples, double share, double count, Work&& work) {
  work();
  double time = 0, calls = 0;
  for (int round = 10; time < enough; round *= 2) {
    calls = round;
    time = measure::seconds([&] {
      for (int i = 0; i < round; ++i) work();
    });
  }
  std::printf("%-24s %4d x %-4d %3d samples %3.0f %% inputs %10.3f us %8.2f G/s\n", kernel, static_cast<int>(rows),
              static_cast<int>(columns), static_cast<int>(samples), 100 * share, time / calls * 1e6,
              count * calls / time * 1e-9);
}

Matrix inputs(Index features, Index samples, double share, nn::Random& random) {
  Matrix x(features, samples);
  for (float& number : x.reshaped()) number = random.uniform() < share ? static_cast<float>(random.uniform(0.1, 1)) : 0;
  return x;
}

void products(Index rows, const Matrix& x, nn::Random& random) {
  const Index columns = x.rows();
  const double share = static_cast<double>((x.array() != 0).count()) / static_cast<double>(x.size());
  Matrix W = inputs(rows, columns, 1, random);
  const Matrix dy = inputs(rows, 64, 1, random);
  Matrix y = Matrix::Zero(rows, 64), dx = Matrix::Zero(columns, 64);
  const double touched = share * static_cast<double>(rows * columns);
  const float rate = 1e-9f;
  namespace kernels = nn::kernels;

  show("W x", rows, columns, 1, share, touched, [&] {
    kernels::add_product(W.data(), rows, columns, x.data(), y.data());
    measure::keep(y.data());
  });
  show("W' dy", rows, columns, 1, share, touched, [&] {
    kernels::input_gradient(W.data(), rows, columns, x.data(), dy.data(), dx.data(), true);
    measure::keep(dx.data());
  });
  show("W -= r dy x'", rows, columns, 1, share, touched, [&] {
    kernels::subtract_outer_product(W.data(), rows, columns, x.data(), dy.data(), rate);
    measure::keep(W.data());
  });
  show("both in one pass", rows, columns, 1, share, 2 * touched, [&] {
    kernels::descend(W.data(), rows, columns, x.data(), dy.data(), rate, dx.data(), true);
    measure::keep(W.data());
  });
  show("W X", rows, columns, 64, share, 64 * touched, [&] {
    kernels::add_product<float>(1, {W.data(), 1, rows}, {x.data(), 1, columns}, rows, columns, 64, y.data());
    measure::keep(y.data());
  });
  show("finding zeros for W X", rows, columns, 64, share, 64 * static_cast<double>(columns), [&] {
    for (Index k = 0; k < columns; k += kernels::block_depth) {
      const kernels::ProductBlock<float> block({x.data() + k, 1, columns}, std::min(kernels::block_depth, columns - k),
                                               64);
      measure::keep(&block);
    }
  });
  show("W' dY", rows, columns, 64, 1, 64 * static_cast<double>(rows * columns), [&] {
    kernels::add_product<float>(1, {W.data(), rows, 1}, {dy.data(), 1, rows}, columns, rows, 64, dx.data());
    measure::keep(dx.data());
  });
  show("W -= r dY X'", rows, columns, 64, share, 64 * touched, [&] {
    kernels::add_product<float>(-rate, {dy.data(), 1, rows}, {x.data(), columns, 1}, rows, 64, columns, W.data());
    measure::keep(W.data());
  });
}

void optimizer_step(nn::Random& random) {
  const Matrix gradient = inputs(256, 784, 1, random);
  Matrix parameters = gradient, state = Matrix::Zero(gradient.size(), nn::Adam{}.state_count());
  show("Adam's step", 256, 784, 1, 1, static_cast<double>(gradient.size()), [&] {
    nn::Adam{}.step(
        nn::VectorView<float>(parameters.data(), gradient.size()),
        nn::ConstVectorView<float>(gradient.data(), gradient.size()),
        nn::OptimizerState<float>(state.data(), gradient.size(), state.cols(), Eigen::OuterStride<>(gradient.size())),
        1);
    measure::keep(parameters.data());
  });
}

void softmax(Index classes, nn::Random& random) {
  const Matrix x = inputs(classes, 64, 1, random);
  Matrix y = x;
  show("softmax", classes, 1, 64, 1, static_cast<double>(x.size()), [&] {
    nn::Softmax{}.forward(nn::Shape(classes), nn::ConstVectorView<float>(nullptr, 0),
                          nn::ConstMatrixView<float>(x.data(), classes, 64),
                          nn::MatrixView<float>(y.data(), classes, 64));
    measure::keep(y.data());
  });
}

template <class Function>
void function(const char* name, Function&& function, nn::Random& random) {
  const Matrix x = inputs(256, 64, 1, random);
  Matrix y = x;
  show(name, 256, 1, 64, 1, static_cast<double>(x.size()), [&] {
    nn::kernels::for_each_pack(x.data(), y.data(), x.size(), function);
    measure::keep(y.data());
  });
}

}  // namespace

int main(int count, char** arguments) {
  if (count > 1) enough *= std::atof(arguments[1]);
  nn::Random random(1);
  products(256, inputs(784, 64, 1, random), random);
  products(128, inputs(256, 64, 1, random), random);
  const measure::Samples mnist = measure::read_mnist("train", 64, false);
  products(256, nn::ConstMatrixView<float>(mnist.inputs.data(), 784, 64), random);
  products(128, inputs(256, 64, 0.5, random), random);
  function("exp", nn::kernels::exponential<float>, random);
  function("tanh", nn::kernels::hyperbolic_tangent<float>, random);
  function("sigmoid", nn::kernels::sigmoid<float>, random);
  for (const Index classes : {10, 100, 1000}) softmax(classes, random);
  optimizer_step(random);
}
