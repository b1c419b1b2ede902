// SPDX-License-Identifier: MIT
// A file that another file names, opened without ever leaving that one's folder. POSIX only.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <nn/core/errors.hpp>
#include <nn/core/printable.hpp>
#include <nn/io/file_descriptor.hpp>

namespace nn::detail {

/// The folder of a path: what stands before its last slash, or "." where it has none.
inline std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

/// The name comes from a file that may be hostile. So it must be relative and without "..", "." or empty parts; each
/// part is opened from the folder before it and may be no symbolic link; and what was opened, not what its name says
/// now, must be a regular file with one name only, as a hard link could be somebody else's file. Throws load_error.
class NeighbourFile {
 public:
  NeighbourFile(const std::string& folder, std::string_view location) : name_(path_in_quotes(location)) {
    require_inside(location);
    FileDescriptor at(uninterrupted([&] { return ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
    if (!at.is_open()) fail("the folder of the file that names it cannot be opened: ", reason(errno));
    while (true) {
      const std::size_t slash = location.find('/');
      const std::string part(location.substr(0, slash));
      const bool is_folder = slash != std::string_view::npos;
      const int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | (is_folder ? O_DIRECTORY : 0);
      FileDescriptor next(uninterrupted([&] { return ::openat(at.number(), part.c_str(), flags); }));
      if (!next.is_open())
        fail(errno == ELOOP ? "it is or leads through a symbolic link, which could point anywhere; copy the file there"
                            : reason(errno));
      at = std::move(next);
      if (!is_folder) break;
      location.remove_prefix(slash + 1);
    }
    struct stat status;
    if (::fstat(at.number(), &status) != 0) fail(reason(errno));
    if (!S_ISREG(status.st_mode)) fail("it is no regular file");
    if (status.st_nlink != 1)
      fail("it has ", status.st_nlink, " names (hard links), and could be somebody else's file; copy the file there");
    size_ = static_cast<std::uint64_t>(status.st_size);
    file_ = std::move(at);
  }

  /// In bytes, when it was opened.
  std::uint64_t size() const { return size_; }

  /// Reads `count` bytes that begin at `offset`. Throws load_error where the file does not have them.
  void read(std::uint64_t offset, char* bytes, std::size_t count) const {
    if (offset > size_ || count > size_ - offset)
      fail("bytes ", offset, " to ", offset, " + ", count, " are wanted, and the file has ", size_);
    while (count > 0) {
      const ssize_t got = uninterrupted([&] {
        return ::pread(file_.number(), bytes, std::min<std::size_t>(count, 1 << 30), static_cast<off_t>(offset));
      });
      if (got < 0) fail(reason(errno));
      if (got == 0) fail("it ended early: something made it shorter while it was read");
      bytes += got;
      offset += static_cast<std::uint64_t>(got);
      count -= static_cast<std::size_t>(got);
    }
  }

 private:
  void require_inside(std::string_view location) const {
    if (location.empty()) fail("the name is empty");
    if (location.find('\0') != std::string_view::npos) fail("the name has a zero byte in it");
    if (location.find('\\') != std::string_view::npos) fail("the name has a backslash in it; use /");
    if (location.front() == '/') fail("the path is absolute, and only files beside the one that names them are read");
    for (std::size_t begin = 0; begin <= location.size();) {
      const std::size_t end = std::min(location.find('/', begin), location.size());
      const std::string_view part = location.substr(begin, end - begin);
      if (part.empty() || part == "." || part == "..")
        fail("a path with \"..\", \".\" or an empty part could leave the folder; give the file's name alone");
      begin = end + 1;
    }
  }

  template <class... Pieces>
  [[noreturn]] void fail(const Pieces&... why) const {
    throw load_error("load: cannot read ", name_, ": ", why...);
  }

  std::string name_;
  FileDescriptor file_;
  std::uint64_t size_ = 0;
};

}  // namespace nn::detail
