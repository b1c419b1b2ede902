// SPDX-License-Identifier: MIT
// Files made to exhaust the machine: each is refused in the memory of one network and little more.
#include <streambuf>

#include "../catch.hpp"
#include "../effort.hpp"
#include "../memory_watch.hpp"
#include "files.hpp"

namespace {

// A start, then a piece over and over, up to a size; never held in memory.
class EndlessBuffer : public std::streambuf {
 public:
  EndlessBuffer(std::string start, const std::string& piece, std::uint64_t size)
      : start_(std::move(start)), left_(size) {
    while (block_.size() < 10'000) block_ += piece;
    setg(start_.data(), start_.data(), start_.data() + start_.size());
  }
  std::uint64_t given() const { return given_; }

 private:
  int_type underflow() override {
    if (left_ == 0) return traits_type::eof();
    const std::uint64_t count = std::min<std::uint64_t>(left_, block_.size());
    left_ -= count;
    given_ += count;
    setg(block_.data(), block_.data(), block_.data() + count);
    return traits_type::to_int_type(block_[0]);
  }

  std::string start_, block_;
  std::uint64_t left_, given_ = 0;
};

constexpr std::size_t little = 1'000'000;

}  // namespace

TEST_CASE("Endless nesting, whitespace, digits, texts and lists are refused early and in little memory") {
  const nn::Network<nn::Input<2>, nn::Dense<2>> network;
  const std::string in_W = R"({"W": [[0, 0], [[1, )", in_layers = R"({"layers": [{)";
  const std::pair<std::string, std::string> cases[] = {
      {"", "["},
      {"", R"({"a":)"},
      {"", R"({"W":[)"},
      {"", " "},
      {"", "\n"},
      {"", "\""},
      {"\"", "x"},
      {"\"", "\\u0001"},
      {"{", "\n"},
      {"{\"", "W"},
      {"{\"", "\x01"},
      {"{\"W\":", "\t"},
      {"{\"W\": [", "[],"},
      {"{\"W\": [", "[0, 0],"},
      {"{\"B\": [", "[0, 0],"},
      {"{\"W\": [[", "0,"},
      {"{\"W\": [[0, 0],", "["},
      {in_W, "1"},
      {in_W, "0.0000000"},
      {in_W + "0.", "0"},
      {in_W + "1e", "0"},
      {in_W, "1, "},
      {in_W, " "},
      {in_W, "["},
      {in_W, "null, "},
      {in_W + "\"", "a"},
      {in_layers + "\"type\": \"", "Dense"},
      {in_layers + "\"type\": \"", "\\n"},
      {in_layers, "\"a\": 1,"},
      {in_layers + "\"type\": \"Input\", ", "\"type\": \"Input\","},
      {R"({"format": ")", "n"},
      {R"({"version": )", "1"},
      {R"({"version": -)", "1"},
  };
  for (const auto& [start, piece] : cases) {
    INFO(start << piece << piece << "...");
    EndlessBuffer buffer(start, piece, 100'000'000);
    std::istream stream(&buffer);
    auto copy = network;
    const test::MemoryWatch memory;
    const std::string sentence = test::load_error_of([&] { nn::load(copy, stream); });
    CHECK(sentence.starts_with("load: the stream"));
    CHECK(sentence.size() < 400);
    CHECK(buffer.given() < 100'000);  // it was not read to its end
    CHECK(memory.peak() < little);
    CHECK(test::have_equal_bits(copy, network));
  }
}

TEST_CASE("Gaps of allowed length between all numbers cost no memory") {
  const nn::Index inputs = test::effort(10'000);
  nn::Network network{nn::Input{inputs}, nn::Dense{1}};
  EndlessBuffer buffer("{\"W\": [[", std::string(8000, ' ') + "0,", 8002 * static_cast<std::uint64_t>(inputs + 10));
  std::istream stream(&buffer);
  const test::MemoryWatch memory;
  CHECK_THAT(test::load_error_of([&] { nn::load(network, stream); }),
             Catch::Matchers::ContainsSubstring("W[0] has more than"));
  CHECK(memory.peak() < sizeof(float) * static_cast<std::size_t>(network.parameter_count()) + little);
}

TEST_CASE("Saving takes little memory, and loading that of one network more") {
  nn::Network<nn::Input<1000>, nn::Dense<1000>> network;
  const std::size_t model = sizeof(float) * static_cast<std::size_t>(network.parameter_count());
  const test::Folder folder;
  const test::MemoryWatch saving;
  nn::save(network, folder / "params.json");
  CHECK(saving.peak() < little);
  const test::MemoryWatch loading;
  nn::load(network, folder / "params.json");
  CHECK(loading.peak() < model + little);
  CHECK((!test::MemoryWatch::works() || loading.peak() >= model));  // that is, the watch sees something
}
