// SPDX-License-Identifier: MIT
// Damaged and hostile files of tensors: any bytes end in a load_error that leaves the network as it was, or in a load,
// in little more memory than that of one network.
#include <nn/io/safetensors_reader.hpp>

#include <sstream>
#include <streambuf>
#include <string>

#include <nn/io/safetensors.hpp>
#include <nn/network.hpp>

#include "../catch.hpp"
#include "../effort.hpp"
#include "../memory_watch.hpp"
#include "files.hpp"

namespace {

// Reads from memory without copying.
class BytesBuffer : public std::streambuf {
 public:
  explicit BytesBuffer(std::string& text) { setg(text.data(), text.data(), text.data() + text.size()); }
};

struct DamageCounts {
  int loaded = 0, refused = 0, changed = 0, not_stable = 0;
};

template <class Network>
std::string saved_tensors(const Network& network) {
  std::ostringstream stream;
  nn::save_tensors(network, stream);
  return stream.str();
}

template <class Network>
void try_tensors(std::string& bytes, const Network& network, DamageCounts& counts) {
  Network other = network;
  BytesBuffer buffer(bytes);
  std::istream stream(&buffer);
  try {
    nn::load_tensors(other, stream);
  } catch (const nn::load_error&) {
    ++counts.refused;
    counts.changed += !(other == network);
    return;
  }
  ++counts.loaded;
  Network again = network;
  std::istringstream saved(saved_tensors(other));
  nn::load_tensors(again, saved);
  counts.not_stable += !(again == other);
}

// A file with a header of its own, and zeros for data.
std::string with_tensor_header(const std::string& header, std::size_t data) {
  std::string bytes;
  for (int shift = 0; shift < 64; shift += 8) bytes += static_cast<char>(header.size() >> shift & 0xFF);
  return bytes + header + std::string(data, '\0');
}

constexpr std::size_t little_memory = 1'000'000;

}  // namespace

TEST_CASE("Every prefix and every flipped bit of a file of tensors ends in a load_error or a load") {
  nn::Network<nn::Input<2, 1, 2>, nn::BatchNorm, nn::Flatten, nn::Dense<2>> source;
  source.initialize(nn::Random{1});
  auto network = source;
  network.parameters().setConstant(0.25F);
  std::string bytes = saved_tensors(source);
  DamageCounts counts;
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    std::string prefix = bytes.substr(0, size);
    try_tensors(prefix, network, counts);
  }
  CHECK(counts.loaded == 0);
  for (std::size_t i = 0; i < bytes.size(); ++i)
    for (int bit = 0; bit < 8; ++bit) {
      bytes[i] = static_cast<char>(bytes[i] ^ (1 << bit));
      try_tensors(bytes, network, counts);
      bytes[i] = static_cast<char>(bytes[i] ^ (1 << bit));
    }
  CHECK(counts.loaded > 300);  // numbers that are others
  CHECK(counts.refused > 3000);
  CHECK(counts.changed == 0);
  CHECK(counts.not_stable == 0);
}

TEST_CASE("A path tells the size of its file, which must be exactly that of its tensors") {
  nn::Network<nn::Input<2>, nn::Dense<1>> network;
  const std::string bytes = saved_tensors(network);
  const test::Folder folder;
  const auto refusal = [&](const std::string& text) {
    test::write_file(folder / "x", text);
    return test::load_error_of([&] { nn::load_tensors(network, folder / "x"); });
  };
  CHECK(refusal(bytes).empty());
  CHECK_THAT(refusal(bytes + '\0'),
             Catch::Matchers::ContainsSubstring("13 bytes follow its header, but its tensors take 12"));
  CHECK_THAT(refusal(bytes.substr(0, bytes.size() - 1)),
             Catch::Matchers::ContainsSubstring("11 bytes follow its header"));
  CHECK_THAT(refusal(bytes.substr(0, 100)), Catch::Matchers::ContainsSubstring("does not fit its 100 bytes"));
  CHECK_THAT(refusal(with_tensor_header("{} x", 0)), Catch::Matchers::ContainsSubstring("goes on after its end"));
  CHECK_THAT(refusal(with_tensor_header("x{}", 0)), Catch::Matchers::ContainsSubstring("does not begin with {"));
  CHECK_THAT(refusal(with_tensor_header("  ", 0)), Catch::Matchers::ContainsSubstring("does not begin with {"));
  CHECK_THAT(refusal(with_tensor_header("\xEF\xBB\xBF{}", 0)),
             Catch::Matchers::ContainsSubstring("does not begin with {"));
  CHECK_THAT(refusal(std::string("\0\xE1\xF5\5\1\0\0\0{}", 10)),
             Catch::Matchers::ContainsSubstring("at most 100000000"));
  CHECK_THAT(refusal(std::string(20, '\xFF')), Catch::Matchers::ContainsSubstring("at most 100000000"));
  const std::string twice = R"("0.bias":{"dtype":"F32","shape":[1],"data_offsets":)";
  CHECK_THAT(refusal(with_tensor_header("{" + twice + "[0,4]}," + twice + "[4,8]}}", 8)),
             Catch::Matchers::ContainsSubstring("has the tensor \"0.bias\" twice"));
}

TEST_CASE("Every tensor that a file lacks is named") {
  nn::Network<nn::Input<2>, nn::Dense<1>> network;
  std::istringstream stream(with_tensor_header("{}", 0));
  CHECK_THAT(test::load_error_of([&] { nn::load_tensors(network, stream); }),
             Catch::Matchers::ContainsSubstring("missing in the file: 0.weight [1,2], 0.bias [1];"));
}

TEST_CASE("Hostile headers take no more memory than the file") {
  nn::Network<nn::Input<2>, nn::Dense<1>> network;
  const auto check = [&](const std::string& start, const std::string& piece, std::size_t count,
                         const std::string& end) {
    INFO(start << piece << piece << "..." << end);
    std::string header = start;
    for (std::size_t i = 0; i < count; ++i) header += piece;
    header += end;
    std::string bytes = with_tensor_header(header, 0);
    BytesBuffer buffer(bytes);
    std::istream stream(&buffer);
    const test::MemoryWatch memory;
    CHECK(!test::load_error_of([&] { nn::load_tensors(network, stream); }).empty());
    CHECK(memory.peak() < bytes.size() + little_memory);
  };
  const std::size_t many = test::effort(std::size_t{200'000});
  check("{", R"("a":{"dtype":"F32","shape":[],"data_offsets":[0,4]},)", many, "}");
  check("{", R"("a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},)", many, R"("b":{}})");
  check("", "[", many, "");
  check("", R"({"a":)", many, "");
  check(R"({"a":{"x":)", "[", many, "");
  check(R"({"a":{"x":)", R"({"y":)", many, "");
  check(R"({"a":{"shape":[)", "1,", many, "");
  check(R"({"__metadata__":{)", R"("a":"b",)", many, R"("a":"b"}})");
  check(R"({"__metadata__":{"a":")", "bbbbbbbbbb", many, R"("}})");
  check("{\"", "aaaaaaaaaa", many, "\"");
  check("", "          ", many, "{}");
  check("{}", "          ", many, "");
  check("{", "          ", many, "}");
  check(R"({"a":{"shape":[)", "1111111111", many, "");
}

TEST_CASE("A header that claims more bytes than there are takes no memory for them") {
  nn::Network<nn::Input<2>, nn::Dense<1>> network;
  const test::Folder folder;
  test::write_file(folder / "x", std::string("\0\xE1\xF5\5\0\0\0\0{}", 10));
  const test::MemoryWatch memory;
  CHECK(!test::load_error_of([&] { nn::load_tensors(network, folder / "x"); }).empty());
  std::istringstream stream(test::read_file(folder / "x"));
  CHECK(!test::load_error_of([&] { nn::load_tensors(network, stream); }).empty());
  CHECK(memory.peak() < little_memory);
}

TEST_CASE("Loading tensors takes the memory of one network more, and saving little") {
  nn::Network<nn::Input<10, 10, 10>, nn::Flatten, nn::Dense<1000>> network;
  const std::size_t model = sizeof(float) * static_cast<std::size_t>(network.parameter_count());
  const test::Folder folder;
  const test::MemoryWatch saving;
  nn::save_tensors(network, folder / "x");
  CHECK(saving.peak() < little_memory);
  const test::MemoryWatch loading;
  nn::load_tensors(network, folder / "x");
  CHECK(loading.peak() < model + little_memory);
  CHECK((!test::MemoryWatch::works() || loading.peak() >= model));
}

TEST_CASE("Whichever allocation of a load of tensors fails, the network is unchanged") {
  using Network = nn::Network<nn::Input<2, 1, 2>, nn::BatchNorm, nn::Flatten, nn::Dense<2>>;
  Network source, target;
  source.initialize(nn::Random{1});
  const test::Folder folder;
  nn::save_tensors(source, folder / "x");
  nn::save_tensors(nn::Network{nn::Input{2}, nn::Dense{3}}, folder / "other");
  const Network before = target;
  const auto is_unchanged = [&](bool) { REQUIRE(target == before); };
  const auto load_other = [&] {
    try {
      nn::load_tensors(target, folder / "other");
    } catch (const nn::load_error&) {
    }
  };
  CHECK(test::fail_every_allocation(load_other, is_unchanged) > 10);
  CHECK(test::fail_every_allocation([&] { nn::load_tensors(target, folder / "x"); }, is_unchanged) > 10);
  CHECK(target == source);
}

TEST_CASE("Whichever allocation of a save of tensors fails, the old file stays and no other is left") {
  nn::Network<nn::Input<2, 1, 2>, nn::BatchNorm, nn::Flatten, nn::Dense<2>> network;
  const test::Folder folder;
  nn::save_tensors(network, folder / "x");
  const std::string before = test::read_file(folder / "x");
  network.initialize(nn::Random{1});
  const auto is_untouched = [&](bool) {
    REQUIRE(test::read_file(folder / "x") == before);
    REQUIRE(folder.count() == 1);
  };
  CHECK(test::fail_every_allocation([&] { nn::save_tensors(network, folder / "x"); }, is_untouched) > 10);
  CHECK(test::read_file(folder / "x") != before);
}
