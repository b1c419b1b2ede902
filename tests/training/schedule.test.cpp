// SPDX-License-Identifier: MIT
#include <nn/training/schedule.hpp>

#include <nn/training/schedules/on_plateau.hpp>
#include <nn/training/schedules/warm_up.hpp>

#include "../catch.hpp"

namespace {
struct Observer {
  double rate = 1;
  double operator()(std::int64_t) const { return rate; }
  void observe(double metric) { rate *= metric; }
  std::vector<double> memory() const { return {rate}; }
  void restore(const std::vector<double>& memory) { rate = memory[0]; }
  void validate() const {
    if (rate < 0) throw 7;
  }
};
}  // namespace

TEST_CASE("no schedule is none, and any callable is one") {
  CHECK_FALSE(nn::Schedule());
  CHECK_FALSE(nn::Schedule(nullptr));
  const nn::Schedule halves = [](std::int64_t step) { return 1.0 / static_cast<double>(1 << step); };
  CHECK(halves);
  CHECK(halves(3) == 0.125);
  CHECK(halves.memory().empty());
}

TEST_CASE("what a schedule learned is carried over") {
  nn::Schedule first = Observer{}, second = Observer{};
  first.observe(0.5);
  first.observe(0.5);
  CHECK(first(0) == 0.25);
  CHECK(second(0) == 1);
  second.restore(first.memory());
  CHECK(second(0) == 0.25);
  CHECK_THROWS(nn::Schedule(Observer{-1}).validate());
}

TEST_CASE("a rate that fell on a plateau stays down after a checkpoint, also behind a warm-up") {
  nn::Schedule first = nn::WarmUp<nn::OnPlateau>{.schedule = {.learning_rate = 0.5, .patience = 0}, .steps = 3};
  nn::Schedule second = first;
  for (int look = 0; look < 2; ++look) first.observe(1.0);
  CHECK(first(10) == Approx(0.05));
  CHECK(second(10) == 0.5);
  second.restore(first.memory());
  CHECK(second(10) == first(10));
  second.observe(1.0);
  CHECK(second(10) == Approx(0.005));
}
