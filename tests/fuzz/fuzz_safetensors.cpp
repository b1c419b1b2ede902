// SPDX-License-Identifier: MIT
// Any bytes given to load_tensors end in a load_error, and the network is as it was, or in a network. With clang, from
// the root of the repository:
//
//   clang++ -std=c++20 -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined -I include
//     $(pkg-config --cflags eigen3 nlohmann_json) tests/fuzz/fuzz_safetensors.cpp -pthread -o fuzz_safetensors
//   mkdir -p corpus && ./fuzz_safetensors -max_len=4096 -max_total_time=60 corpus
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <sstream>
#include <string>

#include <nn/inference.hpp>
#include <nn/io/safetensors.hpp>

namespace {

using Small = nn::Network<nn::Input<2>, nn::Dense<3>, nn::BatchNorm, nn::Dense<1>>;

std::string whole_file(const Small& network) {
  std::ostringstream stream;
  nn::save_tensors(network, stream);
  return stream.str();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Small fresh;
  std::istringstream stream(std::string(reinterpret_cast<const char*>(data), size));
  Small network = fresh;
  try {
    nn::load_tensors(network, stream);
  } catch (const nn::load_error&) {
    if (!(network == fresh)) std::abort();
  }
  return 0;
}

// Mostly changes the header and puts its length in front again, which libFuzzer alone would hardly keep right.
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
  static const std::string whole = whole_file(Small());
  std::string bytes(reinterpret_cast<const char*>(data), size);
  if (bytes.size() < 8 || seed % 64 == 0) bytes = whole;
  std::uint64_t length = 0;
  for (std::size_t i = 0; i < 8; ++i) length |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << 8 * i;
  if (seed % 8 == 1 || length > bytes.size() - 8) {
    bytes.resize(std::min(bytes.size(), max_size));
    std::memcpy(data, bytes.data(), bytes.size());
    return LLVMFuzzerMutate(data, bytes.size(), max_size);
  }
  std::string header = bytes.substr(8, static_cast<std::size_t>(length));
  const std::string numbers = bytes.substr(8 + static_cast<std::size_t>(length));
  const std::size_t before = header.size();
  header.resize(before + 64);
  header.resize(LLVMFuzzerMutate(reinterpret_cast<std::uint8_t*>(header.data()), before, header.size()));
  std::string all;
  for (std::size_t i = 0; i < 8; ++i) all += static_cast<char>(header.size() >> 8 * i & 0xFF);
  all += header + numbers;
  all.resize(std::min(all.size(), max_size));
  std::memcpy(data, all.data(), all.size());
  return all.size();
}
