// SPDX-License-Identifier: MIT
// Any bytes given to nn::load_network end in a load_error, or in a network that is saved and loaded as the same again.
// With clang, from the root of the repository:
//
//   clang++ -std=c++20 -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined -I include
//     $(pkg-config --cflags eigen3 nlohmann_json) tests/fuzz/fuzz_load_network.cpp -o fuzz_load_network
//   mkdir -p corpus && ./fuzz_load_network -dict=tests/fuzz/json.dict -max_len=4096 -max_total_time=60 corpus
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <sstream>
#include <string>
#include <vector>

#include <nn/io/load_network.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::istringstream stream(std::string(data, data + size));
  std::vector<std::string> classes;
  try {
    static const nn::LayerTable<float> layers = nn::known_layers<float>();
    const auto network = nn::load_network<float>(
        stream, {.layers = layers, .activation = "ReLU", .self_test = size % 2 == 0, .classes = &classes});
    std::stringstream saved;
    nn::save(network, saved);
    if (!(nn::load_network<float>(saved, {.layers = layers}) == network)) std::abort();
  } catch (const nn::load_error&) {
  }
  return 0;
}

// Starts from whole files, which libFuzzer alone would hardly find: an input that is none becomes one now and then.
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
  static const std::vector<std::string> whole = [] {
    const auto text_of = [](const auto& network, const nn::SaveOptions& options) {
      std::ostringstream stream;
      nn::save(network, stream, options);
      return stream.str();
    };
    const nn::Network image{nn::Input{4, 4, 1},  nn::Conv2D{2, 3, {.padding = 1}},
                            nn::BatchNorm{},     nn::MaxPool2D{2},
                            nn::UpSample2D{2},   nn::ZeroPad2D{1},
                            nn::Flatten{},       nn::Dense{2},
                            nn::Reshape{1, 1, 2}};
    const nn::Network nested{nn::Input{2}, nn::Normalize{},
                             nn::Residual{nn::Dense{3}, nn::Chain{nn::ELU{}, nn::Dense{2}}},
                             nn::Concat{nn::PReLU{nn::per_channel}, nn::GroupNorm{2}}, nn::Dropout{0.3}};
    return std::vector<std::string>{text_of(image, {.precision = 2, .self_test = true, .classes = {"a", "b"}}),
                                    text_of(nested, {.self_test = true}),
                                    "{\"W\": [[0.0], [[1.5], [-2e-3]], [[1, 2]]], \"B\": [[0.0], [0.25, -0.0], [7]]}"};
  }();
  if (const std::size_t chosen = seed % 64; chosen < whole.size() && whole[chosen].size() <= max_size) {
    std::memcpy(data, whole[chosen].data(), whole[chosen].size());
    size = whole[chosen].size();
  }
  return LLVMFuzzerMutate(data, size, max_size);
}
