// SPDX-License-Identifier: MIT
// Training equals its definition, kept here as plain loops without any skipping, tile or vector: for every number of
// rows from 1 to 70 and every batch size from 1 to 33, with inputs that are mostly zero and with inputs that are not.
#include <algorithm>
#include <cmath>
#include <vector>

#include <nn/activations/relu.hpp>
#include <nn/layers/dense.hpp>
#include <nn/layers/input.hpp>
#include <nn/losses/softmax_cross_entropy.hpp>
#include <nn/networks/sequential.hpp>
#include <nn/optimizers/sgd.hpp>
#include <nn/training/trainer.hpp>

#include "../catch.hpp"
#include "../effort.hpp"
#include "../numbers.hpp"

namespace {

using nn::Index;

constexpr Index inputs = 11, outputs = 3;

// inputs - rows - outputs with ReLU between, softmax and cross entropy at the end. W and b stand one after the other as
// in Network::parameters: W column by column.
template <class T>
class Definition {
 public:
  Definition(Index rows, const auto& parameters)
      : rows_(rows), p_(parameters.data(), parameters.data() + parameters.size()) {}

  void step(const nn::Matrix<T>& x, const std::vector<int>& labels, T rate) {
    std::vector<T> gradient(p_.size(), T(0));
    const Index b1 = rows_ * inputs, W2 = b1 + rows_, b2 = W2 + outputs * rows_;
    for (Index sample = 0; sample < x.cols(); ++sample) {
      std::vector<T> y(size(rows_)), dy(size(rows_), T(0)), dz(size(outputs));
      for (Index i = 0; i < rows_; ++i) {
        T sum = at(p_, b1 + i);
        for (Index j = 0; j < inputs; ++j) sum += at(p_, j * rows_ + i) * x(j, sample);
        at(y, i) = std::max(sum, T(0));
      }
      T total = 0;
      for (Index i = 0; i < outputs; ++i) {
        T sum = at(p_, b2 + i);
        for (Index j = 0; j < rows_; ++j) sum += at(p_, W2 + j * outputs + i) * at(y, j);
        at(dz, i) = std::exp(sum);
        total += at(dz, i);
      }
      for (Index i = 0; i < outputs; ++i)
        at(dz, i) = (at(dz, i) / total - T(i == labels[size(sample)])) / static_cast<T>(x.cols());
      for (Index i = 0; i < outputs; ++i) {
        at(gradient, b2 + i) += at(dz, i);
        for (Index j = 0; j < rows_; ++j) {
          at(gradient, W2 + j * outputs + i) += at(dz, i) * at(y, j);
          if (at(y, j) > 0) at(dy, j) += at(p_, W2 + j * outputs + i) * at(dz, i);
        }
      }
      for (Index i = 0; i < rows_; ++i) {
        at(gradient, b1 + i) += at(dy, i);
        for (Index j = 0; j < inputs; ++j) at(gradient, j * rows_ + i) += at(dy, i) * x(j, sample);
      }
    }
    for (std::size_t i = 0; i < p_.size(); ++i) p_[i] -= rate * gradient[i];
  }

  const std::vector<T>& parameters() const { return p_; }

 private:
  static std::size_t size(Index i) { return static_cast<std::size_t>(i); }
  static auto& at(auto& numbers, Index i) { return numbers[size(i)]; }

  Index rows_;
  std::vector<T> p_;
};

// The largest difference after three steps, as a share of the largest parameter.
template <class T>
double worst_difference(Index rows, Index samples, bool is_sparse) {
  nn::Sequential<T> network(nn::Input{inputs}, nn::Dense{rows}, nn::ReLU{}, nn::Dense{outputs});
  Definition<T> definition(rows, network.parameters());
  nn::Trainer trainer{network, nn::SoftmaxCrossEntropy{}, nn::SGD{.learning_rate = 0.125}};
  for (int step = 0; step < 3; ++step) {
    nn::Matrix<T> x = test::drawn<T>(inputs, samples, static_cast<std::uint64_t>(rows * 1000 + samples * 10 + step));
    if (is_sparse) x = (x.array() > T(0.8)).select(x, T(0)).eval();
    std::vector<int> labels;
    for (Index sample = 0; sample < samples; ++sample) labels.push_back(static_cast<int>((sample + step + rows) % 3));
    trainer.step(x, labels);
    definition.step(x, labels, T(0.125));
  }
  double largest = 0, difference = 0;
  for (Index i = 0; i < network.parameter_count(); ++i) {
    const T expected = definition.parameters()[static_cast<std::size_t>(i)];
    largest = std::max(largest, static_cast<double>(std::abs(expected)));
    difference = std::max(difference, static_cast<double>(std::abs(network.parameters()[i] - expected)));
  }
  return difference / largest;
}

}  // namespace

TEMPLATE_TEST_CASE("Training equals its definition in plain loops", "", float, double) {
  const double tolerance = sizeof(TestType) == 4 ? 1e-5 : 1e-12;
  const Index cases = 70 * 33, tried = test::effort(cases);
  for (const bool is_sparse : {false, true})
    for (Index i = 0; i < tried; ++i) {
      const Index chosen = i * cases / tried, rows = 1 + chosen % 70, samples = 1 + chosen / 70;
      CAPTURE(is_sparse, rows, samples);
      const double difference = worst_difference<TestType>(rows, samples, is_sparse);
      CHECK(difference <= tolerance);
    }
}
