// SPDX-License-Identifier: MIT
// y = x + f(x), f being layers in a row
#pragma once

#include <nn/layers/base/block.hpp>

namespace nn {

/// He et al. 2016: Residual<Conv2D<16, 3, ConvOptions{.padding = 1}>, ReLU>, and with sizes given at run time
/// Residual{Dense{4}, Tanh{}}. Braces around a single Residual copy it, as they do with every class template. Throws
/// shape_error where f(x) has another shape than x.
template <class... Layers>
struct Residual : Block<Residual<Layers...>, Layers...> {
  using Block<Residual, Layers...>::Block;

  static constexpr bool is_row = true;
  static constexpr std::string_view name() { return "Residual"; }

  constexpr Place place(Shape input) const {
    const auto places = this->places(input);
    const Shape output = places.back().output;
    if (output != input)
      throw shape_error("Residual: its layers make ", output, " of ", input,
                        ", and only equal shapes can be added; let the last have as many units or filters as come in, "
                        "and give convolutions nn::same_padding");
    Place all = this->all_of(places, input, output);
    all.memory_size = places.back().activation_end();
    return all;
  }

  void forward(Shape input, const auto& parameters, const auto& x, auto&& y, const auto& mode) const {
    using T = typename std::remove_cvref_t<decltype(x)>::Scalar;
    const auto places = this->places(input);
    T* f = this->output_of(places.back(), mode);
    this->row_forward(places, parameters, x.data(), f, x.cols(), mode);
    VectorView<T>(y.data(), x.size()) = ConstVectorView<T>(x.data(), x.size()) + ConstVectorView<T>(f, x.size());
  }

  /// dx = dy + f's
  template <bool writes, class T>
  void go_back(Shape input, const auto& values, auto& gradients, const Training<T>& training, const auto& visit) const {
    const auto places = this->places(input);
    const bool is_wanted = gradients.wanted != InputGradient::none;
    const Index size = gradients.output.size();
    const T* dy = gradients.output.data();
    T* dx = gradients.input.data();
    this->row_back(places, values, static_cast<const T*>(this->output_of(places.back(), training)), dx, dy,
                   is_wanted ? InputGradient::all : InputGradient::none, training, visit);
    if (writes && is_wanted) VectorView<T>(dx, size) += ConstVectorView<T>(dy, size);
  }

  constexpr bool operator==(const Residual&) const = default;
};

template <class... Layers>
Residual(Layers...) -> Residual<Layers...>;

}  // namespace nn
