// SPDX-License-Identifier: MIT
#include "memory_watch.hpp"

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>

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

std::atomic<int> fresh_byte{-1};      // which fresh memory is full of; negative: as it comes
std::atomic<long> until_failure{-1};  // allocations until one fails; negative: none does

bool is_refused() {
  if (until_failure < 0 || until_failure-- != 0) return false;
  errno = ENOMEM;
  return true;
}

void* filled(void* memory, std::size_t size) {
  const int byte = fresh_byte.load(std::memory_order_relaxed);
  if (memory != nullptr && byte >= 0) std::memset(memory, byte, size);
  return memory;
}

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

void* malloc(std::size_t size) noexcept { return is_refused() ? nullptr : counted(filled(__libc_malloc(size), size)); }
void* calloc(std::size_t count, std::size_t size) noexcept {
  return is_refused() ? nullptr : counted(__libc_calloc(count, size));
}
void* memalign(std::size_t alignment, std::size_t size) noexcept {
  return is_refused() ? nullptr : counted(filled(__libc_memalign(alignment, size), size));
}
void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept { return memalign(alignment, size); }

int posix_memalign(void** result, std::size_t alignment, std::size_t size) noexcept {
  void* memory = memalign(alignment, size);
  if (memory == nullptr) return ENOMEM;
  *result = memory;
  return 0;
}

void* realloc(void* memory, std::size_t size) noexcept {
  if (memory == nullptr) return malloc(size);
  if (size > 0 && is_refused()) return nullptr;
  const std::size_t before = malloc_usable_size(memory);
  void* result = __libc_realloc(memory, size);
  if (result != nullptr || size == 0) live.fetch_sub(before, std::memory_order_relaxed);
  if (result != nullptr && size > before) filled(static_cast<char*>(result) + before, size - before);
  return counted(result);
}

void free(void* memory) noexcept {
  if (memory == nullptr) return;
  forget(memory);
  __libc_free(memory);
}

}  // extern "C"

#else

namespace {

void* allocate(std::size_t size, std::size_t alignment) noexcept {
  constexpr std::size_t largest = std::size_t{1} << 40;  // sanitizers end a program that asks for more
  if (is_refused() || size > largest) return nullptr;
  const std::size_t whole = (size + alignment) / alignment * alignment;
  return filled(alignment <= alignof(std::max_align_t) ? std::malloc(whole) : std::aligned_alloc(alignment, whole),
                size);
}
void* allocate_or_throw(std::size_t size, std::size_t alignment) {
  if (void* memory = allocate(size, alignment)) return memory;
  throw std::bad_alloc();
}

constexpr std::size_t usual = alignof(std::max_align_t);
std::size_t number(std::align_val_t alignment) { return static_cast<std::size_t>(alignment); }

}  // namespace

void* operator new(std::size_t size) { return allocate_or_throw(size, usual); }
void* operator new[](std::size_t size) { return allocate_or_throw(size, usual); }
void* operator new(std::size_t size, std::align_val_t alignment) { return allocate_or_throw(size, number(alignment)); }
void* operator new[](std::size_t size, std::align_val_t alignment) {
  return allocate_or_throw(size, number(alignment));
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return allocate(size, usual); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return allocate(size, usual); }
void* operator new(std::size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  return allocate(size, number(alignment));
}
void* operator new[](std::size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  return allocate(size, number(alignment));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
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

FreshMemory::FreshMemory(unsigned char byte) { fresh_byte = byte; }
FreshMemory::~FreshMemory() { fresh_byte = -1; }

FailingAllocation::FailingAllocation(long number) { until_failure = number; }
FailingAllocation::~FailingAllocation() { until_failure = -1; }
bool FailingAllocation::has_come() const { return until_failure < 0; }

}  // namespace test
