// SPDX-License-Identifier: MIT
#include <nn/kernels/registers.hpp>

#include <cmath>

#include "../catch.hpp"
#include "../numbers.hpp"

namespace {

template <nn::Index Lanes, class T>
void check_lanes() {
  CAPTURE(Lanes, sizeof(T));
  using P = typename nn::kernels::Pack<T, Lanes>::type;
  const nn::Vector<T> a = test::drawn<T>(Lanes, 1, 1), start = test::drawn<T>(Lanes, 1, 2);
  const T b = T(1) / 3;
  P pack, sum;
  nn::kernels::load(pack, a.data());
  nn::kernels::load(sum, start.data());
  nn::kernels::multiply_add(sum, pack, b);
  nn::Vector<T> result(Lanes);
  nn::kernels::store(sum, result.data());
  T single = start[0];
  nn::kernels::multiply_add(single, a[0], b);
  CHECK(single == result[0]);
  for (nn::Index i = 0; i < Lanes; ++i) {
#ifdef __FMA__
    CHECK(result[i] == std::fma(a[i], b, start[i]));
#else
    CHECK(std::abs(result[i] - (start[i] + a[i] * b)) < 1e-6);
#endif
  }
  CHECK(std::abs(nn::kernels::sum_of_lanes<Lanes, T>(pack) - a.sum()) < 1e-5);
}

}  // namespace

TEMPLATE_TEST_CASE("packs are loaded, multiplied, added, summed and stored, whatever their width", "", float, double) {
  check_lanes<2, TestType>();
  check_lanes<4, TestType>();
  check_lanes<8, TestType>();
  if constexpr (sizeof(TestType) == 4) check_lanes<16, TestType>();
}

TEST_CASE("the lanes are added pairwise, and four registers side by side in the same order") {
  using P = nn::kernels::Pack<float, 16>::type;
  const nn::Matrix<float> numbers = test::drawn<float>(16, 4, 3);
  std::array<P, 4> packs;
  std::array<float, 4> sums{};
  for (nn::Index c = 0; c < 4; ++c) nn::kernels::load(packs[static_cast<std::size_t>(c)], numbers.col(c).data());
  nn::kernels::sums_of_lanes<16>(packs, sums);
  for (nn::Index c = 0; c < 4; ++c) {
    nn::Vector<float> left = numbers.col(c);
    for (nn::Index half = 8; half > 0; half /= 2)
      for (nn::Index i = 0; i < half; ++i) left[i] += left[i + half];
    CHECK(sums[static_cast<std::size_t>(c)] == left[0]);
    CHECK((nn::kernels::sum_of_lanes<16, float>(packs[static_cast<std::size_t>(c)])) == left[0]);
  }
}
