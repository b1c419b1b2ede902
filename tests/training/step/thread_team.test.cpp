// SPDX-License-Identifier: MIT
#include <nn/training/step/thread_team.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <nn/activations/relu.hpp>
#include <nn/activations/softmax.hpp>
#include <nn/layers/dense.hpp>
#include <nn/layers/input.hpp>
#include <nn/losses/cross_entropy.hpp>
#include <nn/networks/network.hpp>
#include <nn/optimizers/sgd.hpp>
#include <nn/training/trainer.hpp>

#include "../../catch.hpp"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define NN_TEST_SANITIZER
#endif
#endif
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && !defined(NN_TEST_SANITIZER)
#define NN_TEST_COUNTS_THREADS
#include <dlfcn.h>
#include <pthread.h>

#include <cerrno>
#endif

namespace {

using nn::Index;

#ifdef NN_TEST_COUNTS_THREADS

std::atomic<int> threads_made{0};
std::atomic<int> threads_alive{0};
std::atomic<int> threads_left{-1};  // how many the system still makes; negative: as many as are asked for

struct ThreadStart {
  void* (*routine)(void*);
  void* argument;
};

void* run_counted(void* given) {
  const std::unique_ptr<ThreadStart> start(static_cast<ThreadStart*>(given));
  void* const result = start->routine(start->argument);
  --threads_alive;
  return result;
}

// While it lives, the system makes only so many threads.
class FewThreads {
 public:
  explicit FewThreads(int count) { threads_left = count; }
  FewThreads(const FewThreads&) = delete;
  FewThreads& operator=(const FewThreads&) = delete;
  ~FewThreads() { threads_left = -1; }
};

#endif

// 150 samples of 30 features, a third of them zero, in 4 classes.
nn::Dataset some_data() {
  nn::Random random(7);
  nn::Matrix<double> x(30, 150);
  std::vector<int> labels(150);
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = random.below(3) == 0 ? 0 : random.normal();
  for (int& label : labels) label = static_cast<int>(random.below(4));
  return nn::Dataset(x, labels, 4);
}

template <class T>
struct Trained {
  nn::Vector<T> parameters;
  double loss;
  nn::Evaluation evaluation;
};

template <class T>
Trained<T> train(Index threads, Index batch_size, const nn::SGD& optimizer) {
  nn::Network<T, nn::Input<30>, nn::Dense<40>, nn::ReLU, nn::Dense<21, nn::no_bias>, nn::ReLU, nn::Dense<4>,
              nn::Softmax>
      network;
  nn::Trainer trainer{network, nn::CrossEntropy{}, optimizer, {.threads = threads}};
  const nn::Dataset data = some_data();
  const nn::History history = trainer.fit(data, {.epochs = 3, .batch_size = batch_size});
  return {network.parameters(), history.epochs.back().loss,
          nn::evaluate(network, nn::CrossEntropy{}, data, {.batch_size = 16, .keep_losses = true, .threads = threads})};
}

template <class T>
void check_same_bits(const nn::SGD& optimizer) {
  for (const Index batch_size : {1, 2, 3, 5, 32, 64, 150}) {
    const Trained<T> alone = train<T>(1, batch_size, optimizer);
    for (const Index threads : {2, 3, 8, 16}) {
      CAPTURE(batch_size, threads, optimizer.momentum);
      const Trained<T> together = train<T>(threads, batch_size, optimizer);
      CHECK((alone.parameters.array() == together.parameters.array()).all());
      CHECK(alone.loss == together.loss);
      CHECK(alone.evaluation.loss == together.evaluation.loss);
      CHECK(alone.evaluation.accuracy == together.evaluation.accuracy);
      CHECK(alone.evaluation.losses == together.evaluation.losses);
    }
  }
}

}  // namespace

#ifdef NN_TEST_COUNTS_THREADS

// What std::thread calls; a program may replace it.
extern "C" int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*routine)(void*),
                              void* argument) noexcept {
  using Create = int(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
  static Create* const create = reinterpret_cast<Create*>(dlsym(RTLD_NEXT, "pthread_create"));
  if (threads_left == 0) return EAGAIN;
  if (threads_left > 0) --threads_left;
  auto start = std::make_unique<ThreadStart>(ThreadStart{routine, argument});
  ++threads_alive;
  const int problem = create(thread, attributes, &run_counted, start.get());
  if (problem == 0) {
    ++threads_made;
    start.release();
  } else {
    --threads_alive;
  }
  return problem;
}

TEST_CASE("More threads than the system makes are refused in words, and none is left") {
  for (const int most : {0, 1, 4}) {
    const FewThreads few(most);
    const int before = threads_made;
    std::string sentence;
    try {
      nn::ThreadTeam team(6);
    } catch (const nn::data_error& problem) {
      sentence = problem.what();
    }
    CHECK_THAT(sentence, Catch::Matchers::StartsWith("threads: 6 are to work, but the system makes no more than " +
                                                     std::to_string(most + 1) + " ("));
    CHECK_THAT(sentence,
               Catch::Matchers::EndsWith("); give fewer, or raise the limits of this process on threads and memory"));
    CHECK(threads_made == before + most);
    CHECK(threads_alive == 0);
  }
  nn::ThreadTeam team(6);
  CHECK(threads_alive == 5);
}

TEST_CASE("A trainer and an evaluation that get too few threads are refused, and change nothing") {
  nn::Network<nn::Input<30>, nn::Dense<4>, nn::Softmax> network;
  const auto before = network;
  const nn::Dataset data = some_data();
  {
    const FewThreads few(1);
    CHECK_THROWS_AS((nn::Trainer{network, nn::CrossEntropy{}, nn::SGD{}, {.threads = 3}}), nn::data_error);
    CHECK_THROWS_AS(nn::evaluate(network, nn::CrossEntropy{}, data, {.threads = 3}), nn::data_error);
  }
  CHECK(threads_alive == 0);
  CHECK(network == before);
}

TEST_CASE("No thread is made for a trainer whose options are refused") {
  nn::Network<nn::Input<30>, nn::Dense<4>, nn::Softmax> network;
  const int before = threads_made;
  CHECK_THROWS_AS((nn::Trainer{network, nn::CrossEntropy{}, nn::SGD{.learning_rate = -1}, {.threads = 3}}),
                  nn::data_error);
  CHECK_THROWS_AS((nn::Trainer{network, nn::CrossEntropy{}, nn::SGD{}, {.threads = 3, .clip_norm = -1}}),
                  nn::data_error);
  CHECK_THROWS_AS((nn::Trainer{network, nn::CrossEntropy{.label_smoothing = 2}, nn::SGD{}, {.threads = 3}}),
                  nn::data_error);
  CHECK(threads_made == before);
}

#endif

TEST_CASE("Every part of a piece of work is done once, by however many threads") {
  for (const Index size : {1, 2, 3, 8})
    for (const Index parts : {0, 1, 2, 7}) {
      nn::ThreadTeam team(size);
      CHECK(team.size() == size);
      std::vector<int> calls(static_cast<std::size_t>(parts), 0);
      for (int round = 0; round < 300; ++round)
        team.share(parts, [&](Index part) { ++calls[static_cast<std::size_t>(part)]; });
      CHECK(calls == std::vector<int>(static_cast<std::size_t>(parts), 300));
    }
}

TEST_CASE("A piece of work goes on while one thread is held up in its part, and is done when that is") {
  nn::ThreadTeam team(2);
  std::atomic<int> done{0};
  team.share(9, [&](Index part) {
    if (part == 0)  // whoever has it waits for all others, which the other thread does alone
      while (done < 8) std::this_thread::yield();
    ++done;
  });
  CHECK(done == 9);
}

TEST_CASE("What a part of the work throws reaches the caller, and the team works on") {
  nn::ThreadTeam team(3);
  for (const Index thrower : {0, 2})
    CHECK_THROWS_AS(team.share(3,
                               [&](Index part) {
                                 if (part == thrower) throw std::runtime_error("a problem");
                               }),
                    std::runtime_error);
  std::atomic<int> calls{0};
  team.share(3, [&](Index) { ++calls; });
  CHECK(calls == 3);
}

TEST_CASE("Where several parts of the work throw, the caller gets what the lowest threw, in every round") {
  nn::ThreadTeam team(4);
  for (int round = 0; round < 200; ++round) {
    std::string problem;
    try {
      team.share(4, [](Index part) {
        if (part > 0) throw std::runtime_error("part " + std::to_string(part));
      });
    } catch (const std::runtime_error& thrown) {
      problem = thrown.what();
    }
    REQUIRE(problem == "part 1");
  }
}

TEST_CASE("Work that gives its own team work is refused, and the team works on") {
  nn::ThreadTeam team(3);
  for (const Index part : {0, 2}) {
    std::atomic<int> inner{0};
    CHECK_THROWS_WITH(team.share(3,
                                 [&](Index number) {
                                   if (number == part) team.share(3, [&](Index) { ++inner; });
                                 }),
                      "threads: they were given work while they are at work; wait for it to end, or make others");
    CHECK(inner == 0);
  }
  std::atomic<int> calls{0};
  team.share(3, [&](Index) { ++calls; });
  CHECK(calls == 3);
}

TEST_CASE("A team without threads is refused") {
  CHECK_THROWS_AS(nn::ThreadTeam(0), nn::data_error);
  CHECK_THROWS_WITH(nn::ThreadTeam(-2), "threads: at least 1 must work, got -2; 1 is the default");
}

TEST_CASE("Trained bits do not depend on the number of threads") {
  check_same_bits<float>({.learning_rate = 0.05});
  check_same_bits<double>({.learning_rate = 0.05});
  check_same_bits<float>({.learning_rate = 0.05, .momentum = 0.9, .weight_decay = 1e-4, .nesterov = true});
}
