// SPDX-License-Identifier: MIT
// y(p, channel) += the sum over k of w(k, channel) x(pixel k under p, channel): convolution of every channel alone.
#pragma once

#include <algorithm>
#include <array>
#include <type_traits>
#include <utility>

#include <nn/core/window.hpp>
#include <nn/kernels/dispatch.hpp>
#include <nn/kernels/part_of_register.hpp>

// Channels are neighbours in memory, those of W too (channels x kernel), so that a register works on as many at once.
// Every sum has one order: forward over the pixels of the window, backward over the positions.
namespace nn::kernels {
inline namespace NN_LEVEL {

/// The positions in a row at which the whole window lies between the sides of the image: [begin, end).
struct WholeColumns {
  Index begin, end;
  explicit WholeColumns(const Axis& columns)
      : begin(columns.positions_begin(0)), end(std::max(begin, columns.positions_end(columns.kernel - 1))) {}
};

/// y += w x at Count positions, `step` numbers apart in x, that have the same pixels inside of the image. W is that of
/// the first pixel of the window, and weight_step from one to the next.
template <Index Count, class T>
void add_pixels(const PixelsInside& inside, Index kernel_columns, const T* W, Index weight_step, const T* x, Index step,
                T* y, Index channels, auto count) {
  using P = typename Pack<T, lanes<T>>::type;
  std::array<P, static_cast<std::size_t>(Count)> sums;
  unrolled<Count>([&](auto j) { load_first<lanes<T>, T>(sums[j], y + j * channels, count); });
  for (Index r = inside.row_begin; r < inside.row_end; ++r)
    for (Index c = inside.column_begin; c < inside.column_end; ++c) {
      const T* from = x + inside.place(r, c);
      P weights;
      load_first<lanes<T>, T>(weights, W + (r * kernel_columns + c) * weight_step, count);
      unrolled<Count>([&](auto j) {
        P numbers;
        load_first<lanes<T>, T>(numbers, from + j * step, count);
        sums[j] += weights * numbers;
      });
    }
  unrolled<Count>([&](auto j) { store_first<lanes<T>, T>(sums[j], y + j * channels, count); });
}

template <class T>
void add_depthwise(const Window& window, const T* W, Index weight_step, const T* x, Index samples, T* y) {
  constexpr Index together = 8;
  const Index channels = window.channels, step = window.columns.stride * channels, columns = window.columns.output;
  const WholeColumns whole(window.columns);
  for (Index sample = 0; sample < samples; ++sample, x += window.input_size())
    for (Index row = 0; row < window.rows.output; ++row, y += columns * channels)
      for_each_piece<T>(channels, [&](Index first, auto count) {
        // At so many positions of the row from `column` on; returns the next.
        const auto add = [&](Index column, auto positions) {
          add_pixels<positions>(PixelsInside(window, row, column), window.columns.kernel, W + first, weight_step,
                                x + first, step, y + column * channels + first, channels, count);
          return column + positions;
        };
        Index column = 0;
        while (column < columns)
          if (column >= whole.begin && column + together <= whole.end)
            column = add(column, std::integral_constant<Index, together>());
          else
            column = add(column, std::integral_constant<Index, 1>());
      });
}

template <class T>
void add_depthwise(const Window& window, const T* W, const T* x, Index samples, T* y) {
  add_depthwise(window, W, window.channels, x, samples, y);
}

/// dx += w dy: with a stride of 1 a convolution of dy with the window turned around.
template <class T>
void add_depthwise_input_gradient(const Window& window, const T* W, const T* dy, Index samples, T* dx) {
  const Index channels = window.channels, kernel = window.rows.kernel * window.columns.kernel;
  if (window.rows.stride == 1 && window.columns.stride == 1) {
    const auto turned = [](Axis axis) {
      std::swap(axis.input, axis.output);
      axis.before = axis.extent() - 1 - axis.before;
      return axis;
    };
    return add_depthwise({turned(window.rows), turned(window.columns), channels}, W + (kernel - 1) * channels,
                         -channels, dy, samples, dx);
  }
  for (Index sample = 0; sample < samples; ++sample, dx += window.input_size(), dy += window.positions() * channels)
    for_each_position(window, [&](Index row, Index column, Index position) {
      for_each_pixel(window, row, column, [&](Index k, Index pixel) {
        for_each_piece<T>(channels, [&](Index first, auto count) {
          typename Pack<T, lanes<T>>::type gradient, weights, sum;
          load_first<lanes<T>, T>(gradient, dy + position * channels + first, count);
          load_first<lanes<T>, T>(weights, W + k * channels + first, count);
          load_first<lanes<T>, T>(sum, dx + pixel + first, count);
          sum += weights * gradient;
          store_first<lanes<T>, T>(sum, dx + pixel + first, count);
        });
      });
    });
}

/// w -= factor * (the sum of dy x over all positions and samples), `Count` pixels of the kernel from `begin` on.
template <Index Count, class T>
void subtract_depthwise_pixels(const Window& window, T* W, const T* x, const T* dy, Index samples, T factor,
                               Index begin) {
  using P = typename Pack<T, lanes<T>>::type;
  using Sums = std::array<P, static_cast<std::size_t>(Count)>;
  const Axis &rows = window.rows, &columns = window.columns;
  const Index channels = window.channels, step = columns.stride * channels;
  const WholeColumns whole(columns);
  for_each_piece<T>(channels, [&](Index first, auto count) {
    Sums sums{};
    for (Index sample = 0; sample < samples; ++sample)
      for (Index row = 0; row < rows.output; ++row) {
        const T* gradients = dy + (sample * window.positions() + row * columns.output) * channels + first;
        const T* image = x + sample * window.input_size() + first;
        const auto add_some = [&](Index from, Index to) {  // where some pixels may be outside
          for (Index column = from; column < to; ++column) {
            P gradient, numbers;
            load_first<lanes<T>, T>(gradient, gradients + column * channels, count);
            const PixelsInside inside(window, row, column);
            for (Index r = inside.row_begin; r < inside.row_end; ++r)
              for (Index c = inside.column_begin; c < inside.column_end; ++c) {
                const Index k = r * columns.kernel + c - begin;
                if (k < 0 || k >= Count) continue;
                load_first<lanes<T>, T>(numbers, image + inside.place(r, c), count);
                sums[static_cast<std::size_t>(k)] += gradient * numbers;
              }
          }
        };
        const Index last = begin + Count - 1;
        const bool are_inside = rows.begin(row) <= begin / columns.kernel && last / columns.kernel < rows.end(row) &&
                                whole.begin < whole.end;
        if (!are_inside) {
          add_some(0, columns.output);
          continue;
        }
        add_some(0, whole.begin);
        const PixelsInside inside(window, row, whole.begin);
        std::array<const T*, static_cast<std::size_t>(Count)> from;
        unrolled<Count>([&](auto i) {
          from[i] = image + inside.place((begin + i) / columns.kernel, (begin + i) % columns.kernel);
        });
        Sums total = sums;
        for (Index column = whole.begin, place = 0; column < whole.end; ++column, place += step) {
          P gradient;
          load_first<lanes<T>, T>(gradient, gradients + column * channels, count);
          unrolled<Count>([&](auto i) {
            P numbers;
            load_first<lanes<T>, T>(numbers, from[i] + place, count);
            total[i] += gradient * numbers;
          });
        }
        sums = total;
        add_some(whole.end, columns.output);
      }
    for (Index k = 0; k < Count; ++k)
      for (Index i = 0; i < count; ++i)
        W[(begin + k) * channels + first + i] -= factor * sums[static_cast<std::size_t>(k)][i];
  });
}

/// The same for the pixels [begin, end) of the kernel.
template <class T>
void subtract_depthwise_gradient(const Window& window, T* W, const T* x, const T* dy, Index samples, T factor,
                                 Index begin, Index end) {
  constexpr Index together = 9;
  for (; begin + together <= end; begin += together)
    subtract_depthwise_pixels<together>(window, W, x, dy, samples, factor, begin);
  for (; begin + 3 <= end; begin += 3) subtract_depthwise_pixels<3>(window, W, x, dy, samples, factor, begin);
  for (; begin < end; ++begin) subtract_depthwise_pixels<1>(window, W, x, dy, samples, factor, begin);
}

}  // namespace NN_LEVEL
}  // namespace nn::kernels
