// SPDX-License-Identifier: MIT
// Any bytes given to nn::load end in a load_error that leaves the network as it was, or in a network that saves and
// loads to the same bits. With clang, from the root of the repository:
//
//   clang++ -std=c++20 -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined -I include
//     $(pkg-config --cflags eigen3 nlohmann_json) tests/fuzz/fuzz_json.cpp -o fuzz_json
//   mkdir -p corpus && ./fuzz_json -dict=tests/fuzz/json.dict -max_len=4096 -max_total_time=60 corpus
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <sstream>

#include <nn/inference.hpp>
#include <nn/io/json.hpp>

namespace {

template <class Network>
void try_bytes(const std::string& bytes) {
  static const Network network;
  Network other = network;
  std::istringstream stream(bytes);
  const auto equal = [](const Network& a, const Network& b) {
    const auto size = sizeof(typename Network::Scalar) * static_cast<std::size_t>(a.parameter_count());
    return std::memcmp(a.parameters().data(), b.parameters().data(), size) == 0;
  };
  try {
    nn::load(other, stream);
  } catch (const nn::load_error&) {
    if (!equal(other, network)) std::abort();
    return;
  }
  std::ostringstream saved;
  nn::save(other, saved);
  Network again = network;
  std::istringstream in(saved.str());
  nn::load(again, in);
  if (!equal(again, other)) std::abort();
}

}  // namespace

// The first byte chooses the network.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string bytes(data + 1, data + size);
  using Small = nn::Network<nn::Input<2>, nn::Dense<2>, nn::LeakyReLU, nn::Dense<1, false>>;
  using Course = nn::Network<double, nn::Input<1>, nn::Dense<2>, nn::ReLU, nn::Dense<2>, nn::Softmax>;
  if (data[0] % 2 == 0)
    try_bytes<Small>(bytes);
  else
    try_bytes<Course>(bytes);
  return 0;
}

// Starts from whole files, which libFuzzer alone would hardly find: an input that is none becomes one now and then.
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
  static const std::string whole[] = {
      "\1{\"W\": [[0.0], [[1.5], [-2e-3]], [[1, 2], [3, 4]]], \"B\": [[0.0], [0.25, -0.0], [1e-40, 7]]}",
      "\2{\"format\": \"nn\", \"version\": 1, \"layers\": [{\"type\": \"Input\", \"height\": 1, \"width\": 1, "
      "\"channels\": 2}, "
      "{\"type\": \"Dense\", \"units\": 2, \"bias\": 1}, {\"type\": \"LeakyReLU\", \"negative_slope\": 0.01}, "
      "{\"type\": \"Dense\", \"units\": 1, \"bias\": 0}], \"W\": [[0, 0], [[1, 2], [3, 4]], [[5, 6]]], "
      "\"B\": [[0, 0], [1, 2], [0]]}"};
  if (seed % 64 < 2 && whole[seed % 64].size() <= max_size) {
    const std::string& file = whole[seed % 64];
    std::memcpy(data, file.data(), file.size());
    size = file.size();
  }
  return LLVMFuzzerMutate(data, size, max_size);
}
