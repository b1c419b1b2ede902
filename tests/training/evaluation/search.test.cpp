// SPDX-License-Identifier: MIT
#include <nn/training/evaluation/search.hpp>

#include <cmath>
#include <cstdint>

#include "../../catch.hpp"

using Catch::Matchers::Contains;

namespace {
const std::vector<nn::HyperParameter> space{{"rate", 1e-4, 1, nn::Scale::logarithmic},
                                            {"units", 3, 9, nn::Scale::whole}};
// Best at a rate of 0.01 and 6 units.
double loss(const nn::Trial& trial) { return std::abs(std::log10(trial["rate"]) + 2) + std::abs(trial["units"] - 6); }
}  // namespace

TEST_CASE("random search returns its trials best first, the same for the same seed") {
  const auto trials = nn::search(space, loss, {.trials = 200, .random = nn::Random(3)});
  REQUIRE(trials.size() == 200);
  for (std::size_t i = 1; i < trials.size(); ++i) REQUIRE(trials[i - 1].loss <= trials[i].loss);
  CHECK(trials[0]["units"] == 6);
  CHECK(trials[0].loss < 0.3);
  for (const nn::Trial& trial : trials) {
    REQUIRE((trial["rate"] >= 1e-4 && trial["rate"] <= 1));
    REQUIRE((trial["units"] >= 3 && trial["units"] <= 9 && trial["units"] == std::floor(trial["units"])));
  }
  CHECK(nn::search(space, loss, {.trials = 200, .random = nn::Random(3)})[0].values == trials[0].values);
  CHECK_FALSE(nn::search(space, loss, {.trials = 200, .random = nn::Random(4)})[0].values == trials[0].values);
}

TEST_CASE("successive halving gives the better third three times the budget") {
  const auto trials = nn::search(space, loss, {.method = nn::SearchMethod::successive_halving, .trials = 27});
  REQUIRE(trials.size() == 27 + 9 + 3 + 1);
  CHECK(trials[0].budget == 1);
  CHECK(trials[0].loss ==
        std::min_element(trials.begin(), trials.end(), [](auto& a, auto& b) { return a.loss < b.loss; })->loss);
  CHECK(std::count_if(trials.begin(), trials.end(), [](auto& t) { return t.budget < 0.05; }) == 27);
}

TEST_CASE("a search has 27 random trials in a minute unless told otherwise") {
  const nn::SearchOptions options;
  CHECK(options.method == nn::SearchMethod::random);
  CHECK(options.seconds == 60);
  CHECK(options.trials == 27);
  CHECK(options.random == nn::Random(0));
  const nn::HyperParameter number;
  CHECK(number.lowest == 0);
  CHECK(number.highest == 1);
  CHECK(number.scale == nn::Scale::linear);
  CHECK(nn::Trial{}.budget == 1);
  CHECK(nn::search(space, loss).size() == 27);
}

TEST_CASE("time ends a search, a diverged trial is the last") {
  for (const auto method : {nn::SearchMethod::random, nn::SearchMethod::successive_halving}) {
    double time = 100;  // by a clock of our own
    int calls = 0;
    const auto train = [&](const nn::Trial&) {
      time += 10;
      return ++calls % 2 ? std::nan("") : 1.0;
    };
    const auto trials = nn::detail::search(
        space, train, {.method = method, .seconds = 35, .trials = nn::Index{1} << 40}, [&] { return time; });
    CHECK(calls == 4);  // the last one begins after 30 s
    REQUIRE(trials.size() == 4);
    CHECK(trials.front().loss == 1);
    CHECK(std::isinf(trials.back().loss));
    for (const nn::Trial& trial : trials) CHECK(trial.seconds == 10);
  }
}

TEST_CASE("time ends a later round of successive halving, too, and the first trial always runs") {
  double time = 0;
  const auto train = [&](const nn::Trial& trial) {
    time += 1;
    return loss(trial);
  };
  const auto within = [&](double seconds) {
    time = 0;
    return nn::detail::search(space, train, {.method = nn::SearchMethod::successive_halving, .seconds = seconds},
                              [&] { return time; });
  };
  CHECK(within(0.5).size() == 1);
  const auto trials = within(30);
  CHECK(trials.size() == 30);
  CHECK(std::count_if(trials.begin(), trials.end(), [](auto& t) { return t.budget > 0.1; }) == 3);
  CHECK(within(1000).size() == 27 + 9 + 3 + 1);
}

TEST_CASE("trials are drawn when they begin, so that there may be any number of them") {
  struct Enough {};
  for (const auto method : {nn::SearchMethod::random, nn::SearchMethod::successive_halving}) {
    int calls = 0;
    const auto train = [&](const nn::Trial& trial) {
      if (++calls == 3) throw Enough();
      return loss(trial);
    };
    CHECK_THROWS_AS(nn::search(space, train, {.method = method, .trials = nn::Index{1} << 40}), Enough);
    CHECK(calls == 3);
  }
}

TEST_CASE("successive halving is the same for the same seed") {
  const auto halved = [](std::uint64_t seed) {
    return nn::search(space, loss, {.method = nn::SearchMethod::successive_halving, .random = nn::Random(seed)});
  };
  const auto trials = halved(5), again = halved(5), other = halved(6);
  REQUIRE(again.size() == trials.size());
  for (std::size_t i = 0; i < trials.size(); ++i) {
    REQUIRE(again[i].values == trials[i].values);
    REQUIRE(again[i].loss == trials[i].loss);
  }
  CHECK_FALSE(other[0].values == trials[0].values);
}

TEST_CASE("what cannot be searched is refused in words") {
  CHECK_THROWS_AS(nn::search({}, loss), nn::data_error);
  CHECK_THROWS_WITH(nn::search({{"rate", 2, 1}}, loss), Contains("\"rate\" cannot lie between 2 and 1"));
  CHECK_THROWS_AS(nn::search({{"rate", 0, 1, nn::Scale::logarithmic}}, loss), nn::data_error);
  const double nan = std::nan(""), infinity = std::numeric_limits<double>::infinity();
  CHECK_THROWS_AS(nn::search({{"rate", nan, 1}}, loss), nn::data_error);
  CHECK_THROWS_AS(nn::search({{"rate", 0, infinity}}, loss), nn::data_error);
  CHECK_THROWS_WITH(nn::search({{"units", 0.5, 9, nn::Scale::whole}}, loss),
                    Contains("\"units\" is to be whole, but lies between 0.5 and 9"));
  CHECK_THROWS_WITH(nn::search({{"rate"}, {"rate"}}, loss), Contains("\"rate\" is named more than once"));
  CHECK_THROWS_AS(nn::search(space, loss, {.seconds = nan}), nn::data_error);
  CHECK_THROWS_AS(nn::search(space, loss, {.seconds = 0}), nn::data_error);
  CHECK_THROWS_AS(nn::search(space, loss, {.trials = 0}), nn::data_error);
  CHECK_THROWS_WITH(nn::search(space, [](const nn::Trial& trial) { return trial["size"]; }),
                    Contains("no hyper-parameter is named \"size\""));
}
