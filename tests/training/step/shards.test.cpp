// SPDX-License-Identifier: MIT
#include <nn/training/step/shards.hpp>

#include <algorithm>
#include <vector>

#include <nn/activations/relu.hpp>
#include <nn/layers/dense.hpp>
#include <nn/layers/input.hpp>
#include <nn/networks/sequential.hpp>

#include "../../catch.hpp"

TEST_CASE("the shards of a network cover every parameter once, in as many as are counted") {
  const nn::Sequential<double> network(nn::Input{100}, nn::Dense{700}, nn::ReLU{}, nn::Dense{3});
  for (const nn::Index threads : {1, 2, 5}) {
    CAPTURE(threads);
    const nn::Index count = nn::shard_count(network, threads);
    CHECK(count == std::max<nn::Index>(threads, 70700 / 32768) + threads);
    std::vector<int> covered(static_cast<std::size_t>(network.parameter_count()));
    for (nn::Index index = 0; index < count; ++index)
      nn::for_each_range_of(network, nn::shard_of(network, index, threads), [&](nn::Index first, nn::Index last) {
        for (nn::Index k = first; k < last; ++k) ++covered[static_cast<std::size_t>(k)];
      });
    CHECK(covered == std::vector<int>(covered.size(), 1));
    CHECK(nn::shard_of(network, count, threads).layer == -1);
  }
}
