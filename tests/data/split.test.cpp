// SPDX-License-Identifier: MIT
#include <nn/data/split.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "../catch.hpp"
#include "../numbers.hpp"

using Catch::Matchers::Message;
using nn::Index;

namespace {

// Sample i has the input i; of seven samples the label i % 7 == 0 ? 2 : i % 7 < 3 ? 1 : 0.
nn::Dataset numbered(Index count) {
  nn::Matrix<double> x(1, count);
  std::vector<int> labels;
  for (Index i = 0; i < count; ++i) {
    x(0, i) = static_cast<double>(i);
    labels.push_back(i % 7 == 0 ? 2 : i % 7 < 3 ? 1 : 0);
  }
  return {x, labels, 3};
}

std::vector<Index> samples_of(const nn::Dataset& data) {
  const nn::Matrix<double> x = data.inputs<double>();
  std::vector<Index> samples;
  for (Index i = 0; i < x.cols(); ++i) {
    samples.push_back(static_cast<Index>(x(0, i)));
    CHECK(data.labels()[static_cast<std::size_t>(i)] ==
          numbered(1000).labels()[static_cast<std::size_t>(samples.back())]);
  }
  return samples;
}

// Every sample is in exactly one of the parts.
void check_partition(const std::vector<nn::Dataset>& parts, Index count) {
  std::vector<int> times(static_cast<std::size_t>(count));
  for (const nn::Dataset& part : parts)
    for (const Index sample : samples_of(part)) ++times.at(static_cast<std::size_t>(sample));
  CHECK(times == std::vector<int>(static_cast<std::size_t>(count), 1));
}

std::vector<Index> class_counts(const nn::Dataset& data) {
  std::vector<Index> counts(3);
  for (const int label : data.labels()) ++counts[static_cast<std::size_t>(label)];
  return counts;
}

}  // namespace

TEST_CASE("split gives every sample to one part, in the shares asked for") {
  const bool stratified = GENERATE(false, true);
  nn::Random random(4);
  const nn::Split parts =
      nn::split(numbered(140), {.train = 0.5, .validation = 0.25, .test = 0.25, .stratified = stratified}, random);
  REQUIRE(parts.validation);
  REQUIRE(parts.test);
  CHECK(parts.train.size() == 70);
  CHECK(parts.validation->size() == 35);
  CHECK(parts.test->size() == 35);
  check_partition({parts.train, *parts.validation, *parts.test}, 140);
  CHECK(parts.train.class_count() == 3);
  if (!stratified) return;
  CHECK(class_counts(parts.train) == std::vector<Index>{40, 20, 10});  // of 80, 40 and 20
  CHECK(class_counts(*parts.validation) == std::vector<Index>{20, 10, 5});
  CHECK(class_counts(*parts.test) == std::vector<Index>{20, 10, 5});
}

TEST_CASE("split and k_fold do not stratify and test a fifth unless told otherwise") {
  const nn::SplitOptions split;
  CHECK((split.train == 0.8 && split.validation == 0 && split.test == 0.2 && !split.stratified));
  const nn::FoldOptions fold;
  CHECK((fold.folds == 5 && !fold.stratified));
}

TEST_CASE("A generator that is given by name is advanced, and one made for the call serves, too") {
  nn::Random random(1);
  const nn::Split by_name = nn::split(numbered(140), {}, random);
  CHECK(by_name.train == nn::split(numbered(140), {}, nn::Random(1)).train);
  CHECK(by_name.train != nn::split(numbered(140), {}, random).train);
  nn::Random other(2);
  CHECK(nn::k_fold(numbered(23), {}, other)[0].train == nn::k_fold(numbered(23), {}, nn::Random(2))[0].train);
  CHECK_FALSE(other == nn::Random(2));
}

TEST_CASE("A stratified split loses no class that has a sample for each part") {
  // Classes of 2, 30 and 8 samples.
  std::vector<int> labels(40, 1);
  labels[7] = labels[31] = 0;
  std::fill_n(labels.begin() + 10, 8, 2);
  const nn::Dataset data(nn::Matrix<double>::Zero(1, 40), labels);
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const nn::Split parts = nn::split(data, {.stratified = true}, nn::Random(seed));
    CHECK(class_counts(parts.train)[0] == 1);
    CHECK(class_counts(*parts.test)[0] == 1);
    CHECK(parts.train.size() == 32);
  }
  // Of three parts, each of 3 samples has one, also where 2.4 are the share of the first.
  std::vector<int> few(43, 1);
  few[0] = few[20] = few[42] = 0;
  const nn::Split parts = nn::split(nn::Dataset(nn::Matrix<double>::Zero(1, 43), few),
                                    {.train = 0.8, .validation = 0.1, .test = 0.1, .stratified = true}, nn::Random(1));
  CHECK(class_counts(parts.train)[0] == 1);
  CHECK(class_counts(*parts.validation)[0] == 1);
  CHECK(class_counts(*parts.test)[0] == 1);
}

TEST_CASE("In a stratified split every class is at most one sample off its share, and the parts have their sizes") {
  nn::Random random(11);
  for (int round = 0; round < 300; ++round) {
    const auto classes = static_cast<std::size_t>(1 + random.below(12));
    const nn::SplitOptions options =
        round % 3 == 0   ? nn::SplitOptions{.stratified = true}
        : round % 3 == 1 ? nn::SplitOptions{.train = 0.6, .validation = 0.25, .test = 0.15, .stratified = true}
                         : nn::SplitOptions{.train = 0.4, .validation = 0.3, .test = 0.3, .stratified = true};
    std::vector<int> labels;
    std::vector<double> all(classes);
    for (std::size_t label = 0; label < classes; ++label) {
      const auto size = random.below(3) == 0 ? 1 + random.below(60) : 7 + random.below(9);
      all[label] = static_cast<double>(size);
      labels.insert(labels.end(), size, static_cast<int>(label));
    }
    const auto samples = static_cast<Index>(labels.size());
    const nn::Dataset data(nn::Matrix<double>::Zero(1, samples), labels);
    const nn::Split parts = nn::split(data, options, random);
    const std::array<const nn::Dataset*, 3> given{&parts.train, parts.validation ? &*parts.validation : nullptr,
                                                  &*parts.test};
    const std::array<double, 3> shares{options.train, options.validation, options.test};
    double off = 0;
    int lost = 0;
    for (std::size_t part = 0; part < 3; ++part) {
      if (given[part] == nullptr) continue;
      const auto size = static_cast<double>(given[part]->size());
      CHECK(std::abs(size - shares[part] * static_cast<double>(samples)) < 1);
      std::vector<double> counts(classes);
      for (const int label : given[part]->labels()) ++counts[static_cast<std::size_t>(label)];
      for (std::size_t label = 0; label < classes; ++label) {
        if (all[label] >= 7)
          off = std::max(off, std::abs(counts[label] - all[label] * size / static_cast<double>(samples)));
        lost += all[label] >= 7 && counts[label] == 0;
      }
    }
    CAPTURE(round, samples, classes);
    CHECK(off <= 1);
    CHECK(lost == 0);
  }
}

TEST_CASE("The order is drawn: equal for equal seeds, another for another, no class after the other") {
  const auto order = [](std::uint64_t seed, bool stratified) {
    nn::Random random(seed);
    return nn::split(numbered(140), {.stratified = stratified}, random).train;
  };
  CHECK(order(1, false) == order(1, false));
  CHECK(order(1, true) == order(1, true));
  CHECK(order(1, false) != order(2, false));
  const nn::Dataset train = order(1, true);
  CHECK_FALSE(std::is_sorted(train.labels().begin(), train.labels().end()));
  nn::Random random(1), untouched(1);
  nn::split(numbered(140), {}, random);
  CHECK_FALSE(random == untouched);
}

TEST_CASE("A part whose share is 0 is not there, and rounding loses no sample") {
  nn::Random random(4);
  const nn::Split parts = nn::split(numbered(7), {.train = 2.0 / 3, .validation = 1.0 / 3, .test = 0}, random);
  CHECK_FALSE(parts.test);
  CHECK(parts.train.size() == 5);  // 4.67
  CHECK(parts.validation->size() == 2);
  CHECK(nn::split(numbered(1), {.train = 1, .test = 0}, random).train.size() == 1);
  const nn::Dataset regression(nn::Matrix<double>{{1, 2}}, nn::Matrix<double>{{10, 20}});
  const nn::Dataset half = nn::split(regression, {.train = 0.5, .test = 0.5}, random).train;
  CHECK(half.targets<double>() == 10 * half.inputs<double>());
}

TEST_CASE("split refuses shares that make no sense, and parts without a sample") {
  nn::Random random(4);
  const auto refuses = [&](const nn::SplitOptions& options, const std::string& sentence) {
    CHECK_THROWS_MATCHES(nn::split(numbered(7), options, random), nn::data_error, Message(sentence));
  };
  refuses({.train = 0.9},
          "split: the shares 0.9, 0 and 0.2 sum to 1.1 instead of 1; validation is 0 and test 0.2 when not given");
  refuses({.train = 1.5, .test = -0.5},
          "split: a share must lie in 0..1, got 1.5; 0.8 to train and 0.2 to test are usual");
  CHECK_THROWS_AS(nn::split(numbered(7), {.train = test::not_a_number<double>}, random), nn::data_error);
  refuses({.train = 0, .test = 1}, "split: a share of 0 leaves nothing to train on; 0.8 is the default");
  refuses({.train = 0.99, .test = 0.01}, "split: a share of 0.01 of 7 samples is none; use more samples");
  const nn::Dataset regression(nn::Matrix<double>{{1, 2}}, nn::Matrix<double>{{1, 2}});
  CHECK_THROWS_MATCHES(nn::split(regression, {.train = 0.5, .test = 0.5, .stratified = true}, random), nn::data_error,
                       Message("split: stratified parts need labels, but the data set has targets; leave stratified "
                               "away"));
}

TEST_CASE("k_fold validates every sample once, and trains on all others") {
  const bool stratified = GENERATE(false, true);
  const Index folds = GENERATE(2, 3, 5, 23);
  CAPTURE(stratified, folds);
  nn::Random random(4);
  const std::vector<nn::Fold> parts = nn::k_fold(numbered(23), {.folds = folds, .stratified = stratified}, random);
  REQUIRE(parts.size() == static_cast<std::size_t>(folds));
  std::vector<nn::Dataset> validation;
  const std::vector<Index> all = class_counts(numbered(23));
  for (const nn::Fold& fold : parts) {
    check_partition({fold.train, fold.validation}, 23);
    validation.push_back(fold.validation);
    CHECK(fold.validation.size() >= 23 / folds);
    CHECK(fold.validation.size() <= (22 + folds) / folds);
    for (std::size_t label = 0; stratified && label < 3; ++label) {
      const Index of_class = class_counts(fold.validation)[label];
      CHECK(of_class >= all[label] / folds);
      CHECK(of_class <= (all[label] + folds - 1) / folds);
    }
  }
  check_partition(validation, 23);
}

TEST_CASE("Stratified folds of classes that can be shared evenly are even") {
  nn::Random random(9);
  for (const nn::Fold& fold : nn::k_fold(numbered(140), {.folds = 10, .stratified = true}, random)) {
    CHECK(class_counts(fold.validation) == std::vector<Index>{8, 4, 2});
    CHECK(class_counts(fold.train) == std::vector<Index>{72, 36, 18});
  }
}

TEST_CASE("k_fold refuses fewer than 2 folds, more than samples, and strata without labels") {
  nn::Random random(4);
  for (const Index folds : {-1, 0, 1, 8})
    CHECK_THROWS_MATCHES(nn::k_fold(numbered(7), {.folds = folds}, random), nn::data_error,
                         Message("k_fold: cannot make " + std::to_string(folds) +
                                 " folds of 7 samples; use at least 2, and no more than there are samples"));
  const nn::Dataset regression(nn::Matrix<double>{{1, 2}}, nn::Matrix<double>{{1, 2}});
  CHECK_THROWS_AS(nn::k_fold(regression, {.folds = 2, .stratified = true}, random), nn::data_error);
}

TEST_CASE("k_fold says which samples went where") {
  for (const nn::Fold& fold : nn::k_fold(numbered(23), {.folds = 4}, nn::Random(3))) {
    CHECK(samples_of(fold.train) == fold.samples.train);
    CHECK(samples_of(fold.validation) == fold.samples.validation);
  }
}

TEST_CASE("Folds of groups part no group, and are as even as groups can be") {
  const bool stratified = GENERATE(false, true);
  // Forty groups of 1 to 8 samples, whose numbers are no range.
  nn::Random random(5);
  std::vector<int> groups;
  for (int group = 0; group < 40; ++group) groups.insert(groups.end(), 1 + random.below(8), 100 - 7 * group);
  random.shuffle(groups);
  const nn::Dataset data = numbered(static_cast<Index>(groups.size()));
  const std::vector<nn::Fold> folds =
      nn::k_fold(data, {.folds = 5, .stratified = stratified, .groups = groups}, nn::Random(1));
  REQUIRE(folds.size() == 5);
  std::vector<nn::Dataset> validation;
  for (const nn::Fold& fold : folds) {
    check_partition({fold.train, fold.validation}, data.size());
    validation.push_back(fold.validation);
    const auto group_of = [&](Index sample) { return groups[static_cast<std::size_t>(sample)]; };
    for (const Index seen : fold.samples.train)
      for (const Index sample : fold.samples.validation) REQUIRE(group_of(seen) != group_of(sample));
    if (!stratified) CHECK(std::abs(fold.validation.size() - data.size() / 5) <= 1);
    for (std::size_t label = 0; stratified && label < 3; ++label)
      CHECK(std::abs(class_counts(fold.validation)[label] - class_counts(data)[label] / 5) <= 4);
  }
  check_partition(validation, data.size());
  CHECK(folds[0].train != nn::k_fold(data, {.stratified = stratified, .groups = groups}, nn::Random(2))[0].train);
}

TEST_CASE("Chronological folds validate what comes next, as scikit-learn's TimeSeriesSplit") {
  // TimeSeriesSplit(n_splits=3).split(range(11))
  const std::vector<nn::Fold> folds = nn::k_fold(numbered(11), {.folds = 3, .chronological = true}, nn::Random(1));
  REQUIRE(folds.size() == 3);
  CHECK(samples_of(folds[0].train) == std::vector<Index>{0, 1, 2, 3, 4});
  CHECK(samples_of(folds[0].validation) == std::vector<Index>{5, 6});
  CHECK(samples_of(folds[1].train) == std::vector<Index>{0, 1, 2, 3, 4, 5, 6});
  CHECK(samples_of(folds[1].validation) == std::vector<Index>{7, 8});
  CHECK(samples_of(folds[2].train) == std::vector<Index>{0, 1, 2, 3, 4, 5, 6, 7, 8});
  CHECK(samples_of(folds[2].validation) == std::vector<Index>{9, 10});
}

TEST_CASE("k_fold refuses groups that do not fit, and what chronological folds cannot be") {
  const auto refuses = [](const nn::FoldOptions& options, const std::string& sentence) {
    CHECK_THROWS_MATCHES(nn::k_fold(numbered(7), options, nn::Random(4)), nn::data_error, Message(sentence));
  };
  refuses({.groups = {1, 2}}, "k_fold: 2 groups do not fit 7 samples; give the number of its group for each sample");
  refuses({.groups = {1, 2, 3, 4, 4, 4, 4}},
          "k_fold: 4 groups are too few for 5 folds; use no more folds than there are groups");
  refuses({.stratified = true, .chronological = true},
          "k_fold: folds in the order of time cannot be drawn by class; give chronological, or stratified and groups");
  refuses({.groups = {1, 2, 3, 4, 5, 6, 7}, .chronological = true},
          "k_fold: folds in the order of time cannot be drawn by group; give chronological, or stratified and groups");
  refuses({.folds = 7, .chronological = true},
          "k_fold: cannot make 7 folds of 7 samples; use at least 2, and fewer than there are samples");
}

TEST_CASE("split and folds that are told nothing keep a fifth to test, and do not look at classes") {
  const auto [train, validation, test, is_stratified, is_chronological] = nn::SplitOptions{};
  CHECK(train == 0.8);
  CHECK(validation == 0);
  CHECK(test == 0.2);
  CHECK_FALSE(is_stratified);
  CHECK_FALSE(is_chronological);
  CHECK(nn::FoldOptions{}.folds == 5);
  CHECK_FALSE(nn::FoldOptions{}.stratified);
}
