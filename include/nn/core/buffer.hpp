// SPDX-License-Identifier: MIT
// Memory for numbers, owned. It comes from and goes back to operator new in the same way under all compiler flags, so
// that sources compiled for different processors can exchange what they own; Eigen's own matrices cannot be exchanged.
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

#include <nn/core/views.hpp>

namespace nn {

/// A regular value: so many numbers, which are unwritten at first. What changes its size allocates before it frees, and
/// leaves it as it was where memory is exhausted (std::bad_alloc); where the size stays, nothing is allocated.
template <class T>
class Buffer {
  static_assert(std::is_trivially_destructible_v<T>);

 public:
  /// In bytes: a cache line, and the widest register.
  static constexpr std::size_t alignment = 64;

  Buffer() = default;
  explicit Buffer(Index size) : numbers_(allocate(size)), size_(size) {
    std::uninitialized_default_construct_n(numbers_.get(), size);
  }
  /// The numbers of an Eigen expression, column after column.
  template <class X>
  explicit Buffer(const Eigen::MatrixBase<X>& x) : Buffer(x.size()) {
    write(x);
  }

  Buffer(const Buffer& other) : Buffer(other.size_) { std::copy_n(other.data(), size_, data()); }
  Buffer(Buffer&& other) noexcept : numbers_(std::move(other.numbers_)), size_(std::exchange(other.size_, 0)) {}
  Buffer& operator=(const Buffer& other) {
    if (size_ != other.size_) return *this = Buffer(other);
    if (this != &other) std::copy_n(other.data(), size_, data());
    return *this;
  }
  Buffer& operator=(Buffer&& other) noexcept {
    numbers_ = std::move(other.numbers_);
    size_ = std::exchange(other.size_, 0);
    return *this;
  }
  template <class X>
  Buffer& operator=(const Eigen::MatrixBase<X>& x) {
    if (size_ != x.size()) return *this = Buffer(x);
    write(x);
    return *this;
  }
  ~Buffer() = default;

  /// Makes room for at least so many numbers, and nothing where there is room; the numbers are unwritten then.
  void reserve(Index size) {
    if (size_ < size) *this = Buffer(size);
  }

  /// Exactly so many numbers, unwritten where there were more or fewer.
  void resize(Index size) {
    if (size_ != size) *this = Buffer(size);
  }

  T* data() { return numbers_.get(); }
  const T* data() const { return numbers_.get(); }
  Index size() const { return size_; }
  T& operator[](Index i) { return numbers_.get()[i]; }
  const T& operator[](Index i) const { return numbers_.get()[i]; }

  /// All of them as a vector.
  VectorView<T> view() { return {data(), size_}; }
  ConstVectorView<T> view() const { return {data(), size_}; }

  bool operator==(const Buffer& other) const {
    return size_ == other.size_ && std::equal(data(), data() + size_, other.data());
  }

 private:
  struct Free {
    void operator()(T* numbers) const { ::operator delete (numbers, std::align_val_t{alignment}); }
  };
  using Numbers = std::unique_ptr<T[], Free>;

  static Numbers allocate(Index size) {
    if (size == 0) return nullptr;
    constexpr auto most = static_cast<std::size_t>(std::numeric_limits<Index>::max()) / sizeof(T);
    if (static_cast<std::size_t>(size) > most) throw std::bad_alloc();
    // The form that does not throw, since AddressSanitizer's others end the program.
    void* const memory =
        ::operator new (static_cast<std::size_t>(size) * sizeof(T), std::align_val_t{alignment}, std::nothrow);
    if (memory == nullptr) throw std::bad_alloc();
    return Numbers(static_cast<T*>(memory));
  }

  template <class X>
  void write(const Eigen::MatrixBase<X>& x) {
    MatrixView<T, X::RowsAtCompileTime, X::ColsAtCompileTime>(data(), x.rows(), x.cols()) = x.derived();
  }

  Numbers numbers_;
  Index size_ = 0;
};

}  // namespace nn
