// SPDX-License-Identifier: MIT
// Numbers with a decimal point in this thread, whatever locale the program has chosen. POSIX only.
#pragma once

#include <locale.h>
#if __has_include(<xlocale.h>)
#include <xlocale.h>  // macOS keeps it there
#endif

namespace nn::detail {

/// The parser reads numbers through the C library, which would look for the decimal comma of the user's country.
class ThreadLocale {
 public:
  ThreadLocale() : plain_(::newlocale(LC_ALL_MASK, "C", nullptr)), before_(::uselocale(plain_)) {}
  ThreadLocale(const ThreadLocale&) = delete;
  ThreadLocale& operator=(const ThreadLocale&) = delete;
  ~ThreadLocale() {
    ::uselocale(before_);
    if (plain_ != nullptr) ::freelocale(plain_);
  }

 private:
  locale_t plain_;
  locale_t before_;
};

}  // namespace nn::detail
