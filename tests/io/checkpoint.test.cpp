// SPDX-License-Identifier: MIT
#include <nn/io/checkpoint.hpp>

#include <fstream>
#include <iterator>

#include <nn/network.hpp>

#include "../catch.hpp"
#include "../numbers.hpp"
#include "files.hpp"

using Catch::Matchers::Contains;

namespace {

using Network =
    nn::Network<nn::Input<5>, nn::Dense<7>, nn::BatchNorm, nn::ReLU, nn::Dropout, nn::Dense<3>, nn::Softmax>;
using Trainer = nn::Trainer<Network, nn::CrossEntropy, nn::Adam>;

nn::Dataset data(nn::Index samples = 23) {
  std::vector<int> labels;
  for (nn::Index i = 0; i < samples; ++i) labels.push_back(static_cast<int>(i * i % 3));
  return {test::drawn<float>(5, samples, 3), labels};
}

// A rate that falls, and falls faster where the validation loss did.
struct Falling {
  double factor = 1;
  double operator()(std::int64_t step) const { return factor * 1e-2 / (1 + static_cast<double>(step)); }
  void observe(double metric) { factor *= 1 - 0.01 * metric; }
  std::vector<double> memory() const { return {factor}; }
  void restore(const std::vector<double>& memory) {
    if (!memory.empty()) factor = memory[0];
  }
};

nn::FitOptions options() {
  return {.epochs = 3,
          .batch_size = 4,
          .random = nn::Random(5),
          .validation_share = 0.2,
          .patience = 5,
          .accumulate = 2,
          .schedule = Falling{}};
}

nn::TrainerOptions all_kinds(nn::Index threads) {
  return {.threads = threads, .seed = 4, .clip_norm = 1, .l2 = 1e-3, .average_decay = 0.9};
}

struct Result {
  nn::Vector<float> parameters, state, average;
  std::vector<double> losses;
  bool operator==(const Result& other) const {
    return test::have_same_bits(parameters, other.parameters) && test::have_same_bits(state, other.state) &&
           test::have_same_bits(average, other.average) && losses == other.losses;
  }
};

Result result_of(const Trainer& trainer, const nn::History& history) {
  Result result{trainer.network().parameters(), trainer.network().state(), trainer.averaged().parameters(), {}};
  for (const nn::Epoch& epoch : history.epochs) {
    result.losses.push_back(epoch.loss);
    result.losses.push_back(epoch.validation_loss);
  }
  return result;
}

std::string bytes_of(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

void write(const std::string& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

std::string error_of(const std::string& path) {
  Network network;
  Trainer trainer{network, {}, {}, all_kinds(1)};
  const Network before = network;
  std::string sentence;
  try {
    trainer.resume(path);
  } catch (const nn::load_error& problem) {
    sentence = problem.what();
  }
  CHECK(network == before);
  CHECK(trainer.step_count() == 0);
  return sentence;
}

}  // namespace

TEST_CASE("resumed after any batch and any epoch, training ends in the bits of one never stopped") {
  const test::Folder folder;
  Network uninterrupted;
  Trainer reference{uninterrupted, {}, {}, all_kinds(1)};
  const Result expected = result_of(reference, reference.fit(data(), options()));
  REQUIRE(expected.losses.size() == 6);

  int stops = 0;
  for (const bool after_epoch : {false, true})
    for (int at = 1; at <= (after_epoch ? 2 : 15); ++at) {
      CAPTURE(after_epoch, at);
      const std::string path = folder / "checkpoint";
      {
        Network network;
        Trainer trainer{network, {}, {}, all_kinds(1)};
        nn::FitOptions stopping = options();
        int calls = 0;
        (after_epoch ? stopping.on_epoch : stopping.on_batch) = [&](nn::Progress& progress) {
          if (++calls != at) return;
          trainer.save_checkpoint(path);
          progress.stop();
        };
        trainer.fit(data(), stopping);
      }
      Network network;
      Trainer trainer{network, {}, {}, all_kinds(at % 3 + 1)};  // another number of threads changes nothing
      trainer.resume(path);
      CHECK(result_of(trainer, trainer.fit(data(), options())) == expected);
      ++stops;
    }
  CHECK(stops == 17);
}

TEST_CASE("steps by hand go on with the same bits, too") {
  const test::Folder folder;
  const auto step = [](auto& trainer, int from, int to) {
    for (int i = from; i < to; ++i)
      trainer.step(test::drawn<float>(5, 6, static_cast<std::uint64_t>(i)), std::vector<int>{0, 1, 2, 2, 1, 0});
  };
  Network a, b;
  Trainer whole{a, {}, {}}, first{b, {}, {}};
  step(whole, 0, 20);
  step(first, 0, 11);
  first.save_checkpoint(folder / "c");
  Network c;
  Trainer second{c, {}, {}};
  second.resume(folder / "c");
  CHECK(second.step_count() == 11);
  step(second, 11, 20);
  CHECK(a == c);
}

TEST_CASE("a checkpoint made after the last batch, or the last epoch, is of a training that has ended") {
  const test::Folder folder;
  const std::string path = folder / "c";
  // By the budget of updates, and by patience: no step is better than the first by 1000.
  for (const bool by_patience : {false, true})
    for (const bool after_epoch : {false, true}) {
      CAPTURE(by_patience, after_epoch);
      nn::FitOptions until_end = options();
      until_end.epochs = 100;
      if (by_patience) until_end.min_improvement = 1000;
      if (by_patience) until_end.patience = 2;
      if (!by_patience) until_end.steps = 7;
      nn::FitOptions saving = until_end;
      Network network, resumed;
      Trainer trainer{network, {}, {}, all_kinds(1)}, second{resumed, {}, {}, all_kinds(1)};
      (after_epoch ? saving.on_epoch : saving.on_batch) = [&](nn::Progress&) { trainer.save_checkpoint(path); };
      const nn::History history = trainer.fit(data(), saving);
      CHECK(history.ending == (by_patience ? nn::Ending::no_improvement : nn::Ending::step_budget));
      second.resume(path);
      const nn::History again = second.fit(data(), until_end);
      CHECK(again.ending == history.ending);
      CHECK(second.step_count() == trainer.step_count());
      CHECK(result_of(second, again) == result_of(trainer, history));
    }
}

TEST_CASE("saved once fit has been stopped, as after Ctrl-C, training goes on with the updates that were left") {
  const test::Folder folder;
  const std::string path = folder / "c";
  for (const bool keep_best : {false, true}) {
    nn::FitOptions whole = options();
    whole.keep_best = keep_best;
    whole.accumulate = 2;  // with gradients that wait for their update, too
    Network uninterrupted;
    Trainer reference{uninterrupted, {}, {}, all_kinds(1)};
    const Result expected = result_of(reference, reference.fit(data(), whole));
    for (int at = 1; at <= 15; ++at) {
      CAPTURE(keep_best, at);
      {
        Network network;
        Trainer trainer{network, {}, {}, all_kinds(1)};
        nn::FitOptions stopping = whole;
        stopping.on_batch = [&, calls = 0](nn::Progress& progress) mutable {
          if (++calls == at) progress.stop();
        };
        CHECK(trainer.fit(data(), stopping).is_stopped);
        trainer.save_checkpoint(path);
      }
      Network network;
      Trainer trainer{network, {}, {}, all_kinds(at % 3 + 1)};
      trainer.resume(path);
      CHECK(result_of(trainer, trainer.fit(data(), whole)) == expected);
      CHECK(trainer.step_count() == reference.step_count());
    }
  }
}

TEST_CASE("a checkpoint holds what the last update left, not the best epoch, unless the network was changed by hand") {
  const test::Folder folder;
  const std::string path = folder / "c";
  nn::FitOptions best = options();
  best.keep_best = true;
  Network network, resumed;
  Trainer trainer{network, {}, {}, all_kinds(1)}, second{resumed, {}, {}, all_kinds(1)};
  nn::Vector<double> last;
  best.on_epoch = [&](nn::Progress&) { last = network.parameters().cast<double>(); };
  best.schedule = [](std::int64_t) { return 0.5; };  // so that the last epoch is not the best
  const nn::History history = trainer.fit(data(), best);
  REQUIRE(history.best_epoch < 3);
  REQUIRE(network.parameters().cast<double>() != last);
  trainer.save_checkpoint(path);
  second.resume(path);
  CHECK(resumed.parameters().cast<double>() == last);
  second.fit(data(), best);  // which has ended, and puts the best in place again
  CHECK(resumed == network);

  network.parameters().setZero();
  trainer.save_checkpoint(path);
  second.resume(path);
  CHECK(resumed.parameters() == network.parameters());
}

TEST_CASE("a checkpoint of something else is refused with a sentence, and nothing is changed") {
  const test::Folder folder;
  const std::string path = folder / "c";
  const auto check = [&](auto network, auto optimizer, const std::string& sentence) {
    nn::Trainer trainer{network, nn::CrossEntropy{}, optimizer};
    trainer.save_checkpoint(path);
    CHECK_THAT(error_of(path), Contains(sentence));
  };
  check(nn::Network<nn::Input<5>, nn::Dense<8>, nn::Softmax>{}, nn::Adam{},
        "layer 1 is \"Dense (units 8, bias 1)\" in the checkpoint, but \"Dense (units 7, bias 1)\" in this network");
  check(nn::Network<double, nn::Input<5>, nn::Dense<7>, nn::BatchNorm, nn::ReLU, nn::Dropout, nn::Dense<3>,
                    nn::Softmax>{},
        nn::Adam{}, "scalar is \"double\", but must be \"float\"");
  check(Network{}, nn::SGD{}, "optimizer is \"SGD\", but must be \"Adam\"");
  check(Network{}, nn::Adamax{}, "optimizer is \"Adamax\", but must be \"Adam\"");
  write(path, "{\"format\": \"nn\"}");
  CHECK_THAT(error_of(path), Contains("is no checkpoint: it does not begin with \"nn-check\""));
  CHECK_THAT(error_of(folder / "missing"), Contains("cannot open"));
}

TEST_CASE("a checkpoint of a newer version is refused") {
  const test::Folder folder;
  Network network;
  Trainer trainer{network, {}, {}};
  trainer.save_checkpoint(folder / "c");
  std::string bytes = bytes_of(folder / "c");
  bytes.replace(bytes.find("\"version\":1"), 11, "\"version\":2");
  write(folder / "c", bytes);
  CHECK_THAT(error_of(folder / "c"), Contains("version is 2, but must be 1"));
}

TEST_CASE("a checkpoint cut off or changed at any byte is refused, and nothing is changed") {
  const test::Folder folder;
  nn::Network<nn::Input<2>, nn::Dense<2>> network;
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::Adam{}};
  trainer.step(nn::Vector<float>::Ones(2), nn::Vector<float>::Zero(2));
  trainer.save_checkpoint(folder / "c");
  const std::string whole = bytes_of(folder / "c");
  const auto before = network;
  const auto is_refused = [&](const std::string& bytes) {
    write(folder / "d", bytes);
    try {
      trainer.resume(folder / "d");
      return false;
    } catch (const nn::load_error&) {
      return network == before;
    }
  };
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    REQUIRE(is_refused(whole.substr(0, size)));
  }
  for (std::size_t i = 0; i < whole.size(); ++i) {
    CAPTURE(i);
    std::string changed = whole;
    changed[i] = static_cast<char>(changed[i] ^ 0x21);
    REQUIRE(is_refused(changed));
  }
  CHECK(is_refused(whole + "x"));
  CHECK_NOTHROW(trainer.resume(folder / "c"));
}

TEST_CASE("a checkpoint taken up with other data is refused before the first update") {
  const test::Folder folder;
  Network network;
  Trainer trainer{network, {}, {}, all_kinds(1)};
  nn::FitOptions stopping = options();
  stopping.on_batch = [](nn::Progress& progress) { progress.stop(); };
  trainer.fit(data(), stopping);
  trainer.save_checkpoint(folder / "c");
  trainer.resume(folder / "c");
  CHECK_THROWS_AS(trainer.fit(data(40), options()), nn::data_error);
}
