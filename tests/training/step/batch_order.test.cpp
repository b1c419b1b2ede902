// SPDX-License-Identifier: MIT
// Every sample is in one batch; those of sequences are of one length.
#include <nn/training/step/batch_order.hpp>

#include <vector>

#include <nn/data/sequence_dataset.hpp>

#include "../../catch.hpp"

namespace {

using Batches = std::vector<std::vector<nn::Index>>;

Batches batches_of(const nn::Dataset& data, nn::Index batch_size) {
  const nn::detail::BatchOrder order(data, batch_size);
  CHECK(order.largest() == batch_size);
  Batches batches;
  for (nn::Index k = 0; k < order.batch_count(); ++k)
    batches.emplace_back(order.batch(k).begin(), order.batch(k).end());
  return batches;
}

}  // namespace

TEST_CASE("samples go into batches in their order, the last batch is what is left") {
  const auto of = [](nn::Index samples) {
    return nn::Dataset(nn::Matrix<double>(nn::Matrix<double>::Zero(2, samples)),
                       std::vector<int>(std::size_t(samples), 1));
  };
  CHECK(batches_of(of(5), 2) == Batches{{0, 1}, {2, 3}, {4}});
  CHECK(batches_of(of(4), 2) == Batches{{0, 1}, {2, 3}});
  CHECK(batches_of(of(3), 7) == Batches{{0, 1, 2}});
}

TEST_CASE("sequences of one length are in batches of their own, the shortest first, else in their order") {
  std::vector<nn::Matrix<double>> sequences;
  for (const nn::Index steps : {3, 1, 3, 2, 3, 1}) sequences.push_back(nn::Matrix<double>::Zero(2, steps));
  const nn::SequenceDataset data(sequences, std::vector<int>{0, 1, 0, 1, 0, 1});
  CHECK(batches_of(data, 2) == Batches{{1, 5}, {3}, {0, 2}, {4}});
}
