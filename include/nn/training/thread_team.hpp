// SPDX-License-Identifier: MIT
// A few threads that do one piece of work together, again and again.
#pragma once

#include <atomic>
#include <cstddef>
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

/// The caller is one of them. Between pieces of work the others look for the next for a moment, then sleep.
class ThreadTeam {
 public:
  /// Throws data_error for fewer than one thread, and for more than the system makes: none of them is left then.
  explicit ThreadTeam(Index size) : ThreadTeam() {  // from here on, the destructor joins those there are
    if (size < 1) throw data_error("threads: at least 1 must work, got ", size, "; 1 is the default");
    if (size <= static_cast<Index>(std::thread::hardware_concurrency())) looks_ = 400'000;
    try {
      for (Index member = 1; member < size; ++member) threads_.emplace_back([this, member] { serve(member); });
    } catch (const std::system_error& problem) {
      throw data_error("threads: ", size, " are to work, but the system makes no more than ", this->size(), " (",
                       problem.what(), "); give fewer, or raise the limits of this process on threads and memory");
    }
    problems_.resize(static_cast<std::size_t>(size));
  }
  ThreadTeam(const ThreadTeam&) = delete;
  ThreadTeam& operator=(const ThreadTeam&) = delete;
  ~ThreadTeam() {
    call_ = nullptr;
    start_round();
    for (std::thread& thread : threads_) thread.join();
  }

  Index size() const { return static_cast<Index>(threads_.size()) + 1; }

  /// Calls work(member) for every member 0, 1, ..., size() - 1, each on its own thread, and returns when all are done.
  /// Where several throw, the caller gets what the one with the lowest number threw; the team can then be used again.
  /// Throws data_error where the team is at work already, as when `work` calls it.
  template <class Work>
  void run(Work&& work) {
    if (is_running_.test_and_set(std::memory_order_acquire))
      throw data_error("threads: they were given work while they are at work; wait for it to end, or make others");
    call_ = [](void* given, Index member) { (*static_cast<std::remove_reference_t<Work>*>(given))(member); };
    work_ = const_cast<void*>(static_cast<const void*>(&work));
    busy_.store(static_cast<std::uint32_t>(threads_.size()), std::memory_order_relaxed);
    start_round();
    call(0);
    for (std::uint32_t busy = busy_.load(std::memory_order_acquire); busy != 0;
         busy = busy_.load(std::memory_order_acquire))
      wait_while(busy_, busy);
    std::exception_ptr first;
    for (std::exception_ptr& problem : problems_)
      if (std::exception_ptr next = std::exchange(problem, nullptr); !first) first = std::move(next);
    is_running_.clear(std::memory_order_release);
    if (first) std::rethrow_exception(std::move(first));
  }

  /// Calls work(part) for every part, of which there are at most size(), each on its own thread; a single one here.
  template <class Work>
  void share(Index parts, Work&& work) {
    if (parts == 1) return work(Index(0));
    if (parts < 1) return;
    run([&](Index member) {
      if (member < parts) work(member);
    });
  }

 private:
  ThreadTeam() = default;

  void start_round() {
    round_.fetch_add(1, std::memory_order_release);
    round_.notify_all();
  }

  void serve(Index member) {
    for (std::uint32_t round = 0;;) {
      wait_while(round_, round);
      ++round;
      if (call_ == nullptr) return;
      call(member);
      if (busy_.fetch_sub(1, std::memory_order_acq_rel) == 1) busy_.notify_all();
    }
  }

  void call(Index member) {
    try {
      call_(work_, member);
    } catch (...) {
      problems_[static_cast<std::size_t>(member)] = std::current_exception();
    }
  }

  // Returns when the number is another one. To be woken takes long, so a member that has a core looks for about a fifth
  // of a millisecond, in which the slowest of a round catches up.
  void wait_while(const std::atomic<std::uint32_t>& number, std::uint32_t old) const {
    for (int look = 0; look < looks_; ++look)
      if (number.load(std::memory_order_acquire) != old) return;
    number.wait(old, std::memory_order_acquire);
  }

  int looks_ = 0;
  std::vector<std::thread> threads_;
  void (*call_)(void*, Index) = nullptr;
  void* work_ = nullptr;
  std::atomic<std::uint32_t> round_{0};
  std::atomic<std::uint32_t> busy_{0};
  std::atomic_flag is_running_;
  std::vector<std::exception_ptr> problems_;  // what each member threw
};

}  // namespace nn
