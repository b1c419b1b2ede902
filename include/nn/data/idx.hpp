// SPDX-License-Identifier: MIT
// IDX, the file format of MNIST: 0 0 8 rank, then rank sizes of 4 bytes (big-endian), then the bytes.
#pragma once

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <istream>
#include <limits>
#include <new>
#include <string>
#include <system_error>
#include <vector>

#include <nn/core/errors.hpp>
#include <nn/core/printable.hpp>
#include <nn/core/regular_file.hpp>
#include <nn/core/views.hpp>
#include <nn/data/large_pages.hpp>

namespace nn {

/// An array of bytes of one to four dimensions, the last one running fastest.
struct IdxArray {
  std::vector<Index> dimensions;
  std::vector<std::uint8_t> bytes;

  bool operator==(const IdxArray&) const = default;
};

namespace detail {

template <class Stream>
class IdxReader {
 public:
  IdxReader(Stream& stream, const std::string& name) : stream_(stream), name_(name) {}

  IdxArray read() {
    IdxArray array;
    const std::uint64_t size = read_header(array.dimensions);
    try {
      read_data(array, size);
    } catch (const std::bad_alloc&) {
      fail("has ", size, " bytes of data, for which there is not enough memory; split it, or take a larger machine");
    }
    return array;
  }

  /// Its sizes; returns how many bytes they promise.
  std::uint64_t read_header(std::vector<Index>& dimensions) {
    std::array<std::uint8_t, 4> magic{};
    const std::size_t got = read_bytes(magic.data(), magic.size());
    if (got >= 2 && magic[0] == 0x1f && magic[1] == 0x8b)
      fail("is packed (its bytes 0 and 1 are 1f 8b, gzip); unpack it first with gzip -d");
    if (got < magic.size()) fail("ends at byte ", got, ", within the first 4 that say what it is; get the file again");
    if (magic[0] != 0 || magic[1] != 0)
      fail("is no IDX file: its bytes 0 and 1 are ", int{magic[0]}, " and ", int{magic[1]}, " instead of 0 and 0");
    if (magic[2] != 8)
      fail("has elements of type ", int{magic[2]}, " (", element_type(magic[2]),
           ") at byte 2; only type 8, unsigned bytes, can be read");
    if (magic[3] < 1 || magic[3] > 4) fail("has ", int{magic[3]}, " dimensions at byte 3; only 1 to 4 can be read");

    header_size_ = 4 + 4 * std::size_t{magic[3]};
    std::uint64_t size = 1;
    for (int i = 0; i < magic[3]; ++i) {
      std::array<std::uint8_t, 4> digits{};
      if (read_bytes(digits.data(), digits.size()) < digits.size())
        fail("ends at byte ", offset_, ", within its ", int{magic[3]}, " sizes; get the file again");
      std::uint64_t dimension = 0;
      for (const std::uint8_t digit : digits) dimension = dimension * 256 + digit;
      if (dimension == 0) fail("is empty: its size ", i + 1, " at byte ", offset_ - 4, " is 0");
      if (size > largest / dimension)
        fail("has sizes too large to count, ", size, " x ", dimension, " at byte ", offset_ - 4, "; it is damaged");
      size *= dimension;
      dimensions.push_back(static_cast<Index>(dimension));
    }
    return size;
  }

 private:
  void read_data(IdxArray& array, std::uint64_t size) {
    const std::int64_t left = bytes_left();
    if (left < 0) {
      read_as_it_comes(array.bytes, size);
    } else if (static_cast<std::uint64_t>(left) < size) {
      fail_short(size, static_cast<std::uint64_t>(left));
    } else if (static_cast<std::uint64_t>(left) == size) {  // only now is the header trusted with memory
      array.bytes.reserve(static_cast<std::size_t>(size));
      prefer_large_pages(array.bytes.data(), array.bytes.capacity());
      array.bytes.resize(static_cast<std::size_t>(size));
      const std::size_t got = read_bytes(array.bytes.data(), array.bytes.size());
      if (got < size) fail_short(size, got);
    }
    if (left > static_cast<std::int64_t>(size) || !has_ended())
      fail("has more bytes than the ", size, " that its sizes promise, from byte ", offset_ + (left < 0 ? 0 : size),
           " on; it is damaged, or two files in one");
  }

  template <class... Pieces>
  [[noreturn]] void fail(const Pieces&... pieces) const {
    throw load_error("read_idx: ", name_, " ", pieces...);
  }
  [[noreturn]] void fail_short(std::uint64_t promised, std::uint64_t got) const {
    fail("ends too early: its sizes promise ", promised, " bytes from byte ", header_size_, " on, but it has ", got,
         "; get the file again");
  }

  // How many of the bytes there were; what a stream throws is said by its state too.
  std::size_t read_bytes(std::uint8_t* bytes, std::size_t count) {
    std::size_t got = 0;
    try {
      stream_.read(reinterpret_cast<char*>(bytes), static_cast<std::streamsize>(count));
    } catch (const std::ios_base::failure&) {
    }
    got = static_cast<std::size_t>(stream_.gcount());
    offset_ += got;
    if (stream_.bad()) fail("cannot be read beyond byte ", offset_, "; is it a folder, is its disk well?");
    return got;
  }

  static const char* element_type(std::uint8_t type) {
    switch (type) {
      case 0x09:
        return "signed bytes";
      case 0x0b:
        return "16-bit integers";
      case 0x0c:
        return "32-bit integers";
      case 0x0d:
        return "float";
      case 0x0e:
        return "double";
      default:
        return "unknown to the format";
    }
  }

  // From here to the end; -1 where the stream cannot tell, as a pipe.
  std::int64_t bytes_left() {
    try {
      const std::istream::pos_type here = stream_.tellg();
      if (here != std::istream::pos_type(-1) && stream_.seekg(0, std::ios::end)) {
        const std::istream::pos_type end = stream_.tellg();
        if (stream_.seekg(here) && end != std::istream::pos_type(-1) && end >= here)
          return static_cast<std::int64_t>(end - here);
      }
    } catch (const std::ios_base::failure&) {
    }
    recover();
    return -1;
  }

  // Without a length to compare with, memory grows only as bytes arrive.
  void read_as_it_comes(std::vector<std::uint8_t>& bytes, std::uint64_t size) {
    std::vector<std::vector<std::uint8_t>> blocks;
    for (std::uint64_t received = 0; received < size;) {
      std::vector<std::uint8_t> block(static_cast<std::size_t>(std::min<std::uint64_t>(size - received, 1 << 16)));
      const std::size_t got = read_bytes(block.data(), block.size());
      received += got;
      if (got < block.size()) fail_short(size, received);
      blocks.push_back(std::move(block));
    }
    bytes.reserve(static_cast<std::size_t>(size));
    for (std::vector<std::uint8_t>& block : blocks) {
      bytes.insert(bytes.end(), block.begin(), block.end());
      std::vector<std::uint8_t>().swap(block);
    }
  }

  bool has_ended() {
    try {
      return stream_.peek() == std::istream::traits_type::eof();
    } catch (const std::ios_base::failure&) {
      return true;
    }
  }

  void recover() {
    try {
      stream_.clear();
    } catch (const std::ios_base::failure&) {
    }
  }

  static constexpr std::uint64_t largest = static_cast<std::uint64_t>(std::numeric_limits<Index>::max());

  Stream& stream_;
  const std::string& name_;
  std::uint64_t offset_ = 0;
  std::size_t header_size_ = 4;
};

}  // namespace detail

/// Reads a stream up to its end. The bytes may be anything: throws one load_error that says what is wrong and at which
/// byte; memory is taken for bytes that are there, not for those that a header promises. `name` is for that sentence.
template <std::derived_from<std::istream> Stream>
IdxArray read_idx(Stream& stream, const std::string& name = "the stream") {
  if (!stream) throw load_error("read_idx: ", name, " cannot be read: it had failed before; was its file opened?");
  return detail::IdxReader<Stream>(stream, name).read();
}

/// As above, from a file.
template <std::convertible_to<std::string> Path>
IdxArray read_idx(const Path& path) {
  const std::string name = detail::path_in_quotes(std::string(path));
  detail::require_regular_file("read_idx", std::string(path));
  errno = 0;
  std::ifstream stream(path, std::ios::binary);
  if (!stream)
    throw load_error("read_idx: ", name, " cannot be opened: ", std::generic_category().message(errno),
                     "; check the path");
  return read_idx<std::istream>(stream, name);
}

}  // namespace nn
