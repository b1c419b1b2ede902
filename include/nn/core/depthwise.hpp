// SPDX-License-Identifier: MIT
// y(p, channel) += the sum over k of w(k, channel) x(pixel k under p, channel): convolution of every channel alone.
#pragma once

#include <array>

#include <nn/core/patches.hpp>

// Channels are neighbours in memory, those of W too (channels x kernel), so that a register works on as many at once.
// Every sum has the order that add_convolution and its gradients have.
namespace nn::kernels {

template <class T>
void add_depthwise(const Window& window, const T* W, const T* x, Index samples, T* y) {
  const Index channels = window.channels;
  for (Index sample = 0; sample < samples; ++sample, x += window.input_size(), y += window.positions() * channels)
    for_each_position(window, [&](Index row, Index column, Index position) {
      T* to = y + position * channels;
      for_each_piece<T>(channels, [&](Index first, Index count) {
        typename Pack<T, lanes<T>>::type sum, weights, numbers;
        load_first<lanes<T>, T>(sum, to + first, count);
        for_each_pixel(window, row, column, [&](Index k, Index pixel) {
          load_first<lanes<T>, T>(weights, W + k * channels + first, count);
          load_first<lanes<T>, T>(numbers, x + pixel + first, count);
          sum += weights * numbers;
        });
        store_first<lanes<T>, T>(sum, to + first, count);
      });
    });
}

/// dx += w dy
template <class T>
void add_depthwise_input_gradient(const Window& window, const T* W, const T* dy, Index samples, T* dx) {
  const Index channels = window.channels;
  for (Index sample = 0; sample < samples; ++sample, dx += window.input_size(), dy += window.positions() * channels)
    for_each_position(window, [&](Index row, Index column, Index position) {
      for_each_piece<T>(channels, [&](Index first, Index count) {
        typename Pack<T, lanes<T>>::type gradient, weights, sum;
        load_first<lanes<T>, T>(gradient, dy + position * channels + first, count);
        for_each_pixel(window, row, column, [&](Index k, Index pixel) {
          load_first<lanes<T>, T>(weights, W + k * channels + first, count);
          load_first<lanes<T>, T>(sum, dx + pixel + first, count);
          sum += weights * gradient;
          store_first<lanes<T>, T>(sum, dx + pixel + first, count);
        });
      });
    });
}

/// w -= factor * (the sum of dy x over all positions and samples), the pixels [begin, end) of the kernel.
template <class T>
void subtract_depthwise_gradient(const Window& window, T* W, const T* x, const T* dy, Index samples, T factor,
                                 Index begin, Index end) {
  using P = typename Pack<T, lanes<T>>::type;
  constexpr Index most = 64;
  const Index channels = window.channels;
  for (; begin < end; begin += most)
    for_each_piece<T>(channels, [&](Index first, Index count) {
      std::array<P, static_cast<std::size_t>(most)> sums{};
      P gradient, numbers;
      for (Index sample = 0; sample < samples; ++sample)
        for_each_position(window, [&](Index row, Index column, Index position) {
          load_first<lanes<T>, T>(gradient, dy + (sample * window.positions() + position) * channels + first, count);
          for_each_pixel(window, row, column, [&](Index k, Index pixel) {
            if (k < begin || k >= std::min(end, begin + most)) return;
            load_first<lanes<T>, T>(numbers, x + sample * window.input_size() + pixel + first, count);
            sums[static_cast<std::size_t>(k - begin)] += gradient * numbers;
          });
        });
      for (Index k = begin; k < std::min(end, begin + most); ++k)
        for (Index i = 0; i < count; ++i)
          W[k * channels + first + i] -= factor * sums[static_cast<std::size_t>(k - begin)][i];
    });
}

}  // namespace nn::kernels
