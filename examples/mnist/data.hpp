// SPDX-License-Identifier: MIT
// Where the digits come from.
#pragma once

#include <nn/core/random.hpp>
#include <nn/data/mnist.hpp>

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string>
#include <utility>

#include "digits.hpp"

namespace mnist {

struct Data {
  nn::Dataset train;
  nn::Dataset test;
  std::string source;
  bool is_generated = false;
};

inline std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// Where cmake/fetch_mnist.cmake puts MNIST; empty where there is no such place.
inline std::string cache_folder() {
  if (const std::string cache = environment("XDG_CACHE_HOME"); !cache.empty()) return cache + "/nn/mnist";
  const std::string home = environment("HOME");
  if (home.empty()) return "";
#ifdef __APPLE__
  return home + "/Library/Caches/nn/mnist";
#else
  return home + "/.cache/nn/mnist";
#endif
}

inline Data read_folder(const std::string& folder) {
  return {nn::read_mnist(folder, nn::MnistPart::train), nn::read_mnist(folder, nn::MnistPart::test),
          "MNIST in " + folder, false};
}

inline Data generate(std::uint64_t seed) {
  DigitGenerator generator{nn::Random(seed)};
  nn::Dataset train = generator.dataset(10'000);
  return {std::move(train), generator.dataset(2'000), "generated digits", true};
}

/// The folder given, $NN_MNIST_DIR, the cache folder, or else digits that are drawn here.
inline Data find_data(const std::string& folder, std::uint64_t seed) {
  if (!folder.empty()) return read_folder(folder);
  if (const std::string named = environment("NN_MNIST_DIR"); !named.empty()) return read_folder(named);
  const std::string cache = cache_folder();
  if (!cache.empty() && std::ifstream(cache + "/train-images-idx3-ubyte")) return read_folder(cache);
  return generate(seed);
}

}  // namespace mnist
