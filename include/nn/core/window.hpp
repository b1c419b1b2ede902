// SPDX-License-Identifier: MIT
// A window that moves over an image in strides: where it stands, and which of its pixels lie inside.
#pragma once

#include <algorithm>
#include <concepts>
#include <string>
#include <string_view>

#include <nn/core/shape.hpp>

namespace nn {

/// Height and width; one number stands for both.
struct Sides {
  Index height = 1;
  Index width = 1;

  constexpr Sides() = default;
  constexpr Sides(std::integral auto both) : Sides(both, both) {}
  constexpr Sides(std::integral auto rows, std::integral auto columns)
      : height(static_cast<Index>(rows)), width(static_cast<Index>(columns)) {}
  constexpr bool operator==(const Sides&) const = default;
};

inline std::string to_string(const Sides& sides) {
  return std::to_string(sides.height) + 'x' + std::to_string(sides.width);
}

/// Rows added above and below an image, columns added left and right of it; one number stands for both.
struct Padding : Sides {
  bool is_same = false;

  constexpr Padding() : Sides(0) {}
  constexpr Padding(std::integral auto both) : Sides(both) {}
  constexpr Padding(std::integral auto rows, std::integral auto columns) : Sides(rows, columns) {}
  constexpr Padding(Sides sides, bool same) : Sides(sides), is_same(same) {}  // nvcc writes template arguments so
  constexpr bool operator==(const Padding&) const = default;
};

/// As much padding as makes the output ceil(input / stride) long; where it is odd, the larger half comes last, as in
/// Keras and PyTorch.
inline constexpr Padding same_padding{Sides(0), true};

/// Rows above and below an image, columns left and right of it; one number stands for all.
struct Borders {
  Index top = 0;
  Index bottom = 0;
  Index left = 0;
  Index right = 0;

  constexpr Borders(std::integral auto all) : Borders(all, all, all, all) {}
  constexpr Borders(std::integral auto above, std::integral auto below, std::integral auto before,
                    std::integral auto after)
      : top(static_cast<Index>(above)),
        bottom(static_cast<Index>(below)),
        left(static_cast<Index>(before)),
        right(static_cast<Index>(after)) {}
  constexpr bool operator==(const Borders&) const = default;
};

/// The padding of 1 x time x channels.
constexpr Padding over_time(Padding padding) {
  padding.height = 0;
  return padding;
}

/// Throws data_error where a layer for 1 x time x channels was told of heights.
constexpr void require_over_time(std::string_view who, bool is_over_time) {
  if (!is_over_time)
    throw data_error(who,
                     ": is for 1 x time x channels: its kernel or window, stride and dilation must be 1 high, its "
                     "padding 0; use the layer for images");
}

/// One direction of a window: `kernel` pixels, `dilation` apart, that start at `position * stride - before`.
struct Axis {
  Index input = 1;
  Index kernel = 1;
  Index stride = 1;
  Index before = 0;  ///< padding
  Index dilation = 1;
  Index output = 1;

  /// From the first pixel to the last, both counted.
  constexpr Index extent() const { return (kernel - 1) * dilation + 1; }
  /// The input under the first pixel at a position; negative in the padding.
  constexpr Index first(Index position) const { return position * stride - before; }
  /// The pixels of the window inside of the image: [begin(position), end(position)).
  constexpr Index begin(Index position) const {
    const Index start = first(position);
    return start >= 0 ? 0 : std::min(kernel, (dilation - 1 - start) / dilation);
  }
  constexpr Index end(Index position) const {
    const Index start = first(position);
    if (start + extent() <= input) return kernel;
    return start >= input ? 0 : (input - start + dilation - 1) / dilation;
  }
  /// The positions at which a pixel of the window is inside: [positions_begin(pixel), positions_end(pixel)).
  constexpr Index positions_begin(Index pixel) const {
    const Index outside = before - pixel * dilation;
    return outside <= 0 ? 0 : std::min(output, (outside + stride - 1) / stride);
  }
  constexpr Index positions_end(Index pixel) const {
    const Index inside = input + before - pixel * dilation;
    return inside <= 0 ? 0 : std::min(output, (inside + stride - 1) / stride);
  }
  /// Whether the window never leaves the image.
  constexpr bool is_inside() const { return before == 0 && first(output - 1) + extent() <= input; }
  /// Whether every pixel of the image is under the window at one position.
  constexpr bool is_tiled() const {
    return stride == kernel && dilation == 1 && before == 0 && output * stride == input;
  }
};

/// A window over an image of `channels` channels.
struct Window {
  Axis rows;
  Axis columns;
  Index channels = 1;

  constexpr Index input_size() const { return rows.input * columns.input * channels; }
  constexpr Index positions() const { return rows.output * columns.output; }
};

/// Calls visit(row, column, number of the position) for every position.
template <class Visit>
void for_each_position(const Window& window, Visit&& visit) {
  Index position = 0;
  for (Index row = 0; row < window.rows.output; ++row)
    for (Index column = 0; column < window.columns.output; ++column) visit(row, column, position++);
}

/// The pixels under a window at a position that are inside of the image: rows [row_begin, row_end) of the window, and
/// columns. A loop over them keeps its sums in registers where a call for each pixel may not.
struct PixelsInside {
  Index row_begin, row_end, column_begin, column_end;
  Index first, row_step, column_step;

  [[gnu::always_inline]] constexpr PixelsInside(const Window& window, Index row, Index column)
      : row_begin(window.rows.begin(row)),
        row_end(window.rows.end(row)),
        column_begin(window.columns.begin(column)),
        column_end(window.columns.end(column)),
        first((window.rows.first(row) * window.columns.input + window.columns.first(column)) * window.channels),
        row_step(window.rows.dilation * window.columns.input * window.channels),
        column_step(window.columns.dilation * window.channels) {}

  /// Where a pixel begins in the image.
  constexpr Index place(Index row, Index column) const { return first + row * row_step + column * column_step; }
};

/// Calls visit(pixels under the window, where the position begins in an output of as many channels) for every position.
/// The compiler knows the sides of the usual window, 2 x 2 without padding; `window` and `visit` are copies, so that it
/// need not read them again after every number that is written.
template <class Visit>
void for_each_window(const Window window, const Visit visit) {
  const auto visit_all = [&](auto pixels_at) {
    Index place = 0;
    for (Index row = 0; row < window.rows.output; ++row)
      for (Index column = 0; column < window.columns.output; ++column, place += window.channels)
        visit(pixels_at(row, column), place);
  };
  const PixelsInside corner(window, 0, 0);
  const bool is_inside = window.rows.is_inside() && window.columns.is_inside();
  if (is_inside && window.rows.kernel == 2 && window.columns.kernel == 2)
    visit_all([&](Index row, Index column) {
      PixelsInside pixels = corner;
      pixels.row_begin = pixels.column_begin = 0;
      pixels.row_end = pixels.column_end = 2;
      pixels.first =
          (row * window.rows.stride * window.columns.input + column * window.columns.stride) * window.channels;
      return pixels;
    });
  else
    visit_all([&](Index row, Index column) { return PixelsInside(window, row, column); });
}

/// Calls visit(number in the window, where the pixel begins in the image) for every pixel under the window that is
/// inside of the image, row by row.
template <class Visit>
void for_each_pixel(const Window& window, Index row, Index column, Visit&& visit) {
  const PixelsInside inside(window, row, column);
  for (Index r = inside.row_begin; r < inside.row_end; ++r)
    for (Index c = inside.column_begin; c < inside.column_end; ++c)
      visit(r * window.columns.kernel + c, inside.place(r, c));
}

namespace detail {
/// The input and its padding, at least.
constexpr Index padded_input(const Axis& axis) { return checked_sum(axis.input, checked_product(2, axis.before)); }

constexpr Axis axis(Index input, Index kernel, Index stride, Index padding, Index dilation, bool is_same) {
  Axis axis{.input = input, .kernel = kernel, .stride = stride, .before = padding, .dilation = dilation, .output = 0};
  const Index extent = checked_sum(checked_product(kernel - 1, dilation), 1);
  if (is_same) {
    axis.output = (input - 1) / stride + 1;
    axis.before = std::max<Index>(checked_sum(checked_product(axis.output - 1, stride), extent) - input, 0) / 2;
  } else {
    const Index room = padded_input(axis) - extent;
    axis.output = room < 0 ? 0 : room / stride + 1;
  }
  // Steps that are never taken are no longer than the image, so that they can be counted.
  if (kernel == 1) axis.dilation = 1;
  axis.stride = std::min(stride, checked_sum(padded_input(axis), 1));
  return axis;
}

/// Part of a sentence that is said of some sides only.
struct Clause {
  bool is_said;
  std::string_view text;
  Sides sides;
  std::string_view otherwise = "";
};
inline std::string to_string(const Clause& clause) {
  return clause.is_said ? std::string(clause.text) + to_string(clause.sides) : std::string(clause.otherwise);
}

constexpr void require_at_least(std::string_view who, Sides sides, Index least, const char* what) {
  if (sides.height < least || sides.width < least)
    throw shape_error(who, ": ", what, " must be at least ", least, ", got ", sides, "; give a larger number");
}
}  // namespace detail

/// The window of a layer over its input; throws shape_error in the layer's name where it does not fit.
constexpr Window window_over(Shape input, std::string_view who, const char* what, Sides kernel, Sides stride,
                             Padding padding, Sides dilation) {
  detail::require_at_least(who, kernel, 1, "the sides of the window");
  detail::require_at_least(who, stride, 1, "the stride");
  detail::require_at_least(who, dilation, 1, "the dilation");
  detail::require_at_least(who, padding, 0, "the padding");
  const Window window{
      .rows =
          detail::axis(input.height, kernel.height, stride.height, padding.height, dilation.height, padding.is_same),
      .columns = detail::axis(input.width, kernel.width, stride.width, padding.width, dilation.width, padding.is_same),
      .channels = input.channels};
  // All places in the padded image can be counted, and so all that is computed of them.
  static_cast<void>(Shape(checked_sum(detail::padded_input(window.rows), 1),
                          checked_sum(detail::padded_input(window.columns), 1), std::max<Index>(input.channels, 1))
                        .size());
  if (window.positions() == 0) {
    const detail::Clause spread{dilation != Sides(1), " with a dilation of ", dilation};
    const detail::Clause around{padding != Padding(0), " with a padding of ", padding, " without padding"};
    throw shape_error(who, ": a ", kernel, ' ', what, spread, " does not fit an input of ", input, around,
                      "; use a smaller ", what, ", more padding, or less pooling before it");
  }
  return window;
}

}  // namespace nn
