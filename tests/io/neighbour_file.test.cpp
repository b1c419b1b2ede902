// SPDX-License-Identifier: MIT
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include <nn/io/neighbour_file.hpp>

#include "../catch.hpp"
#include "files.hpp"

namespace {

std::string refusal_of_neighbour(const std::string& folder, std::string_view location) {
  return test::load_error_of([&] { nn::detail::NeighbourFile(folder, location); });
}

}  // namespace

TEST_CASE("A neighbour file is read from any place within it") {
  const test::Folder folder;
  std::filesystem::create_directory(folder / "weights");
  test::write_file(folder / "weights/first.bin", "0123456789");
  const nn::detail::NeighbourFile file(folder.path(), "weights/first.bin");
  CHECK(file.size() == 10);
  char bytes[4] = {};
  file.read(3, bytes, 3);
  CHECK(std::string(bytes) == "345");
  file.read(10, bytes, 0);
  const auto reading = [&](std::uint64_t offset, std::size_t count) {
    return test::load_error_of([&] { file.read(offset, bytes, count); });
  };
  CHECK(reading(8, 3) == "load: cannot read \"weights/first.bin\": bytes 8 to 8 + 3 are wanted, and the file has 10");
  CHECK(!reading(11, 0).empty());
  CHECK(!reading(0xFFFFFFFFFFFFFFFF, 3).empty());
}

TEST_CASE("The folder of a path is what stands before its last slash") {
  CHECK(nn::detail::folder_of("model.onnx") == ".");
  CHECK(nn::detail::folder_of("/model.onnx") == "/");
  CHECK(nn::detail::folder_of("a/b/model.onnx") == "a/b/");
}

TEST_CASE("A neighbour file outside of the folder is never opened") {
  const test::Folder outer;
  std::filesystem::create_directory(outer / "model");
  std::filesystem::create_directory(outer / "model/sub");
  test::write_file(outer / "secret", "secret");
  test::write_file(outer / "model/own", "own");
  const std::string folder = outer / "model";
  CHECK(refusal_of_neighbour(folder, "own").empty());
  for (const std::string location : {"../secret", "sub/../../secret", "./own", "sub//own", "/etc/passwd", "", ".", "..",
                                     "own/", "sub/..", "..\\secret", "sub/./../own"}) {
    INFO(location);
    CHECK(!refusal_of_neighbour(folder, location).empty());
  }
  CHECK(!refusal_of_neighbour(folder, std::string_view("own\0x", 5)).empty());
  CHECK(!refusal_of_neighbour(outer / "secret", "own").empty());  // the folder is none
}

TEST_CASE("A neighbour file that is a symbolic link, lies behind one, or has another name is refused") {
  const test::Folder outer;
  std::filesystem::create_directory(outer / "model");
  std::filesystem::create_directory(outer / "elsewhere");
  test::write_file(outer / "elsewhere/secret", "secret");
  const std::string folder = outer / "model";
  REQUIRE(::symlink("../elsewhere/secret", (folder + "/link").c_str()) == 0);
  REQUIRE(::symlink("../elsewhere", (folder + "/folder").c_str()) == 0);
  REQUIRE(::link((outer / "elsewhere/secret").c_str(), (folder + "/hard").c_str()) == 0);
  REQUIRE(::mkfifo((folder + "/pipe").c_str(), 0600) == 0);
  CHECK_THAT(refusal_of_neighbour(folder, "link"), Catch::Matchers::ContainsSubstring("symbolic link"));
  CHECK(!refusal_of_neighbour(folder, "folder/secret").empty());
  CHECK_THAT(refusal_of_neighbour(folder, "hard"), Catch::Matchers::ContainsSubstring("2 names (hard links)"));
  CHECK_THAT(refusal_of_neighbour(folder, "pipe"), Catch::Matchers::ContainsSubstring("no regular file"));
  CHECK_THAT(refusal_of_neighbour(folder, "missing"), Catch::Matchers::ContainsSubstring("No such file"));
  CHECK(!refusal_of_neighbour(folder, "../model").empty());
}
