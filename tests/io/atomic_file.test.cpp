// SPDX-License-Identifier: MIT
#include <grp.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../catch.hpp"
#include "../left_out.hpp"
#include "../memory_watch.hpp"
#include "files.hpp"

namespace {

using Kind = nn::AtomicFile::Temporary;

void save_text(const std::string& path, const std::string& text, Kind kind = Kind::unnamed_if_possible) {
  nn::AtomicFile file(path, kind);
  file.write(text);
  file.commit();
}

unsigned mode_of(const std::string& path) {
  struct stat status;
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777U;
}

std::string save_error(const std::string& path, Kind kind = Kind::unnamed_if_possible) {
  return test::load_error_of([&] { save_text(path, "new", kind); });
}

// Runs work() in a child process; true where it returned true.
template <class Work>
bool holds_in_child(Work work) {
  const pid_t child = ::fork();
  if (child == 0) {
    bool good = false;
    try {
      good = work();
    } catch (...) {
    }
    ::_exit(good ? 0 : 1);
  }
  int status = 1;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

TEST_CASE("A file appears whole, replaces whole, and leaves nothing beside it") {
  for (const Kind kind : {Kind::unnamed_if_possible, Kind::named}) {
    const test::Folder folder;
    const std::string path = folder / "file";
    save_text(path, "first", kind);
    CHECK(test::read_file(path) == "first");
    save_text(path, std::string(1'000'000, 'x'), kind);
    CHECK(test::read_file(path) == std::string(1'000'000, 'x'));
    save_text(path, "", kind);
    CHECK(test::read_file(path).empty());
    CHECK(folder.count() == 1);
  }
}

TEST_CASE("Without commit the old file stays, and the temporary one goes") {
  for (const Kind kind : {Kind::unnamed_if_possible, Kind::named}) {
    const test::Folder folder;
    save_text(folder / "file", "old", kind);
    {
      nn::AtomicFile file(folder / "file", kind);
      file.write("new");
      CHECK(test::read_file(folder / "file") == "old");
    }
    CHECK(test::read_file(folder / "file") == "old");
    CHECK(folder.count() == 1);
  }
}

TEST_CASE("A new file has the mode that the umask gives, an old one keeps its own") {
  for (const Kind kind : {Kind::unnamed_if_possible, Kind::named}) {
    const test::Folder folder;
    const mode_t before = ::umask(027);
    save_text(folder / "file", "first", kind);
    CHECK(mode_of(folder / "file") == 0640);
    for (const mode_t mode : {0600U, 0666U, 0755U, 0444U}) {
      REQUIRE(::chmod((folder / "file").c_str(), mode) == 0);
      save_text(folder / "file", "next", kind);
      CHECK(mode_of(folder / "file") == mode);
    }
    ::umask(before);
  }
}

TEST_CASE("A symbolic link stays one, and what it leads to is replaced") {
  const test::Folder folder;
  std::filesystem::create_directory(folder / "real");
  save_text(folder / "real/file", "old");
  std::filesystem::create_symlink("real/file", folder / "relative");
  std::filesystem::create_symlink(folder / "relative", folder / "twice");
  std::filesystem::create_symlink("real/not yet", folder / "dangling");
  std::filesystem::create_symlink("circle", folder / "circle");
  for (const std::string name : {"relative", "twice"}) {
    save_text(folder / name, name);
    CHECK(test::read_file(folder / "real/file") == name);
    CHECK(std::filesystem::is_symlink(folder / name));
  }
  save_text(folder / "dangling", "now");
  CHECK(test::read_file(folder / "real/not yet") == "now");
  CHECK(std::filesystem::is_symlink(folder / "dangling"));
  CHECK(save_error(folder / "circle") ==
        "save: cannot follow \"" + (folder / "circle") + "\": Too many levels of symbolic links");
}

TEST_CASE("Up to 39 links are followed, one more is a circle as for the system") {
  const test::Folder folder;
  save_text(folder / "0", "old");
  for (int i = 1; i <= 40; ++i) std::filesystem::create_symlink(std::to_string(i - 1), folder / std::to_string(i));
  save_text(folder / "39", "new");
  CHECK(test::read_file(folder / "0") == "new");
  CHECK(save_error(folder / "40").ends_with("Too many levels of symbolic links"));
}

TEST_CASE("A temporary file that has a name is to be seen until it takes the target's") {
  const test::Folder folder;
  nn::AtomicFile file(folder / "file", Kind::named);
  file.write("text");
  CHECK(folder.count() == 1);
  CHECK_FALSE(std::filesystem::exists(folder / "file"));
  file.commit();
  CHECK(folder.count() == 1);
  CHECK(test::read_file(folder / "file") == "text");
}

TEST_CASE("What is no regular file is not replaced") {
  const test::Folder folder;
  std::filesystem::create_directory(folder / "folder");
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  CHECK(save_error(folder / "folder") ==
        "save: cannot save to \"" + (folder / "folder") + "\": it is a folder; give the name of a file in it");
  CHECK(save_error(folder / "folder/") ==
        "save: cannot save to \"" + (folder / "folder/") + "\": it names a folder, not a file");
  CHECK(save_error(folder / "pipe").ends_with("it is no regular file; save to a stream instead"));
  CHECK(save_error("/dev/null").ends_with("it is no regular file; save to a stream instead"));
  CHECK(std::filesystem::is_character_file("/dev/null"));
  CHECK(save_error("").ends_with("the path is empty"));
  CHECK(save_error(std::string("a\0b", 3)) == "save: cannot save to a path with a zero byte in it");
  CHECK(save_error(folder / "missing/file") ==
        "save: cannot open the folder of \"" + (folder / "missing/file") + "\": No such file or directory");
  CHECK(save_error(folder / std::string(300, 'x')).ends_with("File name too long"));
  CHECK(folder.count() == 2);
}

TEST_CASE("A name as long as the system allows can be saved to, also in the working folder") {
  const test::Folder folder;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  save_text(std::string(255, 'x'), "long");
  std::filesystem::current_path(before);
  CHECK(test::read_file(folder / std::string(255, 'x')) == "long");
}

TEST_CASE("What a killed save left is taken away by the next, and what others put there does no harm") {
  nn::Hash hash;
  hash.add("file");
  const std::string left_over = ".nn-unfinished-" + std::to_string(hash.value());
  for (const Kind kind : {Kind::unnamed_if_possible, Kind::named}) {
    const test::Folder folder;
    save_text(folder / "victim", "untouched");
    test::write_file(folder / left_over, "half a file");
    save_text(folder / "file", "one", kind);
    CHECK(folder.count() == 2);

    std::filesystem::create_symlink("victim", folder / left_over);
    save_text(folder / "file", "two", kind);
    CHECK(test::read_file(folder / "victim") == "untouched");
    CHECK(test::read_file(folder / "file") == "two");
    CHECK_FALSE(std::filesystem::is_symlink(folder / "file"));

    std::filesystem::create_directory(folder / left_over);  // cannot be taken away: another name is found
    save_text(folder / "file", "three", kind);
    CHECK(test::read_file(folder / "file") == "three");
    CHECK(folder.count() == 3);
  }
}

TEST_CASE("A file that the user calls as temporary files are called stays") {
  for (const Kind kind : {Kind::unnamed_if_possible, Kind::named}) {
    const test::Folder folder;
    for (const std::string name : {".nn-unfinished", ".nn-unfinished-", ".nn-unfinished-1", "other"})
      save_text(folder / name, name, kind);
    for (const std::string name : {".nn-unfinished", ".nn-unfinished-", ".nn-unfinished-1", "other"})
      CHECK(test::read_file(folder / name) == name);
    CHECK(folder.count() == 4);
  }
}

TEST_CASE("An old file keeps its owner where the process may give files away, and lets no other group in where not") {
  if (::geteuid() != 0) {
    return test::left_out("a file that keeps its owner: this user may not give files away");
  }
  for (const Kind kind : {Kind::unnamed_if_possible, Kind::named}) {
    const test::Folder folder;
    const std::string path = folder / "file";
    const auto owner_is = [&](uid_t user, gid_t group) {
      struct stat status;
      return ::stat(path.c_str(), &status) == 0 && status.st_uid == user && status.st_gid == group;
    };
    save_text(path, "old", kind);
    REQUIRE(::chown(path.c_str(), 65534, 65533) == 0);
    REQUIRE(::chmod(path.c_str(), 0664) == 0);
    save_text(path, "new", kind);
    CHECK(owner_is(65534, 65533));
    CHECK(mode_of(path) == 0664);

    REQUIRE(::chmod(folder.path().c_str(), 0777) == 0);
    CHECK(holds_in_child([&] {
      if (::setgroups(0, nullptr) != 0 || ::setgid(60000) != 0 || ::setuid(60000) != 0) return false;
      save_text(path, "other", kind);
      return true;
    }));
    CHECK(owner_is(60000, 60000));
    CHECK(mode_of(path) == 0644);
    CHECK(test::read_file(path) == "other");
  }
}

TEST_CASE("Another hard link keeps the old contents") {
  const test::Folder folder;
  save_text(folder / "file", "old");
  std::filesystem::create_hard_link(folder / "file", folder / "other");
  save_text(folder / "file", "new");
  CHECK(test::read_file(folder / "file") == "new");
  CHECK(test::read_file(folder / "other") == "old");
}

TEST_CASE("A path stands in a message of a save without what disturbs a terminal") {
  CHECK(save_error("missing\x1B[2J/\xC3\xBC") ==
        "save: cannot open the folder of \"missing?[2J/\xC3\xBC\": No such file or directory");
}

TEST_CASE("Two saves in one folder at a time do not disturb each other") {
  for (const Kind kind : {Kind::unnamed_if_possible, Kind::named}) {
    const test::Folder folder;
    nn::AtomicFile first(folder / "file", kind), second(folder / "file", kind), third(folder / "other", kind);
    first.write("first");
    second.write("second");
    third.write("third");
    third.commit();
    second.commit();
    CHECK(test::read_file(folder / "file") == "second");
    first.commit();
    CHECK(test::read_file(folder / "file") == "first");
    CHECK(test::read_file(folder / "other") == "third");
    CHECK(folder.count() == 2);
  }
}

TEST_CASE("A disk without room is a load_error, and the old file stays as it was") {
  nn::Network<nn::Input<100>, nn::Dense<100>> network;
  const test::Folder folder;
  const std::string path = folder / "params.json";
  nn::save(network, path);
  const std::string before = test::read_file(path);
  network.initialize(nn::Random{5});
  for (const rlim_t room : {0U, 1U, 10'000U, 16'384U, 50'000U})
    CHECK(holds_in_child([&] {
      const rlimit limit{room, room};
      ::signal(SIGXFSZ, SIG_IGN);
      ::setrlimit(RLIMIT_FSIZE, &limit);
      const std::string sentence = test::load_error_of([&] { nn::save(network, path); });
      return sentence == "save: cannot write the temporary file for \"" + path + "\": File too large";
    }));
  CHECK(test::read_file(path) == before);
  CHECK(folder.count() == 1);
}

TEST_CASE("A folder that may not be written is a load_error") {
  const test::Folder folder;
  save_text(folder / "file", "old");
  REQUIRE(::chmod(folder.path().c_str(), 0555) == 0);
  // Whom the rights of files do not bind becomes a user whom they do, where the system and the folders above allow it.
  const auto is_bound_by_rights = [&] {
    const auto may = [&](int what) { return ::access(folder.path().c_str(), what) == 0; };
    return (!may(W_OK) || ::setuid(65534) == 0) && may(X_OK) && !may(W_OK);
  };
  if (holds_in_child(is_bound_by_rights))
    CHECK(holds_in_child([&] {
      return is_bound_by_rights() && save_error(folder / "file") == "save: cannot create a temporary file for \"" +
                                                                        (folder / "file") + "\": Permission denied";
    }));
  else
    test::left_out("saving into a folder that may not be written: this user may write everywhere");
  REQUIRE(::chmod(folder.path().c_str(), 0755) == 0);
  CHECK(test::read_file(folder / "file") == "old");
  CHECK(folder.count() == 1);
}

TEST_CASE("Running out of file descriptors is a load_error at every number of them") {
  if (!test::MemoryWatch::works()) {
    test::left_out("running out of file descriptors, of which sanitizers need some themselves");
    return;
  }
  const test::Folder folder;
  save_text(folder / "file", "old");
  for (rlim_t more = 0; more < 3; ++more)
    CHECK(holds_in_child([&] {
      const int next = ::dup(0);
      ::close(next);
      const rlimit limit{static_cast<rlim_t>(next) + more, static_cast<rlim_t>(next) + more};
      ::setrlimit(RLIMIT_NOFILE, &limit);
      const std::string sentence = save_error(folder / "file");
      return more < 2 ? sentence.ends_with("Too many open files") : sentence.empty();
    }));
  CHECK(test::read_file(folder / "file") == "new");
  CHECK(folder.count() == 1);
}
