// SPDX-License-Identifier: MIT
// One row of a table by the names of its columns, {{"sex", "female"}, {"age", 29}}, and the features it makes.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <nn/core/errors.hpp>
#include <nn/core/finite.hpp>
#include <nn/core/number_text.hpp>
#include <nn/core/printable.hpp>
#include <nn/data/schema.hpp>

namespace nn {

/// What stands in one column of a row: a number, a text, or std::nullopt where the value is missing.
class Field {
 public:
  Field(std::nullopt_t = std::nullopt) {}
  template <class Number>
  requires std::integral<Number> || std::floating_point<Number> Field(Number number)
      : value_(static_cast<double>(number)) {}
  Field(char letter) : value_(std::string(1, letter)) {}
  Field(const char* text) : value_(std::string(text)) {}
  Field(std::string_view text) : value_(std::string(text)) {}
  Field(std::string text) : value_(std::move(text)) {}
  template <class Value>
  Field(const std::optional<Value>& value) {
    if (value) *this = Field(*value);
  }

  bool is_missing() const { return std::holds_alternative<std::monostate>(value_); }
  /// Null where it is none.
  const double* number() const { return std::get_if<double>(&value_); }
  /// A number as the shortest text that reads back to it: the category 3 is "3".
  std::string to_text() const {
    if (const std::string* const text = std::get_if<std::string>(&value_)) return *text;
    std::array<char, detail::longest_number> digits;
    if (is_missing()) return {};
    return {digits.data(), detail::write_number(digits.data(), *number())};
  }

  bool operator==(const Field&) const = default;

 private:
  std::variant<std::monostate, double, std::string> value_;
};

/// Values by the names of their columns, in any order.
using Row = std::vector<std::pair<std::string, Field>>;

/// What to make of a category that the training table had not.
enum class UnknownCategory {
  refuse,
  fill,  ///< as a missing value
  none   ///< of the categories: all features of the column are 0
};

/// What rows may have that the training table had not. Everything is refused by default.
struct RowOptions {
  UnknownCategory unknown_category = UnknownCategory::refuse;
  bool fill_missing_columns = false;       ///< a column that is left out is as a missing value
  bool ignore_additional_columns = false;  ///< the target too, where it is known
};

namespace detail {

/// Position among the categories, or -1.
inline Index label_of(const Column& column, std::string_view category) {
  const auto found = std::find(column.categories.begin(), column.categories.end(), category);
  return found != column.categories.end() ? found - column.categories.begin() : -1;
}

/// Writes the features of a missing value, which are zeros until then. Where it cannot be filled, refuse(pieces of a
/// sentence...) must throw.
template <class T>
void put_missing(const Column& column, T* features, auto&& refuse) {
  if (!column.filling) refuse("the value is missing, and the schema does not say how to fill it; complete it");
  column.put(*column.filling, features);
}

/// The same of a number in a column of numbers.
template <class T>
void put_number(const Column& column, double number, T* features, auto&& refuse) {
  if (!is_finite(number) || std::abs(number) > static_cast<double>(std::numeric_limits<T>::max()))
    refuse(number, " is no finite ", sizeof(T) == sizeof(float) ? "float" : "double",
           "; correct it, or say that it is missing");
  column.put(number, features);
}

/// The same of a category, of which label_of() or something faster gave the label.
template <class T>
void put_category(const Column& column, std::string_view category, Index label, UnknownCategory unknown, T* features,
                  auto&& refuse) {
  if (label >= 0) return column.put(static_cast<double>(label), features);
  if (unknown == UnknownCategory::fill) return put_missing(column, features, refuse);
  if (unknown == UnknownCategory::refuse)
    refuse(in_quotes(category), " is none of the ", column.categories.size(),
           " categories: ", in_quotes(column.categories, 20), "; correct it, or set unknown_category");
}

/// Writes the features of one field.
template <class T>
void put_field(const Column& column, const Field& field, UnknownCategory unknown, T* features, auto&& refuse) {
  if (field.is_missing()) return put_missing(column, features, refuse);
  if (column.has_categories()) {
    const std::string category = field.to_text();
    return put_category(column, category, label_of(column, category), unknown, features, refuse);
  }
  if (field.number() == nullptr)
    refuse(in_quotes(field.to_text()), " is a text, but the column has numbers; give a number");
  put_number(column, *field.number(), features, refuse);
}

/// What is to be said of a column that is no input.
inline std::string what_is_additional(const Schema& schema, std::string_view name) {
  constexpr const char* remedy = "; leave it out, or set ignore_additional_columns";
  if (name == schema.target.name) return text_of(", which is what the network tells", remedy);
  std::vector<std::string> inputs;
  for (const Column& column : schema.inputs) inputs.push_back(column.name);
  return text_of(", which is none of the ", inputs.size(), " inputs: ", in_quotes(inputs, 20), remedy);
}

/// The features of a row, in the order of the schema. Throws data_error where a value is wrong, a column is missing,
/// another one is there, or one twice.
template <class T>
std::vector<T> features_of(const Schema& schema, const Row& row, const RowOptions& options) {
  std::map<std::string_view, const Field*> given;
  for (const auto& [name, field] : row)
    if (!given.emplace(name, &field).second)
      throw data_error("Row: has the column ", in_quotes(name), " twice; give one value for it");
  std::vector<T> features(static_cast<std::size_t>(schema.features()));
  T* next = features.data();
  for (const Column& column : schema.inputs) {
    const auto found = given.find(column.name);
    if (found == given.end() && !options.fill_missing_columns)
      throw data_error("Row: lacks the column ", in_quotes(column.name),
                       "; give it, as std::nullopt where its value is missing, or set fill_missing_columns");
    put_field(
        column, found != given.end() ? *found->second : Field(), options.unknown_category, next,
        [&](const auto&... pieces) { throw data_error("Row: column ", in_quotes(column.name), ": ", pieces...); });
    if (found != given.end()) given.erase(found);
    next += column.features();
  }
  if (!given.empty() && !options.ignore_additional_columns)
    throw data_error("Row: has the column ", in_quotes(given.begin()->first),
                     what_is_additional(schema, given.begin()->first));
  return features;
}

}  // namespace detail

}  // namespace nn
