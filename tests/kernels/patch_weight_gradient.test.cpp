// SPDX-License-Identifier: MIT
// That the gradient is right is checked with the products, in patches.test.cpp.
#include <nn/kernels/patch_weight_gradient.hpp>

#include "../catch.hpp"
#include "../numbers.hpp"

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
    const nn::Matrix<TestType> dy =
        (test::drawn<TestType>(window.positions() * filters, samples, 2).array() - TestType(0.5)).max(TestType(0));
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

TEMPLATE_TEST_CASE("the columns' sum is subtracted", "", float, double) {
  const nn::Matrix<TestType> columns = test::drawn<TestType>(19, 5, 1);
  nn::Vector<TestType> b = nn::Vector<TestType>::Ones(19);
  nn::kernels::subtract_sum_of_columns(columns.data(), 19, 5, TestType(0.5), b.data());
  CHECK((b.array() - (1 - columns.rowwise().sum().array() / 2)).abs().maxCoeff() < 1e-6);
}
