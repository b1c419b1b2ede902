// SPDX-License-Identifier: MIT
#include <nn/kernels/part_of_register.hpp>

#include "../catch.hpp"
#include "../numbers.hpp"

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
