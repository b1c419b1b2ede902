// SPDX-License-Identifier: MIT
#include <nn/layers/base/recurrent_cell.hpp>

#include <cmath>
#include <vector>

#include <nn/core/dual.hpp>

#include "../../catch.hpp"

namespace {

struct TestCellOfRecurrence {
  static constexpr nn::Index gate_count = 3, carried = 1;
  bool apart;
  constexpr nn::Index kept() const { return 2; }
  constexpr bool is_apart() const { return apart; }
};

}  // namespace

TEST_CASE("The arrays of a recurrent layer's memory follow each other and end within it") {
  constexpr nn::detail::RecurrentMemory memory(TestCellOfRecurrence{true}, 5, 4);
  static_assert(memory.gates.size == 60 && memory.recurrent.offset == 60 && memory.before.offset == 120);
  static_assert(memory.kept.size == 40 && memory.mask.offset + memory.mask.size == memory.size);
  static_assert(memory.carried.offset + memory.carried.size <= memory.size);
  constexpr nn::detail::RecurrentMemory one_step(TestCellOfRecurrence{false}, 5, 1);
  static_assert(one_step.recurrent.size == 0 && one_step.size == 40);
  std::vector<float> numbers(400);
  CHECK(memory.before.in(numbers.data(), 2, 1) == numbers.data() + 2 * 120 + 20);
}

TEMPLATE_TEST_CASE("for_each_unit reads and writes all numbers, whatever their count", "", float, double,
                   nn::Dual<double>) {
  for (const nn::Index count : {1, 3, 8, 16, 19, 37}) {
    std::vector<TestType> a(static_cast<std::size_t>(count) + 1, TestType(2)), b(a.size(), TestType(5));
    const TestType* from = a.data();
    nn::detail::for_each_unit<TestType>(
        count, [](auto& x, auto& y) { y += x * x; }, from, b.data());
    for (std::size_t i = 0; i + 1 < b.size(); ++i) CHECK(b[i] == TestType(9));
    CHECK(b.back() == TestType(5));
  }
}

TEST_CASE("The elementary functions of a cell are the same for a dual number") {
  using Dual = nn::Dual<double>;
  const Dual x(0.3, 1), s = nn::detail::sigmoid_of(x), t = nn::detail::tanh_of(x);
  CHECK(std::abs(s.value - 1 / (1 + std::exp(-0.3))) < 1e-15);
  CHECK(std::abs(s.derivative - nn::detail::sigmoid_slope<double>(s.value)) < 1e-15);
  CHECK(std::abs(t.value - std::tanh(0.3)) < 1e-15);
  CHECK(std::abs(t.derivative - nn::detail::tanh_slope<double>(t.value)) < 1e-15);
}
