// SPDX-License-Identifier: MIT
// Ctrl-C asks the training to end; pressed again, it ends the program.
#pragma once

#include <csignal>

namespace mnist {

class Interrupt {
 public:
  Interrupt() {
    struct sigaction action {};
    action.sa_handler = [](int) { requested_ = 1; };
    action.sa_flags = static_cast<int>(SA_RESETHAND);  // the second time, what happens by default
    ::sigaction(SIGINT, &action, &before_);
  }
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;
  ~Interrupt() { ::sigaction(SIGINT, &before_, nullptr); }

  bool is_requested() const { return requested_ != 0; }

 private:
  static inline volatile std::sig_atomic_t requested_ = 0;  // all that a signal handler may touch
  struct sigaction before_ {};
};

}  // namespace mnist
