// SPDX-License-Identifier: MIT
// Every input adds W' x to the patch at its position: what transposed convolutions of one and two dimensions share.
#pragma once

#include <algorithm>
#include <string_view>
#include <type_traits>

#include <nn/core/layer.hpp>
#include <nn/kernels/patch_input_gradient.hpp>
#include <nn/kernels/patch_weight_gradient.hpp>

namespace nn {

struct ConvTransposeOptions {
  Sides stride = 1;          ///< from one patch of the output to the next
  Sides padding = 0;         ///< that a convolution the other way would have: cut off at both ends
  Sides output_padding = 0;  ///< more outputs at the end, fewer than the stride or the dilation
  Sides dilation = 1;        ///< from one pixel under the kernel to the next
  Index groups = 1;          ///< each of as many channels and filters, which see nothing of the others
  bool bias = true;
  constexpr bool operator==(const ConvTransposeOptions&) const = default;
};

/// What such a layer is told.
struct TransposedConvolution {
  Index filters = 1;
  Sides kernel;
  ConvTransposeOptions options;
  bool is_over_time = false;
  constexpr bool operator==(const TransposedConvolution&) const = default;
};

/// That of a layer for 1 x time x channels.
constexpr TransposedConvolution over_time(Index filters, Index kernel, ConvTransposeOptions options) {
  options.stride.height = options.dilation.height = 1;
  options.padding.height = options.output_padding.height = 0;
  return {.filters = filters, .kernel = {1, kernel}, .options = options, .is_over_time = true};
}

/// The base of a transposed convolution, which gives `settings()`, a TransposedConvolution, by reference where it can
/// change. It is a convolution the other way: forward is that one's input gradient, and back its forward. W is channels
/// x (kernel height * kernel width * filters of a group), the patch row by row, pixel by pixel; b has one number per
/// filter.
template <class Derived>
struct TransposedConvolutionLayer {
  constexpr Shape output_shape(Shape input) const {
    const Window window = window_over_output(input);
    return {window.rows.input, window.columns.input, window.channels};
  }

  /// Their dimensions in PyTorch and ONNX are channels x filters of a group x height x width, or x time.
  constexpr void tensors(Shape input, auto tensor) const {
    const auto [filters, kernel, options, is_over_time] = settings();
    const Index depth = filters / options.groups, channels = input.channels;
    const Dimension inputs{.size = channels, .is_input = options.groups == 1};
    const Dimension outputs{.size = depth, .stride = channels};
    const Dimension columns{.size = kernel.width, .stride = checked_product(channels, depth)};
    const Dimension rows{.size = kernel.height, .stride = checked_product(columns.stride, kernel.width)};
    Dimensions dimensions{inputs, outputs, rows, columns};
    if (is_over_time) dimensions = {inputs, outputs, columns};
    tensor({"weight", channels, patch_size(), Role::weight, dimensions});
    if (options.bias) tensor({"bias", filters, 1, Role::bias});
  }

  constexpr Index multiply_adds(Shape input) const { return checked_product(input.size(), patch_size()); }

  /// Without a stride every output sums over as many inputs as the kernel has pixels, all channels of a group each.
  void initialize(Shape input, auto&& parameters, const Initializer& initializer, Random& random) const {
    using T = typename std::remove_cvref_t<decltype(parameters)>::Scalar;
    const Index channels = input.channels, columns = patch_size();
    const Index fan_in = channels / settings().options.groups * settings().kernel.height * settings().kernel.width;
    initializer(MatrixView<T>(parameters.data(), channels, columns), fan_in, columns, random);
    initializer.set_biases(parameters.tail(parameters.size() - channels * columns), fan_in, random);
  }

  void forward(Shape input, const auto& parameters, const auto& x, auto&& y) const {
    using T = typename std::remove_cvref_t<decltype(x)>::Scalar;
    const Window window = window_over_output(input);
    const T* W = parameters.data();
    const T* b = settings().options.bias ? W + input.channels * patch_size() : nullptr;
    kernels::repeat(b, window.channels, y.size() / window.channels, y.data());
    if constexpr (std::is_floating_point_v<T>)
      kernels::add_convolution_input_gradient(window, settings().options.groups, W, input.channels, x.data(), x.cols(),
                                              y.data());
    else  // dual numbers: the definition
      for (Index sample = 0; sample < x.cols(); ++sample)
        add_by_definition(window, W, input.channels, x.data() + sample * x.rows(), y.data() + sample * y.rows());
  }

  /// dx = W (the patch of dy)
  void input_gradient(Shape input, const auto& values, auto& gradients) const {
    if (gradients.wanted == InputGradient::none) return;
    using T = ScalarOf<decltype(values)>;
    kernels::convolution(window_over_output(input), settings().options.groups, values.parameters.data(),
                         static_cast<const T*>(nullptr), input.channels, gradients.output.data(), values.input.cols(),
                         gradients.input.data());
  }

  /// dW = the sum of x p' over all patches p of dy, db = the sum of dy
  void add_parameter_gradient(Shape input, const auto& values, const auto& gradients, auto* target, auto scale,
                              Shard shard) const {
    const Index columns = patch_size(), filters = settings().filters;
    const auto* dy = gradients.output.data();
    kernels::subtract_convolution_gradient(window_over_output(input), settings().options.groups, target, input.channels,
                                           dy, values.input.data(), values.input.cols(), -scale, shard.first(columns),
                                           shard.last(columns));
    if (shard.is_last() && settings().options.bias)
      kernels::subtract_sum_of_columns(dy, filters, gradients.output.size() / filters, -scale,
                                       target + input.channels * columns);
  }

  static void for_each_option(auto& layer, auto option) {
    auto&& settings = layer.settings();
    option("filters", settings.filters);
    option("kernel_height", settings.kernel.height);
    option("kernel_width", settings.kernel.width);
    option("stride_height", settings.options.stride.height);
    option("stride_width", settings.options.stride.width);
    option("padding_height", settings.options.padding.height);
    option("padding_width", settings.options.padding.width);
    option("output_padding_height", settings.options.output_padding.height);
    option("output_padding_width", settings.options.output_padding.width);
    option("dilation_height", settings.options.dilation.height);
    option("dilation_width", settings.options.dilation.width);
    option("groups", settings.options.groups);
    option("bias", settings.options.bias);
  }

  constexpr bool operator==(const TransposedConvolutionLayer&) const = default;

 private:
  template <class V>
  using ScalarOf = typename std::remove_cvref_t<decltype(std::declval<V>().input)>::Scalar;

  constexpr TransposedConvolution settings() const { return static_cast<const Derived&>(*this).settings(); }
  // The columns of W.
  constexpr Index patch_size() const {
    const auto [filters, kernel, options, is_over_time] = settings();
    return checked_product(checked_product(kernel.height, kernel.width), filters / options.groups);
  }

  // The window of the convolution the other way, whose outputs are this layer's inputs.
  constexpr Window window_over_output(Shape input) const {
    const auto [filters, kernel, options, is_over_time] = settings();
    const std::string_view who = Derived::name();
    require_settings(input);
    const auto size = [&](Index inputs, Index length, Index stride, Index padding, Index more, Index dilation) {
      const Index reach = checked_sum(checked_product(inputs - 1, stride), checked_product(length - 1, dilation));
      const Index all = checked_sum(checked_sum(reach, 1), more), cut = checked_product(2, padding);
      if (all <= cut)
        throw shape_error(who, ": an input of ", input, " becomes ", all, " long, of which a padding of ", padding,
                          " cuts off ", cut, "; use less padding");
      return all - cut;
    };
    const auto& [stride, padding, more, dilation, groups, bias] = options;
    const Shape output(size(input.height, kernel.height, stride.height, padding.height, more.height, dilation.height),
                       size(input.width, kernel.width, stride.width, padding.width, more.width, dilation.width),
                       filters);
    static_cast<void>(output.size());  // throws where it cannot be counted
    const Padding around(padding.height, padding.width);
    Window window = nn::window_over(output, who, "kernel", kernel, stride, around, dilation);
    window.rows.output = input.height;
    window.columns.output = input.width;
    return window;
  }

  constexpr void require_settings(Shape input) const {
    const auto [filters, kernel, options, is_over_time] = settings();
    const std::string_view who = Derived::name();
    detail::require_at_least(who, kernel, 1, "the sides of the kernel");
    detail::require_at_least(who, options.stride, 1, "the stride");
    detail::require_at_least(who, options.dilation, 1, "the dilation");
    detail::require_at_least(who, options.padding, 0, "the padding");
    detail::require_at_least(who, options.output_padding, 0, "the output padding");
    if (options.output_padding.height >= std::max(options.stride.height, options.dilation.height) ||
        options.output_padding.width >= std::max(options.stride.width, options.dilation.width))
      throw shape_error(who, ": an output padding of ", options.output_padding, " is not less than the stride, ",
                        options.stride, ", or the dilation, ", options.dilation, "; give a smaller one");
    if (filters < 1) throw shape_error(who, ": needs at least 1 filter, got ", filters, "; give it more");
    if (options.groups < 1 || filters % options.groups != 0 || input.channels % options.groups != 0)
      throw shape_error(who, ": ", input.channels, " channels and ", filters, " filters do not make ", options.groups,
                        " equal groups; use a number of groups that divides both");
  }

  template <class T>
  void add_by_definition(const Window& window, const T* W, Index channels, const T* x, T* y) const {
    const Index groups = settings().options.groups, depth = window.channels / groups;
    for_each_position(window, [&](Index row, Index column, Index position) {
      for_each_pixel(window, row, column, [&](Index k, Index pixel) {
        for (Index j = 0; j < depth; ++j)
          for (Index i = 0; i < channels; ++i)
            y[pixel + i / (channels / groups) * depth + j] +=
                W[(k * depth + j) * channels + i] * x[position * channels + i];
      });
    });
  }
};

}  // namespace nn
