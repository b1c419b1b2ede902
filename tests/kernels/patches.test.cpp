// SPDX-License-Identifier: MIT
// The products with patches against their definition in dual numbers, for every way in which patches are read: in the
// image, from copied blocks, and one pixel of the window after the other.
#include <nn/kernels/patches.hpp>

#include <nn/core/dual.hpp>
#include <nn/layers/conv2d.hpp>

#include "../catch.hpp"
#include "../numbers.hpp"

namespace {

// As behind a max pool: three quarters are zero.
template <class T>
nn::Matrix<T> sparse(nn::Index rows, nn::Index columns, std::uint64_t seed) {
  return (test::drawn<T>(rows, columns, seed).array() - T(0.5)).max(T(0));
}

// dW . v = the derivative of dy . y in the direction v of the parameters, and so for dx: one number checks them all.
template <class T>
void check(const nn::Conv2D<>& layer, nn::Shape shape, nn::Index samples, bool is_sparse) {
  CAPTURE(nn::to_string(shape), sizeof(T), is_sparse);
  using Dual = nn::Dual<double>;
  const double tolerance = sizeof(T) == 8 ? 1e-12 : 1e-4;
  const nn::Index outputs = layer.output_shape(shape).size(), count = nn::parameter_count(layer, shape);
  const nn::Matrix<T> x = test::drawn<T>(shape.size(), samples, 1);
  const nn::Matrix<T> dy = is_sparse ? sparse<T>(outputs, samples, 2) : test::drawn<T>(outputs, samples, 2);
  const nn::Vector<T> parameters = test::drawn<T>(count, 1, 3);
  const nn::Matrix<double> x_step = test::drawn<double>(shape.size(), samples, 4);
  const nn::Vector<double> step = test::drawn<double>(count, 1, 5);

  nn::Matrix<T> y(outputs, samples), dx(shape.size(), samples);
  nn::Vector<T> gradient = nn::Vector<T>::Zero(count);
  const nn::ConstVectorView<T> parameter_view(parameters.data(), count);
  const nn::ConstMatrixView<T> inputs(x.data(), x.rows(), x.cols());
  layer.forward(shape, parameter_view, inputs, y);
  const nn::Values values{parameter_view, inputs, nn::ConstMatrixView<T>(y.data(), y.rows(), y.cols())};
  nn::Gradients gradients{nn::VectorView<T>(gradient.data(), count), nn::MatrixView<T>(dx.data(), dx.rows(), dx.cols()),
                          nn::ConstMatrixView<T>(dy.data(), dy.rows(), dy.cols()), nn::InputGradient::all};
  nn::backward(layer, shape, values, gradients, nn::Training<T>{});

  nn::Matrix<Dual> dual_x(shape.size(), samples), dual_y(outputs, samples);
  nn::Vector<Dual> dual_parameters(count);
  for (nn::Index i = 0; i < x.size(); ++i) dual_x.data()[i] = {double(x.data()[i]), x_step.data()[i]};
  for (nn::Index i = 0; i < count; ++i) dual_parameters[i] = {double(parameters[i]), step[i]};
  layer.forward(shape, dual_parameters, dual_x, dual_y);
  double derivative = 0, worst = 0;
  for (nn::Index i = 0; i < y.size(); ++i) {
    worst = std::max(worst, std::abs(double(y.data()[i]) - dual_y.data()[i].value));
    derivative += double(dy.data()[i]) * dual_y.data()[i].derivative;
  }
  CHECK(worst < tolerance * 10);
  const double ours =
      gradient.template cast<double>().dot(step) + dx.template cast<double>().cwiseProduct(x_step).sum();
  CHECK(std::abs(ours - derivative) < tolerance * (100 + std::abs(derivative)));
}

}  // namespace

TEMPLATE_TEST_CASE("products with patches are right however the patches are read", "", float, double) {
  for (const bool is_sparse : {false, true}) {
    check<TestType>({7, 3}, {9, 8, 5}, 2, is_sparse);
    check<TestType>({6, 5, {.padding = 2}}, {28, 28, 1}, 3, is_sparse);  // LeNet-5
    check<TestType>({16, 5}, {14, 14, 6}, 3, is_sparse);
    check<TestType>({3, 3, {.stride = {2, 1}, .dilation = {1, 2}}}, {9, 8, 5}, 2, is_sparse);
    check<TestType>({3, 3, {.stride = 2, .dilation = {2, 1}}}, {11, 9, 3}, 2, is_sparse);
    check<TestType>({70, 2, {.groups = 2}}, {3, 4, 6}, 2, is_sparse);                      // two tiles of rows
    check<TestType>({7, 3, {.padding = 1}}, {9, 8, 15}, 2, is_sparse);                     // copied at once
    check<TestType>({3, 3, {.padding = 1}}, {60, 9, 40}, 1, is_sparse);                    // in blocks of rows
    check<TestType>({3, 3, {.stride = 2, .padding = {2, 1}}}, {7, 61, 60}, 1, is_sparse);  // and of columns
    check<TestType>({3, 3, {.padding = 1}}, {3, 4, 1000}, 1, is_sparse);                   // one pixel after the other
    check<TestType>({4, 3, {.stride = 2, .padding = 3, .dilation = 2, .groups = 2}}, {5, 6, 700}, 2, is_sparse);
    check<TestType>({120, 1}, {4, 4, 130}, 2, is_sparse);                // several blocks of terms
    check<TestType>({80, 3, {.padding = 1}}, {6, 5, 64}, 3, is_sparse);  // many channels
    check<TestType>({64, 5, {.stride = 2, .padding = 2}}, {7, 9, 136}, 2, is_sparse);
    check<TestType>({98, 3, {.padding = 2, .dilation = 2, .groups = 2}}, {6, 5, 96}, 2, is_sparse);
    check<TestType>({2, {1, 2}, {}}, {150, 70, 1}, 1,
                    is_sparse);  // more patches than a list holds, and rows than a strip
  }
}

TEMPLATE_TEST_CASE("an image with blank margins comes out as by the definition", "", float, double) {
  for (const nn::Index stride : {1, 2, 3})
    for (const nn::Index padding : {0, 2}) {
      const nn::Conv2D layer{3, 3, {.stride = stride, .padding = padding}};
      const nn::Shape shape(9, 11, 2);
      nn::Matrix<TestType> x = nn::Matrix<TestType>::Zero(shape.size(), 4), y(layer.output_shape(shape).size(), 4);
      for (nn::Index sample = 0; sample < 3; ++sample)  // the last is all blank
        for (nn::Index row = 3; row < 5; ++row)
          for (nn::Index i = 0; i < 3; ++i) x((row * 11 + 2 * sample + i) * 2 + 1, sample) = TestType(i + row + 1);
      const nn::Vector<TestType> parameters = test::drawn<TestType>(nn::parameter_count(layer, shape), 1, 3);
      layer.forward(shape, parameters, x, y);
      nn::Matrix<nn::Dual<double>> dual_y(y.rows(), 4);
      layer.forward(shape,
                    nn::Vector<nn::Dual<double>>(parameters.template cast<double>().template cast<nn::Dual<double>>()),
                    nn::Matrix<nn::Dual<double>>(x.template cast<double>().template cast<nn::Dual<double>>()), dual_y);
      double worst = 0;
      for (nn::Index i = 0; i < y.size(); ++i)
        worst = std::max(worst, std::abs(double(y.data()[i]) - dual_y.data()[i].value));
      CHECK(worst < 1e-5);
    }
}
