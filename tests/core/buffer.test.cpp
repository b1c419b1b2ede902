// SPDX-License-Identifier: MIT
#include <nn/core/buffer.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

#include "../catch.hpp"
#include "../memory_watch.hpp"

namespace {

nn::Buffer<float> buffer_of_1_2_3() { return nn::Buffer<float>(nn::Vector<float>{{1, 2, 3}}); }

}  // namespace

TEST_CASE("A buffer owns numbers that start at a cache line, and a copy has its own") {
  nn::Buffer<float> numbers = buffer_of_1_2_3(), copy = numbers;
  CHECK(copy == numbers);
  CHECK(copy.data() != numbers.data());
  copy[1] = 5;
  CHECK_FALSE(copy == numbers);
  CHECK(numbers.view() == nn::Vector<float>{{1, 2, 3}});
  for (const nn::Index size : {1, 3, 100, 100000})
    CHECK(reinterpret_cast<std::uintptr_t>(nn::Buffer<float>(size).data()) % nn::Buffer<float>::alignment == 0);
  CHECK(nn::Buffer<double>().size() == 0);
  CHECK(nn::Buffer<double>() == nn::Buffer<double>(0));
}

TEST_CASE("A buffer that was moved from is empty") {
  nn::Buffer<float> numbers = buffer_of_1_2_3();
  const float* place = numbers.data();
  nn::Buffer<float> moved = std::move(numbers);
  CHECK(moved.data() == place);
  CHECK(numbers.size() == 0);
  numbers = std::move(moved);
  CHECK(numbers == buffer_of_1_2_3());
  CHECK(moved.size() == 0);
}

TEST_CASE("A buffer takes Eigen expressions column after column, its own numbers among them") {
  nn::Buffer<float> numbers(nn::Matrix<float>{{1, 3}, {2, 4}});
  CHECK(numbers.view() == nn::Vector<float>{{1, 2, 3, 4}});
  numbers = 2 * numbers.view();
  CHECK(numbers.view() == nn::Vector<float>{{2, 4, 6, 8}});
  numbers = numbers.view().tail(2);
  CHECK(numbers.view() == nn::Vector<float>{{6, 8}});
}

TEST_CASE("A buffer allocates only where its size changes, and never to become smaller by reserve") {
  if (!test::MemoryWatch::works()) return;
  nn::Buffer<float> numbers = buffer_of_1_2_3();
  const nn::Buffer<float> others = numbers;
  const float* place = numbers.data();
  const test::MemoryWatch watch;
  numbers = others;
  numbers = others.view() + others.view();
  numbers.reserve(3);
  numbers.reserve(1);
  CHECK(watch.allocations() == 0);
  CHECK(numbers.data() == place);
  numbers.reserve(4);
  CHECK(watch.allocations() == 1);
  CHECK(numbers.size() == 4);
}

TEST_CASE("A buffer that cannot grow is as it was") {
  constexpr nn::Index largest = std::numeric_limits<nn::Index>::max();
  for (const nn::Index size : {largest / 2, largest}) {
    nn::Buffer<float> numbers = buffer_of_1_2_3();
    const float* place = numbers.data();
    CHECK_THROWS_AS(numbers.reserve(size), std::bad_alloc);
    CHECK(numbers.data() == place);
    CHECK(numbers == buffer_of_1_2_3());
  }
}

TEST_CASE("A matrix of a buffer has its numbers column after column, and none once it was moved from") {
  nn::BufferMatrix<double> numbers(2, 3);
  CHECK((numbers.rows() == 2 && numbers.cols() == 3 && numbers.size() == 6));
  std::fill_n(numbers.data(), 6, 7.0);
  const nn::BufferMatrix<double> copy = numbers;
  numbers.resize(2, 3);
  CHECK(numbers.data()[5] == 7);
  numbers.resize(3, 2);
  CHECK((numbers.rows() == 3 && numbers.cols() == 2 && copy.data()[5] == 7));
  const nn::BufferMatrix<double> moved = std::move(numbers);
  CHECK((moved.size() == 6 && numbers.rows() == 0 && numbers.cols() == 0 && numbers.size() == 0));
  CHECK_THROWS_AS(nn::BufferMatrix<double>(std::numeric_limits<nn::Index>::max(), 2), nn::shape_error);
}
