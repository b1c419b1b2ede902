// SPDX-License-Identifier: MIT
// Named columns of numbers or categories, and the data set they make: categories one-hot as inputs, labels as target.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nn/core/errors.hpp>
#include <nn/core/printable.hpp>
#include <nn/core/views.hpp>
#include <nn/data/dataset.hpp>

namespace nn {

/// One column: numbers, or categories and for every row the position of its own among them.
struct Column {
  std::string name;
  std::vector<double> numbers;          ///< one per row; empty where there are categories
  std::vector<int> labels;              ///< one per row; empty where there are numbers
  std::vector<std::string> categories;  ///< what the labels mean
  std::optional<double> filling = {};   ///< stands in for a missing value: a number, or the label of a category

  bool has_categories() const { return !categories.empty(); }
  Index rows() const { return static_cast<Index>(has_categories() ? labels.size() : numbers.size()); }
  /// How many features it makes: one, or one per category.
  Index features() const { return has_categories() ? static_cast<Index>(categories.size()) : 1; }
  /// Writes what one value, a number or a label, makes of its features, which are zeros: the number, or 1 at the label.
  template <class T>
  void put(double value, T* features) const {
    if (has_categories())
      features[static_cast<Index>(value)] = T(1);
    else
      features[0] = static_cast<T>(value);
  }

  bool operator==(const Column&) const = default;
};

/// Which columns are the inputs: all but the target when nothing is said.
struct ColumnChoice {
  std::vector<std::string> keep = {};  ///< these alone, in this order; none: all, in the order of the table
  std::vector<std::string> drop = {};  ///< not these
  Index max_categories = 1000;         ///< that one input column may have: each of them becomes a feature
};

/// A regular value; columns may be added, changed and taken away. What is made of them is checked first: data_error
/// where a name is unknown, a column has another number of rows than the first, or nothing is left.
struct Table {
  std::vector<Column> columns;

  Index rows() const { return columns.empty() ? 0 : columns.front().rows(); }

  bool has(std::string_view name) const { return find(name) != columns.end(); }
  const Column& column(std::string_view name) const {
    const auto found = find(name);
    if (found != columns.end()) return *found;
    std::vector<std::string> names;
    for (const Column& other : columns) names.push_back(other.name);
    throw data_error("Table: there is no column ", detail::in_quotes(name), " among its ", columns.size(), ": ",
                     detail::in_quotes(names, 20), "; check the name, and the separator of the file");
  }

  /// The features, as wide as the columns chosen make them: features x rows. A category is 1 in the row of its name
  /// and 0 in the other ones, in the order of Column::categories.
  template <std::floating_point T = double>
  Matrix<T> inputs(const ColumnChoice& choice = {}) const {
    return inputs_of<T>(input_columns(choice));
  }

  /// What the rows of inputs() are: the names of columns, and for categories "city=Rome".
  std::vector<std::string> input_names(const ColumnChoice& choice = {}) const {
    std::vector<std::string> names;
    for (const Column* column : input_columns(choice)) {
      if (!column->has_categories()) names.push_back(column->name);
      for (const std::string& category : column->categories) names.push_back(column->name + '=' + category);
    }
    return names;
  }

  /// A data set with one column as target: to tell its categories (their names are column(target).categories), or to
  /// tell its numbers, one per row. The target is no input.
  Dataset dataset(std::string_view target, const ColumnChoice& choice = {}) const {
    const Column& wanted = column(target);
    require_sound(wanted);
    Matrix<double> x = inputs_of<double>(input_columns(choice, target));
    if (wanted.has_categories()) return Dataset(std::move(x), wanted.labels, wanted.features());
    return Dataset(std::move(x), Matrix<double>(ConstMatrixView<double>(wanted.numbers.data(), 1, rows())));
  }

  /// The columns that are inputs, in their order; the target is none.
  std::vector<const Column*> input_columns(const ColumnChoice& choice, std::string_view target = "") const {
    std::map<std::string_view, const Column*> by_name;
    for (const Column& column : columns) by_name.emplace(column.name, &column);
    const auto find = [&](const std::string& name) {
      const auto found = by_name.find(name);
      return found != by_name.end() ? found->second : &column(name);  // which throws
    };
    std::vector<std::string_view> dropped;
    for (const std::string& name : choice.drop) dropped.push_back(find(name)->name);
    if (!target.empty()) dropped.push_back(target);
    std::sort(dropped.begin(), dropped.end());
    const auto is_dropped = [&](const std::string& name) {
      return std::binary_search(dropped.begin(), dropped.end(), std::string_view(name));
    };
    std::vector<const Column*> chosen;
    for (const std::string& name : choice.keep) {
      if (is_dropped(name))
        throw data_error("Table: the column ", detail::in_quotes(name), " is to be kept as an input, but ",
                         name == target ? "it is the target" : "dropped, too", "; say one of them");
      chosen.push_back(find(name));
    }
    if (choice.keep.empty())
      for (const Column& column : columns)
        if (!is_dropped(column.name)) chosen.push_back(&column);
    if (chosen.empty()) throw data_error("Table: none of its ", columns.size(), " columns is an input; keep some");
    for (const Column* column : chosen) {
      require_sound(*column);
      if (column->features() > choice.max_categories)
        throw data_error("Table: the column ", detail::in_quotes(column->name), " has ", column->features(),
                         " categories, from ", detail::in_quotes(column->categories.front()), " to ",
                         detail::in_quotes(column->categories.back()), ", and inputs may have ", choice.max_categories,
                         "; drop it, or raise max_categories");
    }
    return chosen;
  }

  bool operator==(const Table&) const = default;

 private:
  std::vector<Column>::const_iterator find(std::string_view name) const {
    return std::find_if(columns.begin(), columns.end(), [&](const Column& column) { return column.name == name; });
  }

  void require_sound(const Column& column) const {
    if (column.rows() != rows())
      throw data_error("Table: the column ", detail::in_quotes(column.name), " has ", column.rows(), " rows, but ",
                       detail::in_quotes(columns.front().name), " has ", rows(), "; give one value per row");
    for (const int label : column.labels)
      if (label < 0 || label >= column.features())
        throw data_error("Table: the column ", detail::in_quotes(column.name), " has the label ", label, " for ",
                         column.categories.size(), " categories; labels count from 0");
  }

  template <class T>
  Matrix<T> inputs_of(const std::vector<const Column*>& chosen) const {
    Index features = 0;
    for (const Column* column : chosen) features += column->features();
    Matrix<T> x = Matrix<T>::Zero(features, rows());
    Index feature = 0;
    for (const Column* column : chosen) {
      for (Index row = 0; row < rows(); ++row) {
        const auto i = static_cast<std::size_t>(row);
        column->put(column->has_categories() ? column->labels[i] : column->numbers[i], &x(feature, row));
      }
      feature += column->features();
    }
    return x;
  }
};

}  // namespace nn
