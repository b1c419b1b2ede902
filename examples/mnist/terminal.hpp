// SPDX-License-Identifier: MIT
// What the place where the output goes can show.
#pragma once

#include <langinfo.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <clocale>
#include <cstdlib>
#include <string_view>

namespace mnist {

struct Terminal {
  bool is_terminal = false;  // else a file or a pipe, where nothing can be drawn over
  bool has_colors = false;
  bool has_blocks = false;  // its letters are UTF-8, so there are half blocks
  int width = 80;
};

/// Of the standard output. Colours are left out where NO_COLOR is set (no-color.org).
inline Terminal find_terminal() {
  Terminal terminal;
  const char *no_color = std::getenv("NO_COLOR"), *kind = std::getenv("TERM");
  const bool is_dumb = kind == nullptr || std::string_view(kind) == "dumb";
  terminal.is_terminal = ::isatty(STDOUT_FILENO) == 1 && !is_dumb;
  terminal.has_colors = terminal.is_terminal && (no_color == nullptr || *no_color == '\0');
  std::setlocale(LC_CTYPE, "");
  terminal.has_blocks = std::string_view(::nl_langinfo(CODESET)) == "UTF-8";
  winsize size{};
  if (terminal.is_terminal && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    terminal.width = size.ws_col;
  return terminal;
}

}  // namespace mnist
