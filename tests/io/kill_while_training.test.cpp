// SPDX-License-Identifier: MIT
// A training that is killed again and again, and resumed each time, ends in the bits of one that was left alone.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

#include <nn/network.hpp>

#include "../catch.hpp"
#include "../effort.hpp"
#include "../numbers.hpp"
#include "files.hpp"

using Network = nn::Network<nn::Input<6>, nn::Dense<12>, nn::ReLU, nn::Dropout, nn::Dense<3>, nn::Softmax>;

namespace {

constexpr std::int64_t last_step = 20'000;

nn::Dataset data() {
  std::vector<int> labels;
  for (int i = 0; i < 50; ++i) labels.push_back(i % 3);
  return {test::drawn<float>(6, 50, 3), labels};
}

// What a training leaves behind: the best network, the average that is kept, and the losses.
struct Result {
  Network best, average;
  std::vector<double> losses;
  bool operator==(const Result&) const = default;
};

// One life of the training, which resumes from the checkpoint where there is one. Makes one after every `every`
// updates.
Result train(const std::string& path, std::int64_t every, nn::Index threads, std::function<void()> after_update = {}) {
  Network network;
  nn::Trainer trainer{
      network, nn::CrossEntropy{}, nn::Adam{}, {.threads = threads, .seed = 9, .clip_norm = 1, .average_decay = 0.99}};
  if (!path.empty() && ::access(path.c_str(), F_OK) == 0) trainer.resume(path);
  nn::Checkpoints checkpoints{trainer, path, {.every_steps = every}};
  const auto checkpoint = [&](nn::Progress& progress) {
    if (!path.empty()) checkpoints(progress);
  };
  const auto on_batch = [&](nn::Progress& progress) {
    checkpoint(progress);
    if (after_update) after_update();
  };
  const nn::History history = trainer.fit(data(), {.epochs = 1'000'000,
                                                   .batch_size = 8,
                                                   .random = nn::Random(2),
                                                   .on_batch = on_batch,
                                                   .on_epoch = checkpoint,
                                                   .validation_share = 0.2,
                                                   .keep_best = true,
                                                   .steps = last_step,
                                                   .schedule = nn::OnPlateau{.learning_rate = 1e-2, .patience = 20}});
  Result result{network, trainer.averaged(), {}};
  for (const nn::Epoch& epoch : history.epochs) {
    result.losses.push_back(epoch.loss);
    result.losses.push_back(epoch.validation_loss);
  }
  return result;
}

}  // namespace

TEST_CASE("training killed with SIGKILL at random moments, and resumed, ends in the same bits") {
  const Result expected = train("", 0, 1);
  REQUIRE(expected.losses.size() == 2 * last_step / 5);  // 40 samples in batches of 8

  const test::Folder folder;
  const std::string path = folder / "checkpoint";
  const int kills = test::effort(200);
  nn::Random random{3};
  std::int64_t furthest = 0;
  int lives_that_got_further = 0;
  for (int i = 0; i < kills; ++i) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      // A life tells of every update, and stays where it is before all of them together could come to the end.
      train(path, 1, i % 2 + 1, [&, updates = std::int64_t(0)]() mutable {
        if (::write(ends[1], ".", 1) != 1) ::_exit(1);
        while (updates == last_step / 2 / kills) ::pause();
        ++updates;
      });
      ::_exit(0);
    }
    // Every second life is killed at any moment from its birth on, the others only once they have got further.
    ::close(ends[1]);
    char update = 0;
    if (i % 2 == 0) REQUIRE(::read(ends[0], &update, 1) == 1);
    ::usleep(static_cast<useconds_t>(random.below(10'000)));
    REQUIRE(::kill(child, SIGKILL) == 0);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    ::close(ends[0]);
    REQUIRE((WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL));  // it was still training
    if (::access(path.c_str(), F_OK) != 0) continue;
    Network network;
    nn::Trainer trainer{network, nn::CrossEntropy{}, nn::Adam{}};
    trainer.resume(path);
    REQUIRE(trainer.step_count() >= furthest);
    lives_that_got_further += trainer.step_count() > furthest;
    furthest = trainer.step_count();
  }
  CHECK(lives_that_got_further >= (kills + 1) / 2);
  CAPTURE(furthest);
  CHECK(furthest < last_step);
  CHECK(train(path, last_step, 1) == expected);
}
