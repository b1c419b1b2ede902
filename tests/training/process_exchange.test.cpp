// SPDX-License-Identifier: MIT
#include <nn/training/process_exchange.hpp>

#include <cstring>

#include <nn/training.hpp>

#include "../catch.hpp"
#include "../distributed/thread_group.hpp"

namespace {

using nn::Index;

TEST_CASE("processes have two samples each, or none, and together all", "[process_exchange]") {
  for (const Index processes : {1, 2, 3, 5})
    for (const Index samples : {1, 2, 3, 4, 7, 10, 64}) {
      Index next = 0;
      for (Index rank = 0; rank < processes; ++rank) {
        const nn::SampleRange range = nn::samples_of(rank, processes, samples);
        CHECK(range.first == next);
        CHECK((range.count == 0 || range.count >= 2 || samples == 1));
        next += range.count;
      }
      CHECK(next == samples);
    }
}

TEST_CASE("every process has all pieces afterwards, also of one that has none", "[process_exchange]") {
  std::vector<std::vector<float>> numbers(3);
  const auto sentences = test::on_processes(3, [&](nn::ProcessGroup& group) {
    std::vector<float>& mine = numbers[static_cast<std::size_t>(group.rank())];
    mine.assign(40, -1.0f);
    const Index begins[] = {0, 17, 17, 40};  // process 1 has none
    for (Index k = begins[group.rank()]; k < begins[group.rank() + 1]; ++k)
      mine[static_cast<std::size_t>(k)] = float(k);
    nn::ProcessExchange exchange;
    exchange(group, [&](Index rank, const nn::ProcessExchange::Use& use) {
      for (Index k = begins[rank]; k < begins[rank + 1]; ++k) use(&mine[static_cast<std::size_t>(k)], sizeof(float));
    });
  });
  CHECK(sentences == std::vector<std::string>(3));
  for (const std::vector<float>& mine : numbers)
    for (std::size_t k = 0; k < mine.size(); ++k) CHECK(mine[k] == float(k));
}

// What training ends in: parameters, the losses of the epochs, and the samples that they are of.
template <class Net, class Optimizer>
std::vector<double> trained(Net network, const Optimizer& optimizer, nn::TrainerOptions options,
                            nn::FitOptions fit_options) {
  network.initialize(nn::Random{3});
  nn::Random random(5);
  nn::Matrix<float> x(network.input_shape().size(), 23);
  std::vector<int> labels;
  for (Index k = 0; k < x.size(); ++k) x.data()[k] = static_cast<float>(random.uniform(-1, 1));
  for (int k = 0; k < 23; ++k) labels.push_back(k % 3);
  nn::Dataset data(x, labels);
  nn::Trainer trainer{network, nn::CrossEntropy{}, optimizer, std::move(options)};
  const nn::History history = trainer.fit(data, fit_options);
  std::vector<double> result;
  for (Index k = 0; k < network.parameter_count(); ++k) result.push_back(network.parameters()[k]);
  for (const nn::Epoch& epoch : history.epochs) result.push_back(epoch.loss);
  return result;
}

template <class Net, class Optimizer>
void check_same_bits(const Optimizer& optimizer, const nn::TrainerOptions& options, const nn::FitOptions& fit_options) {
  const std::vector<double> alone = trained(Net(), optimizer, options, fit_options);
  for (const Index processes : {2, 3, 5})
    for (const Index threads : {1, 2}) {
      std::vector<std::vector<double>> results(static_cast<std::size_t>(processes));
      const auto sentences = test::on_processes(processes, [&](nn::ProcessGroup& group) {
        nn::TrainerOptions shared = options;
        shared.threads = threads;
        shared.group = group;
        results[static_cast<std::size_t>(group.rank())] = trained(Net(), optimizer, shared, fit_options);
      });
      CHECK(sentences == std::vector<std::string>(static_cast<std::size_t>(processes)));
      for (const std::vector<double>& result : results) CHECK(result == alone);
    }
}

using Digits = nn::Network<nn::Input<8, 8, 1>, nn::Conv2D<3, 3>, nn::ReLU, nn::MaxPool2D<2>, nn::Flatten, nn::Dense<7>,
                           nn::Tanh, nn::Dense<3>, nn::Softmax>;

TEST_CASE("any number of processes and threads ends in the bits of one, with plain descent", "[process_exchange]") {
  check_same_bits<Digits>(nn::SGD{.learning_rate = 0.1}, {}, {.epochs = 2, .batch_size = 10});
}

TEST_CASE("any number of processes and threads ends in the bits of one, with all that looks at the whole gradient",
          "[process_exchange]") {
  check_same_bits<Digits>(nn::Adam{.learning_rate = 0.01}, {.clip_norm = 0.5, .l2 = 0.01, .average_decay = 0.9},
                          {.epochs = 2, .batch_size = 5, .validation_share = 0.2, .accumulate = 2});
}

TEST_CASE("layers that look at the whole batch have the bits of one process", "[process_exchange]") {
  using Normal =
      nn::Network<nn::Input<6>, nn::Dense<8>, nn::BatchNorm, nn::ReLU, nn::Dropout, nn::Dense<3>, nn::Softmax>;
  check_same_bits<Normal>(nn::Adam{.learning_rate = 0.01}, {}, {.epochs = 2, .batch_size = 8});
}

TEST_CASE("a number that is not finite on one process ends the step on all, which leaves the network as it was",
          "[process_exchange]") {
  using Net = nn::Network<nn::Input<2>, nn::Dense<2>, nn::Softmax>;
  nn::Matrix<float> x = nn::Matrix<float>::Ones(2, 8);
  x(1, 6) = std::numeric_limits<float>::infinity();
  std::vector<int> unchanged(3);
  const auto sentences = test::on_processes(3, [&](nn::ProcessGroup& group) {
    Net network;
    network.initialize(nn::Random{3});
    const Net before = network;
    nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{.learning_rate = 0.1}, {.group = group}};
    try {
      trainer.step(x, std::vector<int>(8, 1));
    } catch (const nn::data_error&) {
      unchanged[static_cast<std::size_t>(group.rank())] = network.parameters() == before.parameters();
      throw;
    }
  });
  CHECK(sentences == std::vector<std::string>(3, "step: feature 1 of sample 6 is inf; replace it by a finite number"));
  CHECK(unchanged == std::vector<int>{1, 1, 1});
}

TEST_CASE("a callback that throws or stops on one process ends the fit on all", "[process_exchange]") {
  using Net = nn::Network<nn::Input<2>, nn::Dense<2>, nn::Softmax>;
  const nn::Dataset data(nn::Matrix<float>(nn::Matrix<float>::Ones(2, 8)), std::vector<int>(8, 1));
  std::vector<int> stopped(2);
  const auto sentences = test::on_processes(2, [&](nn::ProcessGroup& group) {
    Net network;
    nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{.learning_rate = 0.1}, {.group = group}};
    nn::FitOptions options{.epochs = 3, .batch_size = 4};
    options.on_batch = [&](const nn::Progress& now) { return group.rank() != 1 || now.batch < 2; };
    stopped[static_cast<std::size_t>(group.rank())] = trainer.fit(data, options).ending == nn::Ending::callback;
    options.on_batch = [&](const nn::Progress& now) {
      if (group.rank() == 1 && now.batch == 2) throw nn::load_error("no space is left");
    };
    trainer.fit(data, options);
  });
  CHECK(stopped == std::vector<int>{1, 1});
  CHECK(sentences == std::vector<std::string>(2, "no space is left"));
}

TEST_CASE("processes that begin with other parameters, data or options are refused on all", "[process_exchange]") {
  using Net = nn::Network<nn::Input<2>, nn::Dense<2>, nn::Softmax>;
  const auto sentences_of = [](int what) {
    return test::on_processes(2, [&](nn::ProcessGroup& group) {
      const bool is_other = group.rank() == 1;
      Net network;
      network.initialize(nn::Random{is_other && what == 0 ? 2u : 1u});
      nn::Matrix<float> x = nn::Matrix<float>::Ones(2, 8);
      if (is_other && what == 1) x(0, 0) = 2;
      nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{.learning_rate = 0.1}, {.group = group}};
      trainer.fit(nn::Dataset(x, std::vector<int>(8, 1)), {.epochs = 1, .batch_size = is_other && what == 2 ? 2 : 4});
    });
  };
  CHECK(sentences_of(0) == std::vector<std::string>(2,
                                                    "fit: the 2 processes do not have the same parameters; initialize "
                                                    "all of them with the same seed, or load the same file on all"));
  CHECK(sentences_of(1) == std::vector<std::string>(2,
                                                    "fit: the 2 processes do not have the same data; give all of them "
                                                    "the same samples, in the same order"));
  CHECK(sentences_of(2) ==
        std::vector<std::string>(2,
                                 "fit: the 2 processes do not have the same options; give all of them the same "
                                 "batches, seeds and shuffling, or the same checkpoint"));
}

}  // namespace
