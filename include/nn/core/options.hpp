// SPDX-License-Identifier: MIT
// What numbers options may be; each refusal is one sentence, "who: what must be ..., got value; remedy".
#pragma once

#include <cstdint>
#include <string>
#include <type_traits>

#include <nn/core/errors.hpp>

namespace nn {

/// Throws data_error unless 0 < value < 1e300; NaN is refused here and below.
inline void require_positive(const char* who, const char* what, double value, const char* remedy) {
  if (!(value > 0 && value < 1e300))
    throw data_error(who, ": ", what, " must be a positive number, got ", value, "; ", remedy);
}

/// Throws data_error unless 0 <= value < 1e300.
inline void require_not_negative(const char* who, const char* what, double value, const char* remedy) {
  if (!(value >= 0 && value < 1e300))
    throw data_error(who, ": ", what, " must not be negative, got ", value, "; ", remedy);
}

/// Throws data_error unless 0 <= value < 1.
inline void require_below_one(const char* who, const char* what, double value, const char* remedy) {
  if (!(value >= 0 && value < 1))
    throw data_error(who, ": ", what, " must be at least 0 and below 1, got ", value, "; ", remedy);
}

/// Throws data_error unless the count is at least 1.
inline void require_some(const char* who, const char* what, std::int64_t count, const char* remedy) {
  if (count < 1) throw data_error(who, ": ", what, " must be at least 1, got ", count, "; ", remedy);
}

/// Throws data_error where a schedule whose number of steps is left to fit is asked for a rate outside of it.
inline void require_length(const char* who, std::int64_t steps) {
  require_some(who, "the number of steps", steps, "only within fit may it be left open");
}

namespace detail {

struct IgnoreOption {
  template <class Option>
  void operator()(const char*, Option&) const {}
};

}  // namespace detail

/// A type that says its name, and calls visit(name, option) for every option that it has: what a checkpoint needs to
/// restore them, and to tell one schedule from another.
template <class T>
concept ListsOptions = requires(const T& value, detail::IgnoreOption visit) {
  value.name();
  T::for_each_option(value, visit);
};

/// "OneCycle (learning_rate 0.01, steps 1000, ...)"
template <ListsOptions T>
std::string description_of(const T& value) {
  std::string options;
  T::for_each_option(value, [&](const char* name, const auto& option) {
    options += (options.empty() ? "" : ", ") + std::string(name) + ' ';
    using Option = std::remove_cvref_t<decltype(option)>;
    if constexpr (ListsOptions<Option>) {
      options += description_of(option);
    } else if constexpr (std::is_arithmetic_v<Option>) {
      options += error(option).what();
    } else {
      options += "of the program's own";
    }
  });
  return value.name() + (" (" + options + ')');
}

}  // namespace nn
