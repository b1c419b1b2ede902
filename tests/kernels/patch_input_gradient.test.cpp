// SPDX-License-Identifier: MIT
// Every number by the definition; patches.test.cpp checks many more windows by one sum.
#include <nn/kernels/patch_input_gradient.hpp>

#include "../catch.hpp"
#include "../numbers.hpp"

namespace {

// dx += W' dy: each position gives the pixels under its window their share.
template <class T>
nn::Matrix<T> by_definition(const nn::Window& window, nn::Index groups, const nn::Matrix<T>& W, const nn::Matrix<T>& dy,
                            nn::Matrix<T> dx) {
  const nn::Index filters = W.rows(), channels = window.channels / groups, columns = window.columns.input;
  for (nn::Index sample = 0; sample < dy.cols(); ++sample)
    nn::for_each_position(window, [&](nn::Index row, nn::Index column, nn::Index position) {
      for (nn::Index r = 0; r < window.rows.kernel; ++r)
        for (nn::Index c = 0; c < window.columns.kernel; ++c) {
          const nn::Index y = window.rows.first(row) + r * window.rows.dilation;
          const nn::Index x = window.columns.first(column) + c * window.columns.dilation;
          if (y < 0 || y >= window.rows.input || x < 0 || x >= columns) continue;
          for (nn::Index filter = 0; filter < filters; ++filter)
            for (nn::Index channel = 0; channel < channels; ++channel)
              dx((y * columns + x) * window.channels + filter / (filters / groups) * channels + channel, sample) +=
                  W(filter, (r * window.columns.kernel + c) * channels + channel) *
                  dy(position * filters + filter, sample);
        }
    });
  return dx;
}

}  // namespace

TEMPLATE_TEST_CASE("the gradient of the input is that of the definition, dense or mostly zero", "", float, double) {
  struct Case {
    nn::Index filters, channels, groups;
    nn::Sides kernel, stride;
    nn::Padding padding;
    nn::Sides dilation;
  };
  const auto [filters, channels, groups, kernel, stride, padding, dilation] =
      GENERATE(Case{3, 1, 1, 1, 1, 0, 1}, Case{6, 2, 1, 5, 1, 2, 1}, Case{20, 7, 1, 3, 2, 1, 1},
               Case{8, 4, 2, {2, 3}, {2, 1}, {0, 2}, {2, 1}}, Case{40, 33, 1, {3, 9}, 1, 0, 1},
               Case{270, 72, 2, {3, 2}, {1, 2}, {2, 1}, {2, 1}});
  const nn::Window window = nn::window_over({11, 12, channels}, "test", "kernel", kernel, stride, padding, dilation);
  constexpr nn::Index samples = 2;
  const nn::Matrix<TestType> W = test::drawn<TestType>(filters, kernel.height * kernel.width * channels / groups, 1);
  const nn::Matrix<TestType> all = test::drawn<TestType>(window.positions() * filters, samples, 2);
  const nn::Matrix<TestType> few = (all.array() - TestType(0.75)).max(TestType(0));
  const nn::Matrix<TestType> before = test::drawn<TestType>(window.input_size(), samples, 3);
  nn::Matrix<TestType> mixed = few;  // the first sample says how many zeros there may be
  mixed.col(1) = all.col(1);
  for (const nn::Matrix<TestType>& dy : {all, few, mixed}) {
    CAPTURE(filters, channels, groups, kernel, stride, dilation);
    nn::Matrix<TestType> dx = before;
    nn::kernels::add_convolution_input_gradient(window, groups, W.data(), filters, dy.data(), samples, dx.data());
    const nn::Matrix<TestType> expected = by_definition(window, groups, W, dy, before);
    CHECK((dx - expected).cwiseAbs().maxCoeff() < (sizeof(TestType) == 8 ? 1e-12 : 1e-4));
  }
}

TEST_CASE("with many channels zeros in the gradient of the output change no bit, and neither do samples beside") {
  constexpr nn::Index filters = 70, channels = 90, samples = 3;
  const nn::Window window = nn::window_over({5, 6, channels}, "test", "kernel", 3, 1, 1, 1);
  const nn::Matrix<float> W = test::drawn<float>(filters, 9 * channels, 1);
  nn::Matrix<float> dy = test::drawn<float>(window.positions() * filters, samples, 2);
  dy.rightCols(samples - 1) = (dy.rightCols(samples - 1).array() - 0.75f).max(0.0f);
  nn::Matrix<float> together = nn::Matrix<float>::Zero(window.input_size(), samples), alone = together;
  nn::kernels::add_convolution_input_gradient(window, 1, W.data(), filters, dy.data(), samples, together.data());
  for (nn::Index sample = 0; sample < samples; ++sample)
    nn::kernels::add_convolution_input_gradient(window, 1, W.data(), filters, dy.col(sample).data(), 1,
                                                alone.col(sample).data());
  CHECK(alone == together);
}
