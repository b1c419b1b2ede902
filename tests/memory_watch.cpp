// SPDX-License-Identifier: MIT
#include "memory_watch.hpp"

#include <atomic>
#include <cerrno>
#include <cstdlib>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define NN_TEST_SANITIZER
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define NN_TEST_SANITIZER
#endif
#if defined(__GLIBC__) && !defined(NN_TEST_SANITIZER)
#define NN_TEST_COUNTS_MEMORY
#endif

namespace {

std::atomic<std::size_t> live{0};
std::atomic<std::size_t> peak_live{0};
std::atomic<std::size_t> allocation_count{0};

}  // namespace

#ifdef NN_TEST_COUNTS_MEMORY
#include <malloc.h>

extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
void __libc_free(void*);
}

namespace {

void forget(void* memory) { live.fetch_sub(malloc_usable_size(memory), std::memory_order_relaxed); }

void* counted(void* memory) {
  if (memory == nullptr) return nullptr;
  const std::size_t size = malloc_usable_size(memory);
  const std::size_t now = live.fetch_add(size, std::memory_order_relaxed) + size;
  std::size_t peak = peak_live.load(std::memory_order_relaxed);
  while (now > peak && !peak_live.compare_exchange_weak(peak, now, std::memory_order_relaxed)) {
  }
  allocation_count.fetch_add(1, std::memory_order_relaxed);
  return memory;
}

}  // namespace

// The GNU C library lets a program replace these as a whole; operator new and Eigen call them.
extern "C" {

void* malloc(std::size_t size) noexcept { return counted(__libc_malloc(size)); }
void* calloc(std::size_t count, std::size_t size) noexcept { return counted(__libc_calloc(count, size)); }
void* memalign(std::size_t alignment, std::size_t size) noexcept { return counted(__libc_memalign(alignment, size)); }
void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept { return memalign(alignment, size); }

int posix_memalign(void** result, std::size_t alignment, std::size_t size) noexcept {
  void* memory = memalign(alignment, size);
  if (memory == nullptr) return ENOMEM;
  *result = memory;
  return 0;
}

void* realloc(void* memory, std::size_t size) noexcept {
  const std::size_t before = memory == nullptr ? 0 : malloc_usable_size(memory);
  void* result = __libc_realloc(memory, size);
  if (result != nullptr || size == 0) live.fetch_sub(before, std::memory_order_relaxed);
  return counted(result);
}

void free(void* memory) noexcept {
  if (memory == nullptr) return;
  forget(memory);
  __libc_free(memory);
}

}  // extern "C"
#endif

namespace test {

MemoryWatch::MemoryWatch() : live_at_start_(live), allocations_at_start_(allocation_count) {
  peak_live = live_at_start_;
}

std::size_t MemoryWatch::peak() const { return peak_live - live_at_start_; }

std::size_t MemoryWatch::allocations() const { return allocation_count - allocations_at_start_; }

bool MemoryWatch::works() {
#ifdef NN_TEST_COUNTS_MEMORY
  return true;
#else
  return false;
#endif
}

}  // namespace test
