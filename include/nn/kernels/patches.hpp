// SPDX-License-Identifier: MIT
// y = W p + b for the patches p of an image, which are read where they lie and never gathered.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include <nn/core/window.hpp>
#include <nn/kernels/dispatch.hpp>
#include <nn/kernels/part_of_register.hpp>
#include <nn/kernels/product.hpp>

// A patch is the part of the input under the window, as one column of kernel_height * kernel_width * channels numbers
// (row by row, pixel by pixel, channel by channel). Number k of the patch of pixel p stands at a place of the pixel
// plus an offset of k, so that a tile of the product needs one pointer per pixel and one list of offsets. Where there
// is padding, some rows of the image are copied between zeros first, as many as fit the first-level cache; images of
// many channels are read one pixel of the window after the other instead, where it is inside.
//
// Every sum has one order, over k. Neither the tiles nor the number of samples changes it.
namespace nn::kernels {
inline namespace NN_LEVEL {

/// Numbers of an image between zeros, and of a gradient of W, that are worked on at once: 32 KB of floats.
inline constexpr Index patch_buffer = 8192;

/// Columns of a product C += A B: number k of column j of B is b[j][offsets[k]].
template <class T>
struct Tile {
  static constexpr Index most_columns = 2 * tile_columns;
  std::array<const T*, static_cast<std::size_t>(most_columns)> b;
  std::array<T*, static_cast<std::size_t>(most_columns)> c;
  Index columns = 0;

  void add(const T* from, T* to) {
    b[static_cast<std::size_t>(columns)] = from;
    c[static_cast<std::size_t>(columns)] = to;
    ++columns;
  }
};

using Offsets = std::array<std::int32_t, block_depth>;

/// The columns of a tile whose A has so many numbers per term: half registers take twice as many, since the processor
/// multiplies two of them at once.
template <class T>
constexpr Index columns_for(Index width) {
  return width < lanes<T> ? 2 * tile_columns : tile_columns;
}

/// One tile; A has Lanes * Packs numbers per term, of which `rows` belong to C.
template <Index Lanes, Index Packs, class T>
void multiply_patches(const T* A, Index rows, const std::int32_t* offsets, Index terms, Tile<T>& tile) {
  using P = typename Pack<T, Lanes>::type;
  constexpr Index columns = columns_for<T>(Packs * Lanes);
  std::array<P, static_cast<std::size_t>(Packs * columns)> sums;
  std::array<const T*, static_cast<std::size_t>(columns)> b;
  const Index in_last = rows - (Packs - 1) * Lanes;
  unrolled<columns>([&](auto j) {
    const auto column = static_cast<std::size_t>(j < tile.columns ? Index(j) : 0);  // a missing column is not stored
    b[j] = tile.b[column];
    unrolled<Packs - 1>([&](auto p) { load(sums[j * Packs + p], tile.c[column] + p * Lanes); });
    load_first<Lanes, T>(sums[j * Packs + Packs - 1], tile.c[column] + (Packs - 1) * Lanes, in_last);
  });
  for (Index k = 0; k < terms; ++k) {
    const Index offset = offsets[k];
    std::array<P, static_cast<std::size_t>(Packs)> a;
    unrolled<Packs>([&](auto p) { load(a[p], A + (k * Packs + p) * Lanes); });
    unrolled<columns>([&](auto j) {
      const T factor = b[j][offset];
      unrolled<Packs>([&](auto p) { multiply_add(sums[j * Packs + p], a[p], factor); });
    });
  }
  unrolled<columns>([&](auto j) {
    if (j < tile.columns) {
      unrolled<Packs - 1>([&](auto p) { store(sums[j * Packs + p], tile.c[j] + p * Lanes); });
      store_first<Lanes, T>(sums[j * Packs + Packs - 1], tile.c[j] + (Packs - 1) * Lanes, in_last);
    }
  });
}

/// The numbers per term that A must have for these rows: full registers, or half a one.
template <class T>
constexpr Index tile_width(Index rows) {
  if (lanes < T >> 2 && rows <= lanes<T> / 2) return lanes<T> / 2;
  return (rows + lanes<T> - 1) / lanes<T> * lanes<T>;
}
template <class T>
inline constexpr Index tile_rows = tile_packs<T>* lanes<T>;

/// The same with the registers chosen for the rows; leaves the tile empty.
template <class T, Index Packs = tile_packs<T>>
void multiply_patches(const T* A, Index rows, const Offsets& offsets, Index terms, Tile<T>& tile) {
  if constexpr (Packs > 1)
    if (rows <= (Packs - 1) * lanes<T>) return multiply_patches<T, Packs - 1>(A, rows, offsets, terms, tile);
  if constexpr (Packs == 1 && lanes < T >> 2)
    if (rows <= lanes<T> / 2) {
      multiply_patches<lanes<T> / 2, 1>(A, rows, offsets.data(), terms, tile);
      tile.columns = 0;
      return;
    }
  multiply_patches<lanes<T>, Packs>(A, rows, offsets.data(), terms, tile);
  tile.columns = 0;
}

/// Some positions of a window, and where the patch of the first of them begins.
template <class T>
struct PatchBlock {
  const T* first;
  Index row, column;            ///< the first position
  Index rows, columns;          ///< how many
  Index row_step, column_step;  ///< in memory, from one position to the next
  Index lines, line_step;       ///< rows of the window, and from one to the next
  Index line_size;              ///< numbers of one, those between its pixels, too

  /// Calls visit(offset from `first`, row, column, count) for neighbouring positions, until all were visited but some
  /// with nothing but zeros in the patch: those at the margins of a small picture, which add nothing.
  template <class Visit>
  void for_each_row(Visit&& visit) const {
    const Index size = (columns - 1) * column_step + line_size;
    if (size > 64 || lines > most_lines || row_step % line_step != 0) {
      for (Index r = 0; r < rows; ++r) visit(r * row_step, row + r, column, columns);
      return;
    }
    std::array<std::uint64_t, static_cast<std::size_t>(most_lines)> nonzero;  // of the last lines of the image
    for (Index r = 0, known = 0; r < rows; ++r) {
      const Index top = r * row_step / line_step;
      for (known = std::max(known, top); known < top + lines; ++known)
        nonzero[static_cast<std::size_t>(known % most_lines)] = nonzero_bits(first + known * line_step, size);
      std::uint64_t bits = 0;
      for (Index line = top; line < top + lines; ++line) bits |= nonzero[static_cast<std::size_t>(line % most_lines)];
      if (bits == 0) continue;
      const Index before = std::countr_zero(bits), last = 63 - std::countl_zero(bits);
      const Index begin = before < line_size ? 0 : (before - line_size) / column_step + 1;
      const Index end = std::min(columns, last / column_step + 1);
      if (begin < end) visit(r * row_step + begin * column_step, row + r, column + begin, end - begin);
    }
  }

 private:
  static constexpr Index most_lines = 16;
};

/// The size of each part but the last of so many numbers that are cut into few parts, none with more than `most`.
constexpr Index equal_part(Index numbers, Index most) {
  const Index parts = (numbers + most - 1) / most;
  return (numbers + parts - 1) / parts;
}

/// How the patches of one group of channels are read: in the image where nothing is outside of it, else from a copy
/// with zeros around, else (where there are many channels, or not even one patch fits the copy) in the image, one pixel
/// of the window after the other.
class PatchReader {
 public:
  /// From `split_from` channels on, a pixel is long enough to be read by itself, and copies cost more than they save.
  PatchReader(const Window& window, Index groups, Index split_from = 48)
      : window_(window), channels_(window.channels / groups), block_rows_(window.rows.output) {
    const Axis &rows = window.rows, &columns = window.columns;
    block_columns_ = columns.output;
    row_pitch_ = columns.input * window.channels;
    if (rows.is_inside() && columns.is_inside()) return;
    const Index room = patch_buffer / window.channels / rows.extent();  // in pixels
    is_split_ = room < columns.extent() || channels_ >= split_from;
    if (is_split_) return;
    is_copied_ = true;
    block_columns_ = std::min(columns.output, (room - columns.extent()) / columns.stride + 1);
    row_pitch_ = ((block_columns_ - 1) * columns.stride + columns.extent()) * window.channels;
    block_rows_ = std::min(rows.output, (patch_buffer / row_pitch_ - rows.extent()) / rows.stride + 1);
  }

  /// Numbers of a patch.
  Index size() const { return window_.rows.kernel * window_.columns.kernel * channels_; }
  /// How many numbers of a patch are neighbours in memory, from every multiple of that.
  Index run() const {
    const bool are_lines = channels_ == window_.channels && window_.columns.dilation == 1 && !is_split_;
    return are_lines ? window_.columns.kernel * channels_ : channels_;
  }
  /// The number k at which a block of at most `most` that starts at `first` must end.
  Index block_end(Index first, Index last, Index most) const {
    if (!is_split_) return std::min(last, first + most);
    const Index part = equal_part(channels_, most), pixel = first / channels_ * channels_;
    return std::min({last, pixel + ((first - pixel) / part + 1) * part, pixel + channels_});
  }
  /// From the place of a pixel to number k of its patch.
  std::int32_t offset(Index k, Index group) const {
    const Index pixel = k / channels_, channel = k % channels_ + group * channels_;
    if (is_split_) return static_cast<std::int32_t>(channel);
    const Index row = pixel / window_.columns.kernel, column = pixel % window_.columns.kernel;
    return static_cast<std::int32_t>(row * window_.rows.dilation * row_pitch_ +
                                     column * window_.columns.dilation * window_.channels + channel);
  }

  /// Calls visit(block) until all positions were visited at which number k of the patch may be other than zero.
  template <class T, class Visit>
  void for_each_block(const T* image, Index k, Visit&& visit) const {
    const Axis &rows = window_.rows, &columns = window_.columns;
    const Index row_step = rows.stride * row_pitch_, column_step = columns.stride * window_.channels;
    const Index line_step = rows.dilation * row_pitch_;
    if (is_copied_) {
      alignas(64) std::array<T, static_cast<std::size_t>(patch_buffer)> copy;
      for (Index row = 0; row < rows.output; row += block_rows_)
        for (Index column = 0; column < columns.output; column += block_columns_) {
          const PatchBlock<T> block{copy.data(),
                                    row,
                                    column,
                                    std::min(block_rows_, rows.output - row),
                                    std::min(block_columns_, columns.output - column),
                                    row_step,
                                    column_step,
                                    rows.kernel,
                                    line_step,
                                    columns.extent() * window_.channels};
          copy_between_zeros(image, block, copy.data());
          visit(block);
        }
      return;
    }
    const Index pixel = is_split_ ? k / channels_ : 0;
    const Index kernel_row = pixel / columns.kernel, kernel_column = pixel % columns.kernel;
    const Index row = rows.positions_begin(kernel_row), column = columns.positions_begin(kernel_column);
    const Index row_count = (is_split_ ? rows.positions_end(kernel_row) : rows.output) - row;
    const Index column_count = (is_split_ ? columns.positions_end(kernel_column) : columns.output) - column;
    if (row_count <= 0 || column_count <= 0) return;
    visit(PatchBlock<T>{image + (rows.first(row) + kernel_row * rows.dilation) * row_pitch_ +
                            (columns.first(column) + kernel_column * columns.dilation) * window_.channels,
                        row, column, row_count, column_count, row_step, column_step, is_split_ ? 1 : rows.kernel,
                        line_step, (is_split_ ? 1 : columns.extent()) * window_.channels});
  }

 private:
  template <class T>
  void copy_between_zeros(const T* image, const PatchBlock<T>& block, T* copy) const {
    const Axis &rows = window_.rows, &columns = window_.columns;
    const Index first_row = rows.first(block.row), first_column = columns.first(block.column);
    const Index row_count = (block.rows - 1) * rows.stride + rows.extent();
    const Index begin = std::clamp<Index>(-first_column, 0, row_pitch_ / window_.channels);
    const Index end = std::clamp<Index>(columns.input - first_column, begin, row_pitch_ / window_.channels);
    std::fill_n(copy, row_count * row_pitch_, T(0));
    const Index row_end = std::min(row_count, rows.input - first_row);
    for (Index r = std::max<Index>(0, -first_row); r < row_end; ++r)
      std::copy_n(image + ((first_row + r) * columns.input + first_column + begin) * window_.channels,
                  (end - begin) * window_.channels, copy + r * row_pitch_ + begin * window_.channels);
  }

  Window window_;
  Index channels_;  // of one group
  Index block_rows_, block_columns_;
  Index row_pitch_;  // numbers from one row to the next
  bool is_copied_ = false, is_split_ = false;
};

/// Calls visit(group, first row, rows) for tiles of rows of W that do not cross groups.
template <class T, class Visit>
void for_each_row_tile(Index groups, Index filters, Visit&& visit) {
  const Index rows = filters / groups;
  for (Index group = 0; group < groups; ++group)
    for (Index row = 0; row < rows; row += tile_rows<T>)
      visit(group, group * rows + row, std::min(tile_rows<T>, rows - row));
}

/// One column, `count` times; null stands for zeros.
template <class T>
void repeat(const T* column, Index rows, Index count, T* columns) {
  const Index size = rows * count;
  if (column == nullptr || size == 0) {
    std::fill_n(columns, size, T(0));
    return;
  }
  std::copy_n(column, rows, columns);
  for (Index done = rows; done < size; done *= 2) std::copy_n(columns, std::min(done, size - done), columns + done);
}

/// y = W p + b (b null for none) for the patches p of all positions and samples; W is filters x patch, column by
/// column, and each group of filters sees its group of channels.
template <class T>
void convolution(const Window& window, Index groups, const T* W, const T* b, Index filters, const T* x, Index samples,
                 T* y) {
  const PatchReader reader(window, groups);
  alignas(64) std::array<T, static_cast<std::size_t>(tile_rows<T> * block_depth)> packed;
  Offsets offsets;
  for_each_row_tile<T>(groups, filters, [&](Index group, Index row, Index rows) {
    const Index columns = columns_for<T>(tile_width<T>(rows));
    for (Index k = 0, end = 0; k < reader.size(); k = end) {
      end = reader.block_end(k, reader.size(), block_depth);
      pack(Factor<T>{W + row + k * filters, 1, filters}, rows, end - k, T(1), tile_width<T>(rows), packed.data());
      for (Index i = k; i < end; ++i) offsets[static_cast<std::size_t>(i - k)] = reader.offset(i, group);
      for (Index sample = 0; sample < samples; ++sample) {
        T* outputs = y + sample * window.positions() * filters;
        if (row == 0 && k == 0) repeat(b, filters, window.positions(), outputs);
        reader.for_each_block(x + sample * window.input_size(), k, [&](const PatchBlock<T>& block) {
          T* to = outputs + row;
          Tile<T> tile;
          block.for_each_row([&](Index place, Index r, Index c, Index count) {
            const T* from = block.first + place;
            T* sums = to + (r * window.columns.output + c) * filters;
            for (Index i = 0; i < count; ++i, from += block.column_step, sums += filters) {
              tile.add(from, sums);
              if (tile.columns == columns) multiply_patches(packed.data(), rows, offsets, end - k, tile);
            }
          });
          if (tile.columns > 0) multiply_patches(packed.data(), rows, offsets, end - k, tile);
        });
      }
    }
  });
}

}  // namespace NN_LEVEL
}  // namespace nn::kernels
