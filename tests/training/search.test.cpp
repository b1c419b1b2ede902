// SPDX-License-Identifier: MIT
#include <nn/training/search.hpp>

#include <chrono>
#include <cmath>

#include "../catch.hpp"

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

TEST_CASE("time ends a search, a diverged trial is the last") {
  int calls = 0;
  const auto every_second_diverges = [&](const nn::Trial&) { return ++calls % 2 ? std::nan("") : 1.0; };
  CHECK_FALSE(nn::search(space, every_second_diverges, {.seconds = 0.02, .trials = 1'000'000'000}).empty());
  calls = 0;
  const auto trials = nn::search(space, every_second_diverges, {.seconds = 1e9, .trials = 4});
  REQUIRE(trials.size() == 4);
  for (std::size_t i = 0; i < 2; ++i) CHECK(trials[i].loss == 1);
  for (std::size_t i = 2; i < 4; ++i) CHECK(std::isinf(trials[i].loss));
}

TEST_CASE("a search that is told nothing tries 27 trials in a minute, of numbers from 0 to 1 on a linear scale") {
  const nn::SearchOptions options;
  CHECK(options.method == nn::SearchMethod::random);
  CHECK(options.seconds == 60);
  CHECK(options.trials == 27);
  CHECK(options.random == nn::Random(0));
  const nn::HyperParameter parameter;
  CHECK(parameter.lowest == 0);
  CHECK(parameter.highest == 1);
  CHECK(parameter.scale == nn::Scale::linear);
}

TEST_CASE("successive halving is the same for the same seed, and ends in time, too") {
  const auto halved = [](std::uint64_t seed, auto train, double seconds) {
    return nn::search(space, train,
                      {.method = nn::SearchMethod::successive_halving, .seconds = seconds, .random = nn::Random(seed)});
  };
  const auto trials = halved(5, loss, 60), again = halved(5, loss, 60), other = halved(6, loss, 60);
  REQUIRE(again.size() == trials.size());
  for (std::size_t i = 0; i < trials.size(); ++i) {
    REQUIRE(again[i].values == trials[i].values);
    REQUIRE(again[i].loss == trials[i].loss);
  }
  CHECK_FALSE(other[0].values == trials[0].values);

  const auto slow = [](const nn::Trial& trial) {
    const auto start = std::chrono::steady_clock::now();
    while (std::chrono::steady_clock::now() - start < std::chrono::milliseconds(10)) {
    }
    return loss(trial);
  };
  const auto some = halved(5, slow, 0.05);  // the whole would take 0.4 s
  CHECK(some.size() <= 6);
  double seconds = 0;
  for (const nn::Trial& trial : some) seconds += trial.seconds;
  CHECK(seconds - some.back().seconds < 0.05);
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
