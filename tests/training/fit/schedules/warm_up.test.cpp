// SPDX-License-Identifier: MIT
#include <nn/training/fit/schedules/warm_up.hpp>

#include <nn/training/fit/schedules/constant.hpp>
#include <nn/training/fit/schedules/cosine.hpp>
#include <nn/training/fit/schedules/exponential.hpp>
#include <nn/training/fit/schedules/on_plateau.hpp>

#include "rates.hpp"

using Catch::Matchers::Message;

namespace {

template <class Schedule>
constexpr bool looks_at_metric = requires(Schedule schedule) {
  schedule.observe(1.0);
};

}  // namespace

TEST_CASE("WarmUp has PyTorch's rates") {
  test::check_rates(
      nn::WarmUp<nn::ExponentialSchedule>{
          .schedule = {.learning_rate = 0.1, .factor = 0.9}, .steps = 8, .start_factor = 0.2},
      "warm_up");
}

TEST_CASE("WarmUp rises along a line, then the schedule starts") {
  const nn::WarmUp<nn::ExponentialSchedule> schedule{
      .schedule = {.learning_rate = 8, .factor = 0.5}, .steps = 3, .start_factor = 0.25};
  CHECK(schedule(0) == 2);
  CHECK(schedule(1) == Approx(4).epsilon(1e-14));
  CHECK(schedule(3) == 8);
  CHECK(schedule(5) == 2);
}

TEST_CASE("WarmUp hands a metric on to a schedule that looks at one") {
  nn::WarmUp<nn::OnPlateau> schedule{.schedule = {.learning_rate = 8, .factor = 0.5, .patience = 0}, .steps = 1};
  for (int look = 0; look < 2; ++look) schedule.observe(1);
  CHECK(schedule(1) == 4);
  STATIC_REQUIRE(looks_at_metric<nn::WarmUp<nn::OnPlateau>>);
  STATIC_REQUIRE_FALSE(looks_at_metric<nn::WarmUp<nn::ExponentialSchedule>>);
}

TEST_CASE("WarmUp refuses options that make no sense, also of its schedule") {
  using WarmUp = nn::WarmUp<nn::ExponentialSchedule>;
  CHECK_NOTHROW(WarmUp{}.validate());
  CHECK_THROWS_MATCHES((WarmUp{.steps = 0}.validate()), nn::data_error,
                       Message("WarmUp: the number of steps must be at least 1, got 0; give the updates until the full "
                               "rate"));
  CHECK_THROWS_MATCHES((WarmUp{.start_factor = 0}.validate()), nn::data_error,
                       Message("WarmUp: the start factor must be a positive number, got 0; 0.1 is usual"));
  CHECK_THROWS_AS((WarmUp{.schedule = {.factor = 0}}.validate()), nn::data_error);
}

TEST_CASE("what follows a WarmUp without a length lasts for the rest of the fit") {
  const nn::WarmUp<nn::CosineSchedule> open{.schedule = {.learning_rate = 0.5}, .steps = 3};
  CHECK(open.lasting(20)(9) == nn::CosineSchedule{.learning_rate = 0.5, .steps = 17}(6));
  CHECK(open.lasting(3)(2) > open.lasting(3)(1));  // nothing is left: the fit ends with the rise
}

TEST_CASE("WarmUp that is told nothing takes 100 updates from a tenth of the rate") {
  const nn::WarmUp<nn::ConstantSchedule> schedule{};
  CHECK(schedule.steps == 100);
  CHECK(schedule.start_factor == 0.1);
}
