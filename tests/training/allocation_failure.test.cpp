// SPDX-License-Identifier: MIT
// Every single allocation of a step, a fit, a prediction, an evaluation and a team of threads fails once:
// std::bad_alloc comes out, the network is as it was after an update, and what failed can be done again.
#include <algorithm>
#include <memory>
#include <new>
#include <vector>

#include <nn/network.hpp>

#include "../catch.hpp"
#include "../memory_watch.hpp"
#include "../numbers.hpp"

namespace {

using SmallNetwork =
    nn::Network<nn::Input<6>, nn::Dense<5>, nn::BatchNorm, nn::Residual<nn::Dense<4>, nn::PReLU<>, nn::Dense<5>>,
                nn::Dropout, nn::Dense<3>, nn::Softmax>;

nn::Sequential<float> small_sequential() {
  return nn::Sequential<float>(nn::Input{6}, nn::Dense{5}, nn::BatchNorm{},
                               nn::Concat{nn::Dense{4}, nn::Chain{nn::Dense{2}, nn::Tanh{}}}, nn::Dense{3},
                               nn::Softmax{});
}

nn::Dataset small_data(std::uint64_t seed) {
  std::vector<int> labels(14);
  for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<int>(i % 3);
  return nn::Dataset(test::drawn<float>(6, 14, seed), labels, 3).with_weights(std::vector<double>(14, 0.5));
}

// A network and its trainer, which refers to it.
template <class Net, class Optimizer>
struct Training {
  Net network;
  nn::Trainer<Net, nn::CrossEntropy, Optimizer> trainer;

  Training(const Net& initial, const Optimizer& optimizer, const nn::TrainerOptions& options)
      : network(initial), trainer(network, nn::CrossEntropy{}, optimizer, options) {}
};

// That threads cannot be made for lack of memory is said in words, which is another way to be told so.
template <class Work>
void with_words_for_threads(const Work& work) {
  try {
    work();
  } catch (const nn::data_error&) {
    throw std::bad_alloc();
  }
}

// After a first step or none, a step with a larger batch.
template <class Net, class Optimizer>
void check_failing_step(const Net& initial, const Optimizer& optimizer, const nn::TrainerOptions& options,
                        bool has_begun) {
  const nn::Matrix<float> first = test::drawn<float>(6, 3, 1), rows = test::drawn<float>(9, 6, 2);
  const std::vector<int> first_labels{0, 1, 2}, labels{0, 1, 2, 0, 1, 2, 0, 1, 2};
  std::unique_ptr<Training<Net, Optimizer>> subject;
  const auto prepare = [&] {
    subject = std::make_unique<Training<Net, Optimizer>>(initial, optimizer, options);
    if (has_begun) subject->trainer.step(first, first_labels);
  };
  const auto step = [&] { subject->trainer.step(rows.transpose(), labels); };

  prepare();
  const Net before = subject->network;
  const std::int64_t steps = subject->trainer.step_count();
  step();
  const Net expected = subject->network;
  REQUIRE_FALSE(expected == before);

  const auto check = [&](bool has_thrown) {
    REQUIRE(has_thrown);
    REQUIRE(subject->network == before);
    REQUIRE(subject->trainer.step_count() == steps);
    step();
    REQUIRE(subject->network == expected);
  };
  CHECK(test::fail_every_allocation(prepare, step, check) >= 3);
}

}  // namespace

TEST_CASE("Whichever allocation of a step fails, nothing is changed, and the step can be made again") {
  for (const bool has_begun : {false, true})
    for (const nn::Index threads : {1, 2}) {
      CAPTURE(has_begun, threads);
      const nn::TrainerOptions plain{.threads = threads, .seed = 3};
      const nn::TrainerOptions everything{
          .threads = threads, .seed = 3, .clip_norm = 0.5, .l2 = 1e-3, .average_decay = 0.9};
      check_failing_step(SmallNetwork{}, nn::SGD{}, plain, has_begun);
      check_failing_step(SmallNetwork{}, nn::Adam{}, plain, has_begun);
      check_failing_step(SmallNetwork{}, nn::AdamW{}, everything, has_begun);
      check_failing_step(small_sequential(), nn::SGD{}, plain, has_begun);
      check_failing_step(small_sequential(), nn::AdamW{}, everything, has_begun);
    }
}

TEST_CASE("Whichever allocation of a fit fails, the network is as it was after an update, and the trainer works on") {
  const nn::Dataset data = small_data(4), validation = small_data(5);
  for (const nn::Index threads : {1, 2}) {
    CAPTURE(threads);
    nn::FitOptions options{.epochs = 2, .batch_size = 4, .schedule = nn::OnPlateau{}};
    options.validation = &validation;
    options.keep_best = true;
    options.accumulate = 2;
    std::unique_ptr<Training<SmallNetwork, nn::Adam>> subject;
    const auto prepare = [&] {
      subject = std::make_unique<Training<SmallNetwork, nn::Adam>>(SmallNetwork{}, nn::Adam{},
                                                                   nn::TrainerOptions{.threads = threads});
    };
    const auto fit = [&] { with_words_for_threads([&] { subject->trainer.fit(data, options); }); };

    std::vector<SmallNetwork> after_updates{SmallNetwork{}};
    prepare();
    nn::FitOptions watched = options;
    watched.on_batch = [&](nn::Progress&) { after_updates.push_back(subject->network); };
    subject->trainer.fit(data, watched);
    const SmallNetwork expected = subject->network;

    const auto check = [&](bool has_thrown) {
      REQUIRE(has_thrown);
      REQUIRE(std::find(after_updates.begin(), after_updates.end(), subject->network) != after_updates.end());
      REQUIRE(subject->trainer.step(test::drawn<float>(6, 5, 6), std::vector<int>{0, 1, 2, 0, 1}) > 0);
      REQUIRE(subject->trainer.fit(data, options).epochs.size() == 2);
    };
    CHECK(test::fail_every_allocation(prepare, fit, check) > 20);
    CHECK(subject->network == expected);
  }
}

TEST_CASE("Whichever allocation of a prediction fails, the workspace serves on") {
  const nn::Sequential<float> network = small_sequential();
  const nn::Matrix<float> rows = test::drawn<float>(9, 6, 2), few = test::drawn<float>(6, 2, 3);
  const nn::Matrix<float> expected = network.predict(rows.transpose()), expected_of_few = network.predict(few);
  std::unique_ptr<nn::Workspace<float>> workspace;
  const auto prepare = [&] {
    workspace = std::make_unique<nn::Workspace<float>>();
    network.predict(few, *workspace);
  };
  const auto check = [&](bool has_thrown) {
    REQUIRE(has_thrown);
    REQUIRE(network.predict(few, *workspace) == expected_of_few);
    REQUIRE(network.predict(rows.transpose(), *workspace) == expected);
  };
  CHECK(test::fail_every_allocation(
            prepare, [&] { network.predict(rows.transpose(), *workspace); }, check) >= 1);
  CHECK(test::fail_every_allocation(
            prepare, [&] { network.predict(rows.transpose()); }, check) >= 1);
}

TEST_CASE("Whichever allocation of an evaluation fails, it can be made again") {
  const SmallNetwork network;
  const nn::Dataset data = small_data(4);
  const double expected = nn::evaluate(network, nn::CrossEntropy{}, data).loss;
  for (const nn::Index threads : {1, 3}) {
    const auto evaluate = [&] {
      with_words_for_threads(
          [&] { nn::evaluate(network, nn::CrossEntropy{}, data, {.batch_size = 5, .threads = threads}); });
    };
    const auto check = [&](bool has_thrown) {
      REQUIRE(has_thrown);
      REQUIRE(nn::evaluate(network, nn::CrossEntropy{}, data).loss == expected);
    };
    CHECK(test::fail_every_allocation(evaluate, check) >= 5);
  }
}

TEST_CASE("Whichever allocation of a team of threads fails, those that were made end") {
  const auto make = [&] { with_words_for_threads([&] { nn::ThreadTeam team(4); }); };
  CHECK(test::fail_every_allocation(make, [](bool has_thrown) { REQUIRE(has_thrown); }) >= 4);
  SmallNetwork network;
  const auto make_trainer = [&] {
    with_words_for_threads([&] { nn::Trainer{network, nn::CrossEntropy{}, nn::SGD{}, {.threads = 4}}; });
  };
  CHECK(test::fail_every_allocation(make_trainer, [](bool has_thrown) { REQUIRE(has_thrown); }) >= 4);
}
