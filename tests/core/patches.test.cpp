// SPDX-License-Identifier: MIT
// The products with patches against their definition in dual numbers, for every way in which patches are read: in the
// image, from copied blocks, and one pixel of the window after the other.
#include <nn/core/patches.hpp>

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
  const nn::Index outputs = layer.output_shape(shape).size(), count = layer.parameter_count(shape);
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
  layer.backward(shape, values, gradients);

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
    check<TestType>({120, 1}, {4, 4, 130}, 2, is_sparse);  // several blocks of terms
    check<TestType>({2, {1, 2}, {}}, {150, 70, 1}, 1,
                    is_sparse);  // more patches than a list holds, and rows than a strip
  }
}

TEMPLATE_TEST_CASE("the gradient of W has the same bits with and without looking for zeros, in one part or in several",
                   "", float, double) {
  struct Case {
    nn::Index filters, channels, padding, groups;
  };
  for (const auto [filters, channels, padding, groups] : {Case{6, 1, 2, 1}, Case{16, 6, 0, 1}, Case{40, 20, 1, 2}}) {
    CAPTURE(filters, channels);
    const nn::Window window = nn::window_over({12, 11, channels}, "test", "kernel", 5, 1, padding, 1);
    constexpr nn::Index samples = 4;
    const nn::Index columns = 25 * channels / groups;
    const nn::Matrix<TestType> x = test::drawn<TestType>(window.input_size(), samples, 1);
    const nn::Matrix<TestType> dy = sparse<TestType>(window.positions() * filters, samples, 2);
    const nn::Matrix<TestType> W = test::drawn<TestType>(filters, columns, 3);
    nn::Matrix<TestType> one = W, other = W, parts = W;
    const TestType factor(0.5);
    nn::kernels::subtract_dense_gradient(window, groups, one.data(), filters, x.data(), dy.data(), samples, factor,
                                         nn::Index(0), columns);
    nn::kernels::subtract_sparse_gradient(window, groups, other.data(), filters, x.data(), dy.data(), samples, factor,
                                          nn::Index(0), columns);
    for (nn::Index part = 0; part < 3; ++part)
      nn::kernels::subtract_sparse_gradient(window, groups, parts.data(), filters, x.data(), dy.data(), samples, factor,
                                            columns * part / 3, columns * (part + 1) / 3);
    CHECK((one - W).cwiseAbs().maxCoeff() > 1);
    CHECK(test::have_same_bits(one, other));
    CHECK(test::have_same_bits(one, parts));
  }
}

TEMPLATE_TEST_CASE("the first numbers of a register are loaded and stored, and no others", "", float, double) {
  using P = typename nn::kernels::Pack<TestType, 8>::type;
  const nn::Vector<TestType> from{{1, 2, 3, 4, 5, 6, 7, 8}};
  for (nn::Index count = 0; count <= 8; ++count) {
    nn::Vector<TestType> to = nn::Vector<TestType>::Constant(8, 77), expected = to;
    expected.head(count) = from.head(count);
    P pack{};
    nn::kernels::load_first<8, TestType>(pack, from.data(), count);
    for (nn::Index i = 0; i < 8; ++i) CHECK(pack[i] == (i < count ? from[i] : 0));
    nn::kernels::store_first<8, TestType>(pack, to.data(), count);
    CHECK(to == expected);
  }
}

TEMPLATE_TEST_CASE("the columns' sum is subtracted", "", float, double) {
  const nn::Matrix<TestType> columns = test::drawn<TestType>(19, 5, 1);
  nn::Vector<TestType> b = nn::Vector<TestType>::Ones(19);
  nn::kernels::subtract_sum_of_columns(columns.data(), 19, 5, TestType(0.5), b.data());
  CHECK((b.array() - (1 - columns.rowwise().sum().array() / 2)).abs().maxCoeff() < 1e-6);
}

TEMPLATE_TEST_CASE("every number that is not zero has a bit", "", float, double) {
  for (const nn::Index size : {1, 7, 16, 17, 64}) {
    nn::Vector<TestType> x = nn::Vector<TestType>::Zero(size + 1);
    x[size] = 7;  // behind the last
    CHECK(nn::kernels::nonzero_bits(x.data(), size) == 0);
    for (nn::Index i = 0; i < size; ++i) {
      CAPTURE(size, i);
      x[i] = i % 2 == 0 ? TestType(-1) : test::not_a_number<TestType>;
      CHECK(nn::kernels::nonzero_bits(x.data(), size) == std::uint64_t(1) << i);
      x[i] = 0;
    }
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
      const nn::Vector<TestType> parameters = test::drawn<TestType>(layer.parameter_count(shape), 1, 3);
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
