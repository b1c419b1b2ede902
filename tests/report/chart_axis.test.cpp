// SPDX-License-Identifier: MIT
#include <nn/report/chart_axis.hpp>

#include <limits>

#include "../catch.hpp"

using nn::detail::ChartAxis;

TEST_CASE("an axis has round numbers on it, and room at its ends") {
  const std::vector<double> numbers{10, 30, std::numeric_limits<double>::infinity()};
  const ChartAxis axis = ChartAxis::around(numbers, true);
  CHECK_FALSE(axis.is_logarithmic());
  CHECK(axis.low() == Approx(9));
  CHECK(axis.high() == Approx(31));
  CHECK(axis.position(20) == Approx(0.5));
  CHECK(axis.ticks() == std::vector<double>{10, 15, 20, 25, 30});
  // Steps of 1, 2 and 5 times any power of ten.
  CHECK(ChartAxis::around(std::vector<double>{1000, 3000}, false).ticks() ==
        std::vector<double>{1000, 1500, 2000, 2500, 3000});
  CHECK(ChartAxis::around(std::vector<double>{200, 900}, false).ticks() == std::vector<double>{200, 400, 600, 800});
}

TEST_CASE("an axis is logarithmic where it may be and the numbers are far apart") {
  const std::vector<double> numbers{0.01, 1};
  const ChartAxis axis = ChartAxis::around(numbers, true, 0);
  CHECK(axis.is_logarithmic());
  CHECK(axis.position(0.1) == Approx(0.5));
  CHECK(axis.ticks().size() >= 3);
  CHECK_FALSE(ChartAxis::around(numbers, false).is_logarithmic());
  CHECK_FALSE(ChartAxis::around(std::vector<double>{0, 1}, true).is_logarithmic());
}

TEST_CASE("an axis has a length also where all numbers are one, or there is none") {
  for (const std::vector<double>& numbers :
       {std::vector<double>{5, 5}, std::vector<double>{0}, std::vector<double>{}}) {
    const ChartAxis axis = ChartAxis::around(numbers, true);
    CHECK(axis.low() < axis.high());
    CHECK(!axis.ticks().empty());
    CHECK(axis.ticks().size() < 20);
  }
}
