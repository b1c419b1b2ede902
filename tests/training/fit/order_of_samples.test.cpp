// SPDX-License-Identifier: MIT
#include <nn/training/fit/order_of_samples.hpp>

#include <algorithm>
#include <numeric>
#include <vector>

#include "../../catch.hpp"

namespace {

std::vector<nn::Index> ascending_order(std::size_t count) {
  std::vector<nn::Index> order(count);
  std::iota(order.begin(), order.end(), nn::Index(0));
  return order;
}

}  // namespace

TEST_CASE("samples without lengths are shuffled as the generator does") {
  const nn::Dataset data(nn::Matrix<double>::Zero(1, 10), std::vector<int>(10, 0));
  std::vector<nn::Index> order = ascending_order(10), expected = order;
  nn::Random random(3), same(3);
  nn::shuffle_samples(order, data, 10, 4, random);
  same.shuffle(expected);
  CHECK(order == expected);
  CHECK(random.next() == same.next());
}

TEST_CASE("sequences come in batches of like length, each once, and the batches in another order") {
  // Samples of the lengths 1 to 4, ten each and mixed; batches of 5 then have one length each.
  std::vector<nn::Index> lengths(40);
  for (std::size_t i = 0; i < lengths.size(); ++i) lengths[i] = static_cast<nn::Index>(i % 4) + 1;
  std::vector<nn::Index> order = ascending_order(40);
  nn::Random random(5);
  nn::shuffle_sequences(order, lengths, 40, 5, random);
  std::vector<nn::Index> of_batches;
  for (std::size_t batch = 0; batch < 8; ++batch) {
    const nn::Index length = lengths[static_cast<std::size_t>(order[5 * batch])];
    of_batches.push_back(length);
    for (std::size_t i = 1; i < 5; ++i) CHECK(lengths[static_cast<std::size_t>(order[5 * batch + i])] == length);
  }
  CHECK_FALSE(std::is_sorted(of_batches.begin(), of_batches.end()));
  CHECK(std::is_permutation(order.begin(), order.end(), ascending_order(40).begin()));
}

TEST_CASE("what an epoch leaves over of sequences is drawn anew, too") {
  const std::vector<nn::Index> lengths{9, 9, 9, 9, 9, 9, 1};  // by length alone, the last would never be left over
  bool is_left_over = false;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    std::vector<nn::Index> order = ascending_order(7);
    nn::Random random(seed);
    nn::shuffle_sequences(order, lengths, 7, 3, random);
    is_left_over = is_left_over || order.back() == 6;
  }
  CHECK(is_left_over);
}
