// SPDX-License-Identifier: MIT
// y(p) = W (the patch of x at p) + b: what convolutional layers of one and two dimensions share.
#pragma once

#include <algorithm>
#include <type_traits>

#include <nn/core/layer.hpp>
#include <nn/kernels/depthwise.hpp>
#include <nn/kernels/patch_input_gradient.hpp>
#include <nn/kernels/patch_weight_gradient.hpp>

namespace nn {

struct ConvOptions {
  Sides stride = 1;
  Padding padding = 0;  ///< on both sides; or same_padding
  Sides dilation = 1;   ///< from one pixel under the kernel to the next
  Index groups = 1;     ///< each of as many channels and filters, which see nothing of the others
  bool bias = true;
  constexpr bool operator==(const ConvOptions&) const = default;
};

/// What a convolutional layer is told.
struct Convolution {
  Index filters = 1;
  Sides kernel;
  ConvOptions options;
  bool is_over_time = false;
  bool is_causal = false;  ///< over time: all padding comes first, as much as the kernel is long
  constexpr bool operator==(const Convolution&) const = default;
};

/// That of a layer for 1 x time x channels.
constexpr Convolution over_time(Index filters, Index kernel, ConvOptions options) {
  options.stride.height = options.dilation.height = 1;
  options.padding = over_time(options.padding);
  return {.filters = filters, .kernel = {1, kernel}, .options = options, .is_over_time = true};
}

/// That of one that sees no later step.
constexpr Convolution causal(Index filters, Index kernel, ConvOptions options) {
  options.padding = 0;
  Convolution convolution = over_time(filters, kernel, options);
  convolution.is_causal = true;
  return convolution;
}

/// The steps before the first that a causal convolution sees.
constexpr Index causal_padding(Index kernel, Index dilation) {
  return checked_product(std::max<Index>(kernel - 1, 0), std::max<Index>(dilation, 0));
}

/// The dimensions of W in PyTorch and ONNX: filters x channels of a group x height x width, or x time.
constexpr Dimensions kernel_dimensions(const Convolution& convolution, Index channels) {
  const auto& [filters, kernel, options, is_over_time, is_causal] = convolution;
  const Dimension outputs{.size = filters};
  const Dimension inputs{.size = channels, .stride = filters, .is_input = options.groups == 1};
  const Dimension columns{.size = kernel.width, .stride = checked_product(filters, channels)};
  if (is_over_time) return {outputs, inputs, columns};
  return {outputs, inputs, {.size = kernel.height, .stride = checked_product(columns.stride, kernel.width)}, columns};
}

/// The base of a convolutional layer, which gives `settings()`, a Convolution, by reference where it can change.
/// Cross-correlation, as everywhere in the field. W is filters x (kernel height * kernel width * channels of a group),
/// the patch row by row, pixel by pixel, channel by channel; b has one number per filter.
template <class Derived>
struct ConvolutionLayer {
  constexpr Shape output_shape(Shape input) const {
    const Window window = window_over(input);
    return {window.rows.output, window.columns.output, settings().filters};
  }

  constexpr void tensors(Shape input, auto tensor) const {
    tensor({"weight", settings().filters, patch_size(input), Role::weight,
            kernel_dimensions(settings(), input.channels / settings().options.groups)});
    if (settings().options.bias) tensor({"bias", settings().filters, 1, Role::bias});
  }

  /// Every output sums one patch; every input feeds as many outputs as there are weights for it.
  void initialize(Shape input, auto&& parameters, const Initializer& initializer, Random& random) const {
    using T = typename std::remove_cvref_t<decltype(parameters)>::Scalar;
    const Index filters = settings().filters, columns = patch_size(input);
    const Index fan_out = filters / settings().options.groups * settings().kernel.height * settings().kernel.width;
    initializer(MatrixView<T>(parameters.data(), filters, columns), columns, fan_out, random);
    initializer.set_biases(parameters.tail(parameters.size() - filters * columns), columns, random);
  }

  /// The inputs of the steps before that a causal kernel sees: those of a dilation of d take turns, d steps apart, so
  /// that each has its own as neighbours, the newest last.
  constexpr Streaming streaming(Shape step) const {
    const auto [filters, kernel, options, is_over_time, is_causal] = settings();
    if (options.stride != Sides(1)) return {};
    if (kernel == Sides(1))
      return options.padding == Padding(0) || options.padding.is_same ? each_step_alone : Streaming{};
    if (!is_causal) return {};
    return {StepOutput::each, checked_product(checked_product(kernel.width, options.dilation.width), step.channels)};
  }

  void forward(Shape input, const auto& parameters, const auto& x, auto&& y) const {
    convolve(window_over(input), parameters.data(), x.data(), x.cols(), y.data());
  }
  template <class T>
  void forward(Shape input, const auto& parameters, const auto& x, auto&& y, const Inference<T>& mode) const {
    if (mode.carried.numbers == nullptr) return forward(input, parameters, x, y);
    const Index kernel = settings().kernel.width, dilation = settings().options.dilation.width, size = input.channels;
    T* seen = mode.carried.numbers + mode.carried.steps_before % dilation * kernel * size;
    std::copy(seen + size, seen + kernel * size, seen);
    std::copy_n(x.data(), size, seen + (kernel - 1) * size);
    const Index missing = std::max<Index>(kernel - 1 - mode.carried.steps_before / dilation, 0);
    Window window = window_over(input);
    window.columns = {.input = kernel - missing, .kernel = kernel, .before = missing};
    convolve(window, parameters.data(), static_cast<const T*>(seen + missing * size), 1, y.data());
  }

  /// dx = W' dy where the patches lie
  void input_gradient(Shape input, const auto& values, auto& gradients) const {
    if (gradients.wanted == InputGradient::none) return;
    std::fill_n(gradients.input.data(), gradients.input.size(), ScalarOf<decltype(values)>(0));
    const Window window = window_over(input);
    const auto* W = values.parameters.data();
    const auto* dy = gradients.output.data();
    auto* dx = gradients.input.data();
    if (is_depthwise(window))
      kernels::add_depthwise_input_gradient(window, W, dy, values.input.cols(), dx);
    else
      kernels::add_convolution_input_gradient(window, settings().options.groups, W, settings().filters, dy,
                                              values.input.cols(), dx);
  }

  /// dW = the sum of dy p' over all patches p, db = the sum of dy
  void add_parameter_gradient(Shape input, const auto& values, const auto& gradients, auto* target, auto scale,
                              Shard shard) const {
    const Index filters = settings().filters, columns = patch_size(input);
    const Index first = shard.first(columns), last = shard.last(columns);
    const auto* dy = gradients.output.data();
    const auto* x = values.input.data();
    const Window window = window_over(input);
    if (is_depthwise(window))
      kernels::subtract_depthwise_gradient(window, target, x, dy, values.input.cols(), -scale, first, last);
    else
      kernels::subtract_convolution_gradient(window, settings().options.groups, target, filters, x, dy,
                                             values.input.cols(), -scale, first, last);
    if (shard.is_last() && settings().options.bias)
      kernels::subtract_sum_of_columns(dy, filters, gradients.output.size() / filters, -scale,
                                       target + filters * columns);
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
    option("same_padding", settings.options.padding.is_same);
    option("dilation_height", settings.options.dilation.height);
    option("dilation_width", settings.options.dilation.width);
    option("groups", settings.options.groups);
    option("bias", settings.options.bias);
  }

  constexpr bool operator==(const ConvolutionLayer&) const = default;

 private:
  template <class V>
  using ScalarOf = typename std::remove_cvref_t<decltype(std::declval<V>().input)>::Scalar;

  constexpr Convolution settings() const { return static_cast<const Derived&>(*this).settings(); }
  // The columns of W.
  constexpr Index patch_size(Shape input) const {
    const auto [filters, kernel, options, is_over_time, is_causal] = settings();
    return checked_product(checked_product(kernel.height, kernel.width), input.channels / options.groups);
  }

  constexpr Window window_over(Shape input) const {
    const auto [filters, kernel, options, is_over_time, is_causal] = settings();
    const std::string_view who = Derived::name();
    if (filters < 1) throw shape_error(who, ": needs at least 1 filter, got ", filters, "; give it more");
    if (options.groups < 1 || filters % options.groups != 0 || input.channels % options.groups != 0)
      throw shape_error(who, ": ", input.channels, " channels and ", filters, " filters do not make ", options.groups,
                        " equal groups; use a number of groups that divides both");
    if (!is_causal)
      return nn::window_over(input, who, "kernel", kernel, options.stride, options.padding, options.dilation);
    const Padding before(0, causal_padding(kernel.width, options.dilation.width));
    Window window = nn::window_over(input, who, "kernel", kernel, options.stride, before, options.dilation);
    window.columns.output = (input.width - 1) / window.columns.stride + 1;  // as many as without the padding behind
    return window;
  }

  template <class T>
  void convolve(const Window& window, const T* W, const T* x, Index samples, T* y) const {
    const auto& [filters, kernel, options, is_over_time, is_causal] = settings();
    const Index columns = window.rows.kernel * window.columns.kernel * (window.channels / options.groups);
    const T* b = options.bias ? W + filters * columns : nullptr;
    if constexpr (!std::is_floating_point_v<T>) {  // dual numbers: the definition
      kernels::repeat(b, filters, window.positions() * samples, y);
      for (Index sample = 0; sample < samples; ++sample)
        add_by_definition(window, W, x + sample * window.input_size(), y + sample * window.positions() * filters);
    } else if (is_depthwise(window)) {
      kernels::repeat(b, filters, window.positions() * samples, y);
      kernels::add_depthwise(window, W, x, samples, y);
    } else {
      kernels::convolution(window, options.groups, W, b, filters, x, samples, y);
    }
  }

  // Every channel alone, with a filter of its own.
  constexpr bool is_depthwise(const Window& window) const {
    return settings().options.groups == window.channels && settings().filters == window.channels;
  }

  template <class T>
  void add_by_definition(const Window& window, const T* W, const T* x, T* y) const {
    const Index filters = settings().filters, groups = settings().options.groups;
    const Index channels = window.channels / groups;
    for_each_position(window, [&](Index row, Index column, Index position) {
      for_each_pixel(window, row, column, [&](Index k, Index pixel) {
        for (Index j = 0; j < channels; ++j)
          for (Index i = 0; i < filters; ++i)
            y[position * filters + i] +=
                W[(k * channels + j) * filters + i] * x[pixel + i / (filters / groups) * channels + j];
      });
    });
  }
};

}  // namespace nn
