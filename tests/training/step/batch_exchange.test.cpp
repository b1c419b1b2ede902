// SPDX-License-Identifier: MIT
#include <nn/training/step/batch_exchange.hpp>

#include <algorithm>
#include <string>
#include <vector>

#include <nn/layers/dense.hpp>
#include <nn/layers/input.hpp>
#include <nn/networks/network.hpp>

#include "../../catch.hpp"
#include "../../distributed/thread_group.hpp"

TEST_CASE("one process has all samples of a batch, and so has each where a batch is too small to be shared") {
  const nn::Network<double, nn::Input<1>, nn::Dense<1>> network;
  nn::Workspace<double> workspace;
  nn::Buffer<double> losses;
  nn::BatchExchange<double> alone({});
  const nn::SampleRange all = alone.distribute(network, {workspace, losses, 9, 1}, nullptr);
  CHECK(all.first == 0);
  CHECK(all.count == 9);
  CHECK_FALSE(alone.is_shared());
  const auto sentences = test::on_processes(2, [&](nn::ProcessGroup& group) {
    nn::BatchExchange<double> exchange(group);
    nn::Workspace<double> own;
    nn::Buffer<double> own_losses;
    CHECK(exchange.distribute(network, {own, own_losses, 3, 1}, nullptr).count == 3);
    CHECK_FALSE(exchange.is_shared());
  });
  CHECK(sentences == std::vector<std::string>(2));
}

TEST_CASE("after the exchange each process has the losses, outputs and gradients of all samples, and all parameters") {
  std::vector<std::vector<double>> seen(2);
  const auto sentences = test::on_processes(2, [&](nn::ProcessGroup& group) {
    nn::Network<double, nn::Input<1>, nn::Dense<2>> network;
    nn::BatchExchange<double> exchange(group);
    nn::Workspace<double> workspace;
    workspace.reserve_activations(network, 4);
    workspace.reserve_gradients(network, 4);
    nn::Buffer<double> losses;
    losses.reserve(4);
    const nn::BatchExchange<double>::Pass pass{workspace, losses, 4, 1};
    const auto own = static_cast<double>(group.rank()) + 1;
    const nn::SampleRange mine = exchange.distribute(network, pass, network.parameters().data());
    CHECK(mine.first == 2 * group.rank());
    CHECK(mine.count == 2);
    std::fill_n(losses.data() + mine.first, 2, own);
    std::fill_n(workspace.activation(network.place(0), 4) + 2 * mine.first, 4, 10 * own);
    std::fill_n(workspace.gradient(network.place(0), 4) + 2 * mine.first, 4, 100 * own);
    exchange.exchange_samples(network, pass);
    std::vector<double> parameters(4, 0.0);
    exchange.for_each_shard(network, 1, [&](nn::LayerShard shard) {
      nn::for_each_range_of(network, shard, [&](nn::Index first, nn::Index last) {
        std::fill(parameters.begin() + first, parameters.begin() + last, own);
      });
    });
    exchange.exchange_parameters(network, parameters.data());
    CHECK(std::count(parameters.begin(), parameters.end(), 0.0) == 0);
    std::vector<double>& all = seen[static_cast<std::size_t>(group.rank())];
    all.assign(losses.data(), losses.data() + 4);
    for (double* numbers : {workspace.activation(network.place(0), 4), workspace.gradient(network.place(0), 4)})
      all.insert(all.end(), numbers, numbers + 8);
    all.insert(all.end(), parameters.begin(), parameters.end());
  });
  CHECK(sentences == std::vector<std::string>(2));
  CHECK(seen[0] == seen[1]);
  CHECK(std::vector<double>(seen[0].begin(), seen[0].begin() + 4) == std::vector<double>{1, 1, 2, 2});
  CHECK(std::vector<double>(seen[0].begin() + 4, seen[0].begin() + 12) ==
        std::vector<double>{10, 10, 10, 10, 20, 20, 20, 20});
}
