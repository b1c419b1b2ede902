// SPDX-License-Identifier: MIT
// Hyper-parameters found by trying: seeded random search, or successive halving, within a time budget.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <nn/core/errors.hpp>
#include <nn/core/finite.hpp>
#include <nn/core/random.hpp>
#include <nn/core/views.hpp>
#include <nn/training/fit/clock.hpp>

namespace nn {

enum class Scale { linear, logarithmic, whole };

/// One number that is to be found.
struct HyperParameter {
  std::string name;             ///< by which a Trial gives its value
  double lowest = 0;            ///< finite; above 0 on a logarithmic scale
  double highest = 1;           ///< not below the lowest
  Scale scale = Scale::linear;  ///< whole: integers, both ends included
};

/// One choice of all numbers, and what became of it.
struct Trial {
  std::vector<std::pair<std::string, double>> values;
  double budget = 1;  ///< share of the full effort that is to be spent, as of the epochs: 1 but in successive halving
  double loss = std::numeric_limits<double>::infinity();
  double seconds = 0;

  /// Throws data_error where there is no such number.
  double operator[](const std::string& name) const {
    for (const auto& [key, value] : values)
      if (key == name) return value;
    throw data_error("Trial: no hyper-parameter is named \"", name, "\"; name it in the search");
  }
};

enum class SearchMethod {
  random,             ///< Bergstra and Bengio 2012
  successive_halving  ///< Jamieson and Talwalkar 2016: many at a small budget, the better third again at three times it
};

struct SearchOptions {
  SearchMethod method = SearchMethod::random;
  double seconds = 60;        ///< no trial begins after that; the first always runs
  Index trials = 27;          ///< at most; in successive halving, those of the first round, 3^3
  Random random = Random(0);  ///< draws the values; the same trials for the same seed, as far as there is time
};

namespace detail {

inline void validate_search(const std::vector<HyperParameter>& space, const SearchOptions& options) {
  if (space.empty()) throw data_error("search: nothing to search for; name at least one hyper-parameter");
  for (const HyperParameter& parameter : space) {
    const double low = parameter.lowest, high = parameter.highest;
    const bool is_range = is_finite(low) && is_finite(high) && is_finite(high - low) && low <= high;
    if (!is_range || (parameter.scale == Scale::logarithmic && low <= 0))
      throw data_error("search: \"", parameter.name, "\" cannot lie between ", low, " and ", high,
                       "; both ends are finite, the lower one comes first, and is above 0 on a logarithmic scale");
    if (parameter.scale == Scale::whole && (low != std::floor(low) || high != std::floor(high) || high - low >= 1e15))
      throw data_error("search: \"", parameter.name, "\" is to be whole, but lies between ", low, " and ", high,
                       "; give whole numbers");
    const auto has_name = [&](const HyperParameter& other) { return other.name == parameter.name; };
    if (std::count_if(space.begin(), space.end(), has_name) > 1)
      throw data_error("search: \"", parameter.name, "\" is named more than once; give each number a name of its own");
  }
  if (options.seconds <= 0 || !is_finite(1 / options.seconds))  // NaN; infinity is no limit
    throw data_error("search: needs more than ", options.seconds, " seconds; 60 is the default");
  if (options.trials < 1)
    throw data_error("search: needs at least 1 trial, got ", options.trials, "; 27 is the default");
}

// now() is the time in seconds.
template <class Train, class Clock>
std::vector<Trial> search(const std::vector<HyperParameter>& space, Train&& train, SearchOptions options, Clock&& now) {
  validate_search(space, options);
  const double start = now();
  const auto drawn = [&] {
    Trial trial;
    for (const HyperParameter& p : space) {
      double value = options.random.uniform(p.lowest, p.highest);
      if (p.scale == Scale::logarithmic) value = p.lowest * std::pow(p.highest / p.lowest, options.random.uniform());
      if (p.scale == Scale::whole)
        value =
            p.lowest + static_cast<double>(options.random.below(static_cast<std::uint64_t>(p.highest - p.lowest) + 1));
      trial.values.emplace_back(p.name, value);
    }
    return trial;
  };
  std::vector<Trial> done;
  const auto run = [&](Trial trial, double budget) {
    const double begin = now();
    if (!done.empty() && begin - start >= options.seconds) return false;
    trial.budget = budget;
    const double loss = train(std::as_const(trial));
    trial.loss = is_finite(loss) ? loss : std::numeric_limits<double>::infinity();
    trial.seconds = now() - begin;
    done.push_back(std::move(trial));
    return true;
  };
  const auto best_first = [](auto first, auto last) {
    std::stable_sort(first, last, [](const Trial& a, const Trial& b) {
      return a.budget != b.budget ? a.budget > b.budget : a.loss < b.loss;
    });
  };

  const bool is_halving = options.method == SearchMethod::successive_halving;
  double budget = 1;
  for (Index left = options.trials; is_halving && left > 1; left = (left + 2) / 3) budget /= 3;
  bool has_time = true;
  for (Index i = 0; i < options.trials && has_time; ++i) has_time = run(drawn(), budget);
  for (std::size_t round = done.size(); has_time && budget < 1; round = (round + 2) / 3) {
    const auto first = done.end() - static_cast<std::ptrdiff_t>(round);
    best_first(first, done.end());
    const std::vector<Trial> better(first, first + static_cast<std::ptrdiff_t>((round + 2) / 3));
    budget = better.size() == 1 ? 1.0 : std::min(1.0, budget * 3);
    for (const Trial& trial : better) has_time = has_time && run(trial, budget);
  }
  best_first(done.begin(), done.end());
  return done;
}

}  // namespace detail

/// Calls train(trial) again and again, which is to return the validation loss (NaN and infinity are the worst), and
/// returns all trials, the best first: those of the largest budget, by loss. Throws data_error where an option makes no
/// sense; what train throws passes through.
template <class Train>
std::vector<Trial> search(const std::vector<HyperParameter>& space, Train&& train, SearchOptions options = {}) {
  return detail::search(space, train, std::move(options), steady_seconds);
}

}  // namespace nn
