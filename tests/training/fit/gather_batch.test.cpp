// SPDX-License-Identifier: MIT
#include <nn/training/fit/gather_batch.hpp>

#include <vector>

#include "../../catch.hpp"

TEST_CASE("a batch is gathered and augmented to the same numbers, on any number of threads and in both number types") {
  const nn::Matrix<float> x{{1, 2, 3, 4, 5}};
  const nn::Dataset data(x, std::vector<int>{0, 1, 0, 1, 1});
  // The first sample of the batch adds a number drawn with the seed, the next one with the seed plus 1.
  const nn::Augmentation add_drawn = [](float* numbers, nn::Shape, nn::Random& random) {
    *numbers += static_cast<float>(random.below(1000));
  };
  const std::vector<nn::Index> samples{4, 0, 3};
  const auto drawn = [](std::uint64_t seed) { return static_cast<double>(nn::Random(seed).below(1000)); };
  const auto check = [&]<class T>(T, nn::Index threads) {
    CAPTURE(threads);
    nn::ThreadTeam team(threads);
    nn::detail::Batch<T> batch(data, 2, 3);
    const nn::Augmentation none;
    nn::gather_batch(data, samples, {none, nn::Shape(1), 7}, team, batch);
    CHECK(batch.inputs() == nn::Matrix<T>{{5, 1, 4}});
    CHECK(batch.targets() == nn::Matrix<T>{{0, 1, 0}, {1, 0, 1}});
    nn::gather_batch(data, samples, {add_drawn, nn::Shape(1), 7}, team, batch);
    CHECK(batch.inputs().template cast<double>() == nn::Matrix<double>{{5 + drawn(7), 1 + drawn(8), 4 + drawn(9)}});
  };
  for (const nn::Index threads : {1, 2, 4}) {
    check(float(), threads);
    check(double(), threads);
  }
}
