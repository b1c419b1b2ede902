// SPDX-License-Identifier: MIT
// Sizes in the types, sizes given at run time, and Sequential: equal bits after 500 training steps, float and double,
// one sample at a time and batches of 7, whatever the optimizer. Every sum is written in one order, so this holds on
// both compilers and for any processor's vectors, and the test asks for nothing less.
#include <algorithm>

#include <nn/activations/relu.hpp>
#include <nn/activations/softmax.hpp>
#include <nn/activations/tanh.hpp>
#include <nn/layers/dense.hpp>
#include <nn/layers/input.hpp>
#include <nn/networks/network.hpp>
#include <nn/networks/sequential.hpp>
#include <nn/optimizers/sgd.hpp>
#include <nn/training/trainer.hpp>

#include "../catch.hpp"
#include "../numbers.hpp"

namespace {

template <class T>
using Fixed =
    nn::Network<T, nn::Input<20>, nn::Dense<33>, nn::ReLU, nn::Dense<16>, nn::Tanh, nn::Dense<5>, nn::Softmax>;

template <class T>
nn::Network<T, nn::Input<>, nn::Dense<>, nn::ReLU, nn::Dense<>, nn::Tanh, nn::Dense<>, nn::Softmax> at_run_time() {
  return decltype(at_run_time<T>())(nn::Input{20}, nn::Dense{33}, nn::ReLU{}, nn::Dense{16}, nn::Tanh{}, nn::Dense{5},
                                    nn::Softmax{});
}

// Inputs of which half are zero, as behind a ReLU or in a picture.
template <class T>
nn::Matrix<T> sparse(nn::Index columns, std::uint64_t seed) {
  return test::drawn<T>(20, columns, seed).cwiseMax(T(0));
}

template <class Net>
Net trained(Net network, nn::Index samples, const nn::SGD& optimizer) {
  using T = typename Net::Scalar;
  nn::Trainer trainer{network, nn::CrossEntropy{}, optimizer};
  const nn::Matrix<T> x = sparse<T>(70, 3), t = test::drawn_probabilities<T>(5, 70, 4);
  double first = 0, last = 0;
  for (int step = 0; step < 500; ++step) {
    const nn::Index column = step * samples % (70 - samples);
    last = trainer.step(x.middleCols(column, samples), t.middleCols(column, samples));
    if (step == 0) first = last;
  }
  CHECK(last != first);
  CHECK(network.parameters().allFinite());
  return network;
}

}  // namespace

TEMPLATE_TEST_CASE("all kinds of networks have equal bits after 500 training steps", "", float, double) {
  for (const nn::Index samples : {1, 7})
    for (const nn::SGD optimizer : {nn::SGD{.learning_rate = 0.05}, nn::SGD{.learning_rate = 0.02, .momentum = 0.9}}) {
      CAPTURE(samples, optimizer.momentum);
      const auto fixed = trained(Fixed<TestType>{}, samples, optimizer);
      const auto free = trained(at_run_time<TestType>(), samples, optimizer);
      const auto sequential = trained(nn::Sequential<TestType>(nn::Input{20}, nn::Dense{33}, nn::ReLU{}, nn::Dense{16},
                                                               nn::Tanh{}, nn::Dense{5}, nn::Softmax{}),
                                      samples, optimizer);
      CHECK(test::have_same_bits(fixed.parameters(), free.parameters()));
      CHECK(test::have_same_bits(fixed.parameters(), sequential.parameters()));
      const nn::Matrix<TestType> x = sparse<TestType>(9, 8);
      CHECK(test::have_same_bits(nn::Matrix<TestType>(fixed.predict(x)), free.predict(x)));
      CHECK(test::have_same_bits(nn::Matrix<TestType>(fixed.predict(x)), sequential.predict(x)));
      // Control: it is not that nothing depends on anything.
      CHECK_FALSE(test::have_same_bits(fixed.parameters(), Fixed<TestType>{}.parameters()));
    }
}
