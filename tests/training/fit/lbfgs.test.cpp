// SPDX-License-Identifier: MIT
#include <nn/training/fit/lbfgs.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "../../catch.hpp"
#include "../../fixture.hpp"
#include "../../memory_watch.hpp"
#include "../../numbers.hpp"

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::Message;

namespace {

// f(x) = sum_i height (x_i+1 - x_i^2)^2 + (1 - x_i)^2: Rosenbrock's valley, or a chain of them; lowest at 1.
struct Valley {
  double height = 100;
  template <class T>
  double operator()(nn::ConstVectorView<T> x, nn::VectorView<T> g) const {
    g.setZero();
    double sum = 0;
    for (nn::Index i = 0; i + 1 < x.size(); ++i) {
      const double here = static_cast<double>(x[i]), above = static_cast<double>(x[i + 1]) - here * here;
      sum += height * above * above + (1 - here) * (1 - here);
      g[i] -= static_cast<T>(4 * height * above * here + 2 * (1 - here));
      g[i + 1] += static_cast<T>(2 * height * above);
    }
    return sum;
  }
};

template <class T, class Function>
nn::Minimization minimize(const Function& function, nn::Vector<T>& x, const nn::LBFGS& options = {}) {
  return nn::minimize(function, nn::VectorView<T>(x.data(), x.size()), options);
}

// Hills in the way, so that line searches are long.
double waves(nn::ConstVectorView<double> p, nn::VectorView<double> g) {
  const double x = p[0], y = p[1];
  g[0] = x / 5 + 3 * std::cos(3 * x) * std::cos(y) + (x - y);
  g[1] = y / 5 - std::sin(3 * x) * std::sin(y) - (x - y);
  return (x * x + y * y) / 10 + std::sin(3 * x) * std::cos(y) + (x - y) * (x - y) / 2;
}

// Where so many iterations lead is where they lead in PyTorch, to 1e-10.
template <class Function>
void check_path(const std::string& name, const Function& function, const nn::Vector<double>& start, nn::Index memory,
                const std::vector<nn::Index>& counts) {
  CAPTURE(name);
  const std::vector<double> expected = test::fixture("lbfgs.txt")[name];
  REQUIRE(expected.size() == counts.size() * static_cast<std::size_t>(start.size()));
  std::size_t k = 0;
  for (const nn::Index iterations : counts) {
    nn::Vector<double> x = start;
    minimize(function, x, {.memory = memory, .iterations = iterations});
    for (const double number : x) {
      CAPTURE(iterations, number, expected[k]);
      CHECK(std::abs(number - expected[k++]) < 1e-10);
    }
  }
}

}  // namespace

TEST_CASE("LBFGS goes where PyTorch's goes") {
  const std::vector<nn::Index> counts{1, 2, 5, 10, 20, 30}, few{1, 2, 3, 4, 5};
  check_path("rosenbrock", Valley{100}, nn::Vector<double>{{-1.2, 1}}, 10, counts);
  check_path("rosenbrock_memory_2", Valley{100}, nn::Vector<double>{{-1.2, 1}}, 2, counts);
  check_path("chain", Valley{2.5}, nn::Vector<double>{{-1.2, 1, 0.4, -0.7, 1.5}}, 3, counts);
  check_path("waves_0", waves, nn::Vector<double>{{-3.75, -9}}, 10, few);
  check_path("waves_1", waves, nn::Vector<double>{{3.75, 3.75}}, 10, few);
  check_path("waves_2", waves, nn::Vector<double>{{-6, 5.25}}, 10, few);
  check_path("waves_3", waves, nn::Vector<double>{{5.25, 6}}, 10, few);
}

TEST_CASE("LBFGS takes a known first step") {
  // f = (x^2 + y^2) / 2 from (3, -1): the first trial goes by g / |g|_1 = (3/4, -1/4). There the slope is still -7.5 of
  // -10, below the 9 that is flat enough, and the value is low enough.
  const auto bowl = [](nn::ConstVectorView<double> x, nn::VectorView<double> g) {
    g = x;
    return x.squaredNorm() / 2;
  };
  nn::Vector<double> x{{3, -1}};
  const nn::Minimization once = minimize(bowl, x, {.iterations = 1});
  CHECK((x - nn::Vector<double>{{2.25, -0.75}}).norm() < 1e-15);
  CHECK(once.iterations == 1);
  CHECK(once.evaluations == 2);
  CHECK(once.value == Approx(2.8125).epsilon(1e-14));
  CHECK(once.largest_slope == Approx(2.25).epsilon(1e-14));
  // f fell from 5 by 2.1875, which is enough to end by.
  x = nn::Vector<double>{{3, -1}};
  CHECK(minimize(bowl, x, {.change_tolerance = 2.2}).iterations == 1);
  CHECK(x[0] == Approx(2.25).epsilon(1e-14));
  // From the second on H is that of the bowl: the next step is the last.
  x = nn::Vector<double>{{3, -1}};
  const nn::Minimization twice = minimize(bowl, x);
  CHECK(twice.iterations == 2);
  CHECK(x.norm() < 1e-14);
}

TEMPLATE_TEST_CASE("LBFGS finds the end of the valley", "", float, double) {
  nn::Vector<TestType> x = nn::Vector<TestType>::Constant(10, TestType(-1));
  const nn::Minimization found = minimize(Valley{}, x, {.iterations = 500});
  CHECK((x - nn::Vector<TestType>::Ones(10)).norm() < (sizeof(TestType) == 8 ? 1e-5 : 5e-3));
  CHECK(found.iterations < 200);
  CHECK(found.value < 1e-6);
}

TEST_CASE("LBFGS turns back from where the function is not finite") {
  // f = x - log x, lowest at 1, and none for x <= 0, where the first steps from 0.01 with a slope of -99 do not end.
  const auto function = [](nn::ConstVectorView<double> x, nn::VectorView<double> g) {
    g[0] = 1 - 1 / x[0];
    return x[0] > 0 ? x[0] - std::log(x[0]) : test::not_a_number<double>;
  };
  for (const double start : {0.01, 20.0}) {
    nn::Vector<double> x{{start}};
    minimize(function, x);
    CHECK(x[0] == Approx(1).epsilon(1e-6));
  }
}

TEST_CASE("LBFGS whose line search runs out of steps takes its last point or stays, whichever is lower") {
  // f = -x: the slope is never flat enough, and a cubic through two points of a line has no minimum. So from the first
  // trial at 1 the search goes to the middle of 1.01 and 10. Where a hill stands there, it has found nothing.
  for (const bool has_hill : {false, true}) {
    const auto slide = [&](nn::ConstVectorView<double> x, nn::VectorView<double> g) {
      g[0] = -1;
      return has_hill && x[0] > 5 ? 1 : -x[0];
    };
    nn::Vector<double> x{{0}};
    const nn::Minimization found = minimize(slide, x, {.iterations = 1, .line_search_steps = 1});
    CHECK(found.evaluations == 3);
    CHECK(x[0] == Approx(has_hill ? 0 : 5.505).margin(1e-12));
    CHECK(found.value == Approx(has_hill ? 0 : -5.505).margin(1e-12));
  }
}

TEST_CASE("LBFGS takes a trial as flat and as low as it must be, and moves one in from the end of a slow bracket") {
  struct Point {
    double value, slope;
  };
  // Where the trials of one iteration from 0 are, of a function that is known at these alone.
  const auto trials = [](const std::vector<Point>& points) {
    std::vector<double> places;
    const auto function = [&](nn::ConstVectorView<double> x, nn::VectorView<double> g) {
      const Point& point = points[std::min(places.size(), points.size() - 1)];
      places.push_back(x[0]);
      g[0] = point.slope;
      return point.value;
    };
    nn::Vector<double> x{{0}};
    minimize(function, x, {.iterations = 1});
    return places;
  };
  CHECK(trials({{0, -1}, {-0.5, -0.9}}) == std::vector<double>{0, 1});
  // At 1 a deep hollow ends, so that the cubics have their minima near 1: of two trials the second is moved by a tenth.
  // It is flat but no lower than the point at 1, so that the search goes on.
  const std::vector<double> places = trials({{0, -1}, {-10, 0.95}, {-9, -5}, {-10, 0}, {-11, 0}});
  REQUIRE(places.size() == 5);
  CHECK(places[2] == Approx(0.984).margin(1e-3));
  CHECK(places[3] == Approx(1 - 0.1 * (1 - places[2])).epsilon(1e-12));
}

TEST_CASE("LBFGS that is told nothing has the defaults of PyTorch and SciPy") {
  const nn::LBFGS options;
  CHECK(options.memory == 10);
  CHECK(options.iterations == 100);
  CHECK(options.gradient_tolerance == 1e-7);
  CHECK(options.change_tolerance == 1e-9);
  CHECK(options.line_search_steps == 25);
}

TEST_CASE("LBFGS stays where it is when that is a minimum, and calls back after every iteration") {
  nn::Vector<double> x{{1, 1}};
  CHECK(minimize(Valley{}, x).iterations == 0);
  CHECK(x == nn::Vector<double>{{1, 1}});
  x = nn::Vector<double>{{-1.2, 1}};
  std::vector<double> values;
  nn::minimize(Valley{}, nn::VectorView<double>(x.data(), 2), {.iterations = 7},
               [&](const nn::Minimization& now) { values.push_back(now.value); });
  REQUIRE(values.size() == 7);
  for (std::size_t i = 1; i < values.size(); ++i) CHECK(values[i] < values[i - 1]);
}

TEST_CASE("LBFGS asks for memory only at its start") {
  const auto allocations = [](nn::Index iterations) {
    nn::Vector<double> x = nn::Vector<double>::Constant(40, -1);
    const test::MemoryWatch watch;
    const nn::Minimization found = minimize(Valley{}, x, {.memory = 3, .iterations = iterations});
    const std::size_t count = watch.allocations();
    CHECK(found.iterations == iterations);
    return count;
  };
  const std::size_t at_start = allocations(1);
  if (test::MemoryWatch::works()) CHECK(at_start > 0);
  CHECK(allocations(40) == at_start);
}

TEST_CASE("LBFGS refuses options that make no sense and a start that is not finite") {
  nn::Vector<double> x{{1, 1}};
  CHECK_THROWS_MATCHES(minimize(Valley{}, x, {.memory = 0}), nn::data_error,
                       Message("LBFGS: the memory must be at least 1, got 0; 10 is usual"));
  CHECK_THROWS_AS(minimize(Valley{}, x, {.iterations = 0}), nn::data_error);
  CHECK_THROWS_AS(minimize(Valley{}, x, {.gradient_tolerance = -1}), nn::data_error);
  CHECK_THROWS_AS(minimize(Valley{}, x, {.change_tolerance = -1}), nn::data_error);
  CHECK_THROWS_AS(minimize(Valley{}, x, {.line_search_steps = 0}), nn::data_error);
  x[0] = test::not_a_number<double>;
  CHECK_THROWS_WITH(minimize(Valley{}, x), ContainsSubstring("not finite at the start"));
}
