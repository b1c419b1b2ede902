// SPDX-License-Identifier: MIT
#include <nn/data/lazy_dataset.hpp>

#include <nn/io/checkpoint.hpp>
#include <nn/training.hpp>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <cstdio>
#include <numeric>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "../catch.hpp"

using Catch::Matchers::Message;

namespace {

using LazyNet = nn::Network<nn::Input<3>, nn::Dense<5>, nn::Tanh, nn::Dense<3>, nn::Softmax>;

std::vector<nn::Index> lazily_counted(nn::Index first, nn::Index count) {
  std::vector<nn::Index> numbers(static_cast<std::size_t>(count));
  std::iota(numbers.begin(), numbers.end(), first);
  return numbers;
}

nn::Dataset lazily_learned(nn::Index count) {
  nn::Random random(3);
  nn::Matrix<float> x(3, count);
  std::vector<int> labels;
  for (nn::Index i = 0; i < count; ++i) {
    for (nn::Index row = 0; row < 3; ++row) x(row, i) = static_cast<float>(random.normal());
    nn::Index largest = 0;
    x.col(i).maxCoeff(&largest);
    labels.push_back(static_cast<int>(largest));
  }
  return {x, labels, 3};
}

nn::LazyDataset lazily(const nn::Dataset& data, const nn::LazyOptions& options = {}) {
  return {data.size(), [&data](std::span<const nn::Index> samples) { return data.select(samples); }, options};
}

// Sample k is the number k, its target 2k.
nn::Dataset lazily_doubled(std::span<const nn::Index> samples) {
  nn::Matrix<float> x(1, static_cast<nn::Index>(samples.size()));
  for (std::size_t i = 0; i < samples.size(); ++i) x(static_cast<nn::Index>(i)) = static_cast<float>(samples[i]);
  return {x, nn::Matrix<float>(2 * x)};
}

std::vector<nn::Index> lazily_drawn(const nn::LazyDataset& data, nn::Index batch_size) {
  std::vector<nn::Index> order = lazily_counted(0, data.size());
  nn::Random random(7);
  data.shuffle(order, batch_size, random);
  return order;
}

template <class Data>
nn::Vector<float> lazily_trained(const Data& data, const nn::FitOptions& options, nn::Index threads = 1) {
  LazyNet network;
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::Adam{.learning_rate = 0.02}, {.threads = threads}};
  trainer.fit(data, options);
  return network.parameters();
}

}  // namespace

TEST_CASE("A LazyDataset is a regular value that reads the samples asked for") {
  static_assert(std::copyable<nn::LazyDataset>);
  const nn::LazyDataset data(10, lazily_doubled);
  CHECK(data.size() == 10);
  CHECK(data.sample_shape() == nn::Shape(1));
  CHECK(data.target_size() == 1);
  CHECK(!data.has_labels());
  CHECK(data.class_count() == 0);
  CHECK(data.select(std::vector<nn::Index>{9, 0, 4}).inputs() == nn::Matrix<float>{{9, 0, 4}});
  CHECK(data.select(std::vector<nn::Index>{9, 0, 4}).targets() == nn::Matrix<float>{{18, 0, 8}});
  const nn::LazyDataset part = data.subset(3, 4), smaller = part.subset(1, 2);
  CHECK(part.size() == 4);
  CHECK(part.read_all().inputs() == nn::Matrix<float>{{3, 4, 5, 6}});
  CHECK(part.head().inputs()(0) == 3);
  CHECK(part.select(std::vector<nn::Index>{0, 3}).inputs() == nn::Matrix<float>{{3, 6}});
  CHECK(smaller.select(std::vector<nn::Index>{1}).inputs()(0) == 5);
  CHECK(data.fingerprint() == nn::LazyDataset(10, lazily_doubled).fingerprint());
  CHECK(data.fingerprint() != part.fingerprint());
  CHECK(data.fingerprint() != nn::LazyDataset(10, lazily_doubled, {.window = 5}).fingerprint());
}

TEST_CASE("A window ends after whole batches, the last one with what is left of less than a batch") {
  const nn::LazyDataset data(10, lazily_doubled, {.window = 5});
  CHECK(data.window_end(0, 10, 2) == 4);
  CHECK(data.window_end(4, 10, 2) == 8);
  CHECK(data.window_end(8, 10, 2) == 10);
  CHECK(data.window_end(4, 9, 2) == 9);
  CHECK(data.window_end(0, 10, 7) == 10);  // a window holds a batch at least
  CHECK(data.window_end(0, 20, 7) == 7);
  CHECK(data.window_end(7, 20, 7) == 20);
}

TEST_CASE("Runs of neighbours come in a random order, and within a window the samples") {
  const nn::LazyDataset data(100, lazily_doubled, {.window = 20, .run = 5});
  std::vector<nn::Index> order = lazily_drawn(data, 4);
  std::vector<std::vector<nn::Index>> windows;
  for (std::size_t first = 0; first < 100; first += 20) {
    std::vector<nn::Index> window(order.begin() + static_cast<std::ptrdiff_t>(first),
                                  order.begin() + static_cast<std::ptrdiff_t>(first) + 20);
    CHECK(!std::is_sorted(window.begin(), window.end()));
    std::sort(window.begin(), window.end());
    for (std::size_t k = 0; k < 20; k += 5) {  // four whole runs
      CHECK(window[k] % 5 == 0);
      CHECK(window[k + 4] == window[k] + 4);
    }
    CHECK(window[19] - window[0] > 19);  // which were no neighbours
  }
  std::sort(order.begin(), order.end());
  CHECK(order == lazily_counted(0, 100));
  CHECK(lazily_drawn(data, 4) == lazily_drawn(data, 4));

  // The last run may be shorter, and one may be in two windows.
  order = lazily_drawn(nn::LazyDataset(23, lazily_doubled, {.window = 6, .run = 4}), 3);
  std::sort(order.begin(), order.end());
  CHECK(order == lazily_counted(0, 23));
}

TEST_CASE("Where one window holds all, training has the bits of that on a Dataset") {
  const nn::Dataset whole = lazily_learned(101);
  for (const nn::FitOptions& options :
       {nn::FitOptions{.epochs = 4, .batch_size = 8}, nn::FitOptions{.epochs = 3, .batch_size = 1},
        nn::FitOptions{.epochs = 3, .batch_size = 16, .drop_last = true, .validation = whole, .keep_best = true},
        nn::FitOptions{.epochs = 3, .samples_per_epoch = 60, .validation_share = 0.2, .patience = 2}})
    CHECK(lazily_trained(lazily(whole, {.window = 101}), options) == lazily_trained(whole, options));
  const nn::FitOptions in_order{.epochs = 3, .batch_size = 7, .shuffle = false};  // any window then
  CHECK(lazily_trained(lazily(whole, {.window = 14, .run = 3}), in_order) == lazily_trained(whole, in_order));
}

TEST_CASE("Training by windows has the same bits at any number of threads, and learns") {
  const nn::Dataset whole = lazily_learned(600);
  const nn::LazyDataset data = lazily(whole, {.window = 64, .run = 4});
  const nn::FitOptions options{.epochs = 8, .batch_size = 16};
  const nn::Vector<float> once = lazily_trained(data, options);
  CHECK(lazily_trained(data, options) == once);
  CHECK(lazily_trained(data, options, 3) == once);
  CHECK(lazily_trained(lazily(whole, {.window = 128, .run = 4}), options) != once);

  LazyNet network;
  network.parameters() = once;
  CHECK(nn::evaluate(network, nn::CrossEntropy{}, data).accuracy > 0.9);
}

TEST_CASE("What is evaluated by windows has the bits of a Dataset's") {
  const nn::Dataset labels = lazily_learned(150);
  nn::Matrix<double> yes = nn::Matrix<double>::Zero(1, 150);
  yes.rightCols(20).setOnes();
  std::vector<double> weights(150, 0.5);
  LazyNet network;
  nn::Network<nn::Input<3>, nn::Dense<1>, nn::Sigmoid> yes_or_no;
  const auto compare = [](const auto& net, const auto& loss, const nn::Dataset& whole, nn::Index threads) {
    const nn::EvaluateOptions options{.batch_size = 16, .keep_losses = true, .threads = threads};
    const nn::Evaluation a = nn::evaluate(net, loss, whole, options);
    const nn::Evaluation b = nn::evaluate(net, loss, lazily(whole, {.window = 40}), options);
    CHECK(a.loss == b.loss);
    CHECK((a.accuracy == b.accuracy || (nn::is_nan(a.accuracy) && nn::is_nan(b.accuracy))));
    CHECK(a.samples == b.samples);
    CHECK(a.losses == b.losses);
    CHECK(a.losses.size() == 150);
  };
  compare(network, nn::CrossEntropy{}, labels, 1);
  compare(network, nn::CrossEntropy{}, labels.with_weights(weights), 2);
  compare(yes_or_no, nn::BinaryCrossEntropy{}, labels.with_targets(yes), 1);  // the first windows have no 1
  compare(yes_or_no, nn::MeanSquaredError{}, labels.with_targets(nn::Matrix<double>(yes.array() - 0.5)), 1);
}

TEST_CASE("A validation set is a data set, a lazy one, or the address of either") {
  const nn::Dataset whole = lazily_learned(60), tested = lazily_learned(30);
  const nn::LazyDataset lazy = lazily(tested, {.window = 10});
  const std::optional<nn::Dataset> some = tested, none;
  const auto losses = [&](const nn::DataReference& validation) {
    LazyNet network;
    nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{}};
    std::vector<double> all;
    for (const nn::Epoch& epoch : trainer.fit(whole, {.epochs = 2, .validation = validation}).epochs)
      all.push_back(epoch.validation_loss);
    return all;
  };
  const std::vector<double> expected = losses(&tested);
  CHECK(expected[0] > 0);
  CHECK(losses(tested) == expected);
  CHECK(losses(some) == expected);
  CHECK(losses(lazy) == expected);
  CHECK(losses(&lazy) == expected);
  CHECK(nn::is_nan(losses(none)[0]));
}

TEST_CASE("A training by windows goes on from a checkpoint within a window to the same bits") {
  const nn::Dataset whole = lazily_learned(90);
  const nn::LazyDataset data = lazily(whole, {.window = 32, .run = 2});
  const std::string path = "lazy_dataset_test.checkpoint";
  const nn::FitOptions options{.epochs = 3, .batch_size = 4};
  const nn::Vector<float> expected = lazily_trained(data, options);
  for (const int last : {1, 8, 9, 13, 23, 40}) {
    LazyNet first, second;
    nn::Trainer stopped{first, nn::CrossEntropy{}, nn::Adam{.learning_rate = 0.02}};
    nn::FitOptions until = options;
    until.on_batch = [&](nn::Progress&) { return stopped.step_count() < last; };
    stopped.fit(data, until);
    stopped.save_checkpoint(path);
    nn::Trainer resumed{second, nn::CrossEntropy{}, nn::Adam{.learning_rate = 0.02}};
    resumed.resume(path);
    resumed.fit(data, options);
    CHECK(second.parameters() == expected);

    nn::Trainer other{second, nn::CrossEntropy{}, nn::Adam{.learning_rate = 0.02}};
    other.resume(path);
    CHECK_THROWS_AS(other.fit(lazily(whole, {.window = 36, .run = 2}), options), nn::data_error);
  }
  std::remove(path.c_str());
}

TEST_CASE("What reading throws within an epoch is the one exception, and the network keeps its updates") {
  const nn::Dataset whole = lazily_learned(40);
  bool is_broken = false;
  const nn::LazyDataset data(40,
                             [&](std::span<const nn::Index> samples) {
                               if (is_broken && samples.size() > 1) throw nn::load_error("the disk is gone");
                               return whole.select(samples);
                             },
                             {.window = 10});
  for (const nn::Index threads : {1, 2}) {
    LazyNet network;
    nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{}, {.threads = threads}};
    is_broken = false;
    nn::Vector<float> last;
    const auto fit = [&] {
      trainer.fit(data, {.epochs = 2, .batch_size = 5, .on_batch = [&](nn::Progress& progress) {
                           last = network.parameters();
                           if (progress.batch == 2) is_broken = true;
                         }});
    };
    // The window after that of the first two batches may have been read by then, or not.
    CHECK_THROWS_MATCHES(fit(), nn::load_error, Message("the disk is gone"));
    CHECK(network.parameters() == last);
    CHECK(trainer.step_count() >= 2);
    is_broken = false;
    CHECK(trainer.fit(data).epochs.size() == 1);
  }
}

TEST_CASE("Samples that are not as the first one are refused in words") {
  const auto reading = [](const auto& later) {
    return nn::LazyDataset(5, [later](std::span<const nn::Index> samples) {
      return samples[0] == 0 ? nn::Dataset(nn::Matrix<float>{{1}, {2}}, std::vector<int>{0}, 3) : nn::Dataset(later);
    });
  };
  const std::vector<nn::Index> second{1};
  const nn::Matrix<float> two{{1}, {2}};
  CHECK_THROWS_MATCHES(
      reading(nn::Dataset(nn::Matrix<float>{{1, 2}, {2, 1}}, std::vector<int>{0, 1}, 3)).select(second), nn::data_error,
      Message("LazyDataset: 1 samples were to be read, but 2 came; give as many as asked for"));
  CHECK_THROWS_MATCHES(reading(nn::Dataset(nn::Matrix<float>{{1}}, std::vector<int>{0}, 3)).select(second),
                       nn::data_error,
                       Message("LazyDataset: samples of 1 came, but the first one is 2; give all the same shape"));
  CHECK_THROWS_MATCHES(reading(nn::Dataset(two, std::vector<int>{1})).select(second), nn::data_error,
                       Message("LazyDataset: samples with 2 classes came, but the first one has 3 classes; say the "
                               "class_count of labels each time"));
  CHECK_THROWS_MATCHES(reading(nn::Dataset(two, nn::Matrix<float>{{1}, {2}, {3}})).select(second), nn::data_error,
                       Message("LazyDataset: samples with 3 targets came, but the first one has 3 classes; say the "
                               "class_count of labels each time"));
  const std::vector<nn::Matrix<float>> sequences{two};
  CHECK_THROWS_AS(nn::LazyDataset(2,
                                  [&](std::span<const nn::Index>) {
                                    return nn::Dataset(nn::SequenceDataset(sequences, std::vector<int>{0}, 2));
                                  }),
                  nn::data_error);

  CHECK_THROWS_MATCHES(nn::LazyDataset(0, lazily_doubled), nn::data_error,
                       Message("LazyDataset: got 0 samples; give at least 1"));
  CHECK_THROWS_AS(nn::LazyDataset(1, nullptr), nn::data_error);
  CHECK_THROWS_MATCHES(nn::LazyDataset(1, lazily_doubled, {.window = 0}), nn::data_error,
                       Message("LazyDataset: a window must hold at least 1 sample, got 0; 10000 is the default"));
  CHECK_THROWS_AS(nn::LazyDataset(1, lazily_doubled, {.run = -1}), nn::data_error);
  const nn::LazyDataset data(10, lazily_doubled);
  CHECK_THROWS_AS(data.select({}), nn::data_error);
  CHECK_THROWS_MATCHES(data.select(std::vector<nn::Index>{10}), nn::data_error,
                       Message("select: there is no sample 10 among 10; they count from 0"));
  CHECK_THROWS_AS(data.subset(5, 6), nn::data_error);
  CHECK_THROWS_AS(data.subset(-1, 2), nn::data_error);
  LazyNet network;
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{}};
  CHECK_THROWS_AS(trainer.fit(data), nn::shape_error);
}

TEST_CASE("A target that the loss cannot take is refused when its window comes") {
  nn::Network<nn::Input<1>, nn::Dense<1>, nn::Sigmoid> network;
  nn::Trainer trainer{network, nn::BinaryCrossEntropy{}, nn::SGD{}};
  const nn::LazyDataset data(
      10,
      [](std::span<const nn::Index> samples) {
        nn::Matrix<float> x = lazily_doubled(samples).inputs();
        return nn::Dataset(x, nn::Matrix<float>((x.array() > 7).select(3.F, nn::Matrix<float>::Zero(1, x.size()))));
      },
      {.window = 2});
  CHECK_THROWS_AS(trainer.fit(data, {.batch_size = 2, .shuffle = false}), nn::data_error);
  CHECK(trainer.step_count() == 4);
  CHECK_THROWS_AS(nn::evaluate(network, nn::BinaryCrossEntropy{}, data), nn::data_error);
}
