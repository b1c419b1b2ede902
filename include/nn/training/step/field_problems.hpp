// SPDX-License-Identifier: MIT
// What the fields of a checkpoint must be; each refusal is the rest of a sentence that begins with the field's name.
#pragma once

#include <cstdint>
#include <string>

#include <nn/core/errors.hpp>
#include <nn/core/finite.hpp>
#include <nn/core/views.hpp>

// All of these return what is wrong with a field, or an empty text.
namespace nn::detail {

/// More updates, samples or epochs than anybody makes; sums of them do not overflow, and double has them all.
inline constexpr std::int64_t largest_count = std::int64_t{1} << 53;

inline std::string no_problem() { return {}; }

inline std::string outside(std::int64_t number, std::int64_t most) {
  if (number >= 0 && number <= most) return {};
  return "is " + std::to_string(number) + ", but must be from 0 to " + std::to_string(most);
}

inline std::string not_finite(double number) {
  return is_finite(number) ? "" : error("is ", number, ", but must be a finite number").what();
}

inline std::string negative(double number) {
  return is_finite(number) && number >= 0 ? "" : error("is ", number, ", but must not be negative").what();
}

inline std::string not_a_number(double number) {
  return is_finite(number) || number > 0 || number < 0 ? "" : "is not a number";
}

/// Of as many numbers as there are parameters, say, or of none.
inline std::string wrong_size(Index size, Index needed) {
  if (size == 0 || size == needed) return {};
  return "has " + std::to_string(size) + " numbers, but must have " + std::to_string(needed);
}

template <class Numbers>
std::string any_not_finite(const Numbers& numbers) {
  const Index wrong = first_not_finite(numbers.data(), numbers.size());
  if (wrong == numbers.size()) return {};
  return error("has the number ", numbers.data()[wrong], " at ", wrong, ", but must be finite").what();
}

/// The first of two.
inline std::string either(std::string first, std::string second) { return first.empty() ? second : first; }

}  // namespace nn::detail
