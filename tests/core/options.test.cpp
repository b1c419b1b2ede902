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

TEST_CASE("an option that is fine in double and 0, 1 or infinite in float is refused in a sentence") {
  CHECK_NOTHROW(nn::require_positive("It", "size", 1e-50, "use 1"));
  CHECK_NOTHROW(nn::require_not_negative("It", "size", 1e39, "use 1"));
  CHECK_NOTHROW(nn::require_below_one("It", "size", 1 - 1e-12, "use 0"));
  CHECK_NOTHROW(nn::require_number("It", "size", -1e39, "use 1"));
  for (const double fine : {2e-38, 1e38}) CHECK_NOTHROW(nn::require_positive<float>("It", "size", fine, "use 1"));
  for (const double fine : {0.0, 2e-38}) CHECK_NOTHROW(nn::require_not_negative<float>("It", "size", fine, "use 1"));
  for (const double fine : {0.0, 1 - 1e-7}) CHECK_NOTHROW(nn::require_below_one<float>("It", "size", fine, "use 0"));
  for (const double fine : {0.0, -1e38}) CHECK_NOTHROW(nn::require_number<float>("It", "size", fine, "use 1"));

  CHECK_THROWS_MATCHES(nn::require_positive<float>("It", "size", 1e-50, "use 1"), nn::data_error,
                       Message("It: size of 1e-50 is 0 in the network's number type; use one that it can tell from 0"));
  CHECK_THROWS_MATCHES(
      nn::require_not_negative<float>("It", "size", 1e39, "use 1"), nn::data_error,
      Message("It: size of 1e+39 is inf in the network's number type; use one that it can tell from inf"));
  CHECK_THROWS_MATCHES(nn::require_not_negative<float>("It", "size", 1e-50, "use 1"), nn::data_error,
                       Message("It: size of 1e-50 is 0 in the network's number type; use one that it can tell from 0"));
  CHECK_THROWS_MATCHES(nn::require_below_one<float>("It", "size", 1 - 1e-12, "use 0"), nn::data_error,
                       Message("It: size of 1 is 1 in the network's number type; use one that it can tell from 1"));
  CHECK_THROWS_MATCHES(
      nn::require_number<float>("It", "size", -1e39, "use 1"), nn::data_error,
      Message("It: size of -1e+39 is -inf in the network's number type; use one that it can tell from -inf"));
  CHECK_THROWS_MATCHES(nn::require_number("It", "size", test::not_a_number<double>, "use 1"), nn::data_error,
                       Message("It: size must be a finite number, got nan; use 1"));
  CHECK_THROWS_MATCHES(nn::require_not_negative("It", "size", test::infinity<double>, "use 1"), nn::data_error,
                       Message("It: size must be a finite number, got inf; use 1"));
  CHECK_THROWS_AS(nn::require_positive<float>("It", "size", 1e39, "use 1"), nn::data_error);
  CHECK_THROWS_AS(nn::require_not_negative<float>("It", "size", 1e-50, "use 1"), nn::data_error);
  CHECK_THROWS_AS(nn::require_below_one<float>("It", "size", 1e-50, "use 1"), nn::data_error);
  CHECK_THROWS_AS(nn::require_number<float>("It", "size", -1e-50, "use 1"), nn::data_error);
}

namespace {

struct AsksForAType {
  template <class Number>
  void validate() const {
    nn::require_positive<Number>("It", "size", size, "use 1");
  }
  double size = 1;
};
struct AsksForNone {
  void validate() const { nn::require_positive("It", "size", size, "use 1"); }
  double size = 1;
};

}  // namespace

TEST_CASE("validate_options asks for the number type where options know of one") {
  nn::validate_options<float>(0);  // has nothing to say
  CHECK_NOTHROW(nn::validate_options<double>(AsksForAType{1e-50}));
  CHECK_THROWS_AS(nn::validate_options<float>(AsksForAType{1e-50}), nn::data_error);
  CHECK_NOTHROW(nn::validate_options<float>(AsksForNone{1e-50}));
  CHECK_THROWS_AS(nn::validate_options<float>(AsksForNone{0}), nn::data_error);
}
