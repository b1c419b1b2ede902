// SPDX-License-Identifier: MIT
// y = x, plain features read as an image: the way back from Flatten.
#pragma once

#include <concepts>
#include <string_view>
#include <type_traits>

#include <nn/core/layer.hpp>

namespace nn {

namespace detail {
template <class Derived>
struct Reshaping {
  static constexpr std::string_view name() { return "Reshape"; }

  constexpr Shape output_shape(Shape input) const {
    const Shape shape = static_cast<const Derived&>(*this).shape();
    if (shape.height < 1 || shape.width < 1 || shape.channels < 1 || shape.size() != input.size())
      throw shape_error("Reshape: an input of ", input.size(), " numbers cannot be read as ", shape,
                        "; choose sizes whose product is the same");
    return shape;
  }
  void forward(Shape, const auto&, const auto& x, auto&& y) const { y = x; }
  void backward(Shape, const auto&, auto& gradients) const {
    if (gradients.wanted != InputGradient::none) gradients.input = gradients.output;
  }
  static void for_each_option(auto& layer, auto option) {
    auto&& shape = layer.shape();
    option("height", shape.height);
    option("width", shape.width);
    option("channels", shape.channels);
  }
  constexpr bool operator==(const Reshaping&) const = default;
};
}  // namespace detail

/// Reshape<7, 7, 16> and Reshape{7, 7, 16}: height x width x channels. Throws shape_error where the input has another
/// number of numbers.
template <Index... Sizes>
struct Reshape : detail::Reshaping<Reshape<Sizes...>> {
  static_assert(sizeof...(Sizes) == 3, "nn::Reshape takes height, width and channels");
  static constexpr Shape shape() { return {Sizes...}; }
  constexpr bool operator==(const Reshape&) const = default;
};

template <>
struct Reshape<> : detail::Reshaping<Reshape<>> {
  constexpr Reshape(std::integral auto height, std::integral auto width, std::integral auto channels)
      : shape_(static_cast<Index>(height), static_cast<Index>(width), static_cast<Index>(channels)) {}
  constexpr Shape shape() const { return shape_; }
  constexpr Shape& shape() { return shape_; }
  constexpr bool operator==(const Reshape&) const = default;

 private:
  Shape shape_;
};

template <std::integral... Sizes>
Reshape(Sizes...) -> Reshape<>;

}  // namespace nn
