// SPDX-License-Identifier: MIT
#include <nn/activations/activation.hpp>

#include <cmath>

#include "../layer_cases.hpp"

namespace {

struct Swish {
  auto operator()(auto x) const {
    using std::exp;
    return x / (1 + exp(-x));
  }
};

// Everything that a function may use.
struct Everything {
  static constexpr std::string_view name() { return "Everything"; }
  auto operator()(auto x) const {
    using std::abs, std::cos, std::exp, std::log, std::max, std::min, std::pow, std::sin, std::sqrt, std::tanh;
    using T = decltype(x);
    const T bounded = min(max(x, T(-2)), T(2));
    return x > 0.25 ? T(log(1 + abs(x)) + pow(1 + x * x, T(1.5)) * T(0.1))
                    : T(sqrt(1 + x * x) * cos(bounded) + sin(x) * tanh(x) - exp(-abs(x)));
  }
};

// A function with a number of its own.
struct Scaled {
  double factor = 2;
  auto operator()(auto x) const { return decltype(x)(factor) * x * x; }
  static void for_each_option(auto& scaled, auto option) { option("factor", scaled.factor); }
  bool operator==(const Scaled&) const = default;
};

}  // namespace

TEST_CASE("Activation is a layer for any function") {
  static_assert(nn::Layer<nn::Activation<Swish>>);
  static_assert(nn::Layer<nn::Activation<Everything>>);
  static_assert(nn::Layer<nn::Activation<Scaled>>);
  static_assert(nn::shape_is_in_type<nn::Activation<Scaled>>);
  CHECK(nn::Activation<Swish>::name() == "Activation");
  CHECK(nn::Activation<Everything>::name() == "Everything");
  CHECK(nn::Activation(Scaled{3}) == nn::Activation(Scaled{3}));
  CHECK_FALSE(nn::Activation(Scaled{3}) == nn::Activation(Scaled{}));
  CHECK(nn::Activation<Swish>{} == nn::Activation<Swish>{});
  CHECK(nn::describe(nn::Activation(Scaled{3})) == nn::Description{.type = "Activation", .options = {{"factor", 3.0}}});
  CHECK(nn::describe(nn::Activation<Swish>{}).options.empty());
}

TEST_CASE("Activation keeps the shape") {
  CHECK(nn::Activation<Swish>{}.output_shape(nn::Shape(3, 5, 2)) == nn::Shape(3, 5, 2));
}

TEMPLATE_TEST_CASE("Activation gives the known values", "", float, double) {
  // swish(x) = x s with s = sigmoid(x), slope s + x s (1 - s). At ln 3: s = 3/4. At 0: 0, slope 1/2.
  const TestType log3 = std::log(TestType(3)), tolerance = 4 * std::numeric_limits<TestType>::epsilon();
  const nn::Matrix<TestType> x{{log3, 0}};
  CHECK(test::forward<TestType>(nn::Activation<Swish>{}, x)
            .isApprox(nn::Matrix<TestType>{{TestType(0.75) * log3, 0}}, tolerance));
  CHECK(test::backward<TestType>(nn::Activation<Swish>{}, x, nn::Matrix<TestType>{{2, 2}})
            .isApprox(nn::Matrix<TestType>{{TestType(1.5) + TestType(0.375) * log3, 1}}, tolerance));
  CHECK(test::forward<TestType>(nn::Activation(Scaled{3}), nn::Matrix<TestType>{{2}})(0, 0) == 12);
  CHECK(test::backward<TestType>(nn::Activation(Scaled{3}), nn::Matrix<TestType>{{2}}, nn::Matrix<TestType>{{1}})(
            0, 0) == 12);
}

TEST_CASE("Activation's gradients are right") {
  test::check_gradients_of(nn::Activation<Swish>{});
  test::check_gradients_of(nn::Activation<Everything>{});
}

TEST_CASE("Activation gives the same bits in every network") { test::check_same_bits_of(nn::Activation<Swish>{}); }

TEST_CASE("Activation takes a lambda") {
  const nn::Activation cube{[](auto x) { return x * x * x; }};
  CHECK(test::forward<double>(cube, nn::Matrix<double>{{2}})(0, 0) == 8);
  CHECK(test::backward<double>(cube, nn::Matrix<double>{{2}}, nn::Matrix<double>{{1}})(0, 0) == 12);
}

TEMPLATE_TEST_CASE("Activation has the kinks of its function, and NaN stays NaN", "", float, double) {
  const auto relu = nn::Activation{[](auto x) {
    using std::max;
    return max(x, decltype(x)(0));
  }};
  const auto absolute = nn::Activation{[](auto x) {
    using std::abs;
    return abs(x);
  }};
  const nn::Matrix<TestType> x{{-1, 0, TestType(-0.0), 1}}, ones = nn::Matrix<TestType>::Ones(1, 4);
  CHECK(test::backward<TestType>(relu, x, ones) == nn::Matrix<TestType>{{0, 0, 0, 1}});
  CHECK(test::backward<TestType>(absolute, x, ones) == nn::Matrix<TestType>{{-1, 0, 0, 1}});
  const nn::Matrix<TestType> none{{test::not_a_number<TestType>}};
  CHECK(std::isnan(test::forward<TestType>(nn::Activation<Swish>{}, none)(0, 0)));
  CHECK(std::isnan(test::forward<TestType>(absolute, none)(0, 0)));
}
