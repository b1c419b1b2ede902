// SPDX-License-Identifier: MIT
#include <nn/core/callback.hpp>

#include "../catch.hpp"

TEST_CASE("a callback calls what it refers to, whatever its type, and copies of it do") {
  int sum = 0;
  const auto add = [&](int number, int times) { sum += number * times; };
  const nn::Callback<int, int> first = add;
  const nn::Callback<int, int> second = first;
  first(3, 2);
  CHECK(sum == 6);
  second(10, 1);
  CHECK(sum == 16);
}
