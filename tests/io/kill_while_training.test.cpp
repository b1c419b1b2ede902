// SPDX-License-Identifier: MIT
// A training that is killed again and again, and resumed each time, ends in the bits of one that was left alone.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <nn/network.hpp>

#include "../catch.hpp"
#include "../effort.hpp"
#include "../numbers.hpp"
#include "files.hpp"

using Network = nn::Network<nn::Input<6>, nn::Dense<12>, nn::ReLU, nn::Dropout, nn::Dense<3>, nn::Softmax>;

namespace {

constexpr std::int64_t last_step = 4000;

nn::Dataset data() {
  std::vector<int> labels;
  for (int i = 0; i < 50; ++i) labels.push_back(i % 3);
  return {test::drawn<float>(6, 50, 3), labels};
}

// One life of the training: takes up the checkpoint where there is one. Makes one after every update, so that a life
// of a few milliseconds has got further.
void train(Network& network, const std::string& path, std::int64_t every, nn::Index threads) {
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::Adam{}, {.threads = threads, .seed = 9}};
  if (!path.empty() && ::access(path.c_str(), F_OK) == 0) trainer.resume(path);
  nn::Checkpoints checkpoints{trainer, path, {.every_steps = every}};
  trainer.fit(data(),
              {.epochs = 1'000'000, .batch_size = 8, .random = nn::Random(2), .on_batch = [&](nn::Progress& progress) {
                 if (trainer.step_count() >= last_step) progress.stop();
                 if (!path.empty()) checkpoints(progress);
               }});
}

}  // namespace

TEST_CASE("training killed with SIGKILL at random moments, and resumed, ends in the same bits", "[slow]") {
  Network expected;
  train(expected, "", 0, 1);

  const test::Folder folder;
  const std::string path = folder / "checkpoint";
  const int kills = test::effort(200);
  nn::Random random{3};
  std::int64_t furthest = 0;
  int lives_that_got_further = 0;
  for (int i = 0; i < kills; ++i) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      Network network;
      train(network, path, 1, i % 2 + 1);
      ::_exit(0);
    }
    ::usleep(static_cast<useconds_t>(1000 + random.below(9'000)));
    REQUIRE(::kill(child, SIGKILL) == 0);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE((WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL));  // it was still training
    if (::access(path.c_str(), F_OK) != 0) continue;
    Network network;
    nn::Trainer trainer{network, nn::CrossEntropy{}, nn::Adam{}, {.seed = 9}};
    trainer.resume(path);
    REQUIRE(trainer.step_count() >= furthest);
    lives_that_got_further += trainer.step_count() > furthest;
    furthest = trainer.step_count();
  }
  CHECK(lives_that_got_further > 0);
  CAPTURE(furthest);
  Network network;
  train(network, path, last_step, 1);
  CHECK(network == expected);
}
