// SPDX-License-Identifier: MIT
// Any bytes given to nn::read_idx end in a load_error or in an array of exactly those bytes, from a stream that can
// tell its length and from one that cannot. With clang, from the root of the repository:
//
//   clang++ -std=c++20 -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined -I include
//     $(pkg-config --cflags eigen3) tests/fuzz/fuzz_idx.cpp -o fuzz_idx
//   mkdir -p corpus && ./fuzz_idx -max_len=300 -max_total_time=60 corpus
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <sstream>
#include <streambuf>

#include <nn/data/idx.hpp>

namespace {

// A stream that cannot be asked for its length, as a pipe.
class PipeBuffer : public std::streambuf {
 public:
  explicit PipeBuffer(std::string text) : text_(std::move(text)) {
    setg(text_.data(), text_.data(), text_.data() + text_.size());
  }

 private:
  std::string text_;
};

std::optional<nn::IdxArray> read(std::istream& stream) {
  try {
    return nn::read_idx(stream);
  } catch (const nn::load_error&) {
    return std::nullopt;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(data, data + size);
  std::istringstream seekable(bytes);
  PipeBuffer buffer(bytes);
  std::istream pipe(&buffer);
  const std::optional<nn::IdxArray> array = read(seekable);
  if (array != read(pipe)) std::abort();
  if (!array) return 0;
  nn::Index product = 1;
  for (const nn::Index dimension : array->dimensions) product *= dimension;
  const std::size_t header = 4 + 4 * array->dimensions.size();
  if (static_cast<std::size_t>(product) != array->bytes.size() || header + array->bytes.size() != size) std::abort();
  if (!std::equal(array->bytes.begin(), array->bytes.end(), data + header)) std::abort();
  return 0;
}
