// SPDX-License-Identifier: MIT
// A process that is killed while it saves leaves the old file or the new one.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../catch.hpp"
#include "../effort.hpp"
#include "files.hpp"

using Network = nn::Network<nn::Input<20>, nn::Dense<50>, nn::ReLU, nn::Dense<10>>;

TEST_CASE("After kill -9 at any moment of a save the file is the old or the new one", "[slow]") {
  Network a, b;
  a.initialize(nn::Random{1});
  b.initialize(nn::Random{2});
  const test::Folder folder;
  const std::string path = folder / "params.json";
  nn::save(a, path);

  const int kills = test::effort(1000);
  nn::Random random{3};
  int of_a = 0, of_b = 0;
  for (int i = 0; i < kills; ++i) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0)
      for (;;) {
        nn::save(b, path);
        nn::save(a, path);
      }
    ::usleep(static_cast<useconds_t>(random.below(20'000)));
    REQUIRE(::kill(child, SIGKILL) == 0);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE((WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL));  // it had not stopped by itself

    Network loaded;
    nn::load(loaded, path);
    const bool is_a = test::have_equal_bits(loaded, a), is_b = test::have_equal_bits(loaded, b);
    REQUIRE(is_a != is_b);
    of_a += is_a;
    of_b += is_b;
  }
  CHECK(of_a + of_b == kills);
  CHECK((kills < 100 || std::min(of_a, of_b) > kills / 20));  // the kills did fall at many moments
  CHECK(folder.count() <= 2);
}
