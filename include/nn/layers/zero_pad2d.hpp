// SPDX-License-Identifier: MIT
// y = x with zeros around the image
#pragma once

#include <algorithm>
#include <string_view>

#include <nn/core/layer.hpp>
#include <nn/core/window.hpp>

namespace nn {

namespace detail {

template <class Derived>
struct ZeroPadding {
  static constexpr std::string_view name() { return "ZeroPad2D"; }

  constexpr Shape output_shape(Shape input) const {
    const auto [top, bottom, left, right] = self().borders();
    if (std::min({top, bottom, left, right}) < 0)
      throw shape_error("ZeroPad2D: a border cannot be negative, got ", top, ", ", bottom, ", ", left, ", ", right,
                        "; give 0 or more");
    return {checked_sum(input.height, checked_sum(top, bottom)), checked_sum(input.width, checked_sum(left, right)),
            input.channels};
  }

  void forward(Shape input, const auto&, const auto& x, auto&& y) const {
    y.setZero();
    for_each_row(input, x.cols(),
                 [&](Index row, Index size, Index padded) { std::copy_n(x.data() + row, size, y.data() + padded); });
  }

  void backward(Shape input, const auto& values, auto& gradients) const {
    if (gradients.wanted == InputGradient::none) return;
    for_each_row(input, values.input.cols(), [&](Index row, Index size, Index padded) {
      std::copy_n(gradients.output.data() + padded, size, gradients.input.data() + row);
    });
  }

  static void for_each_option(auto& layer, auto option) {
    auto&& borders = layer.borders();
    option("top", borders.top);
    option("bottom", borders.bottom);
    option("left", borders.left);
    option("right", borders.right);
  }
  constexpr bool operator==(const ZeroPadding&) const = default;

 private:
  constexpr const Derived& self() const { return static_cast<const Derived&>(*this); }

  // Calls visit(where a row of an image begins, its size, where it lies between the zeros) for all samples.
  template <class Visit>
  void for_each_row(Shape input, Index samples, Visit&& visit) const {
    const Borders borders = self().borders();
    const Shape output = output_shape(input);
    const Index size = input.width * input.channels;
    for (Index sample = 0; sample < samples; ++sample)
      for (Index row = 0; row < input.height; ++row)
        visit((sample * input.height + row) * size, size,
              ((sample * output.height + borders.top + row) * output.width + borders.left) * input.channels);
  }
};

}  // namespace detail

/// ZeroPad2D<1>, ZeroPad2D<Borders{top, bottom, left, right}>, and with borders given at run time ZeroPad2D{1}. Throws
/// shape_error where a border is negative.
template <Borders Zeros = 0>
struct ZeroPad2D : detail::ZeroPadding<ZeroPad2D<Zeros>> {
  static constexpr Borders borders() { return Zeros; }
  constexpr bool operator==(const ZeroPad2D&) const = default;
};

template <>
struct ZeroPad2D<> : detail::ZeroPadding<ZeroPad2D<>> {
  constexpr explicit ZeroPad2D(Borders borders) : borders_(borders) {}
  constexpr Borders borders() const { return borders_; }
  constexpr Borders& borders() { return borders_; }
  constexpr bool operator==(const ZeroPad2D&) const = default;

 private:
  Borders borders_;
};

ZeroPad2D(Borders)->ZeroPad2D<>;

}  // namespace nn
