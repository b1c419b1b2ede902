// SPDX-License-Identifier: MIT
#include <nn/core/regular_file.hpp>

#include <fstream>

#include "../catch.hpp"
#include "../io/files.hpp"

TEST_CASE("only what is no regular file is refused, at once, also a pipe that nobody writes to") {
  const test::Folder folder;
  const auto refusal = [](const std::string& path) -> std::string {
    try {
      nn::detail::require_regular_file("test", path);
    } catch (const nn::load_error& problem) {
      return problem.what();
    }
    return "none";
  };
  std::ofstream(folder / "file") << "text";
  CHECK(refusal(folder / "file") == "none");
  CHECK(refusal(folder / "missing") == "none");
  CHECK(refusal(folder.path()) ==
        "test: cannot read \"" + folder.path() + "\": it is a folder; give the name of a file in it");
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  CHECK(refusal(folder / "pipe") ==
        "test: cannot read \"" + (folder / "pipe") + "\": it is no regular file; open it as a stream and give that");
}
