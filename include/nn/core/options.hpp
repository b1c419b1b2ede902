// SPDX-License-Identifier: MIT
// What numbers options may be; each refusal is one sentence, "who: what must be ..., got value; remedy". An option is
// looked at in the number type that it is used in, where 1e-50 may be 0 and 1e39 infinite.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include <nn/core/errors.hpp>
#include <nn/core/finite.hpp>

namespace nn {

namespace detail {

// Of a value that is fine as a double, or none at all.
template <class Number>
[[noreturn]] void refuse_in_type(std::string_view who, std::string_view what, double value, std::string_view remedy) {
  if (!is_finite(value)) throw data_error(who, ": ", what, " must be a finite number, got ", value, "; ", remedy);
  const auto number = static_cast<Number>(value);
  throw data_error(who, ": ", what, " of ", value, " is ", number,
                   " in the network's number type; use one that it can tell from ", number);
}

}  // namespace detail

/// Throws data_error unless the value is finite, and, where it is not 0, is not 0 as a Number either.
template <class Number = double>
void require_number(std::string_view who, std::string_view what, double value, std::string_view remedy) {
  if (const auto number = static_cast<Number>(value); is_finite(number) && (number != 0 || value == 0)) return;
  detail::refuse_in_type<Number>(who, what, value, remedy);
}

/// Throws data_error unless 0 < value, and that is so and finite as a Number, too; NaN is refused here and below.
template <class Number = double>
void require_positive(const char* who, const char* what, double value, const char* remedy) {
  if (const auto number = static_cast<Number>(value); is_finite(number) && number > 0) return;
  if (!is_finite(value) || value <= 0)
    throw data_error(who, ": ", what, " must be a positive number, got ", value, "; ", remedy);
  detail::refuse_in_type<Number>(who, what, value, remedy);
}

/// Throws data_error unless 0 <= value, and the value is finite as a Number, and 0 only if it is 0.
template <class Number = double>
void require_not_negative(const char* who, const char* what, double value, const char* remedy) {
  if (const auto number = static_cast<Number>(value); is_finite(number) && (number > 0 || value == 0)) return;
  if (is_finite(value) && value < 0)
    throw data_error(who, ": ", what, " must not be negative, got ", value, "; ", remedy);
  detail::refuse_in_type<Number>(who, what, value, remedy);
}

/// Throws data_error unless 0 <= value < 1, also as a Number, which is 0 only if the value is 0.
template <class Number = double>
void require_below_one(const char* who, const char* what, double value, const char* remedy) {
  if (const auto number = static_cast<Number>(value); is_finite(number) && number < 1 && (number > 0 || value == 0))
    return;
  if (is_finite(value) && (value < 0 || value >= 1))
    throw data_error(who, ": ", what, " must be at least 0 and below 1, got ", value, "; ", remedy);
  detail::refuse_in_type<Number>(who, what, value, remedy);
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

/// Calls options.validate<Number>(), or validate() where it does not ask for a type, or nothing where there is none.
template <class Number, class Options>
void validate_options(const Options& options) {
  if constexpr (requires { options.template validate<Number>(); })
    options.template validate<Number>();
  else if constexpr (requires { options.validate(); })
    options.validate();
}

}  // namespace nn
