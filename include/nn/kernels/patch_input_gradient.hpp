// SPDX-License-Identifier: MIT
// dx = the sum of W' dy where the patches lie.
#pragma once

#include <algorithm>
#include <array>
#include <numeric>

#include <nn/kernels/dispatch.hpp>
#include <nn/kernels/patches.hpp>
#include <nn/kernels/sparse_product.hpp>

// Every sum has one order. With few channels or filters: over the positions of the window, column by column. With many:
// over the pixels of the window, and for each of them over the filters.
namespace nn::kernels {
inline namespace NN_LEVEL {

/// One column over the given terms: C += A b, A with as many numbers per term as registers hold. Products of whole
/// tiles have their own, multiply_column: one for both made those 4 % slower.
template <class T, Index Packs = tile_packs<T>>
void multiply_terms(const T* A, Index rows, const Terms& terms, const T* b, T* C) {
  if constexpr (Packs > 1)
    if (rows <= (Packs - 1) * lanes<T>) return multiply_terms<T, Packs - 1>(A, rows, terms, b, C);
  std::array<typename Pack<T, lanes<T>>::type, static_cast<std::size_t>(Packs)> sums;
  constexpr Index last = (Packs - 1) * lanes<T>;
  unrolled<Packs - 1>([&](auto p) { load(sums[p], C + p * lanes<T>); });
  load_first<lanes<T>, T>(sums[Packs - 1], C + last, rows - last);
  terms.for_each([&](Index k) __attribute__((always_inline)) {
    const T factor = b[k];
    unrolled<Packs>([&](auto p) __attribute__((always_inline)) {
      typename Pack<T, lanes<T>>::type a;
      load(a, A + (k * Packs + p) * lanes<T>);
      multiply_add(sums[p], a, factor);
    });
  });
  unrolled<Packs - 1>([&](auto p) { store(sums[p], C + p * lanes<T>); });
  store_first<lanes<T>, T>(sums[Packs - 1], C + last, rows - last);
}

/// Filters and channels of a group from which W_k', the part of W for one pixel k of the window, is a product's worth.
inline constexpr Index many_channels = 32;

/// dx(pixel k of the patch of p) += W_k' dy(p) for all positions p, one k after the other, in tiles; columns with more
/// than two thirds of zeros alone and without them.
template <class T>
void add_input_gradient_by_pixels(const Window& window, Index groups, const T* W, Index filters, const T* dy,
                                  Index samples, T* dx) {
  const Axis &rows = window.rows, &columns = window.columns;
  const Index depth = filters / groups, channels = window.channels / groups, part = equal_part(depth, block_depth);
  alignas(64) std::array<T, static_cast<std::size_t>(tile_rows<T> * block_depth)> packed;
  const Index outputs = window.positions() * filters;
  const bool has_zeros = 2 * std::count(dy, dy + outputs, T(0)) > outputs;  // as the first sample tells
  Offsets offsets;
  std::iota(offsets.begin(), offsets.end(), 0);
  for_each_row_tile<T>(groups, window.channels, [&](Index group, Index channel, Index size) {
    const Index together = columns_for<T>(tile_width<T>(size));
    for (Index k = 0; k < rows.kernel * columns.kernel; ++k) {
      const Index r = k / columns.kernel, c = k % columns.kernel;
      for (Index filter = group * depth, terms = 0; filter < (group + 1) * depth; filter += terms) {
        terms = std::min(part, (group + 1) * depth - filter);
        pack(Factor<T>{W + (k * channels + channel - group * channels) * filters + filter, filters, 1}, size, terms,
             T(1), tile_width<T>(size), packed.data());
        Tile<T> tile;
        for (Index sample = 0; sample < samples; ++sample)
          for (Index row = rows.positions_begin(r); row < rows.positions_end(r); ++row) {
            const T* from = dy + (sample * rows.output + row) * columns.output * filters + filter;
            T* to = dx + (sample * rows.input + rows.first(row) + r * rows.dilation) * columns.input * window.channels +
                    channel;
            for (Index column = columns.positions_begin(c); column < columns.positions_end(c); ++column) {
              const T* gradient = from + column * filters;
              T* pixel = to + (columns.first(column) + c * columns.dilation) * window.channels;
              if (has_zeros && 2 * size > tile_rows<T>)
                if (const Terms used = Terms::nonzero(gradient, terms); 3 * used.count() < terms) {
                  multiply_terms(packed.data(), size, used, gradient, pixel);
                  continue;
                }
              tile.add(gradient, pixel);
              if (tile.columns == together) multiply_patches(packed.data(), size, offsets, terms, tile);
            }
          }
        if (tile.columns > 0) multiply_patches(packed.data(), size, offsets, terms, tile);
      }
    }
  });
}

/// dx += W' dy, each patch's gradient added where the patch lies. Positions below each other are worked on one after
/// the other, for their patches overlap in whole rows of the window: these are summed in a strip before they are added.
template <class T>
void add_convolution_input_gradient(const Window& window, Index groups, const T* W, Index filters, const T* dy,
                                    Index samples, T* dx) {
  if (filters / groups >= many_channels && window.channels / groups >= many_channels)
    return add_input_gradient_by_pixels(window, groups, W, filters, dy, samples, dx);
  constexpr Index most_size = 256, most_terms = patch_buffer / most_size;
  const Axis &rows = window.rows, &columns = window.columns;
  const Index depth = filters / groups, channels = window.channels / groups;
  const Index line = columns.kernel * channels;                              // numbers in a row of the window
  const Index run = groups == 1 && columns.dilation == 1 ? line : channels;  // those that are neighbours in the image
  const Index part = std::min(line, most_size), width = (part + lanes<T> - 1) / lanes<T> * lanes<T>;
  const Index together = rows.dilation == 1 ? std::min(most_size / width, rows.kernel) : 1;
  alignas(64) std::array<T, static_cast<std::size_t>(patch_buffer)> packed, strip;
  Columns used;  // the filters whose gradient is not zero: behind a max pool and ReLU these are few

  // The strip of some positions, which begins at a row of the image, to the numbers [first, first + size) of that row's
  // line of the window.
  const auto add_strip = [&](Index strip_rows, Index first_row, Index first_column, Index group, Index first,
                             Index size, T* image) {
    const Index row_begin = std::max<Index>(0, -first_row), row_end = std::min(strip_rows, rows.input - first_row);
    for (Index k = first; k < first + size; k = (k / run + 1) * run) {
      const Index start = k / run * run;  // of the run, at a pixel of the window
      const Index column = first_column + start / channels * columns.dilation;
      const Index begin = std::max(k, start - column * channels);
      const Index end = std::min({first + size, start + run, start + (columns.input - column) * channels});
      if (begin >= end) continue;
      for (Index row = row_begin; row < row_end; ++row)
        add_numbers(
            strip.data() + row * width + begin - first, end - begin,
            image + ((first_row + row) * columns.input + column) * window.channels + group * channels + begin - start);
    }
  };
  for (Index first_line = 0; first_line < rows.kernel; first_line += together)
    for (Index first = 0; first < line; first += part)
      for (Index filter = 0, terms = 0; filter < filters; filter += terms) {
        const Index group = filter / depth;
        terms = std::min(most_terms, (group + 1) * depth - filter);
        const Index size = std::min(part, line - first), lines = std::min(together, rows.kernel - first_line);
        const Index pitch = lines * width;
        std::fill_n(packed.data(), terms * pitch, T(0));
        for (Index i = 0; i < lines; ++i)
          pack_rows(Factor<T>{W + ((first_line + i) * line + first) * filters + filter, filters, 1}, size, terms, T(1),
                    pitch, packed.data() + i * width);
        const Index most_rows = std::max<Index>(1, (patch_buffer / width - lines) / rows.stride + 1);
        for (Index sample = 0; sample < samples; ++sample)
          for (Index column = 0; column < columns.output; ++column)
            for (Index row = 0; row < rows.output; row += most_rows) {
              const Index count = std::min(most_rows, rows.output - row);
              const Index strip_rows = (count - 1) * rows.stride + lines;
              std::fill_n(strip.data(), strip_rows * width, T(0));
              for (Index r = 0; r < count; ++r) {
                const Index position = (sample * rows.output + row + r) * columns.output + column;
                const T* gradient = dy + position * filters + filter;
                used.find_nonzero(gradient, 0, terms);
                if (used.count > 0)
                  add_all_rows<lanes<T>, tile_packs<T> * 4>(packed.data(), pitch, pitch, gradient, used,
                                                            strip.data() + r * rows.stride * width);
              }
              add_strip(strip_rows, rows.first(row) + first_line * rows.dilation, columns.first(column), group, first,
                        size, dx + sample * window.input_size());
            }
      }
}

}  // namespace NN_LEVEL
}  // namespace nn::kernels
