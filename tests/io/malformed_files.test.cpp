// SPDX-License-Identifier: MIT
// Every prefix and every single-bit flip of many small files ends in a load_error that leaves the network as it was, or
// in a load after which the network saves and loads to the same bits.
#include <bit>
#include <streambuf>

#include "../catch.hpp"
#include "../effort.hpp"
#include "files.hpp"

namespace {

// Reads from memory without copying, since there are very many cases.
class MemoryBuffer : public std::streambuf {
 public:
  explicit MemoryBuffer(std::string& text) { setg(text.data(), text.data(), text.data() + text.size()); }
};

template <class T>
T any_number(nn::Random& random) {
  if (random.below(3) == 0) return static_cast<T>(random.normal());
  if (random.below(4) == 0) return static_cast<T>(static_cast<double>(random.below(20)) - 10);
  for (;;) {
    const std::uint64_t bits = random.next();
    T number;
    std::memcpy(&number, &bits, sizeof number);
    if (nn::is_finite(number)) return number;
  }
}

// The file as the course's program writes it: W and B alone, four spaces per level, every number on its own line.
template <class T>
std::string course_text(const nn::Sequential<T>& network) {
  std::ostringstream text;
  text.precision(std::numeric_limits<T>::max_digits10);
  const auto list = [&](const std::string& indent, nn::Index count, auto number) {
    text << "[";
    for (nn::Index i = 0; i < count; ++i) text << (i > 0 ? "," : "") << "\n" << indent << "    " << number(i);
    text << "\n" << indent << "]";
  };
  const auto zero = [](nn::Index) { return "0.0"; };
  text << "{\n    \"W\": [\n        ";
  list("        ", network.input_shape().size(), zero);
  for (nn::Index k = 0; k < network.weight_count(); ++k) {
    text << ",\n        [";
    for (nn::Index row = 0; row < network.weight(k).rows(); ++row) {
      text << (row > 0 ? "," : "") << "\n            ";
      list("            ", network.weight(k).cols(), [&](nn::Index column) { return network.weight(k)(row, column); });
    }
    text << "\n        ]";
  }
  text << "\n    ],\n    \"B\": [\n        ";
  list("        ", network.input_shape().size(), zero);
  for (nn::Index k = 0; k < network.weight_count(); ++k) {
    text << ",\n        ";
    list("        ", network.bias(k).size(), [&](nn::Index row) { return network.bias(k)[row]; });
  }
  text << "\n    ]\n}";
  return text.str();
}

template <class T>
nn::Sequential<T> any_network(nn::Random& random) {
  nn::Sequential<T> network{nn::Input{1 + random.below(3)}};
  for (std::uint64_t depth = random.below(3) + 1; depth > 0; --depth) {
    if (random.below(4) == 0)
      network.add(nn::Dense{1 + random.below(3), nn::no_bias});
    else
      network.add(nn::Dense{1 + random.below(3)});
    if (random.below(3) == 0) network.add(nn::LeakyReLU{});
    if (random.below(3) == 0) network.add(nn::Softmax{});
  }
  for (T& number : network.parameters()) number = any_number<T>(random);
  return network;
}

struct Counts {
  std::int64_t cases = 0, loaded = 0, not_our_error = 0, changed = 0, not_stable = 0;
};

// `network` is what must not change, `other` has the same layers and gets what is loaded.
template <class T>
void try_file(std::string& text, const nn::Sequential<T>& network, nn::Sequential<T>& other, Counts& counts) {
  ++counts.cases;
  other.parameters() = network.parameters();
  MemoryBuffer buffer(text);
  std::istream stream(&buffer);
  try {
    nn::load(other, stream);
  } catch (const nn::load_error& problem) {
    counts.changed += !test::have_equal_bits(other, network);
    counts.not_our_error += !std::string_view(problem.what()).starts_with("load: the stream");
    return;
  }
  ++counts.loaded;
  auto again = network;
  test::load_text(again, test::text_of(other));
  counts.not_stable += !test::have_equal_bits(again, other);
}

template <class T>
void try_all_damages(nn::Random& random, Counts& counts) {
  auto network = any_network<T>(random);
  const bool is_course = random.below(2) == 0;
  std::string text = is_course ? course_text(network) : test::text_of(network);
  auto other = network;

  network.parameters().setConstant(T(0.5));  // so that a half-applied load would show
  Counts whole;
  try_file(text, network, other, whole);
  REQUIRE(whole.loaded == 1);

  for (std::size_t size = 0; size < text.size(); ++size) {
    std::string prefix = text.substr(0, size);
    try_file(prefix, network, other, counts);
  }
  for (std::size_t i = 0; i < text.size(); ++i)
    for (int bit = 0; bit < 8; ++bit) {
      text[i] = static_cast<char>(text[i] ^ (1 << bit));
      try_file(text, network, other, counts);
      text[i] = static_cast<char>(text[i] ^ (1 << bit));
    }
}

}  // namespace

TEST_CASE("Every prefix and every flipped bit of a file ends in a load_error or a load") {
  const std::int64_t wanted = test::effort(700'000);
  nn::Random random{1};
  Counts counts;
  int files = 0;
  for (; counts.cases < wanted; ++files) {
    try_all_damages<float>(random, counts);
    try_all_damages<double>(random, counts);
  }
  INFO(files << " times two files, " << counts.cases << " cases, of which " << counts.loaded << " loaded");
  CHECK(counts.cases >= wanted);
  CHECK(counts.loaded > counts.cases / 1000);  // a flipped digit is another number
  CHECK(counts.loaded < counts.cases / 2);
  CHECK(counts.not_our_error == 0);
  CHECK(counts.changed == 0);
  CHECK(counts.not_stable == 0);
}

TEST_CASE("A cut file is reported at its last byte") {
  nn::Random random{2};
  const auto network = any_network<float>(random);
  const std::string text = test::text_of(network);
  for (std::size_t size = 0; size + 1 < text.size(); ++size) {  // without its last line end it is still whole
    const std::string sentence = test::load_error_of_text(network, text.substr(0, size));
    INFO(sentence);
    CHECK(sentence.ends_with(" (at byte " + std::to_string(size) + ")"));
  }
}
