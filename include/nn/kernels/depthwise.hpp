// SPDX-License-Identifier: MIT
// y(p, channel) += the sum over k of w(k, channel) x(pixel k under p, channel): convolution of every channel alone.
#pragma once

#include <algorithm>
#include <array>
#include <utility>

#include <nn/core/window.hpp>
#include <nn/kernels/dispatch.hpp>
#include <nn/kernels/part_of_register.hpp>

// Channels are neighbours in memory, those of W too (channels x kernel), so that a register works on as many at once.
// Every sum has one order: forward over the pixels of the window, backward over samples and positions.
namespace nn::kernels {
inline namespace NN_LEVEL {

/// Some pixels under a window: their numbers in the window, and where they begin in the image.
struct Pixels {
  static constexpr Index capacity = 64;
  std::array<Index, static_cast<std::size_t>(capacity)> numbers;
  std::array<Index, static_cast<std::size_t>(capacity)> places;
  std::size_t count = 0;
};

/// Calls visit(position, pixels) for every position, and more than once where the window has more pixels than fit:
/// those in the image with numbers in [begin, end).
template <class Visit>
void for_each_pixels(const Window& window, Index begin, Index end, Visit&& visit) {
  for_each_position(window, [&](Index row, Index column, Index position) {
    Pixels pixels;
    for_each_pixel(window, row, column, [&](Index k, Index pixel) {
      if (k < begin || k >= end) return;
      pixels.numbers[pixels.count] = k;
      pixels.places[pixels.count] = pixel;
      if (++pixels.count < static_cast<std::size_t>(Pixels::capacity)) return;
      visit(position, std::as_const(pixels));
      pixels.count = 0;
    });
    if (pixels.count > 0) visit(position, std::as_const(pixels));
  });
}

template <class T>
void add_depthwise(const Window& window, const T* W, const T* x, Index samples, T* y) {
  const Index channels = window.channels, kernel = window.rows.kernel * window.columns.kernel;
  for (Index sample = 0; sample < samples; ++sample, x += window.input_size(), y += window.positions() * channels)
    for_each_pixels(window, 0, kernel, [&](Index position, const Pixels& pixels) {
      for_each_piece<T>(channels, [&](Index first, Index count) {
        T* to = y + position * channels + first;
        typename Pack<T, lanes<T>>::type sum, weights, numbers;
        load_first<lanes<T>, T>(sum, to, count);
        for (std::size_t i = 0; i < pixels.count; ++i) {
          load_first<lanes<T>, T>(weights, W + pixels.numbers[i] * channels + first, count);
          load_first<lanes<T>, T>(numbers, x + pixels.places[i] + first, count);
          sum += weights * numbers;
        }
        store_first<lanes<T>, T>(sum, to, count);
      });
    });
}

/// dx += w dy
template <class T>
void add_depthwise_input_gradient(const Window& window, const T* W, const T* dy, Index samples, T* dx) {
  const Index channels = window.channels, kernel = window.rows.kernel * window.columns.kernel;
  for (Index sample = 0; sample < samples; ++sample, dx += window.input_size(), dy += window.positions() * channels)
    for_each_pixels(window, 0, kernel, [&](Index position, const Pixels& pixels) {
      for_each_piece<T>(channels, [&](Index first, Index count) {
        typename Pack<T, lanes<T>>::type gradient, weights, sum;
        load_first<lanes<T>, T>(gradient, dy + position * channels + first, count);
        for (std::size_t i = 0; i < pixels.count; ++i) {
          T* to = dx + pixels.places[i] + first;
          load_first<lanes<T>, T>(weights, W + pixels.numbers[i] * channels + first, count);
          load_first<lanes<T>, T>(sum, to, count);
          sum += weights * gradient;
          store_first<lanes<T>, T>(sum, to, count);
        }
      });
    });
}

/// w -= factor * (the sum of dy x over all positions and samples), the pixels [begin, end) of the kernel.
template <class T>
void subtract_depthwise_gradient(const Window& window, T* W, const T* x, const T* dy, Index samples, T factor,
                                 Index begin, Index end) {
  using P = typename Pack<T, lanes<T>>::type;
  const Index channels = window.channels;
  for (; begin < end; begin += Pixels::capacity) {
    const Index here = std::min(end, begin + Pixels::capacity);
    for_each_piece<T>(channels, [&](Index first, Index count) {
      std::array<P, static_cast<std::size_t>(Pixels::capacity)> sums{};
      for (Index sample = 0; sample < samples; ++sample) {
        const T* image = x + sample * window.input_size() + first;
        const T* gradients = dy + sample * window.positions() * channels + first;
        for_each_pixels(window, begin, here, [&](Index position, const Pixels& pixels) {
          P gradient, numbers;
          load_first<lanes<T>, T>(gradient, gradients + position * channels, count);
          for (std::size_t i = 0; i < pixels.count; ++i) {
            load_first<lanes<T>, T>(numbers, image + pixels.places[i], count);
            sums[static_cast<std::size_t>(pixels.numbers[i] - begin)] += gradient * numbers;
          }
        });
      }
      for (Index k = begin; k < here; ++k)
        for (Index i = 0; i < count; ++i)
          W[k * channels + first + i] -= factor * sums[static_cast<std::size_t>(k - begin)][i];
    });
  }
}

}  // namespace NN_LEVEL
}  // namespace nn::kernels
