// SPDX-License-Identifier: MIT
// dW = the sum of dy p' over all patches p.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include <nn/kernels/dispatch.hpp>
#include <nn/kernels/patches.hpp>
#include <nn/kernels/sparse_product.hpp>

// Every sum has one order, over samples and positions. Neither the tiles nor the parts that threads take change it.
namespace nn::kernels {
inline namespace NN_LEVEL {

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
  const PatchReader reader(window, groups, 100);  // copies pay longer here: all patches of a list are of one copy
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

/// Whichever is faster, as the first sample tells.
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

}  // namespace NN_LEVEL
}  // namespace nn::kernels
