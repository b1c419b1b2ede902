// SPDX-License-Identifier: MIT
// The chosen samples side by side, in the numbers of the network, in memory that is reused.
#include <nn/training/step/batch.hpp>

#include <vector>

#include <nn/data/sequence_dataset.hpp>

#include "../../catch.hpp"

TEST_CASE("a batch has inputs, targets and weights of the chosen samples, in their order") {
  const nn::Dataset data =
      nn::Dataset(nn::Matrix<double>{{1, 2, 3}, {4, 5, 6}}, nn::Matrix<double>{{7, 8, 9}}).with_weights({0.5, 1, 2});
  nn::detail::Batch<float> batch(data, 1, 3);
  const float* const memory = batch.inputs().data();
  batch.gather(data, std::vector<nn::Index>{2, 0, 2});
  CHECK(batch.features() == 2);
  CHECK(batch.inputs() == nn::Matrix<float>{{3, 1, 3}, {6, 4, 6}});
  CHECK(batch.targets() == nn::Matrix<float>{{9, 7, 9}});
  CHECK(std::vector<double>(batch.weights().begin(), batch.weights().end()) == std::vector<double>{2, 0.5, 2});
  CHECK(batch.lengths().empty());
  batch.gather(data, std::vector<nn::Index>{1});  // fewer of them
  CHECK(batch.inputs() == nn::Matrix<float>{{2}, {5}});
  CHECK(batch.targets() == nn::Matrix<float>{{8}});
  CHECK(batch.weights().size() == 1);
  CHECK(batch.inputs().data() == memory);
}

TEST_CASE("labels become one-hot columns, of a network with more outputs than there are classes, too") {
  const nn::Dataset data(nn::Matrix<double>{{1, 2, 3}}, std::vector<int>{1, 0, 1});
  nn::detail::Batch<double> batch(data, 3, 2);
  batch.gather(data, std::vector<nn::Index>{0, 1});
  CHECK(batch.targets() == nn::Matrix<double>{{0, 1}, {1, 0}, {0, 0}});
  CHECK(batch.weights().empty());
}

TEST_CASE("a batch filled in parts is the batch gathered at once") {
  const nn::Dataset data =
      nn::Dataset(nn::Matrix<double>{{1, 2, 3, 4}}, std::vector<int>{1, 0, 1, 0}).with_weights({1, 2, 3, 4});
  const std::vector<nn::Index> samples{3, 1, 0};
  nn::detail::Batch<double> parts(data, 2, 4), whole(data, 2, 4);
  whole.gather(data, samples);
  parts.resize(data, 3);
  parts.fill(data, samples, 1, 3);
  parts.fill(data, samples, 0, 1);
  CHECK(parts.inputs() == whole.inputs());
  CHECK(parts.targets() == whole.targets());
  CHECK(std::vector<double>(parts.weights().begin(), parts.weights().end()) == std::vector<double>{4, 2, 1});
}

TEST_CASE("sequences of one length are gathered without what they are filled up with, and so are their targets") {
  const std::vector<nn::Matrix<double>> inputs{nn::Matrix<double>{{1, 2, 3}, {4, 5, 6}}, nn::Matrix<double>{{7}, {8}},
                                               nn::Matrix<double>{{9}, {10}}},
      targets{nn::Matrix<double>{{1, 2, 3}}, nn::Matrix<double>{{4}}, nn::Matrix<double>{{5}}};
  const nn::SequenceDataset data(inputs, targets);
  nn::detail::Batch<double> batch(data, 3, 3);
  batch.gather(data, std::vector<nn::Index>{2, 1});
  batch.shorten_targets(1);
  CHECK(batch.features() == 2);
  CHECK(batch.inputs() == nn::Matrix<double>{{9, 7}, {10, 8}});
  CHECK(batch.targets() == nn::Matrix<double>{{5, 4}});
  CHECK(std::vector<nn::Index>(batch.lengths().begin(), batch.lengths().end()) == std::vector<nn::Index>{1, 1});
  batch.gather(data, std::vector<nn::Index>{0});
  CHECK(batch.inputs() == nn::Matrix<double>{{1}, {4}, {2}, {5}, {3}, {6}});
  CHECK(batch.targets() == nn::Matrix<double>{{1}, {2}, {3}});
}
