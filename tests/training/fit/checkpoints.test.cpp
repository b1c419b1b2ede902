// SPDX-License-Identifier: MIT
#include <nn/training/fit/checkpoints.hpp>

#include <cmath>
#include <cstdio>
#include <fstream>

#include <nn/network.hpp>

#include "../../catch.hpp"
#include "../../io/files.hpp"
#include "../../numbers.hpp"

namespace {

using Network = nn::Network<nn::Input<5>, nn::Dense<7>, nn::ReLU, nn::Dense<3>, nn::Softmax>;
using Trainer = nn::Trainer<Network, nn::CrossEntropy, nn::Adam>;

nn::Dataset data() {
  std::vector<int> labels;
  for (int i = 0; i < 23; ++i) labels.push_back(i * i % 3);
  return {test::drawn<float>(5, 23, 3), labels};
}

nn::FitOptions options() { return {.epochs = 3, .batch_size = 4, .random = nn::Random(5), .validation_share = 0.2}; }

}  // namespace

TEST_CASE("automatic checkpoints keep the last and the best") {
  const test::Folder folder;
  Network network;
  Trainer trainer{network, {}, {}};
  nn::Checkpoints checkpoints{trainer, folder / "c", {.every_steps = 2}};
  nn::FitOptions fit = options();
  fit.on_batch = fit.on_epoch = [&](nn::Progress& progress) { checkpoints(progress); };
  trainer.fit(data(), fit);
  Network last, best;
  Trainer from_last{last, {}, {}}, from_best{best, {}, {}};
  from_last.resume(folder / "c");
  from_best.resume(folder / "c.best");
  CHECK(trainer.step_count() - from_last.step_count() < 2);
  CHECK(from_best.step_count() > 0);
  CHECK_THROWS_AS((nn::Checkpoints<Trainer>{trainer, "c", {.every_steps = -1}}), nn::data_error);
  CHECK_THROWS_AS((nn::Checkpoints<Trainer>{trainer, "c", {.every_minutes = -1}}), nn::data_error);
  CHECK_THROWS_AS((nn::Checkpoints<Trainer>{trainer, "c", {.every_minutes = std::nan("")}}), nn::data_error);
}

TEST_CASE("checkpoints are made by the clock, too") {
  const test::Folder folder;
  Network network;
  Trainer trainer{network, {}, {}};
  double time = 1000;
  nn::Checkpoints checkpoints{trainer, folder / "c", {.every_minutes = 2, .clock = [&] { return time; }}};
  const auto is_made_at = [&](double seconds) {
    time = seconds;
    checkpoints(nn::Progress());
    return std::remove((folder / "c").c_str()) == 0;
  };
  CHECK_FALSE(is_made_at(1119));
  CHECK(is_made_at(1125));
  CHECK_FALSE(is_made_at(1240));  // 2 minutes from the last one
  CHECK(is_made_at(1245));
  CHECK_THROWS_AS((nn::Checkpoints<Trainer>{trainer, "c", {.clock = nullptr}}), nn::data_error);
}

TEST_CASE("a worse epoch after a resume does not take the place of the best one before it") {
  const test::Folder folder;
  Network network;
  const auto fitted = [&](Trainer& trainer, nn::Index epochs, double rate) {
    nn::Checkpoints checkpoints{trainer, folder / "c", {.every_steps = 1}};
    nn::FitOptions fit = options();
    fit.epochs = epochs;
    fit.on_batch = fit.on_epoch = [&](nn::Progress& now) { checkpoints(now); };
    fit.schedule = [rate](std::int64_t) { return rate; };
    return trainer.fit(data(), fit);
  };
  Trainer first{network, {}, {}};
  const nn::History good = fitted(first, 1, 1e-3);
  const std::string best = test::read_file(folder / "c.best");
  first.save_checkpoint(folder / "c");
  Network other;
  Trainer second{other, {}, {}};
  second.resume(folder / "c");
  const nn::History bad = fitted(second, 2, 10);  // a rate that ruins it
  REQUIRE(bad.epochs.size() == 2);
  REQUIRE(bad.epochs[1].validation_loss > good.epochs[0].validation_loss);
  CHECK(test::read_file(folder / "c.best") == best);
}

TEST_CASE("a schedule goes on after a resume with the rates of a second fit that was never stopped") {
  const test::Folder folder;
  nn::FitOptions second = options();
  second.schedule = nn::OneCycle{.learning_rate = 0.02};
  Network whole, stopped, resumed;
  Trainer undisturbed{whole, {}, {}};
  undisturbed.fit(data(), options());
  undisturbed.fit(data(), second);

  Trainer first{stopped, {}, {}};
  first.fit(data(), options());
  nn::FitOptions stopping = second;
  stopping.on_batch = [&](nn::Progress& progress) {
    if (progress.epoch != 2 || progress.batch != 3) return;
    first.save_checkpoint(folder / "c");
    CHECK_THROWS_AS(first.resume(folder / "c"), nn::data_error);
    progress.stop();
  };
  first.fit(data(), stopping);
  for (const bool within_fit : {true, false}) {
    if (!within_fit) first.save_checkpoint(folder / "c");
    Trainer third{resumed, {}, {}};
    third.resume(folder / "c");
    CHECK(third.optimizer().learning_rate == nn::Adam{}.learning_rate);
    third.fit(data(), second);
    CHECK(test::have_same_bits(resumed.parameters(), whole.parameters()));
    CHECK(third.step_count() == undisturbed.step_count());
  }
}

TEST_CASE("checkpoints that are told nothing are made neither by steps nor by the clock") {
  CHECK(nn::CheckpointOptions{}.every_steps == 0);
  CHECK(nn::CheckpointOptions{}.every_minutes == 0);
  const double earlier = nn::steady_seconds();
  CHECK(nn::CheckpointOptions{}.clock() >= earlier);
}
