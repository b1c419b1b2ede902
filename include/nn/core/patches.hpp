// SPDX-License-Identifier: MIT
// Products of a matrix with the patches of an image, which are read where they lie and never gathered.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <utility>

#include <nn/core/product.hpp>
#include <nn/core/window.hpp>

// A patch is the part of the input under the window, as one column of kernel_height * kernel_width * channels numbers
// (row by row, pixel by pixel, channel by channel). Number k of the patch of pixel p stands at a place of the pixel
// plus an offset of k, so that a tile of the product needs one pointer per pixel and one list of offsets. Where there
// is padding, some rows of the image are copied between zeros first, as many as fit the first-level cache.
//
// Every sum has one order: forward over k, the gradient of the input over the positions of the window, column by
// column, that of W over samples and positions. Neither the tiles nor the number of samples changes it.
namespace nn::kernels {

/// Numbers of an image between zeros, and of a gradient of W, that are worked on at once: 32 KB of floats.
inline constexpr Index patch_buffer = 8192;

#ifdef __AVX512F__
inline __m512 load_some(__mmask16 mask, const float* from) { return _mm512_maskz_loadu_ps(mask, from); }
inline __m512d load_some(__mmask16 mask, const double* from) {
  return _mm512_maskz_loadu_pd(static_cast<__mmask8>(mask), from);
}
inline void store_some(__mmask16 mask, float* to, __m512 numbers) { _mm512_mask_storeu_ps(to, mask, numbers); }
inline void store_some(__mmask16 mask, double* to, __m512d numbers) {
  _mm512_mask_storeu_pd(to, static_cast<__mmask8>(mask), numbers);
}
/// The first lanes of a register as a narrower one, or as the first of a wider one whose other lanes nobody reads.
template <Index Lanes, class T, class Numbers>
auto resized(const Numbers& numbers) {
  constexpr Index given = sizeof(Numbers) / sizeof(T);
  return [&]<int... I>(std::integer_sequence<int, I...>) {
    return typename Pack<T, Lanes>::type(__builtin_shufflevector(numbers, numbers, (I < given ? I : -1)...));
  }
  (std::make_integer_sequence<int, static_cast<int>(Lanes)>{});
}
#endif

/// The first `count` numbers of a register, from memory, zeros after them.
template <Index Lanes, class T>
void load_first(typename Pack<T, Lanes>::type& pack, const T* from, Index count) {
  if (count == Lanes) {
    load(pack, from);
    return;
  }
#ifdef __AVX512F__
  pack = resized<Lanes, T>(load_some(static_cast<__mmask16>((1U << count) - 1), from));
#else
  pack = typename Pack<T, Lanes>::type{};
  if constexpr (Lanes > 1) {
    typename Pack<T, Lanes / 2>::type low{}, high{};
    const bool has_low = count >= Lanes / 2;
    if (has_low) load(low, from);
    load_first<Lanes / 2, T>(has_low ? high : low, has_low ? from + Lanes / 2 : from,
                             has_low ? count - Lanes / 2 : count);
    std::memcpy(&pack, &low, sizeof(low));
    std::memcpy(reinterpret_cast<char*>(&pack) + sizeof(low), &high, sizeof(high));
  }
#endif
}

/// The first `count` numbers of a register, to memory.
template <Index Lanes, class T>
void store_first(const typename Pack<T, Lanes>::type& pack, T* to, Index count) {
  if (count == Lanes) {
    store(pack, to);
    return;
  }
#ifdef __AVX512F__
  store_some(static_cast<__mmask16>((1U << count) - 1), to, resized<line<T>, T>(pack));
#else
  if constexpr (Lanes > 1) {
    typename Pack<T, Lanes / 2>::type low, high;
    std::memcpy(&low, &pack, sizeof(low));
    std::memcpy(&high, reinterpret_cast<const char*>(&pack) + sizeof(low), sizeof(high));
    const bool has_low = count >= Lanes / 2;
    if (has_low) store(low, to);
    store_first<Lanes / 2, T>(has_low ? high : low, has_low ? to + Lanes / 2 : to, has_low ? count - Lanes / 2 : count);
  }
#endif
}

/// Which of the first `count` numbers, at most 64, are not zero, a bit for each; NaN is not.
template <class T>
std::uint64_t nonzero_bits(const T* x, Index count) {
  std::uint64_t bits = 0;
#ifdef __AVX512F__
  for (Index i = 0; i < count; i += 16)
    bits |= static_cast<std::uint64_t>(is_nonzero(x + i, std::min<Index>(16, count - i))) << i;
#else
  for (Index i = 0; i < count; ++i) bits |= static_cast<std::uint64_t>(x[i] != T(0)) << i;
#endif
  return bits;
}

/// Calls visit(first, count) for pieces of at most one register.
template <class T, class Visit>
void for_each_piece(Index size, Visit&& visit) {
  Index first = 0;
  for (; first + lanes<T> <= size; first += lanes<T>) visit(first, lanes<T>);
  if (first < size) visit(first, size - first);
}

/// to += from
template <class T>
void add_numbers(const T* from, Index size, T* to) {
  for_each_piece<T>(size, [&](Index first, Index count) {
    typename Pack<T, lanes<T>>::type a, b;
    load_first<lanes<T>, T>(a, from + first, count);
    load_first<lanes<T>, T>(b, to + first, count);
    a += b;
    store_first<lanes<T>, T>(a, to + first, count);
  });
}

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

/// How the patches of one group of channels are read: in the image where nothing is outside of it, else from a copy
/// with zeros around, else (where not even one patch fits the copy) in the image, one pixel of the window after the
/// other.
class PatchReader {
 public:
  PatchReader(const Window& window, Index groups)
      : window_(window), channels_(window.channels / groups), block_rows_(window.rows.output) {
    const Axis &rows = window.rows, &columns = window.columns;
    block_columns_ = columns.output;
    row_pitch_ = columns.input * window.channels;
    if (rows.is_inside() && columns.is_inside()) return;
    const Index room = patch_buffer / window.channels / rows.extent();  // in pixels
    is_split_ = room < columns.extent();
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
    const Index end = std::min(last, first + most);
    return is_split_ ? std::min(end, (first / channels_ + 1) * channels_) : end;
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

/// Registers full of a patch that are worked on at once.
inline constexpr Index gradient_packs = 10;

/// Some registers full of a patch: from a place of the patch, where each begins, and how many numbers they hold.
struct PatchPieces {
  std::array<std::int32_t, static_cast<std::size_t>(gradient_packs)> offsets;
  std::array<Index, static_cast<std::size_t>(gradient_packs + 1)>
      begins;  // the number k of which each is the first to hold
  std::array<Index, static_cast<std::size_t>(gradient_packs)> numbers;  // the number k that each begins with
  Index size, count = 0;

  /// Those of the numbers from `first` on, as many as there is room for, but none from `last` on is needed. Where a run
  /// is no multiple of a register, two overlap.
  PatchPieces(const PatchReader& reader, Index group, Index first, Index last, Index lanes)
      : size(std::min(reader.run(), lanes)) {
    const Index run = reader.run(), end = reader.block_end(first, last, last - first);
    Index k = first;
    for (; k < end && count < gradient_packs; ++count) {
      const auto i = static_cast<std::size_t>(count);
      begins[i] = k;
      numbers[i] = std::min(k, k / run * run + run - size);
      offsets[i] = reader.offset(numbers[i], group);
      k = numbers[i] + size;
    }
    begins[static_cast<std::size_t>(count)] = std::min(k, end);
  }
  /// Calls visit(number k, where it stands in registers of some lanes) for all of them.
  template <class Visit>
  void for_each(Index lanes, Visit&& visit) const {
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i)
      for (Index k = begins[i]; k < begins[i + 1]; ++k) visit(k, static_cast<Index>(i) * lanes + k - numbers[i]);
  }
  Index end() const { return begins[static_cast<std::size_t>(count)]; }
};

/// Where a patch of a block begins, and what it is multiplied by.
template <class T>
struct WeightedPatch {
  T factor;
  std::int32_t place;
};

/// sums += the patches, each times its factor.
template <Index Lanes, Index Packs, class T>
void add_patches(const T* block, const WeightedPatch<T>* patches, Index count, const PatchPieces& pieces, T* sums) {
  using P = typename Pack<T, Lanes>::type;
  std::array<P, static_cast<std::size_t>(Packs)> total;
  std::array<const T*, static_cast<std::size_t>(Packs)> from;
  unrolled<Packs>([&](auto p) {
    load(total[p], sums + p * Lanes);
    from[p] = block + pieces.offsets[p];
  });
  const auto add = [&](const auto& load_piece) {
    for (Index i = 0; i < count; ++i) {
      const auto [factor, place] = patches[i];
      unrolled<Packs>([&, factor = factor, place = Index(place)](auto p) {
        P numbers;
        load_piece(numbers, from[p] + place);
        multiply_add(total[p], numbers, factor);
      });
    }
  };
  if (pieces.size == Lanes)
    add([](P& numbers, const T* first) { load(numbers, first); });
  else
    add([size = pieces.size](P& numbers, const T* first) { load_first<Lanes, T>(numbers, first, size); });
  unrolled<Packs>([&](auto p) { store(total[p], sums + p * Lanes); });
}

/// The same with the number of pieces chosen at run time.
template <Index Lanes, Index Packs = gradient_packs, class T>
void add_some_patches(const T* block, const WeightedPatch<T>* patches, Index count, const PatchPieces& pieces,
                      T* sums) {
  if constexpr (Packs > 1)
    if (pieces.count < Packs) return add_some_patches<Lanes, Packs - 1>(block, patches, count, pieces, sums);
  add_patches<Lanes, Packs>(block, patches, count, pieces, sums);
}

/// W -= factor * (the sum of dy p' over all positions and samples), the columns [first, last) of W, as a product in
/// tiles.
template <class T>
void subtract_dense_gradient(const Window& window, Index groups, T* W, Index filters, const T* x, const T* dy,
                             Index samples, T factor, Index first, Index last) {
  const PatchReader reader(window, groups);
  constexpr Index most_columns = patch_buffer / tile_rows<T>;
  alignas(64) std::array<T, static_cast<std::size_t>(patch_buffer)> sums;  // small numbers, added to W only at the end
  alignas(64) std::array<T, static_cast<std::size_t>(tile_rows<T> * block_depth)> packed;
  std::array<std::int32_t, static_cast<std::size_t>(most_columns)> places;
  Offsets offsets;
  for_each_row_tile<T>(groups, filters, [&](Index group, Index row, Index rows) {
    const Index width = tile_width<T>(rows), columns = columns_for<T>(width);
    for (Index k = first, end = first; k < last; k = end) {
      end = reader.block_end(k, last, most_columns);
      for (Index i = k; i < end; ++i) places[static_cast<std::size_t>(i - k)] = reader.offset(i, group);
      std::fill_n(sums.data(), (end - k) * width, T(0));
      for (Index sample = 0; sample < samples; ++sample)
        reader.for_each_block(x + sample * window.input_size(), k, [&](const PatchBlock<T>& block) {
          const T* gradient = dy + sample * window.positions() * filters + row;
          Index terms = 0;
          const auto multiply = [&] {
            Tile<T> tile;
            for (Index j = 0; j < end - k; ++j) {
              tile.add(block.first + places[static_cast<std::size_t>(j)], sums.data() + j * width);
              if (tile.columns == columns || j + 1 == end - k)
                multiply_patches(packed.data(), rows, offsets, terms, tile);
            }
            terms = 0;
          };
          block.for_each_row([&](Index place, Index r, Index c, Index count) {
            const T* from = gradient + (r * window.columns.output + c) * filters;
            for (Index i = 0; i < count; ++i, from += filters, place += block.column_step) {
              pack(Factor<T>{from, 1, filters}, rows, 1, T(1), width, packed.data() + terms * width);
              offsets[static_cast<std::size_t>(terms)] = static_cast<std::int32_t>(place);
              if (++terms == block_depth) multiply();
            }
          });
          if (terms > 0) multiply();
        });
      for (Index j = 0; j < end - k; ++j)
        for (Index i = 0; i < rows; ++i)
          W[row + i + (k + j) * filters] -= factor * sums[static_cast<std::size_t>(j * width + i)];
    }
  });
}

/// The same where most of dy is zero, as behind a max pool and ReLU: each filter adds the patches where its dy is not.
/// The sums are the same in every bit.
template <class T>
void subtract_sparse_gradient(const Window& window, Index groups, T* W, Index filters, const T* x, const T* dy,
                              Index samples, T factor, Index first, Index last) {
  constexpr Index most_filters = 32, most_patches = 128;
  constexpr Index half_lanes = lanes<T> / (lanes<T> == 2 ? 1 : 2);
  const PatchReader reader(window, groups);
  alignas(64) std::array<T, static_cast<std::size_t>(most_filters * gradient_packs * lanes<T>)> sums;
  std::array<WeightedPatch<T>, static_cast<std::size_t>(most_filters * most_patches)>
      patches;                                                     // a list for each filter
  std::array<Index, static_cast<std::size_t>(most_filters)> ends;  // of the lists
  struct Origin {
    std::int32_t place, filter;
  };
  std::array<Origin, Columns::capacity> origins;  // of neighbouring numbers of dy
  Columns used;
  const Index column_step = window.columns.stride * window.channels;
  const Index width = reader.run() <= half_lanes ? half_lanes : lanes<T>;
  for (Index row = 0, rows = 0; row < filters; row += rows) {
    const Index depth = filters / groups, group = row / depth;
    rows = std::min(most_filters, (group + 1) * depth - row);
    const Index together = rows == filters ? Columns::capacity / rows : 1;  // positions whose dy are neighbours
    for (Index i = 0; i < together * rows; ++i)
      origins[static_cast<std::size_t>(i)] = {static_cast<std::int32_t>(i / rows * column_step),
                                              static_cast<std::int32_t>(i % rows)};
    for (Index i = 0; i < rows; ++i) ends[static_cast<std::size_t>(i)] = i * most_patches;
    for (Index k = first; k < last;) {
      const PatchPieces pieces(reader, group, k, last, width);
      const Index pitch = pieces.count * width;
      std::fill_n(sums.data(), rows * pitch, T(0));
      for (Index sample = 0; sample < samples; ++sample)
        reader.for_each_block(x + sample * window.input_size(), k, [&](const PatchBlock<T>& block) {
          const auto add_list = [&](Index filter) {
            const WeightedPatch<T>* list = patches.data() + filter * most_patches;
            Index& end = ends[static_cast<std::size_t>(filter)];
            const Index count = end - filter * most_patches;
            T* to = sums.data() + filter * pitch;
            if (width == lanes<T>)
              add_some_patches<lanes<T>>(block.first, list, count, pieces, to);
            else
              add_some_patches<half_lanes>(block.first, list, count, pieces, to);
            end -= count;
          };
          block.for_each_row([&](Index place, Index r, Index c, Index count) {
            for (Index i = 0; i < count; i += together) {
              const Index position = (sample * window.rows.output + r) * window.columns.output + c + i;
              const T* gradient = dy + position * filters + row;
              const auto begin = static_cast<std::int32_t>(place + i * column_step);
              used.find_nonzero(gradient, 0, std::min(together, count - i) * rows);
              for (Index u = 0; u < used.count; ++u) {
                const Origin origin = origins[static_cast<std::size_t>(used[u])];
                Index& end = ends[static_cast<std::size_t>(origin.filter)];
                patches[static_cast<std::size_t>(end++)] = {gradient[used[u]], begin + origin.place};
                if (end % most_patches == 0) add_list(origin.filter);
              }
            }
          });
          for (Index filter = 0; filter < rows; ++filter) add_list(filter);
        });
      pieces.for_each(width, [&](Index number, Index place) {
        for (Index i = 0; i < rows; ++i)
          W[row + i + number * filters] -= factor * sums[static_cast<std::size_t>(i * pitch + place)];
      });
      k = pieces.end();
    }
  }
}

/// Whichever is faster, judged by the first sample.
template <class T>
void subtract_convolution_gradient(const Window& window, Index groups, T* W, Index filters, const T* x, const T* dy,
                                   Index samples, T factor, Index first, Index last) {
  const Index size = window.positions() * filters;
  const Index nonzero = size - std::count(dy, dy + size, T(0));
  const auto subtract = 3 * nonzero < size ? subtract_sparse_gradient<T> : subtract_dense_gradient<T>;
  subtract(window, groups, W, filters, x, dy, samples, factor, first, last);
}

/// b -= factor * (the sum of the columns), every fourth in one sum, so that no addition waits for the one before
template <class T>
void subtract_sum_of_columns(const T* columns, Index rows, Index count, T factor, T* b) {
  for_each_piece<T>(rows, [&](Index row, Index rows_here) {
    std::array<typename Pack<T, lanes<T>>::type, 4> sums{};
    typename Pack<T, lanes<T>>::type numbers;
    for (Index column = 0; column < count; column += 4)
      unrolled<4>([&](auto i) {
        if (column + i >= count) return;
        load_first<lanes<T>, T>(numbers, columns + (column + i) * rows + row, rows_here);
        sums[i] += numbers;
      });
    const auto sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    for (Index i = 0; i < rows_here; ++i) b[row + i] -= factor * sum[i];
  });
}

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

}  // namespace nn::kernels
