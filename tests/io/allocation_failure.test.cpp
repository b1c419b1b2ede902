// SPDX-License-Identifier: MIT
// Every single allocation of a save and of a load fails once: nothing is changed and nothing is left behind. A program
// of its own, since it replaces operator new.
#include <cstdlib>
#include <new>

#include "../catch.hpp"
#include "files.hpp"

namespace {

// The number of allocations until one fails; negative: none does.
long until_failure = -1;

void* allocate(std::size_t size) {
  if (until_failure >= 0 && until_failure-- == 0) throw std::bad_alloc();
  if (void* memory = std::malloc(size > 0 ? size : 1)) return memory;
  throw std::bad_alloc();
}

// Calls work() again and again, the n-th allocation failing for n = 0, 1, ..., until it succeeds. Returns n.
template <class Work, class Check>
long fail_every_allocation(Work work, Check check) {
  for (long n = 0;; ++n) {
    bool failed = false;
    until_failure = n;
    try {
      work();
    } catch (const std::bad_alloc&) {
      failed = true;
    }
    until_failure = -1;
    if (!failed) return n;
    check();
  }
}

using Network = nn::Network<nn::Input<3>, nn::Dense<2>, nn::LeakyReLU, nn::Dense<2, false>, nn::Softmax>;

}  // namespace

void* operator new(std::size_t size) { return allocate(size); }
void* operator new[](std::size_t size) { return allocate(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return std::malloc(size > 0 ? size : 1); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return std::malloc(size > 0 ? size : 1); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

TEST_CASE("Whichever allocation of a load fails, the network is unchanged") {
  Network source, target;
  source.initialize(nn::Random{1});
  const test::Folder folder;
  const std::string path = folder / "params.json";
  nn::save(source, path);
  const Network before = target;
  const auto is_unchanged = [&] { REQUIRE(test::have_equal_bits(target, before)); };
  CHECK(fail_every_allocation([&] { nn::load(target, path); }, is_unchanged) > 10);
  CHECK(test::have_equal_bits(target, source));

  target = before;
  std::istringstream stream(test::text_of(source));
  const auto load_stream = [&] {
    stream.clear();
    stream.seekg(0);
    nn::load(target, stream);
  };
  CHECK(fail_every_allocation(load_stream, is_unchanged) > 10);
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
  CHECK(fail_every_allocation(load_stream, [&] { REQUIRE(test::have_equal_bits(target, before)); }) > 10);
  CHECK(test::have_equal_bits(target, before));
}

TEST_CASE("Whichever allocation of a save fails, the old file stays and no other is left") {
  Network network;
  const test::Folder folder;
  const std::string path = folder / "params.json";
  nn::save(network, path);
  const std::string before = test::read_file(path);
  network.initialize(nn::Random{1});
  const auto is_untouched = [&] {
    REQUIRE(test::read_file(path) == before);
    REQUIRE(folder.count() == 1);
  };
  CHECK(fail_every_allocation([&] { nn::save(network, path); }, is_untouched) > 10);
  CHECK(test::read_file(path) == test::text_of(network));
  CHECK(folder.count() == 1);
}
