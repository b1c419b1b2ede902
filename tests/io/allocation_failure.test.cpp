// SPDX-License-Identifier: MIT
// Every single allocation of a save and of a load fails once: nothing is changed and nothing is left behind.
#include <sstream>

#include "../catch.hpp"
#include "../memory_watch.hpp"
#include "files.hpp"

namespace {

using Network = nn::Network<nn::Input<3>, nn::Dense<2>, nn::LeakyReLU, nn::Dense<2, false>, nn::Softmax>;

}  // namespace

TEST_CASE("Whichever allocation of a load fails, the network is unchanged") {
  Network source, target;
  source.initialize(nn::Random{1});
  const test::Folder folder;
  const std::string path = folder / "params.json";
  nn::save(source, path);
  const Network before = target;
  const auto is_unchanged = [&](bool) { REQUIRE(test::have_equal_bits(target, before)); };
  CHECK(test::fail_every_allocation([&] { nn::load(target, path); }, is_unchanged) > 10);
  CHECK(test::have_equal_bits(target, source));

  target = before;
  std::istringstream stream(test::text_of(source));
  const auto load_stream = [&] {
    stream.clear();
    stream.seekg(0);
    nn::load(target, stream);
  };
  CHECK(test::fail_every_allocation(load_stream, is_unchanged) > 10);
  CHECK(test::have_equal_bits(target, source));
}

TEST_CASE("Whichever allocation of a refusal fails, the network is unchanged") {
  Network target;
  const Network before = target;
  const std::string text = test::text_of(nn::Network{nn::Input{3}, nn::Dense{7}});
  std::istringstream stream(text);
  const auto load_stream = [&] {
    stream.clear();
    stream.seekg(0);
    try {
      nn::load(target, stream);
    } catch (const nn::load_error&) {
    }
  };
  CHECK(test::fail_every_allocation(load_stream, [&](bool) { REQUIRE(test::have_equal_bits(target, before)); }) > 10);
  CHECK(test::have_equal_bits(target, before));
}

TEST_CASE("Whichever allocation of a save fails, the old file stays and no other is left") {
  Network network;
  const test::Folder folder;
  const std::string path = folder / "params.json";
  nn::save(network, path);
  const std::string before = test::read_file(path);
  network.initialize(nn::Random{1});
  const auto is_untouched = [&](bool) {
    REQUIRE(test::read_file(path) == before);
    REQUIRE(folder.count() == 1);
  };
  CHECK(test::fail_every_allocation([&] { nn::save(network, path); }, is_untouched) > 10);
  CHECK(test::read_file(path) == test::text_of(network));
  CHECK(folder.count() == 1);
}
