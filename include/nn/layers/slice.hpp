// SPDX-License-Identifier: MIT
// y = some rows, columns and channels of x
#pragma once

#include <algorithm>
#include <string_view>

#include <nn/core/layer.hpp>

namespace nn {

namespace detail {

/// From first to before last; a negative number counts from the end, and a last of 0 is the end.
struct SliceRange {
  Index first = 0;
  Index last = 0;
  constexpr bool operator==(const SliceRange&) const = default;

  /// Of a size: {0, -1} is all but the last. Throws shape_error where nothing is left, or it leaves the size.
  constexpr SliceRange within(Index size, const char* what) const {
    const SliceRange range{first < 0 ? size + first : first, last <= 0 ? size + last : last};
    if (range.first < 0 || range.last > size || range.first >= range.last)
      throw shape_error("Slice: ", what, " from ", first, " to before ", last, " are none of ", size,
                        "; give a range within them");
    return range;
  }
  constexpr Index size() const { return last - first; }
};

}  // namespace detail

/// Slice{.channels = {0, 8}} are the first 8 channels of an image, or the first 8 features; Slice{.columns = {-1}} is
/// the last step of a sequence. Throws shape_error where a range is outside of the input.
struct Slice {
  detail::SliceRange rows = {};
  detail::SliceRange columns = {};
  detail::SliceRange channels = {};

  static constexpr std::string_view name() { return "Slice"; }

  constexpr Shape output_shape(Shape input) const {
    return {rows.within(input.height, "rows").size(), columns.within(input.width, "columns").size(),
            channels.within(input.channels, "channels").size()};
  }
  /// Of channels; or of the last step.
  constexpr Streaming streaming(Shape) const {
    if (rows != detail::SliceRange{}) return {};
    if (columns == detail::SliceRange{}) return each_step_alone;
    return {columns == detail::SliceRange{-1} ? StepOutput::last : StepOutput::none};
  }

  void forward(Shape input, const auto&, const auto& x, auto&& y) const {
    for_each_pixel(input, x.cols(),
                   [&](Index of_x, Index of_y, Index count) { std::copy_n(x.data() + of_x, count, y.data() + of_y); });
  }

  void backward(Shape input, const auto& values, auto& gradients) const {
    if (gradients.wanted == InputGradient::none) return;
    gradients.input.setZero();
    for_each_pixel(input, values.input.cols(), [&](Index of_x, Index of_y, Index count) {
      std::copy_n(gradients.output.data() + of_y, count, gradients.input.data() + of_x);
    });
  }

  static void for_each_option(auto& layer, auto option) {
    option("first_row", layer.rows.first);
    option("last_row", layer.rows.last);
    option("first_column", layer.columns.first);
    option("last_column", layer.columns.last);
    option("first_channel", layer.channels.first);
    option("last_channel", layer.channels.last);
  }
  constexpr bool operator==(const Slice&) const = default;

 private:
  // Calls visit(where the channels of a pixel begin in x, and in y, how many).
  void for_each_pixel(Shape input, Index samples, const auto& visit) const {
    const detail::SliceRange row_range = rows.within(input.height, "rows"),
                             column_range = columns.within(input.width, "columns"),
                             channel_range = channels.within(input.channels, "channels");
    Index of_y = 0;
    for (Index sample = 0; sample < samples; ++sample)
      for (Index row = row_range.first; row < row_range.last; ++row)
        for (Index column = column_range.first; column < column_range.last; ++column, of_y += channel_range.size())
          visit(((sample * input.height + row) * input.width + column) * input.channels + channel_range.first, of_y,
                channel_range.size());
  }
};

}  // namespace nn
