// SPDX-License-Identifier: MIT
// Processes that are threads, for tests of what processes do without any.
#pragma once

#include <algorithm>
#include <array>
#include <barrier>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include <nn/training/step/process_group.hpp>

namespace test {

/// What the members of a group have in common.
class ThreadGroup {
 public:
  explicit ThreadGroup(nn::Index size) : barrier_(size), numbers_(static_cast<std::size_t>(size)), size_(size) {
    bytes_.reserve(1 << 20);  // gather allocates nothing, as MPI's
  }

  /// One of its processes.
  class Member : public nn::ProcessGroup {
   public:
    Member(ThreadGroup& all, nn::Index rank) : all_(&all), rank_(rank) {}
    nn::Index rank() const override { return rank_; }
    nn::Index size() const override { return all_->size_; }
    void largest(std::span<std::int64_t, 3> numbers) override {
      std::copy(numbers.begin(), numbers.end(), all_->numbers_[static_cast<std::size_t>(rank_)].begin());
      all_->barrier_.arrive_and_wait();
      for (const auto& others : all_->numbers_)
        for (std::size_t i = 0; i < others.size(); ++i) numbers[i] = std::max(numbers[i], others[i]);
      all_->barrier_.arrive_and_wait();
    }
    void gather(std::byte* bytes, std::span<const std::size_t> bounds) override {
      if (rank_ == 0) all_->bytes_.resize(bounds.back());
      all_->barrier_.arrive_and_wait();
      const std::size_t begin = bounds[static_cast<std::size_t>(rank_)],
                        end = bounds[static_cast<std::size_t>(rank_) + 1];
      std::copy(bytes + begin, bytes + end, all_->bytes_.data() + begin);
      all_->barrier_.arrive_and_wait();
      std::copy(all_->bytes_.begin(), all_->bytes_.end(), bytes);
      all_->barrier_.arrive_and_wait();
    }

   private:
    ThreadGroup* all_;
    nn::Index rank_;
  };

 private:
  std::barrier<> barrier_;
  std::vector<std::array<std::int64_t, 3>> numbers_;
  std::vector<std::byte> bytes_;
  nn::Index size_;
};

/// Calls work(group) on so many processes; returns what each has thrown: a sentence, or nothing.
template <class Work>
std::vector<std::string> on_processes(nn::Index size, const Work& work) {
  ThreadGroup all(size);
  std::vector<std::string> sentences(static_cast<std::size_t>(size));
  std::vector<std::thread> threads;
  for (nn::Index rank = 0; rank < size; ++rank)
    threads.emplace_back([&, rank] {
      ThreadGroup::Member group(all, rank);
      try {
        work(group);
      } catch (const std::exception& problem) {
        sentences[static_cast<std::size_t>(rank)] = problem.what();
      }
    });
  for (std::thread& thread : threads) thread.join();
  return sentences;
}

}  // namespace test
