// SPDX-License-Identifier: MIT
#include <nn/training/step/process_exchange.hpp>

#include <atomic>
#include <limits>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include <nn/io/checkpoint.hpp>
#include <nn/training.hpp>

#include "../../catch.hpp"
#include "../../distributed/thread_group.hpp"

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

// Counts the samples that it is asked for.
struct Counted {
  std::atomic<int>* samples;
  auto operator()(const auto& output, const auto& target) const {
    ++*samples;
    return nn::MeanSquaredError{}(output, target);
  }
  void gradient(const auto& output, const auto& target, auto&& gradient) const {
    nn::MeanSquaredError{}.gradient(output, target, gradient);
  }
};

TEST_CASE("processes evaluate every sample once, with the bits of one", "[process_exchange]") {
  Digits network;
  network.initialize(nn::Random{3});
  nn::Random random(5);
  nn::Matrix<float> x(64, 43);
  std::vector<int> labels;
  std::vector<double> weights;
  for (Index k = 0; k < x.size(); ++k) x.data()[k] = static_cast<float>(random.uniform(-1, 1));
  for (int k = 0; k < 43; ++k) labels.push_back(k % 3), weights.push_back(random.uniform(0, 2));
  const nn::Dataset data = nn::Dataset(x, labels).with_weights(weights);
  std::atomic<int> samples = 0;
  const nn::Evaluation alone = nn::evaluate(network, Counted{&samples}, data, {.keep_losses = true});
  const int once = samples.exchange(0);
  for (const Index processes : {2, 3, 15}) {  // of 11 batches
    std::vector<nn::Evaluation> results(static_cast<std::size_t>(processes));
    const auto sentences = test::on_processes(processes, [&](nn::ProcessGroup& group) {
      results[static_cast<std::size_t>(group.rank())] = nn::evaluate(
          network, Counted{&samples}, data, {.batch_size = 4, .keep_losses = true, .threads = 2, .group = group});
    });
    CHECK(sentences == std::vector<std::string>(static_cast<std::size_t>(processes)));
    CHECK(samples.exchange(0) == once);
    for (const nn::Evaluation& result : results) {
      CHECK(result.loss == alone.loss);
      CHECK(result.accuracy == alone.accuracy);
      CHECK(result.losses == alone.losses);
    }
  }
  // Where one cannot, none does.
  const auto sentences = test::on_processes(2, [&](nn::ProcessGroup& group) {
    nn::evaluate(network, nn::CrossEntropy{}, data, {.batch_size = group.rank() == 1 ? 0 : 4, .group = group});
  });
  CHECK(sentences ==
        std::vector<std::string>(2, "evaluate: the batch size must be at least 1, got 0; 256 is the default"));
}

using Small = nn::Network<nn::Input<2>, nn::Dense<2>, nn::Softmax>;

// What a process trains with.
struct Setup {
  nn::Matrix<float> x = nn::Matrix<float>::Ones(2, 16);
  unsigned seed = 1;
  nn::Adam optimizer = {};
  nn::TrainerOptions options = {};
  nn::FitOptions fit = {.epochs = 2, .batch_size = 4};
};

// What two processes throw that train together, after change(the setup of the second).
std::vector<std::string> sentences_of_two(void (*change)(Setup&)) {
  return test::on_processes(2, [&](nn::ProcessGroup& group) {
    Setup setup;
    if (group.rank() == 1) change(setup);
    setup.options.group = group;
    Small network;
    network.initialize(nn::Random{setup.seed});
    nn::Trainer trainer{network, nn::CrossEntropy{}, setup.optimizer, setup.options};
    trainer.fit(nn::Dataset(setup.x, std::vector<int>(16, 1)), setup.fit);
  });
}

TEST_CASE("processes that begin unlike each other are refused on all, and what is unlike is named",
          "[process_exchange]") {
  const std::vector<std::pair<std::string, void (*)(Setup&)>> differences{
      {"epochs (2 on process 0, 3 on process 1)", [](Setup& mine) { mine.fit.epochs = 3; }},
      {"batch size (4 on process 0, 2 on process 1)", [](Setup& mine) { mine.fit.batch_size = 2; }},
      {"drop last (", [](Setup& mine) { mine.fit.drop_last = true; }},
      {"shuffle (", [](Setup& mine) { mine.fit.shuffle = false; }},
      {"accumulate (", [](Setup& mine) { mine.fit.accumulate = 2; }},
      {"samples per epoch (", [](Setup& mine) { mine.fit.samples_per_epoch = 8; }},
      {"budget of steps (", [](Setup& mine) { mine.fit.steps = 3; }},
      {"budget of seconds (", [](Setup& mine) { mine.fit.seconds = 1e6; }},
      {"first random (", [](Setup& mine) { mine.fit.random = nn::Random(5); }},
      {"schedule kind (", [](Setup& mine) { mine.fit.schedule = nn::ConstantSchedule{.learning_rate = 0.1}; }},
      {"seed (0 on process 0, 1 on process 1)", [](Setup& mine) { mine.options.seed = 1; }},
      {"clip_norm (0 on process 0, 1 on process 1)", [](Setup& mine) { mine.options.clip_norm = 1; }},
      {"clip_value (", [](Setup& mine) { mine.options.clip_value = 1; }},
      {"l1 (", [](Setup& mine) { mine.options.l1 = 1; }},
      {"l2 (", [](Setup& mine) { mine.options.l2 = 1; }},
      {"decay_biases (no on process 0, yes on process 1)", [](Setup& mine) { mine.options.decay_biases = true; }},
      {"average_decay (", [](Setup& mine) { mine.options.average_decay = 0.5; }},
      {"negative_weights (", [](Setup& mine) { mine.options.negative_weights = true; }},
      {"learning_rate_factors (",
       [](Setup& mine) {
         mine.options.learning_rate_factors = {1, 1};
       }},
      {"optimizer.learning_rate (0.001 on process 0, 0.01 on process 1)",
       [](Setup& mine) { mine.optimizer.learning_rate = 0.01; }},
      {"data (", [](Setup& mine) { mine.x(0, 0) = 2; }},
      {"parameters (", [](Setup& mine) { mine.seed = 2; }}};
  for (const auto& [what, change] : differences) {
    const auto sentences = sentences_of_two(change);
    CAPTURE(what, sentences[0]);
    CHECK(sentences[0].find("fit: the 2 processes do not begin with the same " + what) == 0);
    CHECK(sentences[1] == sentences[0]);
  }
  const auto patience = sentences_of_two([](Setup& mine) {
    mine.fit.validation_share = 0.5;
    mine.fit.patience = 3;
    mine.fit.min_improvement = 0.1;
    mine.fit.keep_best = true;
  });
  for (const char* name : {"samples (16 on process 0, 8 on process 1)", "patience (0 on process 0, 3 on process 1)",
                           "min_improvement (", "keep_best (", "validation data (none on process 0"}) {
    CAPTURE(name, patience[0]);
    CHECK(patience[0].find(name) != std::string::npos);
  }
  CHECK(patience[1] == patience[0]);
  CHECK(sentences_of_two([](Setup& mine) { mine.options.threads = 2; }) == std::vector<std::string>(2));
}

TEST_CASE("processes that have drifted apart are told so at the end of the epoch", "[process_exchange]") {
  const auto sentences = test::on_processes(2, [](nn::ProcessGroup& group) {
    Small network;
    nn::Trainer trainer{network, nn::CrossEntropy{}, nn::Adam{}, {.group = group}};
    nn::FitOptions options{.batch_size = 4};
    options.on_batch = [&](const nn::Progress& now) {
      if (group.rank() == 1 && now.batch == 2) trainer.optimizer().learning_rate *= 2;
    };
    trainer.fit(nn::Dataset(Setup().x, std::vector<int>(16, 1)), options);
  });
  CHECK(sentences ==
        std::vector<std::string>(
            2,
            "fit: after update 4 the 2 processes have different parameters; give all of them the same loss "
            "and optimizer, and change nothing in a callback on some of them alone"));
}

TEST_CASE("steps with batches of other sizes are refused on all", "[process_exchange]") {
  const auto sentences = test::on_processes(2, [](nn::ProcessGroup& group) {
    Small network;
    nn::Trainer trainer{network, nn::CrossEntropy{}, nn::Adam{}, {.group = group}};
    const Index samples = group.rank() == 0 ? 16 : 8;
    trainer.step(Setup().x.leftCols(samples), std::vector<int>(static_cast<std::size_t>(samples), 1));
  });
  CHECK(sentences[0].find("the processes do not make the same calls with batches of the same size: ") == 0);
  CHECK(sentences[1] == sentences[0]);
}

TEST_CASE("what is wrong on one process alone ends the fit on all in the same sentence", "[process_exchange]") {
  const auto sentences_where = [](void (*work)(nn::ProcessGroup&, nn::Trainer<Small, nn::CrossEntropy, nn::Adam>&)) {
    return test::on_processes(3, [&](nn::ProcessGroup& group) {
      Small network;
      network.initialize(nn::Random{1});
      nn::Trainer trainer{network, nn::CrossEntropy{}, nn::Adam{}, {.group = group}};
      nn::Processes(group).together([&] { work(group, trainer); });  // as a program that also reads its data
    });
  };
  // Data that the second process alone has read wrongly.
  auto sentences = sentences_where([](nn::ProcessGroup& group, auto& trainer) {
    nn::Matrix<float> x = Setup().x;
    if (group.rank() == 1) x(1, 5) = std::numeric_limits<float>::quiet_NaN();
    trainer.fit(nn::Dataset(x, std::vector<int>(16, 1)));
  });
  CHECK_FALSE(sentences[0].empty());
  CHECK(sentences == std::vector<std::string>(3, sentences[0]));
  sentences = sentences_where([](nn::ProcessGroup& group, auto& trainer) {
    trainer.fit(nn::Dataset(Setup().x, std::vector<int>(16, group.rank() == 2 ? 5 : 1)));
  });
  CHECK_FALSE(sentences[0].empty());
  CHECK(sentences == std::vector<std::string>(3, sentences[0]));
  // NaN.
  sentences = sentences_where([](nn::ProcessGroup& group, auto& trainer) {
    nn::Matrix<float> x = Setup().x;
    if (group.rank() == 1) x(1, 7) = std::numeric_limits<float>::quiet_NaN();  // one of its samples
    trainer.step(x, std::vector<int>(16, 1));
  });
  CHECK(sentences == std::vector<std::string>(3, "step: feature 1 of sample 7 is nan; replace it by a finite number"));
  // The disk of the first, which alone writes.
  sentences = sentences_where([](nn::ProcessGroup&, auto& trainer) {
    nn::FitOptions options{.epochs = 2, .batch_size = 4};
    options.on_epoch = [&](const nn::Progress&) { trainer.save_checkpoint("/no such folder/checkpoint"); };
    trainer.fit(nn::Dataset(Setup().x, std::vector<int>(16, 1)), options);
  });
  CHECK(sentences[0].find("/no such folder/checkpoint") != std::string::npos);
  CHECK(sentences == std::vector<std::string>(3, sentences[0]));
  // Memory.
  sentences = sentences_where([](nn::ProcessGroup& group, auto& trainer) {
    nn::FitOptions options{.epochs = 2, .batch_size = 4};
    options.on_batch = [&](const nn::Progress&) {
      if (group.rank() == 2) throw std::bad_alloc();
    };
    trainer.fit(nn::Dataset(Setup().x, std::vector<int>(16, 1)), options);
  });
  CHECK(sentences == std::vector<std::string>(3, std::bad_alloc().what()));
}

}  // namespace
