// SPDX-License-Identifier: MIT
// What is read as a file is a regular one: a pipe that nobody writes to would be waited for for ever. POSIX only.
#pragma once

#include <sys/stat.h>

#include <string>

#include <nn/core/errors.hpp>
#include <nn/core/printable.hpp>

namespace nn::detail {

/// Why what stands at a path cannot be read as a file, and what to do; null where it can.
inline const char* refusal_of(const struct stat& status) {
  if (S_ISDIR(status.st_mode)) return "it is a folder; give the name of a file in it";
  if (!S_ISREG(status.st_mode)) return "it is no regular file; open it as a stream and give that";
  return nullptr;
}

/// Throws load_error where something else than a regular file stands at the path; a path that is not there passes.
inline void require_regular_file(const char* who, const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return;
  if (const char* const refusal = refusal_of(status))
    throw load_error(who, ": cannot read ", path_in_quotes(path), ": ", refusal);
}

}  // namespace nn::detail
