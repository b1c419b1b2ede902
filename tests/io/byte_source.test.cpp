// SPDX-License-Identifier: MIT
#include <sys/stat.h>
#include <unistd.h>

#include "../catch.hpp"
#include "../left_out.hpp"
#include "files.hpp"

namespace {

using Network = nn::Network<nn::Input<2>, nn::Dense<2>>;

// Gives a text in pieces of some bytes, then fails or ends.
class SlowBuffer : public std::streambuf {
 public:
  SlowBuffer(std::string text, std::size_t piece, bool fails) : text_(std::move(text)), piece_(piece), fails_(fails) {}

 private:
  int_type underflow() override {
    if (position_ >= text_.size()) {
      if (fails_) throw std::runtime_error("the disk is on fire");
      return traits_type::eof();
    }
    const std::size_t count = std::min(piece_, text_.size() - position_);
    char* begin = text_.data() + position_;
    setg(begin, begin, begin + count);
    position_ += count;
    return traits_type::to_int_type(*begin);
  }

  std::string text_;
  std::size_t piece_;
  bool fails_;
  std::size_t position_ = 0;
};

}  // namespace

TEST_CASE("A stream may give its bytes in pieces of any size") {
  const Network network;
  for (const std::size_t piece : {1U, 2U, 7U, 100U}) {
    SlowBuffer buffer(test::text_of(network), piece, false);
    std::istream stream(&buffer);
    Network copy;
    copy.parameters().setZero();
    nn::load(copy, stream);
    CHECK(test::have_equal_bits(copy, network));
  }
}

TEST_CASE("A stream that fails is a load_error, at whatever byte and whatever its exceptions are set to") {
  const Network network;
  const std::string text = test::text_of(network);
  for (const auto exceptions :
       {std::ios::goodbit, std::ios::failbit, std::ios::failbit | std::ios::eofbit, std::ios::badbit})
    for (std::size_t size = 0; size <= text.size(); size += 10) {
      SlowBuffer buffer(text.substr(0, size), 16, true);
      std::istream stream(&buffer);
      stream.exceptions(exceptions);
      Network copy = network;
      CHECK(test::load_error_of([&] { nn::load(copy, stream); }) ==
            "load: the stream cannot be read: it failed (at byte 0)");
      CHECK(test::have_equal_bits(copy, network));
    }
  std::istringstream good(text);
  good.exceptions(std::ios::failbit | std::ios::eofbit | std::ios::badbit);
  Network copy;
  CHECK_NOTHROW(nn::load(copy, good));
}

TEST_CASE("A stream that had failed before is a load_error, also one without a buffer") {
  Network network;
  std::ifstream missing("/no such file");
  CHECK(test::load_error_of([&] { nn::load(network, missing); }) ==
        "load: the stream cannot be read: it had failed before; was its file opened?");
  std::istream none(nullptr);
  CHECK_FALSE(test::load_error_of([&] { nn::load(network, none); }).empty());
}

TEST_CASE("A file that cannot be opened or read is a load_error with the system's reason") {
  Network network;
  const test::Folder folder;
  const auto sentence = [&](const std::string& path) { return test::load_error_of([&] { nn::load(network, path); }); };
  const std::string missing = folder / "missing.json";
  CHECK(sentence(missing) == "load: cannot open \"" + missing + "\": No such file or directory");
  CHECK(sentence(folder.path()) ==
        "load: cannot read \"" + folder.path() + "\": it is a folder; give the name of a file in it");
  CHECK(sentence("") == "load: cannot open \"\": No such file or directory");
  CHECK(sentence(std::string("a\0b", 3)) == "load: cannot open a path with a zero byte in it");
  if (::access("/proc/self/mem", R_OK) == 0)
    CHECK(sentence("/proc/self/mem").find("cannot be read: Input/output error") != std::string::npos);
  else
    test::left_out("a file whose first byte cannot be read: there is no /proc");
  nn::save(network, folder / "secret.json");
  std::filesystem::permissions(folder / "secret.json", std::filesystem::perms::none);
  if (::access((folder / "secret.json").c_str(), R_OK) != 0)
    CHECK(sentence(folder / "secret.json").ends_with(": Permission denied"));
  else
    test::left_out("loading a file that may not be read: this user may read everything");
}

TEST_CASE("Bytes that no file of parameters has are refused where they stand") {
  const Network network;
  const std::string text = test::text_of(network);
  CHECK(test::load_error_of_text(network, "\xEF\xBB\xBF" + text) ==
        "load: the stream begins with a byte order mark; save it as UTF-8 without one (at byte 1)");
  // The parser alone would take a zero byte for the end of the file.
  CHECK(test::load_error_of_text(network, text + '\0') ==
        "load: the stream has a zero byte, which JSON does not have; it is damaged or no JSON file (at byte " +
            std::to_string(text.size() + 1) + ")");
}

TEST_CASE("Gaps between numbers may be long, but not without limit") {
  const Network network;
  const std::string text = test::text_of(network);
  const auto with_gap = [&](std::size_t size) {
    std::string longer = text;
    return longer.insert(text.find("\"W\""), size, ' ');
  };
  CHECK(test::load_error_of_text(network, with_gap(8000)).empty());
  CHECK_THAT(
      test::load_error_of_text(network, with_gap(8192)),
      Catch::Matchers::StartsWith("load: the stream has more than 8192 bytes without a finished number or name"));
}

TEST_CASE("What is no regular file is refused at once, also a pipe that nobody writes to") {
  const test::Folder folder;
  Network network;
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  CHECK(test::load_error_of([&] { nn::load(network, folder / "pipe"); }) ==
        "load: cannot read \"" + (folder / "pipe") + "\": it is no regular file; open it as a stream and give that");
  CHECK(test::load_error_of([&] { nn::load(network, "/dev/null"); }) ==
        "load: cannot read \"/dev/null\": it is no regular file; open it as a stream and give that");
}

TEST_CASE("A path stands in a message without what disturbs a terminal") {
  Network network;
  CHECK(test::load_error_of([&] { nn::load(network, "missing \x1B[31m\xC3\xBC"); }) ==
        "load: cannot open \"missing ?[31m\xC3\xBC\": No such file or directory");
}
