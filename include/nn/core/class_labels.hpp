// SPDX-License-Identifier: MIT
// Which types may name the class of a sample: integers and enumerators, one or a range of them.
#pragma once

#include <concepts>
#include <iterator>
#include <limits>
#include <string>
#include <type_traits>

#include <nn/core/views.hpp>

namespace nn {

/// A class, counted from 0: an integer of any type, or an enumerator, scoped or not.
template <class Label>
concept ClassLabel = std::integral<Label> || std::is_enum_v<Label>;

namespace detail {

// Eigen's matrices have a begin() that does not compile.
template <class X>
concept MatrixOfColumns = requires {
  requires !X::IsVectorAtCompileTime;
};

}  // namespace detail

/// Any sized range of class labels with random access: a std::vector, a std::span, an array, an Eigen vector.
template <class Labels>
concept ClassLabels = !detail::MatrixOfColumns<Labels> && requires(const Labels& labels) {
  { std::size(labels) } -> std::integral;
  requires std::random_access_iterator<decltype(std::begin(labels))>;
  requires ClassLabel<std::iter_value_t<decltype(std::begin(labels))>>;
};

/// The number of a class; the largest Index where it is larger.
template <ClassLabel Label>
constexpr Index class_number(Label label) {
  constexpr auto largest = std::numeric_limits<Index>::max();
  if constexpr (std::is_enum_v<Label>)
    return class_number(static_cast<std::underlying_type_t<Label>>(label));
  else if constexpr (std::is_unsigned_v<Label> && sizeof(Label) >= sizeof(Index))
    return label > static_cast<Label>(largest) ? largest : static_cast<Index>(label);
  else
    return static_cast<Index>(label);
}

/// The same in words.
inline std::string class_text(Index number) {
  const bool is_largest = number == std::numeric_limits<Index>::max();
  return (is_largest ? "at least " : "") + std::to_string(number);
}

/// That of a sample.
template <ClassLabels Labels>
constexpr Index class_number(const Labels& labels, Index sample) {
  using Label = std::iter_value_t<decltype(std::begin(labels))>;
  return class_number(static_cast<Label>(std::begin(labels)[sample]));
}

}  // namespace nn
