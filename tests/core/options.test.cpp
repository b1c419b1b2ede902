// SPDX-License-Identifier: MIT
#include <nn/core/options.hpp>

#include "../catch.hpp"
#include "../numbers.hpp"

using Catch::Matchers::Message;

namespace {

struct Inner {
  static const char* name() { return "Inner"; }
  double rate = 0.25;
  template <class Self, class Visit>
  static void for_each_option(Self& self, Visit&& visit) {
    visit("rate", self.rate);
  }
};

struct Unnamed {};

struct Outer {
  static const char* name() { return "Outer"; }
  Inner inner;
  Unnamed unnamed;
  std::int64_t steps = 3;
  bool restarts = true;
  template <class Self, class Visit>
  static void for_each_option(Self& self, Visit&& visit) {
    visit("inner", self.inner);
    visit("unnamed", self.unnamed);
    visit("steps", self.steps);
    visit("restarts", self.restarts);
  }
};

}  // namespace

TEST_CASE("Options of the right kind pass, others are refused in a sentence") {
  for (const double fine : {1e-300, 0.5, 1.0, 1e6}) CHECK_NOTHROW(nn::require_positive("It", "size", fine, "use 1"));
  for (const double fine : {0.0, 0.5, 1e6}) CHECK_NOTHROW(nn::require_not_negative("It", "size", fine, "use 1"));
  for (const double fine : {0.0, 0.5, 0.999}) CHECK_NOTHROW(nn::require_below_one("It", "size", fine, "use 0"));
  CHECK_NOTHROW(nn::require_some("It", "count", 1, "use 2"));

  CHECK_THROWS_MATCHES(nn::require_positive("It", "size", 0, "use 1"), nn::data_error,
                       Message("It: size must be a positive number, got 0; use 1"));
  CHECK_THROWS_MATCHES(nn::require_not_negative("It", "size", -2, "use 1"), nn::data_error,
                       Message("It: size must not be negative, got -2; use 1"));
  CHECK_THROWS_MATCHES(nn::require_below_one("It", "size", 1, "use 0"), nn::data_error,
                       Message("It: size must be at least 0 and below 1, got 1; use 0"));
  CHECK_THROWS_MATCHES(nn::require_some("It", "count", 0, "use 2"), nn::data_error,
                       Message("It: count must be at least 1, got 0; use 2"));
  for (const double wrong : {test::not_a_number<double>, test::infinity<double>, -1.0}) {
    CHECK_THROWS_AS(nn::require_positive("It", "size", wrong, "use 1"), nn::data_error);
    CHECK_THROWS_AS(nn::require_not_negative("It", "size", wrong, "use 1"), nn::data_error);
    CHECK_THROWS_AS(nn::require_below_one("It", "size", wrong, "use 0"), nn::data_error);
  }
}

TEST_CASE("What lists its options is described by them") {
  static_assert(nn::ListsOptions<Inner> && nn::ListsOptions<Outer> && !nn::ListsOptions<Unnamed>);
  CHECK(nn::description_of(Outer{}) ==
        "Outer (inner Inner (rate 0.25), unnamed of the program's own, steps 3, restarts 1)");
}
