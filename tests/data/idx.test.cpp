// SPDX-License-Identifier: MIT
#include <nn/data/idx.hpp>

#include <cstdint>
#include <initializer_list>
#include <new>
#include <sstream>
#include <streambuf>
#include <string>
#include <vector>

#include "../catch.hpp"
#include "../effort.hpp"
#include "../memory_watch.hpp"
#include "idx_files.hpp"

using Catch::Matchers::Message;
using Catch::Matchers::StartsWith;
using test::idx_text;

namespace {

nn::IdxArray read(const std::string& text) {
  std::istringstream stream(text);
  return nn::read_idx(stream);
}

std::string sentence_of(const std::string& text) {
  try {
    read(text);
  } catch (const nn::load_error& problem) {
    return problem.what();
  }
  return "it was read";
}

// Bytes that come one after the other, as from a pipe: there is no way to ask how many are left.
class Pipe : public std::streambuf {
 public:
  explicit Pipe(const std::string& text) : text_(text) {}

 private:
  int_type underflow() override {
    if (position_ == text_.size()) return traits_type::eof();
    current_ = text_[position_++];
    setg(&current_, &current_, &current_ + 1);
    return traits_type::to_int_type(current_);
  }

  const std::string& text_;
  std::size_t position_ = 0;
  char current_ = 0;
};

nn::IdxArray read_from_pipe(const std::string& text) {
  Pipe pipe(text);
  std::istream stream(&pipe);
  return nn::read_idx(stream, "the pipe");
}

// Reads text with any bytes in it: counts how often that was refused, and lets every other exception through.
struct Outcomes {
  std::int64_t read = 0;
  std::int64_t refused = 0;

  void take(const std::string& text) {
    stream.clear();
    stream.str(text);
    try {
      const nn::IdxArray array = nn::read_idx(stream);
      nn::Index size = 1;
      for (const nn::Index dimension : array.dimensions) size *= dimension;
      if (size != static_cast<nn::Index>(array.bytes.size())) FAIL("sizes and bytes differ");
      ++read;
    } catch (const nn::load_error&) {
      ++refused;
    }
  }

  std::istringstream stream;
};

// Small files of every rank, all valid.
std::vector<std::string> small_files() {
  return {idx_text({1}, "a"),
          idx_text({5}, "hello"),
          idx_text({256}, std::string(256, 'x')),
          idx_text({2, 3}, "abcdef"),
          idx_text({3, 2}, "abcdef"),
          idx_text({1, 1, 1}, "a"),
          idx_text({2, 3, 4}, std::string(24, 'y')),
          idx_text({4, 3, 2, 1}, std::string(24, 'z')),
          idx_text({1, 2, 3, 4}, std::string(24, '\0'))};
}

}  // namespace

TEST_CASE("An IDX file gives its sizes and its bytes") {
  CHECK(read(idx_text({3}, "abc")) == nn::IdxArray{{3}, {'a', 'b', 'c'}});
  CHECK(read(idx_text({1, 2, 1}, "\xff\x01")) == nn::IdxArray{{1, 2, 1}, {255, 1}});
  const std::string large(70'000, 'x');
  CHECK(read(idx_text({70'000}, large)).bytes == std::vector<std::uint8_t>(large.begin(), large.end()));
  for (const std::string& text : small_files()) CHECK_NOTHROW(read(text));
}

TEST_CASE("A stream is read from where it stands") {
  std::istringstream stream("three" + idx_text({3}, "abc"));
  stream.seekg(5);
  CHECK(nn::read_idx(stream).dimensions == std::vector<nn::Index>{3});
}

TEST_CASE("An IDX file comes through a pipe as well") {
  std::string long_text(200'000, 'x');
  for (std::size_t i = 0; i < long_text.size(); ++i) long_text[i] = static_cast<char>(i * i % 251);
  for (const std::string& text : {idx_text({3}, "abc"), idx_text({100, 2000}, long_text)}) {
    CHECK(read_from_pipe(text) == read(text));
    CHECK_THROWS_AS(read_from_pipe(text.substr(0, text.size() - 1)), nn::load_error);
    CHECK_THROWS_AS(read_from_pipe(text + "x"), nn::load_error);
  }
  CHECK_THROWS_MATCHES(read_from_pipe(idx_text({9}, "abc")), nn::load_error,
                       Message("read_idx: the pipe ends too early: its sizes promise 9 bytes from byte 8 on, "
                               "but it has 3; get the file again"));
  CHECK_THROWS_MATCHES(read_from_pipe(idx_text({1}, "abc")), nn::load_error,
                       Message("read_idx: the pipe has more bytes than the 1 that its sizes promise, from byte 9 on; "
                               "it is damaged, or two files in one"));
}

TEST_CASE("A stream that throws is answered with a load_error too") {
  std::istringstream stream(idx_text({9}, "abc"));
  stream.exceptions(std::ios::badbit | std::ios::failbit | std::ios::eofbit);
  CHECK_THROWS_AS(nn::read_idx(stream), nn::load_error);

  const std::string text = idx_text({3}, "abc");
  Pipe pipe(text);
  std::istream throwing(&pipe);
  throwing.exceptions(std::ios::badbit | std::ios::failbit | std::ios::eofbit);
  CHECK(nn::read_idx(throwing).bytes.size() == 3);
}

TEST_CASE("What is wrong with an IDX file is said with the byte where it is") {
  const std::string start = "read_idx: the stream ";
  const auto says = [&](const std::string& text, const std::string& sentence) {
    CHECK(sentence_of(text) == start + sentence);
  };
  const std::string three = idx_text({3}, "abc");
  const auto with = [&](std::size_t position, int byte) {
    std::string text = three;
    text[position] = static_cast<char>(byte);
    return text;
  };
  says("", "ends at byte 0, within the first 4 that say what it is; get the file again");
  says(three.substr(0, 3), "ends at byte 3, within the first 4 that say what it is; get the file again");
  says("\x1f\x8b\x08 and so on", "is packed (its bytes 0 and 1 are 1f 8b, gzip); unpack it first with gzip -d");
  says("\x1f\x8b", "is packed (its bytes 0 and 1 are 1f 8b, gzip); unpack it first with gzip -d");
  says("JSON", "is no IDX file: its bytes 0 and 1 are 74 and 83 instead of 0 and 0");
  const std::string only = ") at byte 2; only type 8, unsigned bytes, can be read";
  says(with(2, 9), "has elements of type 9 (signed bytes" + only);
  says(with(2, 11), "has elements of type 11 (16-bit integers" + only);
  says(with(2, 12), "has elements of type 12 (32-bit integers" + only);
  says(with(2, 13), "has elements of type 13 (float" + only);
  says(with(2, 14), "has elements of type 14 (double" + only);
  says(with(2, 0), "has elements of type 0 (unknown to the format" + only);
  says(with(3, 0), "has 0 dimensions at byte 3; only 1 to 4 can be read");
  says(with(3, 5), "has 5 dimensions at byte 3; only 1 to 4 can be read");
  says(three.substr(0, 6), "ends at byte 6, within its 1 sizes; get the file again");
  says(idx_text({2, 0, 3}, ""), "is empty: its size 2 at byte 8 is 0");
  says(idx_text({4'294'967'295, 4'294'967'295}, ""),
       "has sizes too large to count, 4294967295 x 4294967295 at byte 8; it is damaged");
  says(idx_text({65536, 65536, 65536, 65536}, ""),
       "has sizes too large to count, 281474976710656 x 65536 at byte 16; it is damaged");
  says(idx_text({2, 3}, "abcde"),
       "ends too early: its sizes promise 6 bytes from byte 12 on, but it has 5; get the file again");
  says(idx_text({2, 3}, "abcdefg"),
       "has more bytes than the 6 that its sizes promise, from byte 18 on; it is damaged, or two files in one");
}

TEST_CASE("A file that is not there, or no file, is said by its path") {
  CHECK_THROWS_MATCHES(nn::read_idx("no/such/file"), nn::load_error,
                       Message("read_idx: \"no/such/file\" cannot be opened: No such file or directory; "
                               "check the path"));
  CHECK_THROWS_WITH(nn::read_idx("/"), StartsWith("read_idx: cannot read \"/\": it is a folder"));
  std::istringstream failed("");
  failed.setstate(std::ios::failbit);
  CHECK_THROWS_WITH(nn::read_idx(failed), StartsWith("read_idx: the stream cannot be read"));
}

TEST_CASE("A file is read from its path") {
  const test::IdxFolder folder;
  folder.write("three", idx_text({3}, "abc"));
  CHECK(nn::read_idx(folder / "three").bytes == std::vector<std::uint8_t>{'a', 'b', 'c'});
  folder.write("short", idx_text({4}, "abc"));
  CHECK_THROWS_WITH(nn::read_idx(folder / "short"),
                    StartsWith("read_idx: \"" + (folder / "short") + "\" ends too early"));
}

TEST_CASE("A header that promises much gets no memory for it") {
  for (const std::string& text :
       {idx_text({4'294'967'295}, "abc"), idx_text({65'535, 65'536}, std::string(20, 'x')),
        idx_text({2'147'483'647, 4'294'967'295}, "abc"), idx_text({60'000, 28, 28}, std::string(1000, 'x'))}) {
    std::istringstream stream(text);
    Pipe pipe(text);
    std::istream piped(&pipe);
    std::size_t peaks[2];
    {
      const test::MemoryWatch watch;
      CHECK_THROWS_AS(nn::read_idx(stream), nn::load_error);
      peaks[0] = watch.peak();
    }
    {
      const test::MemoryWatch watch;
      CHECK_THROWS_AS(nn::read_idx(piped), nn::load_error);
      peaks[1] = watch.peak();
    }
    CHECK(peaks[0] < 20'000);  // the sentence, and what Catch2 keeps of this check
    CHECK(peaks[1] < 100'000);
  }
}

TEST_CASE("Reading takes the memory of the bytes once, and through a pipe twice") {
  const std::string text = idx_text({5'000'000}, std::string(5'000'000, 'x'));
  std::istringstream stream(text);
  Pipe pipe(text);
  std::istream piped(&pipe);
  const test::MemoryWatch watch;
  const std::size_t once = nn::read_idx(stream).bytes.size();
  const std::size_t peak = watch.peak();
  const test::MemoryWatch second_watch;
  const std::size_t twice = nn::read_idx(piped).bytes.size();
  const std::size_t second_peak = second_watch.peak();
  CHECK(once == 5'000'000);
  CHECK(twice == 5'000'000);
  CHECK(peak < 5'100'000);
  CHECK(second_peak < 10'200'000);
}

TEST_CASE("An IDX file for which there is not enough memory is a load_error, nothing else") {
  const std::string text = idx_text({2, 70'000}, std::string(140'000, 'x'));
  for (const bool is_pipe : {false, true}) {
    int refused = 0;
    for (long number = 0;; ++number) {
      bool has_come = false;
      {
        std::istringstream file(text);
        Pipe pipe(text);
        std::istream piped(&pipe);
        std::istream& stream = is_pipe ? piped : file;
        const test::FailingAllocation failing(number);
        try {
          nn::read_idx(stream);
        } catch (const nn::load_error& problem) {
          refused +=
              std::string(problem.what()).find("has 140000 bytes of data, for which there is not enough memory") !=
              std::string::npos;
        } catch (const std::bad_alloc&) {
        }
        has_come = failing.has_come();
      }
      if (!has_come) break;
    }
    CHECK(refused >= 1);
  }
}

TEST_CASE("Every prefix of an IDX file is refused") {
  Outcomes outcomes;
  std::int64_t cases = 0;
  for (const std::string& text : small_files())
    for (std::size_t size = 0; size < text.size(); ++size, ++cases) outcomes.take(text.substr(0, size));
  CHECK(outcomes.refused == cases);
  CHECK(outcomes.read == 0);
}

TEST_CASE("Every single bit flipped in an IDX file is refused, or is a byte of its data") {
  for (const std::string& text : small_files()) {
    Outcomes outcomes;
    const std::size_t header = 4 + 4 * static_cast<std::size_t>(text[3]);
    for (std::size_t bit = 0; bit < 8 * text.size(); ++bit) {
      std::string damaged = text;
      damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
      outcomes.take(damaged);
    }
    CHECK(outcomes.read == static_cast<std::int64_t>(8 * (text.size() - header)));
    CHECK(outcomes.refused == static_cast<std::int64_t>(8 * header));
  }
}

TEST_CASE("600,000 IDX files with other bytes in their headers are read or refused, in little memory") {
  // Every pair of header bytes, each replaced by the values that mean something and by those at the edges of a byte.
  const std::initializer_list<int> values{0, 1, 2, 3, 4, 5, 6, 8, 11, 14, 24, 31, 126, 127, 128, 139, 254, 255};
  const std::int64_t wanted = test::effort(std::int64_t{600'000});
  Outcomes outcomes;
  const auto take_pairs = [&](const std::string& text, int seed) {
    const std::size_t header = 4 + 4 * static_cast<std::size_t>(text[3]);
    for (std::size_t first = 0; first < header; ++first)
      for (std::size_t second = first + 1; second < header; ++second)
        for (const int a : values)
          for (const int b : values) {
            if (outcomes.read + outcomes.refused == wanted) return;
            std::string damaged = text;
            damaged[first] = static_cast<char>(a ^ (seed << 4));
            damaged[second] = static_cast<char>(b ^ (seed << 2));
            outcomes.take(damaged);
          }
  };
  const test::MemoryWatch watch;
  for (const int seed : {0, 1, 2})
    for (const std::string& text : small_files()) take_pairs(text, seed);
  const std::size_t peak = watch.peak();
  CHECK(outcomes.read + outcomes.refused == wanted);
  CHECK(outcomes.read > 0);
  CHECK(outcomes.refused > 10 * outcomes.read);
  CHECK(peak < 100'000);
}

TEST_CASE("A path that read_idx cannot open stands in its message without what disturbs a terminal") {
  CHECK_THROWS_MATCHES(nn::read_idx("missing\x1B[2J"), nn::load_error,
                       Catch::Matchers::Message(
                           "read_idx: \"missing?[2J\" cannot be opened: No such file or directory; check the path"));
}
