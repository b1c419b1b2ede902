// SPDX-License-Identifier: MIT
// A few threads that do one piece of work together, again and again.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <system_error>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include <nn/core/errors.hpp>
#include <nn/core/views.hpp>

namespace nn {

/// The caller is one of them. Work comes in parts, of which whoever is ready takes the next; so a thread whose core
/// others use holds nobody up, unless it has begun a part. Between pieces of work the others look for the next for a
/// moment, then sleep.
class ThreadTeam {
 public:
  /// Throws data_error for fewer than one thread, and for more than the system makes: none of them is left then.
  explicit ThreadTeam(Index size) : ThreadTeam() {  // from here on, the destructor joins those there are
    if (size < 1) throw data_error("threads: at least 1 must work, got ", size, "; 1 is the default");
    has_cores_ = size <= static_cast<Index>(std::thread::hardware_concurrency());
    try {
      for (Index member = 1; member < size; ++member) threads_.emplace_back([this] { serve(); });
    } catch (const std::system_error& problem) {
      throw data_error("threads: ", size, " are to work, but the system makes no more than ", this->size(), " (",
                       problem.what(), "); give fewer, or raise the limits of this process on threads and memory");
    }
  }
  ThreadTeam(const ThreadTeam&) = delete;
  ThreadTeam& operator=(const ThreadTeam&) = delete;
  ~ThreadTeam() {
    is_ending_ = true;
    start_round();
    for (std::thread& thread : threads_) thread.join();
  }

  Index size() const { return static_cast<Index>(threads_.size()) + 1; }

  /// Calls work(part) for every part 0, 1, ..., parts - 1, each once, and returns when all are done. Where several
  /// throw, the caller gets what the part with the lowest number threw; the team can then be used again. Throws
  /// data_error where the team is at work already, as when `work` calls it.
  template <class Work>
  void share(Index parts, Work&& work) {
    if (parts < 1) return;
    if (is_running_.test_and_set(std::memory_order_acquire))
      throw data_error("threads: they were given work while they are at work; wait for it to end, or make others");
    call_ = [](void* given, Index part) { (*static_cast<std::remove_reference_t<Work>*>(given))(part); };
    work_ = const_cast<void*>(static_cast<const void*>(&work));
    parts_ = parts;
    next_.store(0, std::memory_order_relaxed);
    const bool is_shared = parts > 1 && !threads_.empty();
    if (is_shared) {
      is_open_.store(true);
      start_round();
    }
    take_parts();
    if (is_shared) {
      is_open_.store(false);  // who comes from now on finds nothing to do, and is not waited for
      for (std::uint32_t busy = busy_.load(); busy != 0; busy = busy_.load()) wait_while(busy_, busy, patience_);
    }
    const std::exception_ptr first = std::exchange(problem_, nullptr);
    is_running_.clear(std::memory_order_release);
    if (first) std::rethrow_exception(first);
  }

 private:
  // How often a thread does not look before it sleeps, since its core was taken away while it looked.
  struct Patience {
    int waits_without_looking = 0;
  };

  ThreadTeam() = default;

  void start_round() {
    round_.fetch_add(1, std::memory_order_release);
    round_.notify_all();
  }

  void serve() {
    Patience patience;
    for (std::uint32_t round = 0;;) {
      wait_while(round_, round, patience);
      round = round_.load(std::memory_order_acquire);
      if (is_ending_) return;
      // In this order, and the caller in the other: so it waits for whoever sees open work.
      busy_.fetch_add(1);
      if (is_open_.load()) take_parts();
      if (busy_.fetch_sub(1) == 1) busy_.notify_all();
    }
  }

  void take_parts() {
    for (Index part = next_.fetch_add(1, std::memory_order_relaxed); part < parts_;
         part = next_.fetch_add(1, std::memory_order_relaxed))
      try {
        call_(work_, part);
      } catch (...) {
        keep_first(part, std::current_exception());
      }
  }

  void keep_first(Index part, std::exception_ptr problem) {
    while (is_keeping_.test_and_set(std::memory_order_acquire)) {
    }
    if (!problem_ || part < problem_part_) {
      problem_ = std::move(problem);
      problem_part_ = part;
    }
    is_keeping_.clear(std::memory_order_release);
  }

  // Returns when the number is another one. To be woken takes long, so a thread that has a core looks for about a fifth
  // of a millisecond, in which the slowest of a round catches up. Where looking takes far longer than it can, others
  // have had the core: then it sleeps at once for some time, since they would have to wait while it looks.
  void wait_while(const std::atomic<std::uint32_t>& number, std::uint32_t old, Patience& patience) const {
    using namespace std::chrono;
    if (number.load(std::memory_order_acquire) != old) return;
    if (patience.waits_without_looking > 0) {
      --patience.waits_without_looking;
    } else if (has_cores_) {
      const auto begin = steady_clock::now();
      for (auto now = begin, before = begin; now - begin < microseconds(200); before = now) {
        for (int look = 0; look < 64; ++look)
          if (number.load(std::memory_order_acquire) != old) return;
        now = steady_clock::now();
        if (now - before > microseconds(500)) patience.waits_without_looking = 1000;
      }
    }
    number.wait(old, std::memory_order_acquire);
  }

  bool has_cores_ = false;  // for all of them
  std::vector<std::thread> threads_;
  Patience patience_;  // of the caller
  void (*call_)(void*, Index) = nullptr;
  void* work_ = nullptr;
  Index parts_ = 0;
  std::atomic<Index> next_{0};
  std::atomic<bool> is_open_{false};
  std::atomic<bool> is_ending_{false};
  std::atomic<std::uint32_t> round_{0};
  std::atomic<std::uint32_t> busy_{0};
  std::atomic_flag is_running_;
  std::atomic_flag is_keeping_;
  Index problem_part_ = 0;
  std::exception_ptr problem_;  // that of the lowest part
};

}  // namespace nn
