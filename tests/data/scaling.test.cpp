// SPDX-License-Identifier: MIT
#include <nn/data/scaling.hpp>

#include <array>
#include <concepts>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include <nn/core/random.hpp>

#include "../catch.hpp"
#include "../numbers.hpp"

using Catch::Matchers::Message;
using M = nn::Matrix<double>;
using V = nn::Vector<double>;

TEST_CASE("Standardize has the mean and the biased deviation of every feature") {
  // 2, 4, 4, 4, 5, 5, 7, 9: mean 5, squares of the differences 9 1 1 1 0 0 4 16, their mean 4, the deviation 2.
  const M x{{2, 4, 4, 4, 5, 5, 7, 9}, {-1, 1, -1, 1, -1, 1, -1, 1}};
  const nn::Standardize scaling = nn::Standardize::fit(x);
  CHECK(scaling.offset == V{{5, 0}});
  CHECK(scaling.scale == V{{2, 1}});
  const M y = scaling.apply(x);
  CHECK(y == M{{-1.5, -0.5, -0.5, -0.5, 0, 0, 1, 2}, {-1, 1, -1, 1, -1, 1, -1, 1}});
  CHECK(scaling.inverse(y) == x);
  CHECK(scaling.apply(nn::Vector<float>{{9, 3}}) == nn::Matrix<float>{{2}, {3}});
}

TEST_CASE("MinMax takes the least to 0 and the largest to 1, what lies beyond farther") {
  const M x{{2, 4, 10}, {-3, 1, -1}};
  const nn::MinMax scaling = nn::MinMax::fit(x);
  CHECK(scaling.offset == V{{2, -3}});
  CHECK(scaling.scale == V{{8, 4}});
  CHECK(scaling.apply(x) == M{{0, 0.25, 1}, {0, 1, 0.5}});
  CHECK(scaling.inverse(M{{0, 0.25, 1}, {0, 1, 0.5}}) == x);
  CHECK(scaling.apply(M{{18}, {-7}}) == M{{2}, {-1}});
}

TEST_CASE("A feature that never changes becomes 0, to the bit") {
  const M x = M::Constant(1, 7, 0.1);
  CHECK(nn::Standardize::fit(x).apply(x) == M::Zero(1, 7));
  CHECK(nn::MinMax::fit(x).apply(x) == M::Zero(1, 7));
  CHECK(nn::Standardize::fit(x).inverse(M::Zero(1, 7)) == x);
  const M least{{0, 5e-324}};  // its deviation is below the least double
  CHECK(nn::Standardize::fit(least).scale == V{{1}});
}

TEST_CASE("A feature that is constant but for rounding has the scale 1, tiny numbers about 0 have not") {
  const auto alternating = [](double even, double odd) {
    M x(1, 100);
    for (nn::Index i = 0; i < x.cols(); ++i) x(0, i) = i % 2 == 0 ? even : odd;
    return x;
  };
  // What scikit-learn 1.5 has in StandardScaler().fit(x).scale_ and in MinMaxScaler's.
  const M rounded = alternating(0.3, 0.1 + 0.2), one_unit = alternating(1e6 + 1e-10, 1e6 - 1e-10),
          tiny = alternating(1e-10, -1e-10);
  CHECK(nn::Standardize::fit(rounded).scale == V{{1}});
  CHECK(nn::Standardize::fit(one_unit).scale == V{{1}});
  CHECK(nn::Standardize::fit(tiny).scale[0] == Approx(1e-10).epsilon(1e-12));
  CHECK(nn::Standardize::fit(rounded).apply(M{{0.3001}})(0, 0) == Approx(0.0001).epsilon(1e-6));
  CHECK(nn::MinMax::fit(rounded).scale == V{{1}});
  CHECK(nn::MinMax::fit(one_unit).scale == V{{0x1p-32}});
  CHECK(nn::MinMax::fit(alternating(1e6, 1e6 + 0x1p-33)).scale == V{{1}});  // one rounding
  CHECK(nn::MinMax::fit(tiny).scale == V{{2e-10}});
  // The bound is relative: the same in other units.
  CHECK(nn::Standardize::fit(M(0x1p-80 * rounded)).scale == V{{1}});
  CHECK(nn::MinMax::fit(M(0x1p-80 * rounded)).scale == V{{1}});
  CHECK(nn::MinMax::fit(alternating(1, 1 + 0x1p-52)).scale == V{{1}});
  CHECK(nn::MinMax::fit(alternating(1, 1 + 99 * 0x1p-52)).scale == V{{1}});  // of a hundred samples
  CHECK(nn::MinMax::fit(alternating(1, 1 + 101 * 0x1p-52)).scale == V{{101 * 0x1p-52}});
  CHECK(nn::Standardize::fit(alternating(1, 1 + 1e-9)).scale[0] == Approx(5e-10).epsilon(1e-6));
}

TEST_CASE("Rounding is that of the type in which the numbers come") {
  nn::Matrix<float> rounded(1, 100), temperature(1, 100'000);
  for (nn::Index i = 0; i < rounded.cols(); ++i) rounded(0, i) = i % 2 == 0 ? 0.7F : 0.7F + 0x1p-24F;
  for (nn::Index i = 0; i < temperature.cols(); ++i) temperature(0, i) = i % 2 == 0 ? 299.5F : 300.5F;
  const std::vector<int> labels(100);
  CHECK(nn::Standardize::fit(rounded).scale == V{{1}});
  CHECK(nn::Standardize::fit(nn::Dataset(rounded, labels)).scale == V{{1}});
  CHECK(nn::MinMax::fit(rounded).scale == V{{1}});
  CHECK(nn::MinMax::fit(nn::Dataset(rounded, labels)).scale == V{{1}});
  const M same_as_double = rounded.cast<double>();
  CHECK(nn::Standardize::fit(same_as_double).scale[0] == Approx(0x1p-25));
  CHECK(nn::MinMax::fit(nn::Dataset(same_as_double, labels)).scale == V{{0x1p-24}});
  CHECK(nn::Standardize::fit(temperature).scale == V{{0.5}});  // however many there are
}

TEMPLATE_TEST_CASE("inverse undoes apply but for rounding", "", float, double) {
  const nn::Matrix<TestType> x = test::drawn<TestType>(5, 40, 3, -100, 300);
  const auto check = [&](const nn::Scaling& scaling) {
    CHECK((scaling.inverse(scaling.apply(x)) - x).cwiseAbs().maxCoeff() <
          2000 * std::numeric_limits<TestType>::epsilon());
    CHECK(scaling.apply(x).cwiseAbs().maxCoeff() < 3);
  };
  check(nn::Standardize::fit(x));
  check(nn::MinMax::fit(x));
}

TEST_CASE("Fitted to the training part, applied to the others, while labels and shape stay") {
  const nn::Dataset train(M{{0, 2}, {10, 30}}, std::vector<int>{0, 1}, 3), test(M{{4}, {20}}, std::vector<int>{1}, 3);
  const nn::Standardize scaling = nn::Standardize::fit(train);
  CHECK(scaling == nn::Standardize::fit(train.inputs<double>()));
  CHECK(scaling.apply(train) == nn::Dataset(M{{-1, 1}, {-1, 1}}, std::vector<int>{0, 1}, 3));
  CHECK(scaling.apply(test) == nn::Dataset(M{{3}, {0}}, std::vector<int>{1}, 3));
  const nn::Dataset bytes(nn::Shape(1, 2, 1), std::vector<std::uint8_t>{0, 255, 255, 0}, std::vector<int>{0, 1});
  CHECK(nn::MinMax::fit(bytes).apply(bytes).sample_shape() == nn::Shape(1, 2, 1));
}

TEST_CASE("A scaling is a regular value of plain numbers") {
  static_assert(std::regular<nn::Standardize> && std::regular<nn::MinMax>);
  nn::Scaling scaling{V{{1, 2}}, V{{3, 4}}};
  CHECK(scaling.apply(M{{4}, {10}}) == M{{1}, {2}});
  const nn::Scaling other = scaling;
  CHECK(scaling == other);
  scaling.offset[1] = 7;
  CHECK(scaling != other);
  CHECK(scaling != nn::Scaling{});
}

TEST_CASE("What cannot be scaled is refused with a sentence") {
  const nn::Standardize scaling = nn::Standardize::fit(M{{1, 2}, {3, 4}});
  const std::string sentence =
      "Scaling: 3 rows do not fit 2 offsets and 2 scales; give features x samples, the features that it was fitted to";
  CHECK_THROWS_MATCHES(scaling.apply(M{{1}, {2}, {3}}), nn::shape_error, Message(sentence));
  CHECK_THROWS_MATCHES(scaling.inverse(M{{1}, {2}, {3}}), nn::shape_error, Message(sentence));
  CHECK_THROWS_MATCHES(nn::Standardize::fit(M(2, 0)), nn::data_error,
                       Message("Standardize: got no samples; give at least 1"));
  CHECK_THROWS_MATCHES(nn::MinMax::fit(M{{1, 2}, {3, test::infinity<double>}}), nn::data_error,
                       Message("MinMax: feature 1 of sample 1 is inf; replace it by a number"));
  CHECK_THROWS_MATCHES(nn::MinMax::fit(M{{-1e308, 1e308}}), nn::data_error,
                       Message("MinMax: feature 0 goes from -1e+308 to 1e+308, too far to be added up; divide it by a "
                               "power of ten first"));
  CHECK_THROWS_AS(nn::Standardize::fit(M{{-1e200, 1e200}}), nn::data_error);
}

TEST_CASE("MinMax takes sums of the same numbers in another order for constant") {
  nn::Matrix<double> x(1, 1000);
  nn::Random random{3};
  std::array<double, 10> parts{0.1, 0.7, 1.3, 2.9, 0.01, 0.3, 0.05, 1.1, 0.9, 0.6};
  for (nn::Index sample = 0; sample < x.cols(); ++sample) {
    for (std::size_t i = 9; i > 0; --i) std::swap(parts[i], parts[static_cast<std::size_t>(random.below(i + 1))]);
    x(0, sample) = std::accumulate(parts.begin(), parts.end(), 0.0);
  }
  REQUIRE(x.maxCoeff() > x.minCoeff());
  CHECK(nn::MinMax::fit(x).scale[0] == 1);
  CHECK(nn::MinMax::fit(nn::Matrix<double>{{1e-10, -1e-10, 0}}).scale[0] == 2e-10);
}
