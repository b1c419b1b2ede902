// SPDX-License-Identifier: MIT
// dx = the sum of W' dy where the patches lie.
#pragma once

#include <algorithm>
#include <array>

#include <nn/kernels/dispatch.hpp>
#include <nn/kernels/patches.hpp>
#include <nn/kernels/sparse_product.hpp>

// Every sum has one order, over the positions of the window, column by column.
namespace nn::kernels {
inline namespace NN_LEVEL {

/// dx += W' dy, each patch's gradient added where the patch lies. Positions below each other are worked on one after
/// the other, for their patches overlap in whole rows of the window: these are summed in a strip before they are added.
template <class T>
void add_convolution_input_gradient(const Window& window, Index groups, const T* W, Index filters, const T* dy,
                                    Index samples, T* dx) {
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
