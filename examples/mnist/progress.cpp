// SPDX-License-Identifier: MIT
#include "progress.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace mnist {

bool draw_curve(const std::string& history, const std::string& picture) {
  // Without a shell, so that a path may have any letters; what gnuplot may complain of is not for the user.
  std::string words[] = {"gnuplot", "-c", NN_MNIST_GNUPLOT_SCRIPT, history, picture};
  char* arguments[] = {words[0].data(), words[1].data(), words[2].data(), words[3].data(), words[4].data(), nullptr};
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  const bool has_started = ::posix_spawnp(&child, "gnuplot", &actions, nullptr, arguments, environ) == 0;
  ::posix_spawn_file_actions_destroy(&actions);
  int status = 0;
  return has_started && ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace mnist
