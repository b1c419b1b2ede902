// SPDX-License-Identifier: MIT
#include <nn/core/rounding.hpp>

#include <cmath>

#include <nn/kernels/registers.hpp>

#include "../catch.hpp"

// Chosen so that a result rounded to 64 bits first, as x87 does, is another double; computed in exact fractions.
TEST_CASE("rounded sums, products, quotients and roots are rounded once, to a double") {
  CHECK(nn::rounded_sum(0x1.7792f9c021cb8p+0, 0x1.adf21083c2801p-12) == 0x1.77add8e12a07bp+0);
  CHECK(nn::rounded_sum(0x1.4ca3c6d53fba1p+0, 0x1.98b3680cf7801p-12) == 0x1.4cbd520bc0899p+0);
  CHECK(nn::rounded_product(0x1.4dcfc135bf67bp+0, 0x1.7436da6419a11p+0) == 0x1.e5596b5a4c939p+0);
  CHECK(nn::rounded_product(0x1.199b56e313839p+0, 0x1.af3f9782085fap+0) == 0x1.da627b2c5a147p+0);
  CHECK(nn::rounded_quotient(0x1.b8f98ccc60f24p+0, 0x1.f74c800c08146p+0) == 0x1.c09937565623fp-1);
  CHECK(nn::rounded_quotient(0x1.040ddc7fa3dfep+0, 0x1.8a2e9c10b09bbp+0) == 0x1.51c8444817287p-1);
  CHECK(nn::rounded_root(0x1.325dc4eaa38b5p+0) == 0x1.180d9b8454dbfp+0);
  CHECK(nn::rounded_root(0x1.9ed516112586ep+0) == 0x1.45e1027acbdfdp+0);
}

TEST_CASE("a rounded product is not fused with a sum") {
  const double third = 1.0 / 3, product = nn::rounded_product(third, 3.0);
  CHECK(product - 1 == 0);  // fused it would be -2^-54
  CHECK(nn::rounded_sum(0x1p53, nn::rounded_product(0.5, 1.0)) == 0x1p53);
}

TEMPLATE_TEST_CASE("what is hidden is a number of its type, alone and in a register", "", float, double) {
  const TestType large = sizeof(TestType) == 4 ? TestType(0x1.8p23) : TestType(0x1.8p52);
  TestType sum = TestType(0.3) + large, kept = sum;
  nn::hide_origin(sum);
  CHECK(sum - large == 0);
  nn::keep_order(kept);
  CHECK(kept - large == 0);
  using Register = typename nn::kernels::Pack<TestType, nn::kernels::lanes<TestType>>::type;
  Register sums = Register{} + TestType(0.7) + large;
  nn::hide_origin(sums);
  for (nn::Index i = 0; i < nn::kernels::lanes<TestType>; ++i) CHECK(TestType((sums - large)[i]) == 1);
}
