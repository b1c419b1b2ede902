// SPDX-License-Identifier: MIT
// Against the general convolution with as many groups as channels.
#include <nn/kernels/depthwise.hpp>
#include <nn/kernels/patch_input_gradient.hpp>
#include <nn/kernels/patch_weight_gradient.hpp>

#include <vector>

#include "../catch.hpp"
#include "../numbers.hpp"

TEMPLATE_TEST_CASE("a depthwise convolution is a convolution with a group for each channel", "", float, double) {
  using nn::Index;
  const double tolerance = sizeof(TestType) == 8 ? 1e-12 : 1e-4;
  struct Case {
    nn::Sides kernel, stride;
    nn::Padding padding;
    nn::Sides dilation;
  };
  // Several positions at once and what is left of a row, with the whole window inside and not; more pixels of the
  // kernel than sums are kept of at once; a padding wider than the kernel.
  const std::vector<Case> cases{{3, 1, 1, 1},      {3, {1, 2}, 4, {1, 2}}, {{9, 8}, {1, 2}, 4, {1, 2}},
                                {5, 1, 0, {2, 1}}, {{2, 7}, 2, {1, 3}, 1}, {1, 1, 2, 1}};
  for (const Index channels : {1, 3, 16, 37})
    for (const auto& [kernel, stride, padding, dilation] : cases) {
      CAPTURE(channels, kernel.height, kernel.width, stride.width);
      const nn::Window window =
          nn::window_over({10, 18, channels}, "Test", "kernel", kernel, stride, padding, dilation);
      const Index samples = 2, pixels = kernel.height * kernel.width;
      const auto x = test::drawn<TestType>(window.input_size(), samples, 1);
      const auto dy = test::drawn<TestType>(window.positions() * channels, samples, 2);
      const auto W = test::drawn<TestType>(channels, pixels, 3);
      nn::Matrix<TestType> y = nn::Matrix<TestType>::Zero(dy.rows(), samples), expected_y = dy, dx = x, expected_dx = x,
                           w = W, expected_w = W;
      nn::kernels::add_depthwise(window, W.data(), x.data(), samples, y.data());
      nn::kernels::convolution<TestType>(window, channels, W.data(), nullptr, channels, x.data(), samples,
                                         expected_y.data());
      CHECK((y - expected_y).cwiseAbs().maxCoeff() < tolerance);
      nn::kernels::add_depthwise_input_gradient(window, W.data(), dy.data(), samples, dx.data());
      nn::kernels::add_convolution_input_gradient(window, channels, W.data(), channels, dy.data(), samples,
                                                  expected_dx.data());
      CHECK((dx - expected_dx).cwiseAbs().maxCoeff() < tolerance);
      const TestType factor = TestType(0.5);
      nn::kernels::subtract_depthwise_gradient(window, w.data(), x.data(), dy.data(), samples, factor, Index(1),
                                               pixels);
      nn::kernels::subtract_convolution_gradient(window, channels, expected_w.data(), channels, x.data(), dy.data(),
                                                 samples, factor, Index(1), pixels);
      CHECK((w - expected_w).cwiseAbs().maxCoeff() < tolerance);
      CHECK(test::have_same_bits(w.col(0), W.col(0)));  // not among those asked for
      if (pixels > 1) CHECK((w.col(pixels / 2) - W.col(pixels / 2)).cwiseAbs().maxCoeff() > 0.01);
    }
}
