// SPDX-License-Identifier: MIT
#include <nn/data/sequence_dataset.hpp>

#include <span>
#include <vector>

#include "../catch.hpp"

using Catch::Matchers::Message;

namespace {

using Sequences = std::vector<nn::Matrix<float>>;

const Sequences short_and_long{nn::Matrix<float>{{1, 2}, {3, 4}}, nn::Matrix<float>{{5, 6, 7}, {8, 9, 10}}};

}  // namespace

TEST_CASE("A SequenceDataset keeps the lengths of its sequences, and is a Dataset") {
  const nn::SequenceDataset data(short_and_long, std::vector{1, 0});
  CHECK(data.size() == 2);
  CHECK(data.sample_shape() == nn::Shape(1, 3, 2));
  CHECK(data.lengths() == std::vector<nn::Index>{2, 3});
  CHECK(data.class_count() == 2);
  CHECK(data.inputs().col(1) == nn::Vector<float>{{5, 8, 6, 9, 7, 10}});
  CHECK(data.inputs().col(0).head(4) == nn::Vector<float>{{1, 3, 2, 4}});
  const std::vector<nn::Index> chosen{1, 0, 1};
  const nn::Dataset part = data.select(chosen);
  CHECK(part.lengths() == std::vector<nn::Index>{3, 2, 3});
  CHECK(data.subset(1, 1).lengths() == std::vector<nn::Index>{3});
}

TEST_CASE("Sequences of the same numbers and other lengths are other data") {
  const Sequences longer{nn::Matrix<float>{{1, 2, 2}, {3, 4, 4}}, short_and_long[1]};
  const nn::SequenceDataset data(short_and_long, std::vector{1, 0}), other(longer, std::vector{1, 0});
  CHECK(data.inputs() == other.inputs());
  CHECK_FALSE(data == other);
  CHECK(data.fingerprint() != other.fingerprint());
}

TEST_CASE("Targets belong to a sequence, or to each of its steps") {
  const nn::SequenceDataset numbers(short_and_long, nn::Matrix<float>{{0.5F, 0.25F}});
  CHECK(numbers.target_size() == 1);
  const nn::SequenceDataset labelled(short_and_long, std::vector<std::vector<int>>{{0, 2}, {1, 1, 0}});
  CHECK(labelled.target_size() == 9);  // 3 classes x 3 steps
  CHECK(labelled.targets().col(0).head(6) == nn::Vector<float>{{1, 0, 0, 0, 0, 1}});
  CHECK(labelled.targets().col(1) == nn::Vector<float>{{0, 1, 0, 0, 1, 0, 1, 0, 0}});
  const nn::SequenceDataset real(short_and_long, Sequences{nn::Matrix<float>{{1, 2}}, nn::Matrix<float>{{3, 4, 5}}});
  CHECK(real.target_size() == 3);
  CHECK(real.targets().col(1) == nn::Vector<float>{{3, 4, 5}});
  CHECK(nn::SequenceDataset(short_and_long, std::vector<std::vector<int>>{{0, 1}, {1, 1, 0}}, 4).target_size() == 12);
}

TEST_CASE("What makes no sequences is refused") {
  const std::vector<int> labels{1, 0};
  CHECK_THROWS_MATCHES(nn::SequenceDataset(Sequences{}, std::vector<int>{}), nn::data_error,
                       Message("SequenceDataset: got no sequences; give at least 1"));
  CHECK_THROWS_MATCHES(
      nn::SequenceDataset(Sequences{nn::Matrix<float>::Zero(2, 3), nn::Matrix<float>::Zero(3, 3)}, labels),
      nn::data_error,
      Message("SequenceDataset: sequence 1 is 3 x 3, and sequence 0 has 2 rows; give rows x steps, as many rows in "
              "each and at least 1 step"));
  CHECK_THROWS_AS(nn::SequenceDataset(Sequences{nn::Matrix<float>(2, 0)}, std::vector{0}), nn::data_error);
  CHECK_THROWS_AS(nn::SequenceDataset(short_and_long, std::vector{1}), nn::data_error);
  CHECK_THROWS_MATCHES(nn::SequenceDataset(short_and_long, std::vector<std::vector<int>>{{0, 2}, {1, 1}}),
                       nn::data_error,
                       Message("SequenceDataset: sequence 1 has 3 steps, but its targets have 2; give one for each "
                               "step"));
  CHECK_THROWS_MATCHES(nn::SequenceDataset(short_and_long, std::vector<std::vector<int>>{{0, -2}, {1, 1, 0}}),
                       nn::data_error,
                       Message("SequenceDataset: step 1 of sequence 0 has the label -2; labels count from 0"));
  CHECK_THROWS_AS(nn::SequenceDataset(short_and_long, std::vector<std::vector<int>>{{0, 1}}), nn::data_error);
  CHECK_THROWS_AS(nn::SequenceDataset(short_and_long, std::vector<std::vector<int>>{{0, 3}, {1, 1, 0}}, 3),
                  nn::data_error);
}
