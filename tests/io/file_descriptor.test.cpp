// SPDX-License-Identifier: MIT
#include <fcntl.h>

#include <nn/io/file_descriptor.hpp>

#include "../catch.hpp"

namespace {
bool is_open_in_the_system(int number) { return ::fcntl(number, F_GETFD) >= 0; }
}  // namespace

TEST_CASE("A file descriptor closes its file once, by its last owner") {
  int number = -1;
  {
    nn::detail::FileDescriptor first(::open("/dev/null", O_RDONLY));
    number = first.number();
    REQUIRE(first.is_open());
    nn::detail::FileDescriptor second(std::move(first));
    CHECK(second.number() == number);
    nn::detail::FileDescriptor third;
    CHECK_FALSE(third.is_open());
    third = std::move(second);
    CHECK(third.number() == number);
    CHECK(is_open_in_the_system(number));
  }
  CHECK_FALSE(is_open_in_the_system(number));
}

TEST_CASE("An interrupted system call is made again, any other failure is not") {
  int calls = 0;
  CHECK(nn::detail::uninterrupted([&] {
          errno = EINTR;
          return ++calls < 3 ? -1 : 7;
        }) == 7);
  CHECK(calls == 3);
  calls = 0;
  CHECK(nn::detail::uninterrupted([&] {
          errno = EIO;
          return ++calls, -1;
        }) == -1);
  CHECK(calls == 1);
  CHECK(nn::detail::reason(ENOSPC) == "No space left on device");
}
