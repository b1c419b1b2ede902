// SPDX-License-Identifier: MIT
// Every single allocation of a save and of a load fails once: nothing is changed and nothing is left behind.
#include <cstddef>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include <nn/io/checkpoint.hpp>
#include <nn/layers/batch_norm.hpp>
#include <nn/losses/cross_entropy.hpp>
#include <nn/optimizers/adam.hpp>
#include <nn/training/fit/schedules/on_plateau.hpp>
#include <nn/training/trainer.hpp>

#include "../catch.hpp"
#include "../memory_watch.hpp"
#include "../numbers.hpp"
#include "files.hpp"

namespace {

using Network = nn::Network<nn::Input<3>, nn::Dense<2>, nn::LeakyReLU, nn::Dense<2, false>, nn::Softmax>;

std::vector<int> labels_in_turn(std::size_t count) {
  std::vector<int> labels(count);
  for (std::size_t i = 0; i < count; ++i) labels[i] = static_cast<int>(i % 3);
  return labels;
}

// A training in the middle of an epoch, with all that a checkpoint can have: an average, batches whose gradients wait
// for a step, a best epoch, a schedule that remembers. Another seed trains other numbers.
struct RichTraining {
  using Net = nn::Network<nn::Input<6>, nn::Dense<5>, nn::BatchNorm, nn::Dense<3>, nn::Softmax>;
  nn::Dataset data;
  nn::FitOptions options{.epochs = 3, .batch_size = 2};
  Net network;
  nn::Trainer<Net, nn::CrossEntropy, nn::Adam> trainer{network, nn::CrossEntropy{}, nn::Adam{}, {.average_decay = 0.9}};

  explicit RichTraining(std::uint64_t seed) : data(test::drawn<float>(6, 14, seed), labels_in_turn(14), 3) {
    network.initialize(nn::Random(seed));
    options.validation = &data;
    options.keep_best = true;
    options.accumulate = 2;
    options.schedule = nn::OnPlateau{};
    options.random = nn::Random(seed);
    nn::FitOptions stopped = options;
    stopped.on_batch = [](nn::Progress& progress) {
      if (progress.epoch == 2 && progress.batch == 3) progress.stop();
    };
    trainer.fit(data, stopped);
  }
  RichTraining(const RichTraining&) = delete;
  RichTraining& operator=(const RichTraining&) = delete;

  // The bytes of every field of a checkpoint.
  std::string everything() const {
    std::string bytes;
    std::as_const(trainer).for_each_field([&](const auto&, const auto& field, const auto&...) {
      if constexpr (requires { field.data(); })
        bytes.append(reinterpret_cast<const char*>(field.data()),
                     static_cast<std::size_t>(field.size()) * sizeof(*field.data()));
      else
        bytes.append(reinterpret_cast<const char*>(&field), sizeof field);
    });
    return bytes;
  }
};

}  // namespace

TEST_CASE("Whichever allocation of a load fails, the network is unchanged") {
  Network source, target;
  source.initialize(nn::Random{1});
  const test::Folder folder;
  const std::string path = folder / "params.json";
  nn::save(source, path);
  const Network before = target;
  const auto is_unchanged = [&](bool) { REQUIRE(test::have_equal_bits(target, before)); };
  CHECK(test::fail_every_allocation([&] { nn::load(target, path); }, is_unchanged) > 10);
  CHECK(test::have_equal_bits(target, source));

  target = before;
  std::istringstream stream(test::text_of(source));
  const auto load_stream = [&] {
    stream.clear();
    stream.seekg(0);
    nn::load(target, stream);
  };
  CHECK(test::fail_every_allocation(load_stream, is_unchanged) > 10);
  CHECK(test::have_equal_bits(target, source));
}

TEST_CASE("Whichever allocation of a refusal fails, the network is unchanged") {
  Network target;
  const Network before = target;
  const std::string text = test::text_of(nn::Network{nn::Input{3}, nn::Dense{7}});
  std::istringstream stream(text);
  const auto load_stream = [&] {
    stream.clear();
    stream.seekg(0);
    try {
      nn::load(target, stream);
    } catch (const nn::load_error&) {
    }
  };
  CHECK(test::fail_every_allocation(load_stream, [&](bool) { REQUIRE(test::have_equal_bits(target, before)); }) > 10);
  CHECK(test::have_equal_bits(target, before));
}

TEST_CASE("Whichever allocation of a save fails, the old file stays and no other is left") {
  Network network;
  const test::Folder folder;
  const std::string path = folder / "params.json";
  nn::save(network, path);
  const std::string before = test::read_file(path);
  network.initialize(nn::Random{1});
  const auto is_untouched = [&](bool) {
    REQUIRE(test::read_file(path) == before);
    REQUIRE(folder.count() == 1);
  };
  CHECK(test::fail_every_allocation([&] { nn::save(network, path); }, is_untouched) > 10);
  CHECK(test::read_file(path) == test::text_of(network));
  CHECK(folder.count() == 1);
}

TEST_CASE("Whichever allocation of a save of a checkpoint fails, the old file stays and no other is left") {
  const RichTraining training(1), older(2);
  const test::Folder folder;
  const std::string path = folder / "training.checkpoint";
  older.trainer.save_checkpoint(path);
  const std::string before = test::read_file(path), everything = training.everything();
  const auto is_untouched = [&](bool has_thrown) {
    REQUIRE(has_thrown);
    REQUIRE(test::read_file(path) == before);
    REQUIRE(folder.count() == 1);
    REQUIRE(training.everything() == everything);
  };
  CHECK(test::fail_every_allocation([&] { training.trainer.save_checkpoint(path); }, is_untouched) > 10);
  CHECK(folder.count() == 1);
  RichTraining read(3);
  read.trainer.resume(path);
  CHECK(read.everything() == everything);
}

TEST_CASE("Whichever allocation of a resume fails, the training is unchanged, and can be resumed") {
  const RichTraining source(1);
  const test::Folder folder;
  const std::string path = folder / "training.checkpoint";
  source.trainer.save_checkpoint(path);
  std::unique_ptr<RichTraining> training;
  std::string before;
  const auto prepare = [&] {
    training = std::make_unique<RichTraining>(2);
    before = training->everything();
  };
  const auto resume = [&] { training->trainer.resume(path); };
  const auto is_unchanged = [&](bool has_thrown) {
    REQUIRE(has_thrown);
    REQUIRE(training->everything() == before);
    resume();
    REQUIRE(training->everything() == source.everything());
  };
  CHECK(test::fail_every_allocation(prepare, resume, is_unchanged) > 10);
  CHECK(training->everything() == source.everything());
}

TEST_CASE("A fit that lacks memory for its first update still goes on from the checkpoint") {
  RichTraining source(1);
  const test::Folder folder;
  const std::string path = folder / "training.checkpoint";
  source.trainer.save_checkpoint(path);
  source.trainer.resume(path);
  source.trainer.fit(source.data, source.options);

  std::unique_ptr<RichTraining> training;
  std::string before;
  const auto prepare = [&] {
    training = std::make_unique<RichTraining>(2);
    training->trainer.resume(path);
    before = training->everything();
  };
  int unchanged = 0;
  const auto fit = [&] { training->trainer.fit(source.data, source.options); };
  const auto goes_on = [&](bool has_thrown) {
    REQUIRE(has_thrown);
    if (training->everything() != before) return;
    ++unchanged;
    fit();
    REQUIRE(training->network == source.network);
  };
  CHECK(test::fail_every_allocation(prepare, fit, goes_on) > 10);
  CHECK(unchanged >= 5);
  CHECK(training->network == source.network);
}
