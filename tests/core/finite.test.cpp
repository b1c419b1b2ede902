// SPDX-License-Identifier: MIT
#include <nn/core/finite.hpp>

#include <array>
#include <cstddef>
#include <limits>

#include "../catch.hpp"

TEMPLATE_TEST_CASE("is_finite tells numbers from NaN and infinities", "", float, double) {
  using Limits = std::numeric_limits<TestType>;
  CHECK(nn::is_finite(TestType(0)));
  CHECK(nn::is_finite(TestType(-0.0)));
  CHECK(nn::is_finite(Limits::max()));
  CHECK(nn::is_finite(Limits::lowest()));
  CHECK(nn::is_finite(Limits::min()));
  CHECK(nn::is_finite(Limits::denorm_min()));
  CHECK_FALSE(nn::is_finite(Limits::infinity()));
  CHECK_FALSE(nn::is_finite(-Limits::infinity()));
  CHECK_FALSE(nn::is_finite(Limits::quiet_NaN()));
  CHECK_FALSE(nn::is_finite(-Limits::quiet_NaN()));
  CHECK_FALSE(nn::is_finite(Limits::signaling_NaN()));
  static_assert(nn::is_finite(Limits::max()));
  static_assert(!nn::is_finite(Limits::infinity()));
}

TEST_CASE("is_nan tells NaN from numbers and infinities") {
  using Limits = std::numeric_limits<double>;
  CHECK(nn::is_nan(Limits::quiet_NaN()));
  CHECK(nn::is_nan(-Limits::quiet_NaN()));
  CHECK(nn::is_nan(Limits::signaling_NaN()));
  CHECK_FALSE(nn::is_nan(Limits::infinity()));
  CHECK_FALSE(nn::is_nan(-Limits::infinity()));
  CHECK_FALSE(nn::is_nan(Limits::max()));
  CHECK_FALSE(nn::is_nan(0));
  static_assert(nn::is_nan(Limits::quiet_NaN()));
}

TEMPLATE_TEST_CASE("first_not_finite gives the position, or the count", "", float, double) {
  constexpr std::ptrdiff_t count = 37;
  std::array<TestType, count> numbers{};
  CHECK(nn::first_not_finite(numbers.data(), count) == count);
  CHECK(nn::first_not_finite(numbers.data(), 0) == 0);
  for (std::ptrdiff_t i = 0; i < count; ++i) {
    auto damaged = numbers;
    damaged[static_cast<std::size_t>(i)] = std::numeric_limits<TestType>::quiet_NaN();
    damaged[count - 1] = std::numeric_limits<TestType>::infinity();
    CHECK(nn::first_not_finite(damaged.data(), count) == i);
    CHECK(nn::first_not_finite(damaged.data(), i) == i);  // what lies behind the count is not read
  }
}
