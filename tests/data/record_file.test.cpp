// SPDX-License-Identifier: MIT
#include <nn/data/record_file.hpp>

#include <cstddef>
#include <string>
#include <vector>

#include "../catch.hpp"
#include "idx_files.hpp"

using Catch::Matchers::Message;

namespace {

std::vector<std::string> read_records(const nn::detail::RecordFile& file, const std::vector<nn::Index>& samples,
                                      std::size_t size) {
  std::vector<std::string> records(samples.size());
  file.for_each_record(samples, 2, size,
                       [&](std::size_t i, const char* bytes) { records[i] = std::string(bytes, size); });
  return records;
}

}  // namespace

TEST_CASE("Records are read in the order of the file, for the places that asked for them") {
  const test::IdxFolder folder;
  folder.write("records", "..aaabbbcccdddeee");
  const nn::detail::RecordFile file("test", folder / "records");
  CHECK(file.size() == 17);
  CHECK(read_records(file, {4, 0, 1, 4, 3}, 3) == std::vector<std::string>{"eee", "aaa", "bbb", "eee", "ddd"});
  CHECK(nn::detail::RecordFile::in_file_order(std::vector<nn::Index>{5, 2, 9}) == std::vector<std::size_t>{1, 0, 2});
  CHECK(nn::detail::usual_run(784) == 83);
  CHECK(nn::detail::usual_run(1'000'000) == 1);

  // Records larger than what is read at once, and neighbours that are together larger.
  std::string large = "..";
  for (const char c : {'a', 'b', 'c'}) large += std::string(50'000, c);
  folder.write("large", large);
  const nn::detail::RecordFile other("test", folder / "large");
  CHECK(read_records(other, {2, 1, 0}, 50'000) ==
        std::vector<std::string>{std::string(50'000, 'c'), std::string(50'000, 'b'), std::string(50'000, 'a')});
  CHECK(read_records(other, {0}, 150'000)[0] == large.substr(2));
}

TEST_CASE("A file that is not there, is none, or is no longer what it was is named") {
  const test::IdxFolder folder;
  const std::string path = folder / "records";
  CHECK_THROWS_MATCHES(nn::detail::RecordFile("test", path), nn::load_error,
                       Message("test: \"" + path + "\" cannot be opened: No such file or directory; check the path"));
  CHECK_THROWS_AS(nn::detail::RecordFile("test", folder.path()), nn::load_error);
  folder.write("records", "..aaabbb");
  const nn::detail::RecordFile file("test", path);
  folder.write("records", "..aaabb");
  CHECK_THROWS_MATCHES(read_records(file, {0}, 3), nn::load_error,
                       Message("test: \"" + path +
                               "\" has 7 bytes, but had 8 when it was opened; let a file that is "
                               "being read stay as it is"));
  folder.write("records", "..aaabbb");
  CHECK(read_records(file, {1}, 3)[0] == "bbb");
  CHECK_THROWS_MATCHES(read_records(file, {2}, 3), nn::load_error,
                       Message("test: \"" + path + "\" cannot be read beyond byte 8 of 8; is its disk well?"));
  folder.remove("records");
  CHECK_THROWS_AS(read_records(file, {0}, 3), nn::load_error);
}
