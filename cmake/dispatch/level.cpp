// SPDX-License-Identifier: MIT
// The kernels for one level: that of the flags this file is compiled with.
#include <nn/kernels/depthwise.hpp>
#include <nn/kernels/dispatch.hpp>
#include <nn/kernels/elementary_functions.hpp>
#include <nn/kernels/patch_input_gradient.hpp>
#include <nn/kernels/patch_weight_gradient.hpp>
#include <nn/kernels/product.hpp>
#include <nn/kernels/sparse_product.hpp>
#include <nn/optimizers/adam.hpp>
#include <nn/optimizers/adamw.hpp>

namespace nn::kernels {
inline namespace NN_LEVEL {

template <class Update, class T>
void update(Index count, const Update& update, T* w, const T* g, T* m, T* v) {
  update_packs<T>(count, update, w, g, m, v);
}

template <class T>
const LevelKernels<T>& compiled_kernels() {
  static constexpr LevelKernels<T> kernels{
      .add_product = add_product,
      .add_sparse_product = add_product,
      .input_gradient = input_gradient,
      .subtract_outer_product = subtract_outer_product,
      .descend = descend,
      .add_bias_gradient = add_bias_gradient,
      .convolution = convolution,
      .add_convolution_input_gradient = add_convolution_input_gradient,
      .subtract_convolution_gradient = subtract_convolution_gradient,
      .subtract_sum_of_columns = subtract_sum_of_columns,
      .add_depthwise = add_depthwise,
      .add_depthwise_input_gradient = add_depthwise_input_gradient,
      .subtract_depthwise_gradient = subtract_depthwise_gradient,
      .maximum = maximum,
      .exponentials = exponentials,
      .hyperbolic_tangents = hyperbolic_tangents,
      .sigmoids = sigmoids,
      .adam = update,
      .adamw = update,
  };
  return kernels;
}
template const LevelKernels<float>& compiled_kernels();
template const LevelKernels<double>& compiled_kernels();

}  // namespace NN_LEVEL
}  // namespace nn::kernels
