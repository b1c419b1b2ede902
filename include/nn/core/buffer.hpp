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

#include <nn/core/reset_on_move.hpp>
#include <nn/core/shape.hpp>
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
  explicit Buffer(const Eigen::DenseBase<X>& x) : Buffer(x.size()) {
    write(x);
  }

  Buffer(const Buffer& other) : Buffer(other.size()) { std::copy_n(other.data(), size(), data()); }
  Buffer(Buffer&&) noexcept = default;
  Buffer& operator=(const Buffer& other) {
    if (size() != other.size()) return *this = Buffer(other);
    if (this != &other) std::copy_n(other.data(), size(), data());
    return *this;
  }
  Buffer& operator=(Buffer&&) noexcept = default;
  template <class X>
  Buffer& operator=(const Eigen::DenseBase<X>& x) {
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
  VectorView<T> view() { return {data(), size()}; }
  ConstVectorView<T> view() const { return {data(), size()}; }

  bool operator==(const Buffer& other) const {
    return size() == other.size() && std::equal(data(), data() + size(), other.data());
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
  void write(const Eigen::DenseBase<X>& x) {
    MatrixView<T, X::RowsAtCompileTime, X::ColsAtCompileTime>(data(), x.rows(), x.cols()) = x.derived();
  }

  Numbers numbers_;
  ResetOnMove<Index> size_ = 0;
};

/// A buffer of rows x columns numbers, column after column.
template <class T>
class BufferMatrix {
 public:
  static constexpr bool IsVectorAtCompileTime = false;  // as Eigen's matrices say it

  BufferMatrix() = default;
  BufferMatrix(Index rows, Index columns) : numbers_(checked_product(rows, columns)), rows_(rows), columns_(columns) {}

  /// Exactly of that size, unwritten where it was another.
  void resize(Index rows, Index columns) {
    if (rows_ != rows || columns_ != columns) *this = BufferMatrix(rows, columns);
  }

  T* data() { return numbers_.data(); }
  const T* data() const { return numbers_.data(); }
  Index size() const { return numbers_.size(); }
  Index rows() const { return rows_; }
  Index cols() const { return columns_; }

 private:
  Buffer<T> numbers_;
  ResetOnMove<Index> rows_ = 0;
  ResetOnMove<Index> columns_ = 0;
};

/// As Matrix and Vector, for what stays inside the library: by Eigen's DontAlign plain malloc and free, under all
/// flags.
template <class T, Index Rows = dynamic, Index Columns = dynamic>
using OwnMatrix = Eigen::Matrix<T, Rows, Columns,
                                static_cast<int>(storage_order<Rows, Columns>) | static_cast<int>(Eigen::DontAlign)>;
template <class T, Index Rows = dynamic>
using OwnVector = OwnMatrix<T, Rows, 1>;

}  // namespace nn
