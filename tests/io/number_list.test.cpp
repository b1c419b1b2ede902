// SPDX-License-Identifier: MIT
#include <nn/io/number_list.hpp>

#include "../catch.hpp"
#include "../memory_watch.hpp"

TEST_CASE("a list of numbers gives each back, beyond the end of a piece too") {
  nn::detail::NumberList<double> list;
  CHECK(list.size() == 0);
  CHECK(list.to_vector().empty());
  for (int i = 0; i < 10'000; ++i) list.push_back(0.5 * i);
  REQUIRE(list.size() == 10'000);
  for (const nn::Index i : {0, 1, 4095, 4096, 8191, 8192, 9999}) CHECK(list[i] == 0.5 * static_cast<double>(i));
  const std::vector<double> all = list.to_vector();
  REQUIRE(all.size() == 10'000);
  CHECK(all[4096] == 2048);
  CHECK(all.back() == 0.5 * 9999);
}

TEST_CASE("a list takes little more memory than its numbers, also while it grows") {
  const test::MemoryWatch memory;
  nn::detail::NumberList<float> list;
  for (int i = 0; i < 1'000'000; ++i) list.push_back(1);
  CHECK(memory.peak() < 1'000'000 * sizeof(float) + 50'000);
}
