// SPDX-License-Identifier: MIT
// The exceptions of the library: one sentence each, saying what is wrong, where, both numbers, and the remedy.
#pragma once

#include <initializer_list>
#include <sstream>
#include <stdexcept>
#include <string>

namespace nn {

namespace detail {

// Something that can be written to a stream, whatever its type.
struct Piece {
  template <class T>
  explicit Piece(const T& given)
      : piece(&given), write([](std::ostream& stream, const void* it) { stream << *static_cast<const T*>(it); }) {}
  const void* piece;
  void (*write)(std::ostream&, const void*);
};

inline std::string joined(std::initializer_list<Piece> pieces) {
  std::ostringstream stream;
  stream.imbue(std::locale::classic());
  for (const Piece& piece : pieces) piece.write(stream, piece.piece);
  return stream.str();
}

}  // namespace detail

/// Strings, numbers and shapes as one text. Numbers look alike whatever locale the program has chosen.
template <class... Pieces>
std::string text_of(const Pieces&... pieces) {
  return detail::joined({detail::Piece(pieces)...});
}

/// Base of everything this library throws on purpose. Whatever threw it left its arguments as they were.
class error : public std::runtime_error {
 public:
  /// The sentence is put together from its pieces: strings, numbers, shapes. They are taken by value, so that texts of
  /// any length are of one type: the compiler has this constructor to make again for every list of types.
  template <class... Pieces>
  explicit error(Pieces... pieces) : std::runtime_error(text_of(pieces...)) {}
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
