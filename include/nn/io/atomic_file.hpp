// SPDX-License-Identifier: MIT
// A file that is replaced as a whole or not at all, also at SIGKILL and power loss. POSIX only.
#pragma once

#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <string_view>

#include <nn/core/errors.hpp>
#include <nn/core/hash.hpp>
#include <nn/core/printable.hpp>
#include <nn/io/file_descriptor.hpp>

namespace nn {

/// What is written goes to a temporary file in the same folder, which takes the target's name in commit(); without
/// commit() the target stays as it was. Of an existing target the mode is kept, and owner and group where the process
/// may give files to them; a symbolic link to it stays one. Its other hard links keep the old contents, and its
/// extended attributes go with them. Every failure is a load_error that says what was being done, to which path, and
/// why it failed.
class AtomicFile {
 public:
  /// A temporary file without a name leaves nothing behind when the process is killed, but not every file system has
  /// it.
  enum class Temporary { unnamed_if_possible, named };

  explicit AtomicFile(const std::string& path, Temporary kind = Temporary::unnamed_if_possible) : path_(path) {
    if (path.find('\0') != std::string::npos) throw load_error("save: cannot save to a path with a zero byte in it");
    const std::string target = end_of_links(path);
    const std::size_t slash = target.rfind('/');
    name_ = slash == std::string::npos ? target : target.substr(slash + 1);
    const std::string folder = slash == std::string::npos ? "." : target.substr(0, slash + 1);
    if (name_.empty()) fail("save to", path.empty() ? "the path is empty" : "it names a folder, not a file");

    folder_ = detail::FileDescriptor(
        detail::uninterrupted([&] { return ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
    if (!folder_.is_open()) fail("open the folder of");

    struct stat old;
    const bool exists = ::fstatat(folder_.number(), name_.c_str(), &old, AT_SYMLINK_NOFOLLOW) == 0;
    if (!exists && errno != ENOENT) fail("look at");
    if (exists && S_ISDIR(old.st_mode)) fail("save to", "it is a folder; give the name of a file in it");
    if (exists && !S_ISREG(old.st_mode)) fail("save to", "it is no regular file; save to a stream instead");
    const mode_t mode = exists ? old.st_mode & 0777 : 0666;  // the system takes the umask off that of a new file

    // Who holds the lock may use a name that belongs to the target's: what a killed process left under it is removed by
    // the next save. Nobody calls a file of his own by a hash.
    has_lock_ = ::flock(folder_.number(), LOCK_EX | LOCK_NB) == 0;
    if (kind == Temporary::unnamed_if_possible) file_ = unnamed_file(folder, mode);
    if (!file_.is_open()) create_named(mode);
    if (exists) take_after(old);
  }

  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  ~AtomicFile() {
    if (!temporary_.empty()) ::unlinkat(folder_.number(), temporary_.c_str(), 0);
  }

  void write(std::string_view text) {
    while (!text.empty()) {
      const ssize_t count = detail::uninterrupted([&] { return ::write(file_.number(), text.data(), text.size()); });
      if (count < 0) fail("write the temporary file for");
      if (count == 0) fail("write the temporary file for", "the system took no bytes");
      text.remove_prefix(static_cast<std::size_t>(count));
    }
  }

  /// Everything written so far becomes the target. The disk has it all when this returns.
  void commit() {
    if (detail::uninterrupted([&] { return ::fsync(file_.number()); }) != 0) fail("write to the disk");
    if (temporary_.empty()) {
      const std::string unnamed = process_path(file_);
      give_name("name the temporary file for", [&](const char* name) {
        return ::linkat(AT_FDCWD, unnamed.c_str(), folder_.number(), name, AT_SYMLINK_FOLLOW);
      });
    }
    if (::renameat(folder_.number(), temporary_.c_str(), folder_.number(), name_.c_str()) != 0)
      fail("put the new file in the place of");
    temporary_.clear();
    // A file system that cannot do this for a folder says EINVAL.
    if (detail::uninterrupted([&] { return ::fsync(folder_.number()); }) != 0 && errno != EINVAL)
      fail("be sure that a power loss keeps the new", detail::reason(errno) + " (writing its folder to the disk)");
  }

 private:
  [[noreturn]] void fail(const char* action) const { fail(action, detail::reason(errno)); }
  [[noreturn]] void fail(const char* action, const std::string& why) const {
    throw load_error("save: cannot ", action, ' ', detail::path_in_quotes(path_), ": ", why);
  }

  // Owner, group and mode of the file that is replaced.
  void take_after(const struct stat& old) {
    struct stat status;
    if (::fstat(file_.number(), &status) != 0) fail("look at the temporary file for");
    mode_t mode = old.st_mode & 0777;
    if (status.st_uid != old.st_uid || status.st_gid != old.st_gid) {
      const bool has_group = ::fchown(file_.number(), old.st_uid, old.st_gid) == 0 ||
                             ::fchown(file_.number(), static_cast<uid_t>(-1), old.st_gid) == 0;
      if (!has_group) mode = (mode & ~mode_t{0070}) | (mode & 0007) << 3;  // another group may do what others may
    }
    if (::fchmod(file_.number(), mode) != 0) fail("set the mode of the temporary file for");
  }

  // Follows symbolic links, also one whose end does not exist yet.
  std::string end_of_links(std::string path) const {
    for (int links = 0; links < 40; ++links) {
      char text[4096];
      const ssize_t size = ::readlink(path.c_str(), text, sizeof text);
      if (size < 0) return path;  // no link; what else may be wrong with it shows when it is opened
      const std::string next(text, static_cast<std::size_t>(size));
      const std::size_t slash = path.rfind('/');
      path = next.starts_with('/') || slash == std::string::npos ? next : path.substr(0, slash + 1) + next;
    }
    fail("follow", detail::reason(ELOOP));
  }

  static std::string process_path(const detail::FileDescriptor& file) {
    return "/proc/self/fd/" + std::to_string(file.number());
  }

  // Closed where the file system or /proc cannot serve.
  static detail::FileDescriptor unnamed_file([[maybe_unused]] const std::string& folder, [[maybe_unused]] mode_t mode) {
#ifdef O_TMPFILE
    detail::FileDescriptor file(
        detail::uninterrupted([&] { return ::open(folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, mode); }));
    if (file.is_open() && ::access(process_path(file).c_str(), F_OK) == 0) return file;
#endif
    return {};
  }

  void create_named(mode_t mode) {
    give_name("create a temporary file for", [&](const char* name) {
      const int flags = O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY | O_CLOEXEC;
      file_ =
          detail::FileDescriptor(detail::uninterrupted([&] { return ::openat(folder_.number(), name, flags, mode); }));
      return file_.is_open() ? 0 : -1;
    });
  }

  // Finds a name that nobody uses, for which create(name) then returns 0. Neither open with O_EXCL nor linkat follows
  // or replaces what somebody else may have put there.
  template <class Create>
  void give_name(const char* action, Create create) {
    if (has_lock_) {
      Hash hash;
      hash.add(name_);
      std::string name = prefix + std::to_string(hash.value());
      ::unlinkat(folder_.number(), name.c_str(), 0);
      if (create(name.c_str()) == 0) return temporary_.swap(name);
    }
    for (int attempt = 0; attempt < 10; ++attempt) {
      std::uint64_t unpredictable = 0;
      if (::getentropy(&unpredictable, sizeof unpredictable) != 0) fail(action);
      std::string name = prefix + std::to_string(unpredictable);
      if (create(name.c_str()) == 0) return temporary_.swap(name);
      if (errno != EEXIST) break;
    }
    fail(action);
  }

  static constexpr const char* prefix = ".nn-unfinished-";

  std::string path_;       // as it was given, for messages
  std::string name_;       // of the target in its folder
  std::string temporary_;  // the temporary file's, empty while it has none
  detail::FileDescriptor folder_;
  detail::FileDescriptor file_;
  bool has_lock_ = false;
};

}  // namespace nn
