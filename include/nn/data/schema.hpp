// SPDX-License-Identifier: MIT
// What a network must know of the table it was trained on: its columns without the rows, the inputs and the target.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <nn/core/errors.hpp>
#include <nn/core/finite.hpp>
#include <nn/core/printable.hpp>
#include <nn/core/views.hpp>
#include <nn/data/dataset.hpp>
#include <nn/data/table.hpp>

namespace nn {

/// A regular value, which save() puts into the network's file: names, order, categories and fillings of the columns.
/// The columns of a schema have no rows.
struct Schema {
  std::vector<Column> inputs;  ///< in the order of the network's inputs; none: there is no schema
  Column target;

  Schema() = default;
  /// Of a table, as Table::dataset() takes it. Throws data_error where a column is not there, or none is an input.
  Schema(const Table& table, std::string_view target_name, const ColumnChoice& choice = {})
      : target(without_rows(table.column(target_name))) {
    for (const Column* column : table.input_columns(choice, target_name)) inputs.push_back(without_rows(*column));
    target.filling.reset();
    validate();
  }

  bool is_empty() const { return inputs.empty(); }
  /// How many numbers a row makes for the network.
  Index features() const {
    Index sum = 0;
    for (const Column& column : inputs) sum += column.features();
    return sum;
  }

  /// The samples of a table: inputs, and labels or numbers of the target. Throws data_error where the table lacks a
  /// column, or has it with other categories.
  Dataset dataset(const Table& table) const {
    ColumnChoice choice;
    for (const Column& column : inputs) {
      require_alike(column, table.column(column.name));
      choice.keep.push_back(column.name);
      choice.max_categories = std::max(choice.max_categories, column.features());
    }
    require_alike(target, table.column(target.name));
    return table.dataset(target.name, choice);
  }

  /// Throws data_error where it cannot be the schema of any table.
  void validate() const {
    if (is_empty()) throw data_error("Schema: has no inputs; make it of a table, nn::Schema{table, \"target\"}");
    std::vector<std::string_view> names{target.name};
    for (const Column& column : inputs) names.push_back(column.name);
    if (const std::string_view* const twice = first_twice(names))
      throw data_error("Schema: has the column ", detail::in_quotes(*twice), " twice; rename one");
    for (const Column& column : inputs) validate(column);
    validate(target);
  }

  /// Throws data_error where the network reads another number of features, or tells other than the target: an output
  /// for each class, a single one for two classes or for a number.
  template <class Network>
  void require_fit(const Network& network) const {
    validate();
    const Index wanted = network.input_shape().size(), outputs = network.output_shape().size();
    const bool is_of_two = target.features() == 2 && outputs == 1;
    if (features() != wanted)
      throw data_error("Schema: its columns make ", features(), " features, but the network reads ", wanted,
                       "; take the schema of the table it was trained on");
    if (outputs != target.features() && !is_of_two)
      throw data_error("Schema: its target ", detail::in_quotes(target.name), " has ",
                       target.has_categories() ? text_of(target.features(), " classes") : "numbers",
                       ", but the network has ", outputs, " outputs; give it one for each class, and one for a number");
  }

  bool operator==(const Schema&) const = default;

 private:
  static Column without_rows(const Column& column) { return {column.name, {}, {}, column.categories, column.filling}; }

  static void require_alike(const Column& ours, const Column& other) {
    if (ours.categories != other.categories)
      throw data_error("Schema: the column ", detail::in_quotes(ours.name), " has ", kind(ours),
                       " in the schema, and in the table ", kind(other),
                       ours.categories.size() == other.categories.size() ? " of other names" : "",
                       "; read the table with CsvOptions::like of that which the schema was made of");
  }
  static std::string kind(const Column& column) {
    return column.has_categories() ? text_of(column.categories.size(), " categories") : "numbers";
  }

  // One that is there more than once, or null; sorts them.
  static const std::string_view* first_twice(std::vector<std::string_view>& names) {
    std::sort(names.begin(), names.end());
    const auto found = std::adjacent_find(names.begin(), names.end());
    return found != names.end() ? &*found : nullptr;
  }

  static void validate(const Column& column) {
    const auto refuse = [&](const auto&... pieces) {
      throw data_error("Schema: the column ", detail::in_quotes(column.name), pieces...);
    };
    if (column.name.empty()) refuse(" needs a name");
    if (!column.numbers.empty() || !column.labels.empty()) refuse(" has rows, but those of a schema have none");
    std::vector<std::string_view> categories(column.categories.begin(), column.categories.end());
    if (const std::string_view* const twice = first_twice(categories))
      refuse(" has the category ", detail::in_quotes(*twice), " twice; name each once");
    if (!column.filling) return;
    const double filling = *column.filling;
    if (!is_finite(filling)) refuse(" is filled with ", filling, "; take a finite number");
    if (column.has_categories() &&
        !(filling >= 0 && filling < static_cast<double>(column.categories.size()) && filling == std::floor(filling)))
      refuse(" is filled with the category ", filling, ", but has the categories 0 to ", column.categories.size() - 1);
  }
};

}  // namespace nn
