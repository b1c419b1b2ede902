// SPDX-License-Identifier: MIT
// The exceptions of the library: one sentence each, saying what is wrong, where, both numbers, and the remedy.
#pragma once

#include <locale>
#include <sstream>
#include <stdexcept>
#include <string>

namespace nn {

/// Base of everything this library throws on purpose. Whatever threw it left its arguments as they were.
class error : public std::runtime_error {
 public:
  /// The sentence is put together from its pieces: strings, numbers, shapes.
  template <class... Pieces>
  explicit error(const Pieces&... pieces) : std::runtime_error(sentence(pieces...)) {}

 private:
  template <class... Pieces>
  static std::string sentence(const Pieces&... pieces) {
    std::ostringstream stream;
    stream.imbue(std::locale::classic());  // numbers look alike everywhere
    (stream << ... << pieces);
    return stream.str();
  }
};

/// Sizes that do not fit together: a layer and its input, a sample and the network, outputs and targets.
class shape_error : public error {
 public:
  using error::error;
};

/// A file of parameters that cannot be read or written: what is wrong, where in the file, at which byte.
class load_error : public error {
 public:
  using error::error;
};

/// Data or an option that cannot be used: empty, out of range, not finite.
class data_error : public error {
 public:
  using error::error;
};

}  // namespace nn
