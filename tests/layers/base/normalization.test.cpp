// SPDX-License-Identifier: MIT
#include <nn/layers/base/normalization.hpp>

#include <nn/io/json.hpp>
#include <nn/layers/dense.hpp>
#include <nn/layers/group_norm.hpp>
#include <nn/layers/input.hpp>
#include <nn/layers/layer_norm.hpp>
#include <nn/losses/mean_squared_error.hpp>
#include <nn/networks/sequential.hpp>
#include <nn/optimizers/adam.hpp>
#include <nn/optimizers/sgd.hpp>
#include <nn/training/trainer.hpp>
#include <sstream>

#include "../../catch.hpp"
#include "../../numbers.hpp"

namespace {

template <class T>
nn::Sequential<T> network() {
  return nn::Sequential<T>(nn::Input{2, 3, 300}, nn::LayerNorm{}, nn::GroupNorm{4}, nn::Dense{3});
}

template <class T, class Optimizer>
nn::Vector<T> trained(nn::Index threads, const Optimizer& optimizer) {
  auto net = network<T>();
  nn::Trainer trainer{net, nn::MeanSquaredError{}, optimizer, {.threads = threads}};
  const nn::Matrix<T> x = test::drawn<T>(1800, 7, 1), t = test::drawn<T>(3, 7, 2);
  for (int step = 0; step < 3; ++step) trainer.step(x, t);
  return net.parameters();
}

}  // namespace

TEMPLATE_TEST_CASE("a normalization learns the same bits in any number of threads", "", float, double) {
  const auto fresh = network<TestType>();
  for (const nn::Index threads : {2, 3}) {
    CAPTURE(threads);
    const auto one = trained<TestType>(1, nn::SGD{.learning_rate = 0.01});
    CHECK_FALSE(test::have_same_bits(one.head(600), fresh.parameters().head(600)));
    CHECK(test::have_same_bits(one, trained<TestType>(threads, nn::SGD{.learning_rate = 0.01})));
    CHECK(test::have_same_bits(trained<TestType>(1, nn::Adam{}), trained<TestType>(threads, nn::Adam{})));
  }
}

TEST_CASE("gamma and beta are saved as W and b") {
  auto saved = network<double>();
  saved.parameters() = test::drawn<double>(saved.parameter_count(), 1, 3);
  std::stringstream file;
  nn::save(saved, file);
  auto loaded = network<double>();
  nn::load(loaded, file);
  CHECK(test::have_same_bits(loaded.parameters(), saved.parameters()));
  CHECK(loaded.weight(0) == saved.parameters().head(300));
}
