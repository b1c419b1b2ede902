// SPDX-License-Identifier: MIT
#include <nn/training/fit/schedule.hpp>

#include <nn/training/fit/schedules/on_plateau.hpp>
#include <nn/training/fit/schedules/warm_up.hpp>

#include <limits>

#include "../../catch.hpp"

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

TEST_CASE("a schedule that lists its options is known by them") {
  CHECK(nn::Schedule().description() == "none");
  CHECK(nn::Schedule([](std::int64_t) { return 1.0; }).description() == "one of the program's own");
  CHECK(
      nn::Schedule(nn::WarmUp<nn::OnPlateau>{.steps = 3}).description() ==
      "WarmUp (schedule OnPlateau (learning_rate 0.01, factor 0.1, patience 10, threshold 0.0001, cooldown 0, minimum "
      "0, smallest_change 1e-08, larger_is_better 0), steps 3, start_factor 0.1)");
}

TEST_CASE("what a schedule cannot have remembered is refused when it is restored, and it stays as it was") {
  const double nan = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();
  nn::Schedule schedule = nn::OnPlateau{.learning_rate = 0.5};
  CHECK_NOTHROW(schedule.restore({0.25, nan, 3, 0}));  // NaN is no best yet
  for (const std::vector<double>& wrong : std::vector<std::vector<double>>{{},
                                                                           {0.1, 1, 0},
                                                                           {nan, 1, 0, 0},
                                                                           {infinity, 1, 0, 0},
                                                                           {0, 1, 0, 0},
                                                                           {-1, 1, 0, 0},
                                                                           {0.1, 1, nan, 0},
                                                                           {0.1, 1, -1, 0},
                                                                           {0.1, 1, 1e300, 0},
                                                                           {0.1, 1, 0, infinity},
                                                                           {0.1, 1, 0, -1}})
    CHECK_THROWS_AS(schedule.restore(wrong), nn::data_error);
  CHECK(schedule(0) == 0.25);
}
