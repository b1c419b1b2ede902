// SPDX-License-Identifier: MIT
// What training needs to know of the processes that train together: it knows no MPI (see nn/distributed/mpi.hpp).
#pragma once

#include <algorithm>
#include <cstdint>
#include <exception>
#include <limits>
#include <new>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <nn/core/errors.hpp>
#include <nn/core/views.hpp>

namespace nn {

/// Processes that make the same calls in the same order, and exchange what they say to each other. Implement the four
/// functions that are pure; the calls of the last two are answered when all processes have made them.
class ProcessGroup {
 public:
  virtual ~ProcessGroup() = default;
  /// The number of this process, from 0, and how many there are.
  virtual Index rank() const = 0;
  virtual Index size() const = 0;
  /// Replaces each of the three numbers by the largest that a process gives in its place.
  virtual void largest(std::span<std::int64_t, 3> numbers) = 0;
  /// Afterwards every process has all of `bytes`, of which it gave those from bounds[rank] to bounds[rank + 1]. The
  /// bounds, one more than there are processes, are the same for all, and multiples of 64.
  virtual void gather(std::byte* bytes, std::span<const std::size_t> bounds) = 0;

  /// The largest of numbers not below 0. Throws on all processes where one has failed instead, for which nobody waits
  /// then, and data_error where they do not all make the same `call`: 0, or how many bytes they are to exchange next.
  std::int64_t agree(std::int64_t mine, std::int64_t call = 0) {
    std::int64_t numbers[] = {mine, call, -call};
    largest(numbers);
    if (numbers[0] == failure) throw_first({}, nothing);
    if (numbers[1] != -numbers[2])
      throw data_error("the processes do not make the same calls with batches of the same size: one is to exchange ",
                       numbers[1], " bytes, another ", -numbers[2], "; give all of them the same batches");
    return numbers[0];
  }

  /// What a process says that cannot go on: all of them throw its exception, with the same type of this library and
  /// the same sentence; where several fail at once, that of the lowest rank. What all have thrown already is thrown on.
  [[noreturn]] void fail(const std::exception_ptr& problem) {
    if (problem == agreed_) std::rethrow_exception(problem);
    std::string sentence = "an exception that is none of the standard library's";
    Kind kind = other;
    try {
      std::rethrow_exception(problem);
    } catch (const shape_error& it) {
      kind = shape, sentence = it.what();
    } catch (const load_error& it) {
      kind = load, sentence = it.what();
    } catch (const data_error& it) {
      kind = data, sentence = it.what();
    } catch (const std::bad_alloc&) {
      kind = memory, sentence.clear();
    } catch (const std::exception& it) {
      sentence = it.what();
    } catch (...) {
    }
    largest_of(failure);
    throw_first(sentence, kind);
  }

 private:
  enum Kind : std::int64_t { nothing, shape, load, data, memory, other };
  static constexpr std::int64_t failure = std::numeric_limits<std::int64_t>::max();

  std::int64_t largest_of(std::int64_t mine) {
    std::int64_t numbers[] = {mine, 0, 0};
    largest(numbers);
    return numbers[0];
  }

  [[noreturn]] void throw_first(const std::string& sentence, Kind kind) {
    const Index first = size() - static_cast<Index>(largest_of(kind == nothing ? 0 : size() - rank()));
    const bool is_mine = first == rank();
    const auto length = static_cast<std::size_t>(largest_of(is_mine ? static_cast<std::int64_t>(sentence.size()) : 0));
    const auto agreed_kind = static_cast<Kind>(largest_of(is_mine ? kind : nothing));
    const std::size_t room = (length + 63) / 64 * 64;
    std::vector<std::byte> bytes(room);
    std::vector<std::size_t> bounds(static_cast<std::size_t>(size()) + 1);
    std::fill(bounds.begin() + first + 1, bounds.end(), room);
    if (is_mine) std::copy(sentence.begin(), sentence.end(), reinterpret_cast<char*>(bytes.data()));
    gather(bytes.data(), bounds);
    agreed_ = exception_of(agreed_kind, std::string(reinterpret_cast<const char*>(bytes.data()), length));
    std::rethrow_exception(agreed_);
  }

  static std::exception_ptr exception_of(Kind kind, const std::string& sentence) {
    if (kind == shape) return std::make_exception_ptr(shape_error(sentence));
    if (kind == load) return std::make_exception_ptr(load_error(sentence));
    if (kind == data) return std::make_exception_ptr(data_error(sentence));
    if (kind == memory) return std::make_exception_ptr(std::bad_alloc());
    return std::make_exception_ptr(error(sentence));
  }

  std::exception_ptr agreed_;  // what all have thrown last
};

/// Refers to a group, which must outlive it, or to none: one process, alone.
class Processes {
 public:
  Processes() = default;
  Processes(ProcessGroup& group) : group_(&group) {}

  Index rank() const { return group_ == nullptr ? 0 : group_->rank(); }
  Index size() const { return group_ == nullptr ? 1 : group_->size(); }
  ProcessGroup& group() const { return *group_; }
  /// The largest of numbers not below 0, as ProcessGroup::agree.
  std::int64_t agree(std::int64_t mine, std::int64_t call = 0) const {
    return size() == 1 ? mine : group_->agree(mine, call);
  }

  /// Whether all have the same number.
  bool is_same(std::uint64_t number) const {
    constexpr std::int64_t most = (std::int64_t(1) << 62) - 1;
    const auto mine = static_cast<std::int64_t>(number & static_cast<std::uint64_t>(most));
    const std::int64_t largest = agree(mine), smallest = most - agree(most - mine);
    return largest == smallest;
  }

  /// Does what all processes do at the same time: where it throws on one, it throws on all.
  template <class Work>
  auto together(Work&& work) const {
    if (size() == 1) return work();
    try {
      if constexpr (std::is_void_v<decltype(work())>) {
        work();
        group_->agree(0);
      } else {
        auto result = work();
        group_->agree(0);
        return result;
      }
    } catch (...) {
      group_->fail(std::current_exception());
    }
  }

 private:
  ProcessGroup* group_ = nullptr;
};

}  // namespace nn
