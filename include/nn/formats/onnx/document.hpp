// SPDX-License-Identifier: MIT
// The bytes of a model file and all that is kept while they are understood: bounded by the file's own size.
#pragma once

#include <cstddef>
#include <cstdint>
#include <istream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nn/core/errors.hpp>
#include <nn/core/printable.hpp>
#include <nn/io/byte_source.hpp>
#include <nn/io/neighbour_file.hpp>

namespace nn::detail::onnx {

/// Protocol buffers count sizes in 31 bits.
inline constexpr std::uint64_t largest_file = (std::uint64_t{1} << 31) - 1;

/// Everything that is read of a model are views of its bytes, and lists of them, which together may take as much memory
/// as the file and `allowance` more: a small hostile file cannot ask for a large memory.
class Document {
 public:
  static constexpr std::size_t allowance = 900'000;

  Document(std::string name, std::string bytes, std::string folder = "")
      : name_(std::move(name)),
        folder_(std::move(folder)),
        bytes_(std::move(bytes)),
        left_(bytes_.size() + allowance) {}

  const std::string& name() const { return name_; }
  std::string_view bytes() const { return bytes_; }
  /// The folder of the model's file, where its external data are; empty for a stream.
  const std::string& folder() const { return folder_; }

  /// Must be called before memory for what the file says is taken.
  void charge(std::size_t size) {
    if (size > left_)
      fail(bytes_, " describes more than its ", bytes_.size(), " bytes can hold for a model; it is damaged or hostile");
    left_ -= size;
  }

  /// Room for `count` more elements in a list.
  template <class Element>
  void reserve(std::vector<Element>& list, std::size_t count) {
    if (count == 0) return;
    constexpr std::size_t of_the_allocator = 16;
    if (count > left_ / sizeof(Element)) charge(left_ + 1);
    charge((list.size() + count) * sizeof(Element) + of_the_allocator);
    list.reserve(list.size() + count);
  }

  /// Keeps bytes that do not stand in the file as they are.
  std::string_view keep(std::string bytes) {
    charge(bytes.size() + 2 * sizeof bytes);
    return *kept_.emplace_back(std::make_unique<std::string>(std::move(bytes)));
  }

  /// Throws load_error, with the place in the file where `at` begins.
  template <class... Pieces>
  [[noreturn]] void fail(std::string_view at, const Pieces&... what) const {
    const char* const begin = bytes_.data();
    if (at.data() >= begin && at.data() <= begin + bytes_.size())
      throw load_error("load: ", name_, what..., " (at byte ", at.data() - begin, ")");
    throw load_error("load: ", name_, what...);
  }

 private:
  std::string name_;
  std::string folder_;
  std::string bytes_;
  std::vector<std::unique_ptr<std::string>> kept_;
  std::size_t left_;
};

/// The whole of a file. Throws load_error.
inline Document read_document(const std::string& path) {
  FileSource source(path);
  if (source.size() > largest_file)
    source.fail(" has ", source.size(), " bytes, but a model file has at most ", largest_file);
  std::string bytes(static_cast<std::size_t>(source.size()), '\0');
  if (!source.take(bytes.data(), bytes.size())) source.fail(" became shorter while it was read");
  return {source.name(), std::move(bytes), folder_of(path)};
}

/// A stream, up to its end. Throws load_error.
inline Document read_document(std::istream& stream) {
  StreamSource source(stream);
  std::vector<std::string> pieces;  // a single text that grows would take three times the memory
  std::size_t size = 0;
  while (!source.at_end()) {
    std::string& piece = pieces.emplace_back(1 << 16, '\0');
    const std::uint64_t before = source.offset();
    source.take(piece.data(), piece.size());
    piece.resize(static_cast<std::size_t>(source.offset() - before));
    size += piece.size();
    if (size > largest_file) source.fail(" is longer than the ", largest_file, " bytes that a model file may have");
  }
  std::string bytes;
  bytes.reserve(size);
  for (std::string& piece : pieces) bytes += std::exchange(piece, {});
  return {source.name(), std::move(bytes)};
}

}  // namespace nn::detail::onnx
