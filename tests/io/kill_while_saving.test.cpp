// SPDX-License-Identifier: MIT
// A process that is killed while it saves leaves the old file or the new one.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../catch.hpp"
#include "../effort.hpp"
#include "files.hpp"

using Network = nn::Network<nn::Input<20>, nn::Dense<50>, nn::ReLU, nn::Dense<10>>;

TEST_CASE("After kill -9 at any moment of a save the file is the old or the new one") {
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
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0)
      for (int turn = i / 2;; ++turn) {
        nn::save(turn % 2 == 0 ? b : a, path);
        if (::write(ends[1], ".", 1) != 1) ::_exit(1);
      }
    ::close(ends[1]);
    // Every second life is killed at any moment from its birth on, the others only once they have saved.
    char saved = 0;
    if (i % 2 == 0) REQUIRE(::read(ends[0], &saved, 1) == 1);
    ::usleep(static_cast<useconds_t>(random.below(20'000)));
    REQUIRE(::kill(child, SIGKILL) == 0);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    ::close(ends[0]);
    REQUIRE((WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL));  // it had not stopped by itself

    Network loaded;
    nn::load(loaded, path);
    const bool is_a = test::have_equal_bits(loaded, a), is_b = test::have_equal_bits(loaded, b);
    REQUIRE(is_a != is_b);
    of_a += is_a;
    of_b += is_b;
  }
  CHECK(of_a + of_b == kills);
  CHECK((kills < 100 || std::min(of_a, of_b) > 0));
  CHECK(folder.count() <= 2);
}
