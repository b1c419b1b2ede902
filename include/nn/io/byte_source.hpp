// SPDX-License-Identifier: MIT
// The bytes of a file or a stream, one after the other, counted, in a small buffer. Files: POSIX only.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <istream>
#include <string>
#include <utility>

#include <nn/core/errors.hpp>
#include <nn/core/printable.hpp>
#include <nn/core/regular_file.hpp>
#include <nn/io/file_descriptor.hpp>
#include <nn/io/neighbour_file.hpp>

namespace nn::detail {

class ByteSource {
 public:
  explicit ByteSource(std::string name) : name_(std::move(name)) {}
  virtual ~ByteSource() = default;

  const std::string& name() const { return name_; }
  /// How many bytes were taken, and the last of them.
  std::uint64_t offset() const { return offset_; }
  unsigned char last_byte() const { return static_cast<unsigned char>(last_); }
  bool has_ended() const { return has_ended_; }

  /// Whether no byte is left; reads on where the buffer is empty.
  bool at_end() {
    if (position_ == size_ && !has_ended_) {
      position_ = 0;
      size_ = refill(buffer_.data(), buffer_.size());
      has_ended_ = size_ == 0;
    }
    return has_ended_;
  }
  char current() const { return buffer_[position_]; }
  void advance() {
    last_ = buffer_[position_++];
    ++offset_;
    if (last_ == '\0') fail(" has a zero byte, which JSON does not have; it is damaged or no JSON file");
    if (offset_ == 1 && last_byte() == 0xEF) fail(" begins with a byte order mark; save it as UTF-8 without one");
    if (offset_ - token_ > longest_gap)
      fail(" has more than ", longest_gap,
           " bytes without a finished number or name; it is damaged or no file of parameters");
  }

  /// The next bytes whatever they are; false where the source ends before. A number or a name ended with them.
  bool take(char* bytes, std::size_t size) {
    while (size > 0 && !at_end()) {
      const std::size_t count = std::min(size, size_ - position_);
      bytes = std::copy_n(buffer_.data() + position_, count, bytes);
      position_ += count;
      offset_ += count;
      size -= count;
    }
    token_ = offset_;
    return size == 0;
  }

  /// A number or a name ended here. What the parser keeps in memory since the last one is bounded by longest_gap.
  void found_token() { token_ = offset_; }

  template <class... Pieces>
  [[noreturn]] void fail(const Pieces&... what) const {
    throw load_error("load: ", name_, what..., " (at byte ", offset_, ")");
  }

 protected:
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;
  /// Fills the buffer and returns how many bytes it got, 0 at the end.
  virtual std::size_t refill(char* buffer, std::size_t size) = 0;

 private:
  static constexpr std::uint64_t longest_gap = 8192;

  std::string name_;
  std::array<char, 16384> buffer_;
  std::size_t position_ = 0;
  std::size_t size_ = 0;
  std::uint64_t offset_ = 0;
  std::uint64_t token_ = 0;
  char last_ = 0;
  bool has_ended_ = false;
};

class FileSource final : public ByteSource {
 public:
  explicit FileSource(const std::string& path) : ByteSource(path_in_quotes(path)) {
    if (path.find('\0') != std::string::npos) throw load_error("load: cannot open a path with a zero byte in it");
    // Without O_NONBLOCK a pipe that nobody writes to would be waited for before it can be refused.
    const int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
    file_ = FileDescriptor(uninterrupted([&] { return ::open(path.c_str(), flags); }));
    struct stat status;
    if (!file_.is_open() || ::fstat(file_.number(), &status) != 0)
      throw load_error("load: cannot open ", name(), ": ", reason(errno));
    if (const char* const refusal = refusal_of(status)) throw load_error("load: cannot read ", name(), ": ", refusal);
    file_size_ = static_cast<std::uint64_t>(status.st_size);
  }

  /// Of the file when it was opened, in bytes.
  std::uint64_t size() const { return file_size_; }

 private:
  std::size_t refill(char* buffer, std::size_t size) override {
    const ssize_t count = uninterrupted([&] { return ::read(file_.number(), buffer, size); });
    if (count < 0) fail(" cannot be read: ", reason(errno));
    return static_cast<std::size_t>(count);
  }

  FileDescriptor file_;
  std::uint64_t file_size_ = 0;
};

/// A file that another one names; see NeighbourFile.
class NeighbourSource final : public ByteSource {
 public:
  NeighbourSource(const std::string& folder, const std::string& location)
      : ByteSource(path_in_quotes(location)), file_(folder, location) {}

  std::uint64_t size() const { return file_.size(); }

 private:
  std::size_t refill(char* buffer, std::size_t size) override {
    const std::size_t count = static_cast<std::size_t>(std::min<std::uint64_t>(size, file_.size() - position_));
    file_.read(position_, buffer, count);
    position_ += count;
    return count;
  }

  NeighbourFile file_;
  std::uint64_t position_ = 0;
};

class StreamSource final : public ByteSource {
 public:
  explicit StreamSource(std::istream& stream) : ByteSource("the stream"), stream_(stream) {
    if (!stream) throw load_error("load: the stream cannot be read: it had failed before; was its file opened?");
  }

 private:
  std::size_t refill(char* buffer, std::size_t size) override {
    try {
      stream_.read(buffer, static_cast<std::streamsize>(size));
    } catch (const std::exception&) {  // where the stream's owner asked for exceptions; its state says the same
    }
    if (stream_.bad()) fail(" cannot be read: it failed");
    return static_cast<std::size_t>(stream_.gcount());
  }

  std::istream& stream_;
};

}  // namespace nn::detail
