// SPDX-License-Identifier: MIT
#include <nn/io/checkpoint.hpp>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>

#include <nn/network.hpp>

#include "../catch.hpp"
#include "../memory_watch.hpp"
#include "../numbers.hpp"
#include "files.hpp"
#include "golden_checkpoint.hpp"

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::Message;

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

std::string little_endian(std::uint64_t number) {
  std::string bytes;
  for (int shift = 0; shift < 64; shift += 8) bytes += static_cast<char>(number >> shift & 0xFF);
  return bytes;
}

// The bytes of a checkpoint, of which fields can be changed by one who knows the format; the hash is then right again.
class Checkpoint {
 public:
  explicit Checkpoint(std::string bytes) : bytes_(std::move(bytes)), data_(bytes_.find("}]}") + 3) {
    const auto header = nlohmann::json::parse(bytes_.begin() + 16, bytes_.begin() + static_cast<std::ptrdiff_t>(data_));
    std::size_t at = data_;
    for (const auto& field : header["fields"]) {
      fields_.push_back({field["name"], at, field["bytes"]});
      at += fields_.back().size;
    }
    REQUIRE(at + 8 == bytes_.size());
  }

  const std::string& bytes() const { return bytes_; }
  // With other first bytes of a field.
  std::string with(const std::string& name, const std::string& bytes) const {
    const Field& field = find(name);
    REQUIRE(bytes.size() <= field.size);
    std::string changed = bytes_;
    return hashed(changed.replace(field.begin, bytes.size(), bytes));
  }
  // Without the last bytes of a field.
  std::string shortened(const std::string& name, std::size_t count) const {
    const Field& field = find(name);
    const std::string entry = '"' + name + "\", \"bytes\": ";
    std::string changed = bytes_;
    changed.erase(field.begin + field.size - count, count);
    const std::string size = std::to_string(field.size), less = std::to_string(field.size - count);
    changed.replace(changed.find(entry) + entry.size(), size.size(), less);
    changed.replace(8, 8, little_endian(data_ - 16 + less.size() - size.size()));
    return hashed(changed);
  }

 private:
  struct Field {
    std::string name;
    std::size_t begin, size;
  };

  const Field& find(const std::string& name) const {
    const auto found = std::find_if(fields_.begin(), fields_.end(), [&](const Field& it) { return it.name == name; });
    REQUIRE(found != fields_.end());
    return *found;
  }
  static std::string hashed(const std::string& bytes) {
    nn::Hash hash;
    hash.add(std::string_view(bytes).substr(0, bytes.size() - 8));
    return bytes.substr(0, bytes.size() - 8) + little_endian(hash.value());
  }

  std::string bytes_;
  std::size_t data_;
  std::vector<Field> fields_;
};

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

TEST_CASE("a fit with a checkpoint goes on by itself, and ends in the bits of one that was never stopped") {
  const nn::Index threads = GENERATE(1, 2);
  const test::Folder folder;
  const std::string path = folder / "run.ck";
  Network whole;
  Trainer never_stopped{whole, {}, {}, all_kinds(threads)};
  const nn::History expected = never_stopped.fit(data(), options());
  CHECK(expected.epochs.size() == 3);

  // The program is started again and again, and stopped after 4 batches each time.
  int starts = 0;
  for (nn::History history;; ++starts) {
    REQUIRE(starts < 10);
    Network network;
    Trainer trainer{network, {}, {}, all_kinds(threads)};
    int batches = 0;
    const auto stop_when = [&] { return ++batches == 4; };
    history = trainer.fit(data(), {.checkpoint = path, .stop_when = stop_when, .fit = options()});
    CHECK(std::ifstream(path).good() == history.is_stopped);
    if (history.is_stopped) continue;
    CHECK(test::have_same_bits(network.parameters(), whole.parameters()));
    CHECK(test::have_same_bits(network.state(), whole.state()));
    CHECK(test::have_same_bits(trainer.averaged().parameters(), never_stopped.averaged().parameters()));
    REQUIRE(history.epochs.size() == 3);
    for (std::size_t i = 0; i < 3; ++i) CHECK(history.epochs[i].loss == expected.epochs[i].loss);
    break;
  }
  CHECK(starts == 3);  // 15 batches
}

TEST_CASE("a fit that was killed goes on from the latest checkpoint that it made") {
  const test::Folder folder;
  const std::string path = folder / "run.ck";
  Network whole, killed, again;
  Trainer{whole, {}, {}}.fit(data(), options());
  struct Killed {};
  nn::FitOptions fit = options();
  int batches = 0;
  fit.on_batch = [&](const nn::Progress&) {
    if (++batches == 8) throw Killed();
  };
  CHECK_THROWS_AS((Trainer{killed, {}, {}}.fit(data(), {.checkpoint = path, .fit = fit, .every_minutes = 0})), Killed);
  Trainer trainer{again, {}, {}};
  trainer.fit(data(), {.checkpoint = path, .fit = options()});
  CHECK(test::have_same_bits(again.parameters(), whole.parameters()));
  CHECK_FALSE(std::ifstream(path).good());
}

TEST_CASE("a fit with a checkpoint refuses a file that is none, or of other data, and options without sense") {
  const test::Folder folder;
  const std::string path = folder / "run.ck";
  Network network;
  Trainer trainer{network, {}, {}};
  std::ofstream(path) << "notes";
  CHECK_THROWS_AS(trainer.fit(data(), {.checkpoint = path}), nn::load_error);
  CHECK(std::ifstream(path).good());
  std::remove(path.c_str());
  trainer.fit(data(), {.checkpoint = path, .stop_when = [] { return true; }, .fit = options()});
  CHECK_THROWS_AS(Trainer(network, {}, {}).fit(data(24), {.checkpoint = path, .fit = options()}), nn::data_error);
  CHECK(std::ifstream(path).good());
  CHECK_THROWS_MATCHES(trainer.fit(data(), {.checkpoint = ""}), nn::data_error,
                       Message("fit: the checkpoint has no name; give the path of a file"));
  CHECK_THROWS_MATCHES(trainer.fit(data(), {.checkpoint = path, .every_minutes = -1}), nn::data_error,
                       Message("fit: the minutes between two checkpoints must not be negative, got -1; 1 is the "
                               "default, 0 makes one after every update"));
}

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
    CHECK_THAT(error_of(path), ContainsSubstring(sentence));
  };
  check(nn::Network<nn::Input<5>, nn::Dense<8>, nn::Softmax>{}, nn::Adam{},
        "layer 1 is \"Dense (units 8, bias 1)\" in the checkpoint, but \"Dense (units 7, bias 1)\" in this network");
  check(nn::Network<double, nn::Input<5>, nn::Dense<7>, nn::BatchNorm, nn::ReLU, nn::Dropout, nn::Dense<3>,
                    nn::Softmax>{},
        nn::Adam{}, "scalar is \"double\", but must be \"float\"");
  check(Network{}, nn::SGD{}, "optimizer is \"SGD\", but must be \"Adam\"");
  check(Network{}, nn::Adamax{}, "optimizer is \"Adamax\", but must be \"Adam\"");
  write(path, "{\"format\": \"nn\"}");
  CHECK_THAT(error_of(path), ContainsSubstring("is no checkpoint: it does not begin with \"nn-check\""));
  CHECK_THAT(error_of(folder / "missing"), ContainsSubstring("cannot open"));
}

TEST_CASE("a checkpoint of a newer version is refused") {
  const test::Folder folder;
  Network network;
  Trainer trainer{network, {}, {}};
  trainer.save_checkpoint(folder / "c");
  std::string bytes = bytes_of(folder / "c");
  bytes.replace(bytes.find("\"version\": 3"), 12, "\"version\": 4");
  write(folder / "c", bytes);
  CHECK_THAT(error_of(folder / "c"),
             ContainsSubstring("version is 4, but this library reads versions from 1 to 3; use a newer"));
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

TEST_CASE("a header of 100,000 lists, one in the other, is refused, and its size is not believed") {
  const test::Folder folder;
  const std::string header = "{\"format\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}";
  write(folder / "deep", "nn-check" + little_endian(header.size()) + header + little_endian(0));
  CHECK_THAT(error_of(folder / "deep"), ContainsSubstring("its header is not that of a checkpoint"));
  write(folder / "large", "nn-check" + little_endian(std::uint64_t{1} << 60));
  CHECK_THAT(error_of(folder / "large"), ContainsSubstring("its header has 1152921504606846976 bytes"));
  write(folder / "short", "nn-check" + little_endian(1000) + "{");
  CHECK_THAT(error_of(folder / "short"), ContainsSubstring("is cut off"));
  write(folder / "empty", "");
  CHECK_THAT(error_of(folder / "empty"), ContainsSubstring("is no checkpoint"));
}

TEST_CASE("the size of a field is compared with the file before memory is asked for") {
  const test::Folder folder;
  Network network;
  Trainer trainer{network, {}, {}, all_kinds(1)};
  trainer.save_checkpoint(folder / "c");
  const std::string bytes = bytes_of(folder / "c");
  for (const std::uint64_t size : {std::uint64_t{1} << 62, ~std::uint64_t{0}, std::uint64_t{bytes.size()}}) {
    const std::string entry = "{\"name\": \"order\", \"bytes\": ";
    std::string changed = bytes;
    changed.replace(changed.find(entry + "0"), entry.size() + 1, entry + std::to_string(size));
    const std::uint64_t header_size = bytes.find("}]}") + 3 - 16 + changed.size() - bytes.size();
    write(folder / "d", changed.replace(8, 8, little_endian(header_size)));
    const test::MemoryWatch watch;
    CHECK_THAT(error_of(folder / "d"), ContainsSubstring("is cut off"));
    CHECK(watch.peak() < 1'000'000);
  }
}

TEST_CASE("what no training can have written is refused though its hash is right, and nothing is changed") {
  const test::Folder folder;
  Network network;
  Trainer trainer{network, {}, {}, all_kinds(1)};
  nn::FitOptions stopping = options();
  stopping.on_batch = [&](nn::Progress& progress) {
    if (progress.epoch < 2) return;
    trainer.save_checkpoint(folder / "c");
    progress.stop();
  };
  trainer.fit(data(), stopping);
  const Checkpoint whole(bytes_of(folder / "c"));
  const auto error_with = [&](const std::string& field, const std::string& bytes) {
    write(folder / "d", whole.with(field, bytes));
    return error_of(folder / "d");
  };
  write(folder / "d", whole.with("seconds", little_endian(0)));
  CHECK_NOTHROW(trainer.resume(folder / "d"));

  const std::string minus_one = little_endian(~std::uint64_t{0}), most = little_endian(~std::uint64_t{0} >> 1);
  const std::string nan = little_endian(0x7FF8000000000000u), infinity = little_endian(0x7FF0000000000000u);
  const std::string zero = little_endian(0), minus_two = little_endian(0xC000000000000000u);
  for (const std::string field :
       {"step count", "pass count", "accumulated", "samples seen", "first step", "best epoch", "epochs since best"})
    for (const std::string& wrong : {minus_one, most}) {
      CAPTURE(field);
      CHECK_THAT(error_with(field, wrong),
                 ContainsSubstring(field + " is ") && ContainsSubstring(", but must be from 0 to "));
    }
  const std::string more = little_endian(static_cast<std::uint64_t>(trainer.step_count()) + 1);
  CHECK_THAT(error_with("first step", more), ContainsSubstring("first step is "));
  for (const std::string field : {"seconds", "seconds before"})
    for (const std::string& wrong : {nan, infinity, minus_two})
      CHECK_THAT(error_with(field, wrong),
                 ContainsSubstring(field + " is ") && ContainsSubstring(", but must not be negative"));
  for (const std::string& wrong : {nan, infinity})
    CHECK_THAT(error_with("loss sum", wrong),
               ContainsSubstring("loss sum is ") && ContainsSubstring(", but must be a finite number"));
  CHECK_THAT(error_with("best loss", nan), ContainsSubstring("best loss is not a number"));
  CHECK_THAT(error_with("patience loss", nan), ContainsSubstring("patience loss is not a number"));
  CHECK_THAT(error_with("random", zero + zero + zero + zero), ContainsSubstring("random is all zeros"));
  for (const std::string field : {"is within epoch", "shuffle", "is augmented", "drop last"})
    CHECK_THAT(error_with(field, "\2"), ContainsSubstring('"' + field + "\" is damaged"));
  CHECK_THAT(error_with("order", little_endian(0) + little_endian(0)),
             ContainsSubstring("order does not have every sample once"));
  CHECK_THAT(error_with("order", minus_one), ContainsSubstring("order does not have every sample once"));
  CHECK_THAT(error_with("order", little_endian(19)), ContainsSubstring("order does not have every sample once"));
  CHECK_THAT(error_with("history", little_endian(0) + zero + zero + zero + minus_one),
             ContainsSubstring("history has an epoch of less than no samples or seconds"));
  CHECK_THAT(error_with("history", little_endian(0) + zero + zero + nan),
             ContainsSubstring("history has an epoch of less than"));
  const std::string float_nan("\0\0\xC0\x7F", 4);
  for (const std::string field : {"parameters", "state", "average", "best parameters", "best state"})
    CHECK_THAT(error_with(field, float_nan), ContainsSubstring(field + " has the number nan at 0, but must be finite"));
  for (const std::string& wrong : {nan, zero, minus_two, infinity})
    CHECK_THAT(
        error_with("optimizer.learning_rate", wrong),
        ContainsSubstring("optimizer.learning_rate is refused: Adam: the learning rate must be a positive number"));
  CHECK_THAT(error_with("optimizer.beta2", minus_two),
             ContainsSubstring("is refused: Adam: beta1 and beta2 must be at least 0"));
}

TEST_CASE("a field of another size than the network has is refused, and one that it has none of") {
  const test::Folder folder;
  Network network;
  Trainer trainer{network, {}, {}, all_kinds(1)};
  nn::FitOptions stopping = options();
  stopping.on_epoch = [](nn::Progress& progress) { progress.stop(); };
  trainer.fit(data(), stopping);
  trainer.save_checkpoint(folder / "c");
  const Checkpoint whole(bytes_of(folder / "c"));
  const auto error_without_last_bytes = [&](const std::string& field, std::size_t count) {
    write(folder / "d", whole.shortened(field, count));
    return error_of(folder / "d");
  };
  CHECK_THAT(error_without_last_bytes("parameters", 4),
             ContainsSubstring("\"parameters\" has ") && ContainsSubstring("does not fit"));
  CHECK_THAT(error_without_last_bytes("optimizer state", 4), ContainsSubstring("\"optimizer state\" has "));
  CHECK_THAT(error_without_last_bytes("step count", 1), ContainsSubstring("\"step count\" has 7 bytes"));
  CHECK_THAT(error_without_last_bytes("random", 8), ContainsSubstring("\"random\" has 24 bytes"));
  CHECK_THAT(error_without_last_bytes("history", 1), ContainsSubstring("\"history\" has 39 bytes"));
  CHECK_THAT(error_without_last_bytes("average", 4), ContainsSubstring("average has "));
  CHECK_THAT(error_without_last_bytes("best parameters", 4), ContainsSubstring("best parameters has "));
  CHECK_THAT(error_without_last_bytes("order", 8), ContainsSubstring("order does not have every sample once"));

  std::string bytes = whole.bytes();
  write(folder / "d", bytes.replace(bytes.find("\"order\""), 7, "\"ardor\""));
  CHECK_THAT(error_of(folder / "d"), ContainsSubstring("its header lacks \"order\""));
}

TEST_CASE("what a schedule cannot have learned is refused before the first update") {
  const test::Folder folder;
  nn::FitOptions options{.epochs = 2, .batch_size = 4, .validation_share = 0.2, .schedule = nn::OnPlateau{}};
  nn::FitOptions stopping = options;
  stopping.on_epoch = [](nn::Progress& progress) { progress.stop(); };
  Network network;
  Trainer trainer{network, {}, {}, all_kinds(1)};
  trainer.fit(data(), stopping);
  trainer.save_checkpoint(folder / "c");
  const Checkpoint whole(bytes_of(folder / "c"));
  write(folder / "c", whole.with("schedule", little_endian(0x7FF8000000000000u)));
  trainer.resume(folder / "c");
  const Network before = network;
  CHECK_THROWS_AS(trainer.fit(data(), options), nn::data_error);
  CHECK(network == before);
}

TEST_CASE("a checkpoint is written only of what can be read again, and the old one stays") {
  const test::Folder folder;
  Network network;
  Trainer trainer{network, {}, {}};
  trainer.save_checkpoint(folder / "c");
  const std::string before = bytes_of(folder / "c");
  network.parameters()[3] = test::not_a_number<float>;
  CHECK(test::load_error_of([&] { trainer.save_checkpoint(folder / "c"); }) ==
        "save: cannot save the checkpoint \"" + (folder / "c") +
            "\": parameters has the number nan at 3, but must be finite; go back to an older checkpoint");
  CHECK(bytes_of(folder / "c") == before);
}

TEST_CASE("reading takes the memory of what is read, and no more") {
  if (!test::MemoryWatch::works()) return;
  const test::Folder folder;
  nn::Network<nn::Input<300>, nn::Dense<300>> network;
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::Adam{}};
  trainer.step(nn::Vector<float>::Ones(300), nn::Vector<float>::Zero(300));
  trainer.save_checkpoint(folder / "c");
  const std::size_t size = bytes_of(folder / "c").size();
  REQUIRE(size > 1'000'000);
  const test::MemoryWatch watch;
  trainer.resume(folder / "c");
  CHECK(watch.peak() < size + 200'000);
}

TEST_CASE(
    "options of the optimizer that were changed by hand are restored, and the bits are those of one not stopped") {
  const test::Folder folder;
  const auto step = [](auto& trainer, int from, int to) {
    for (int i = from; i < to; ++i) {
      trainer.step(test::drawn<float>(5, 6, static_cast<std::uint64_t>(i)), std::vector<int>{0, 1, 2, 2, 1, 0});
      if (i == 3) trainer.optimizer().learning_rate *= 0.25;
      if (i == 5) trainer.optimizer().momentum = 0.5;
      if (i == 6) trainer.optimizer().nesterov = true;
    }
  };
  Network a, b, c;
  nn::Trainer whole{a, nn::CrossEntropy{}, nn::SGD{}}, first{b, nn::CrossEntropy{}, nn::SGD{}};
  step(whole, 0, 20);
  step(first, 0, 9);
  first.save_checkpoint(folder / "c");
  nn::Trainer second{c, nn::CrossEntropy{}, nn::SGD{.learning_rate = 7}};
  second.resume(folder / "c");
  CHECK(second.optimizer().learning_rate == 0.25 * 1e-2);
  CHECK(second.optimizer().momentum == 0.5);
  CHECK(second.optimizer().nesterov);
  step(second, 9, 20);
  CHECK(a == c);
}

TEST_CASE("a learning rate that a callback lowers by hand stays low after resume") {
  const test::Folder folder;
  const auto train = [&](Network& network, bool stops) {
    Trainer trainer{network, {}, {}};
    nn::FitOptions options{.epochs = 6, .batch_size = 4};
    options.on_epoch = [&](nn::Progress& progress) {
      if (progress.epoch == 3) trainer.optimizer().learning_rate *= 0.01;
      if (progress.epoch != 4 || !stops) return;
      trainer.save_checkpoint(folder / "c");
      progress.stop();
    };
    trainer.fit(data(), options);
  };
  Network whole, half, resumed;
  train(whole, false);
  train(half, true);
  Trainer again{resumed, {}, {}};
  again.resume(folder / "c");
  CHECK(again.optimizer().learning_rate == 1e-3 * 0.01);
  again.fit(data(), {.epochs = 6, .batch_size = 4});
  CHECK(resumed == whole);
}

TEST_CASE("an optimizer of the program's own that lists no options keeps those that it has") {
  struct Own {
    double learning_rate = 0.5;
    void validate() const {}
    nn::Index state_count() const { return 0; }
    void step(nn::VectorView<float> parameters, nn::ConstVectorView<float> gradient, nn::OptimizerState<float>,
              std::int64_t) const {
      parameters -= static_cast<float>(learning_rate) * gradient;
    }
  };
  const test::Folder folder;
  Network network;
  nn::Trainer first{network, nn::CrossEntropy{}, Own{}}, second{network, nn::CrossEntropy{}, Own{.learning_rate = 2}};
  first.step(nn::Matrix<float>(nn::Matrix<float>::Ones(5, 2)), std::vector<int>{0, 1});
  first.save_checkpoint(folder / "c");
  second.resume(folder / "c");
  CHECK(second.step_count() == 1);
  CHECK(second.optimizer().learning_rate == 2);
}

TEST_CASE("fit refuses to go on with other data or options before the first update, and goes on with the right ones") {
  const test::Folder folder;
  Network whole, network;
  Trainer reference{whole, {}, {}, all_kinds(1)};
  const Result expected = result_of(reference, reference.fit(data(), options()));
  Trainer first{network, {}, {}, all_kinds(1)};
  nn::FitOptions stopping = options();
  stopping.on_batch = [](nn::Progress& progress) {
    if (progress.epoch == 2 && progress.batch == 2) progress.stop();
  };
  first.fit(data(), stopping);
  first.save_checkpoint(folder / "c");

  Network resumed;
  nn::TrainerOptions more_threads = all_kinds(3);
  Trainer trainer{resumed, {}, {}, more_threads};
  trainer.resume(folder / "c");
  const Network before = resumed;
  const auto refusal = [&](const nn::Dataset& other, auto change) {
    nn::FitOptions changed = options();
    change(changed);
    std::string sentence;
    try {
      trainer.fit(other, changed);
    } catch (const nn::data_error& problem) {
      sentence = problem.what();
    }
    CHECK(resumed == before);
    return sentence;
  };
  const auto nothing = [](nn::FitOptions&) {};
  CHECK_THAT(refusal(data(40), nothing), ContainsSubstring("samples = 19, but now there is 32"));
  CHECK_THAT(refusal(data().select(std::vector<nn::Index>{22, 1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11,
                                                          12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 0}),
                     nothing),
             ContainsSubstring("data of the fingerprint ") && ContainsSubstring("give the same data"));
  CHECK_THAT(refusal(data(), [](auto& changed) { changed.batch_size = 5; }),
             ContainsSubstring("batch_size = 4, but now there is 5"));
  CHECK_THAT(refusal(data(), [](auto& changed) { changed.random = nn::Random(6); }),
             ContainsSubstring("the same seed"));
  CHECK_THAT(refusal(data(), [](auto& changed) { changed.schedule = nn::CosineSchedule{}; }),
             ContainsSubstring("the schedule one of the program's own, but now there is CosineSchedule ("));
  nn::FitOptions longer = options();
  longer.patience = 7;
  CHECK(result_of(trainer, trainer.fit(data(), longer)) == expected);

  nn::FitOptions noisy = options();
  noisy.on_batch = [](nn::Progress& progress) { progress.stop(); };
  noisy.augmentation = nn::augment(nn::GaussianNoise{});
  trainer.fit(data(), noisy);
  trainer.save_checkpoint(folder / "d");
  trainer.resume(folder / "d");
  noisy.augmentation = nn::augment(nn::GaussianNoise{.deviation = 0.2});
  CHECK_THROWS_MATCHES(trainer.fit(data(), noisy), nn::data_error,
                       Message("fit: the checkpoint was made with the augmentation GaussianNoise (deviation 0.1), but "
                               "now there is GaussianNoise (deviation 0.2); give the same augmentation"));

  Network other;
  Trainer seeded{other, {}, {}, {.seed = 5, .clip_norm = 1, .l2 = 1e-3, .average_decay = 0.9}};
  seeded.resume(folder / "c");
  CHECK_THROWS_MATCHES(seeded.fit(data(), options()), nn::data_error,
                       Message("fit: the checkpoint was made with the Trainer's seed = 4, but now there is 5; give the "
                               "trainer the same seed"));
}

TEST_CASE("a checkpoint of version 1 is read to the bit, goes on, and is saved as version 3") {
  const test::Folder folder;
  test::GoldenTraining golden, again;
  golden.trainer.resume(golden.path());
  CHECK(golden.is_resumed());
  golden.trainer.save_checkpoint(folder / "c");
  again.trainer.resume(folder / "c");
  CHECK(again.is_resumed());
  // The 34 parameters, which follow the header and two counts in version 1, have the same bytes on every machine.
  const std::string first = bytes_of(golden.path());
  const std::string parameters = first.substr(first.find("\"version\":1}") + 12 + 16, 34 * sizeof(float));
  CHECK(bytes_of(folder / "c").find(parameters) != std::string::npos);
  golden.trainer.fit(golden.data(), golden.options());
  again.trainer.fit(golden.data(), golden.options());
  CHECK(golden.trainer.step_count() == 6);
  CHECK(golden.trainer.history().epochs.size() == 3);
  CHECK(golden.network == again.network);
  CHECK_FALSE(golden.is_resumed());

  test::GoldenTraining other;
  other.trainer.resume(golden.path());
  CHECK_THROWS_AS(other.trainer.fit(golden.data().subset(0, 11), golden.options()), nn::data_error);
  nn::FitOptions shorter = golden.options();
  shorter.samples_per_epoch = 2;
  CHECK_THROWS_AS(other.trainer.fit(golden.data(), shorter), nn::data_error);
  CHECK(other.is_resumed());
}

TEST_CASE(
    "a checkpoint of version 2 goes on with any augmentation, and is saved as version 3, which knows none either") {
  const test::Folder folder;
  test::GoldenTraining golden, again;
  golden.trainer.resume(golden.path(2));
  CHECK(golden.trainer.step_count() == 2);
  golden.trainer.save_checkpoint(folder / "c");
  again.trainer.resume(folder / "c");
  nn::FitOptions noisy = golden.options();
  CHECK_THROWS_MATCHES(again.trainer.fit(golden.data(), noisy), nn::data_error,
                       Message("fit: the checkpoint was made with augmentation: true, but now there is false; give the "
                               "same options"));
  noisy.augmentation = nn::augment(nn::GaussianNoise{});
  golden.trainer.fit(golden.data(), noisy);
  again.trainer.fit(golden.data(), noisy);
  CHECK(golden.network == again.network);
  CHECK(golden.trainer.step_count() == 6);
}

TEST_CASE("patience goes on where a checkpoint of version 1 was made") {
  // Its epoch had a validation loss of 0.79; with other patience than then, an epoch that is better starts it anew.
  test::GoldenTraining golden;
  golden.trainer.resume(golden.path());
  nn::FitOptions options = golden.options();
  options.patience = 1;
  const nn::History history = golden.trainer.fit(golden.data(), options);
  std::vector<double> losses;
  for (const nn::Epoch& epoch : history.epochs) losses.push_back(epoch.validation_loss);
  CAPTURE(losses);
  REQUIRE(losses.size() >= 2);
  CHECK(losses[1] < losses[0]);
  CHECK(losses.size() == 3);
}

TEST_CASE("a fit that is to go on after other layers took the place of those of the checkpoint says so") {
  const test::Folder folder;
  const nn::Dataset set(test::drawn<float>(3, 12, 1), test::drawn<float>(1, 12, 2));
  nn::Sequential<float> network(nn::Input{3}, nn::Dense{4}, nn::Dense{1});
  const nn::Sequential<float> before = network;
  nn::FitOptions few{.batch_size = 4, .validation_share = 0.3, .keep_best = true};
  few.on_batch = [](nn::Progress& progress) { progress.stop(); };
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{}};
  trainer.fit(set, few);
  trainer.save_checkpoint(folder / "run.ck");
  trainer.resume(folder / "run.ck");
  network = nn::Sequential<float>(nn::Input{3}, nn::Dense{5}, nn::Dense{1});
  few.on_batch = nullptr;
  CHECK_THROWS_WITH(trainer.fit(set, few), ContainsSubstring("other layers than when the checkpoint was read"));
  network = before;
  trainer.resume(folder / "run.ck");
  CHECK_NOTHROW(trainer.fit(set, few));
}
