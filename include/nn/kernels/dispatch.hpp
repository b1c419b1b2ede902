// SPDX-License-Identifier: MIT
// The large kernels compiled for several kinds of processor, of which a program takes the best for the one it runs on.
#pragma once

#include <atomic>
#include <concepts>

#include <nn/kernels/registers.hpp>

namespace nn {

struct Window;

namespace detail {
template <class T>
struct AdamUpdate;
template <class T>
struct AdamWUpdate;
}  // namespace detail

namespace kernels {

/// The kinds of processor that nn::dispatch has kernels for: x86-64, with AVX2 and FMA, with AVX-512.
enum class Level { sse2, avx2, avx512 };

template <class T>
struct Factor;

/// The kernels for numbers T, compiled for one level. What they do is said where they are defined.
template <class T>
struct LevelKernels {
  // product.hpp and sparse_product.hpp
  void (*add_product)(T scale, const Factor<T>& A, const Factor<T>& B, Index rows, Index depth, Index columns, T* C,
                      Index column_step);
  void (*add_sparse_product)(const T* W, Index rows, Index columns, const T* x, T* y, Index stride);
  void (*input_gradient)(const T* W, Index rows, Index columns, const T* x, const T* dy, T* dx, bool where_nonzero);
  void (*subtract_outer_product)(T* W, Index rows, Index columns, const T* x, const T* dy, T factor);
  void (*descend)(T* W, Index rows, Index columns, const T* x, const T* dy, T factor, T* dx, bool where_nonzero);
  void (*add_bias_gradient)(T scale, const T* columns, Index rows, Index count, T* b);
  // patches.hpp, patch_input_gradient.hpp and patch_weight_gradient.hpp
  void (*convolution)(const Window& window, Index groups, const T* W, const T* b, Index filters, const T* x,
                      Index samples, T* y);
  void (*add_convolution_input_gradient)(const Window& window, Index groups, const T* W, Index filters, const T* dy,
                                         Index samples, T* dx);
  void (*subtract_convolution_gradient)(const Window& window, Index groups, T* W, Index filters, const T* x,
                                        const T* dy, Index samples, T factor, Index first, Index last);
  void (*subtract_sum_of_columns)(const T* columns, Index rows, Index count, T factor, T* b);
  // depthwise.hpp
  void (*add_depthwise)(const Window& window, const T* W, const T* x, Index samples, T* y);
  void (*add_depthwise_input_gradient)(const Window& window, const T* W, const T* dy, Index samples, T* dx);
  void (*subtract_depthwise_gradient)(const Window& window, T* W, const T* x, const T* dy, Index samples, T factor,
                                      Index begin, Index end);
  // elementary_functions.hpp
  T (*maximum)(const T* x, Index count);
  T (*exponentials)(const T* x, T shift, Index count, T* y);
  void (*hyperbolic_tangents)(const T* x, Index count, T* y);
  void (*sigmoids)(const T* x, Index count, T* y);
  // update_packs there, for the optimizers most in use
  void (*adam)(Index count, const detail::AdamUpdate<T>& update, T* w, const T* g, T* m, T* v);
  void (*adamw)(Index count, const detail::AdamWUpdate<T>& update, T* w, const T* g, T* m, T* v);
};

}  // namespace kernels

}  // namespace nn

// Where the compiler was told of AVX-512 nothing is left to choose.
#if defined(NN_DISPATCH) && defined(__x86_64__) && !defined(__AVX512F__)

namespace nn::kernels {

/// The best level for this processor and its operating system, and the one in force: the best until another is used.
/// use_level throws data_error for one that the processor lacks. What other threads compute meanwhile is of either.
Level best_level();
Level level();
void use_level(Level level);

/// Those of the level in force; null until a kernel is first asked for.
template <class T>
struct KernelsInForce {
  static std::atomic<const LevelKernels<T>*> pointer;
};
extern template struct KernelsInForce<float>;
extern template struct KernelsInForce<double>;

template <class T>
[[nodiscard]] inline const LevelKernels<T>& level_kernels() {
  const LevelKernels<T>* kernels = KernelsInForce<T>::pointer.load(std::memory_order_acquire);
  if (kernels == nullptr) {
    use_level(best_level());
    kernels = KernelsInForce<T>::pointer.load(std::memory_order_acquire);
  }
  return *kernels;
}

template <class T>
concept Dispatched = std::same_as<T, float> || std::same_as<T, double>;

inline namespace NN_LEVEL {

// The same functions as those that are compiled into the program, and preferred to them because they ask for more.
template <Dispatched T>
void add_product(T scale, const Factor<T>& A, const Factor<T>& B, Index rows, Index depth, Index columns, T* C,
                 Index column_step) {
  level_kernels<T>().add_product(scale, A, B, rows, depth, columns, C, column_step);
}
template <Dispatched T>
void add_product(const T* W, Index rows, Index columns, const T* x, T* y, Index stride) {
  level_kernels<T>().add_sparse_product(W, rows, columns, x, y, stride);
}
template <Dispatched T>
void input_gradient(const T* W, Index rows, Index columns, const T* x, const T* dy, T* dx, bool where_nonzero) {
  level_kernels<T>().input_gradient(W, rows, columns, x, dy, dx, where_nonzero);
}
template <Dispatched T>
void subtract_outer_product(T* W, Index rows, Index columns, const T* x, const T* dy, T factor) {
  level_kernels<T>().subtract_outer_product(W, rows, columns, x, dy, factor);
}
template <Dispatched T>
void descend(T* W, Index rows, Index columns, const T* x, const T* dy, T factor, T* dx, bool where_nonzero) {
  level_kernels<T>().descend(W, rows, columns, x, dy, factor, dx, where_nonzero);
}
template <Dispatched T>
void add_bias_gradient(T scale, const T* columns, Index rows, Index count, T* b) {
  level_kernels<T>().add_bias_gradient(scale, columns, rows, count, b);
}
template <Dispatched T>
void convolution(const Window& window, Index groups, const T* W, const T* b, Index filters, const T* x, Index samples,
                 T* y) {
  level_kernels<T>().convolution(window, groups, W, b, filters, x, samples, y);
}
template <Dispatched T>
void add_convolution_input_gradient(const Window& window, Index groups, const T* W, Index filters, const T* dy,
                                    Index samples, T* dx) {
  level_kernels<T>().add_convolution_input_gradient(window, groups, W, filters, dy, samples, dx);
}
template <Dispatched T>
void subtract_convolution_gradient(const Window& window, Index groups, T* W, Index filters, const T* x, const T* dy,
                                   Index samples, T factor, Index first, Index last) {
  level_kernels<T>().subtract_convolution_gradient(window, groups, W, filters, x, dy, samples, factor, first, last);
}
template <Dispatched T>
void subtract_sum_of_columns(const T* columns, Index rows, Index count, T factor, T* b) {
  level_kernels<T>().subtract_sum_of_columns(columns, rows, count, factor, b);
}
template <Dispatched T>
void add_depthwise(const Window& window, const T* W, const T* x, Index samples, T* y) {
  level_kernels<T>().add_depthwise(window, W, x, samples, y);
}
template <Dispatched T>
void add_depthwise_input_gradient(const Window& window, const T* W, const T* dy, Index samples, T* dx) {
  level_kernels<T>().add_depthwise_input_gradient(window, W, dy, samples, dx);
}
template <Dispatched T>
void subtract_depthwise_gradient(const Window& window, T* W, const T* x, const T* dy, Index samples, T factor,
                                 Index begin, Index end) {
  level_kernels<T>().subtract_depthwise_gradient(window, W, x, dy, samples, factor, begin, end);
}
template <Dispatched T>
T maximum(const T* x, Index count) {
  return level_kernels<T>().maximum(x, count);
}
template <Dispatched T>
T exponentials(const T* x, T shift, Index count, T* y) {
  return level_kernels<T>().exponentials(x, shift, count, y);
}
template <Dispatched T>
void hyperbolic_tangents(const T* x, Index count, T* y) {
  level_kernels<T>().hyperbolic_tangents(x, count, y);
}
template <Dispatched T>
void sigmoids(const T* x, Index count, T* y) {
  level_kernels<T>().sigmoids(x, count, y);
}
template <Dispatched T>
void update_packs(Index count, const detail::AdamUpdate<T>& update, T* w, const T* g, T* m, T* v) {
  level_kernels<T>().adam(count, update, w, g, m, v);
}
template <Dispatched T>
void update_packs(Index count, const detail::AdamWUpdate<T>& update, T* w, const T* g, T* m, T* v) {
  level_kernels<T>().adamw(count, update, w, g, m, v);
}

}  // namespace NN_LEVEL
}  // namespace nn::kernels

#endif
