// SPDX-License-Identifier: MIT
// What the tests of files share: a folder that goes away, networks to and from text, and the sentence of an error.
#pragma once

#include <stdlib.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <nn/inference.hpp>
#include <nn/io/json.hpp>

namespace test {

class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "nn-test-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }

  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }
  /// How many files there are, hidden ones too.
  std::ptrdiff_t count() const {
    return std::distance(std::filesystem::directory_iterator(path_), std::filesystem::directory_iterator());
  }

 private:
  std::string path_;
};

inline std::string read_file(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

inline void write_file(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

template <class Network>
std::string text_of(const Network& network) {
  std::ostringstream stream;
  nn::save(network, stream);
  return stream.str();
}

template <class Network>
void load_text(Network& network, const std::string& text) {
  std::istringstream stream(text);
  nn::load(network, stream);
}

/// The same bits, so that 0 and -0 differ.
template <class A, class B>
bool have_equal_bits(const A& a, const B& b) {
  const auto size = sizeof(typename A::Scalar) * static_cast<std::size_t>(a.parameter_count());
  return a.parameter_count() == b.parameter_count() &&
         (size == 0 || std::memcmp(a.parameters().data(), b.parameters().data(), size) == 0);
}

/// The sentence of the load_error that call() throws; empty where it throws none.
template <class Call>
std::string load_error_of(Call call) {
  try {
    call();
  } catch (const nn::load_error& problem) {
    return problem.what();
  }
  return "";
}

/// The same for loading a text, and a remark where the network was changed nevertheless.
template <class Network>
std::string load_error_of_text(const Network& network, const std::string& text) {
  Network copy = network;
  const std::string sentence = load_error_of([&] { load_text(copy, text); });
  if (!sentence.empty() && !have_equal_bits(copy, network)) return "the network was changed; " + sentence;
  return sentence;
}

}  // namespace test
