// SPDX-License-Identifier: MIT
// New rows of a table as text, read by the schema of the table that the network was trained on.
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
#include <nn/data/csv.hpp>
#include <nn/data/csv_lexer.hpp>
#include <nn/data/csv_number.hpp>
#include <nn/data/row.hpp>
#include <nn/data/schema.hpp>

namespace nn {

/// How new rows are written, and what they may have that the training table had not.
struct CsvRowOptions {
  CsvOptions format = {};  ///< separator, marks, header, texts of missing values; of columns the schema says everything
  RowOptions rows = {};
  bool any_order = false;  ///< of the columns
};

namespace detail {

/// Reads one row after the other, and keeps the text alone. Throws load_error where the text is not as the schema and
/// the options say.
template <class T>
class CsvRows {
 public:
  /// `source` names the text in errors; it, the schema and the options must outlive the reader.
  CsvRows(std::string text, const std::string& source, const Schema& schema, const CsvRowOptions& options)
      : options_(options),
        lexer_(std::move(text), options.format.separator, source),
        format_{options.format.decimal_mark, options.format.thousands_mark},
        missing_texts_(options.format),
        start_(static_cast<std::size_t>(schema.features())) {
    const CsvOptions& format = options.format;
    if (!format.missing.empty() || !format.numbers.empty() || !format.categories.empty() || format.like != nullptr)
      throw data_error(
          "read_csv: the schema says of new rows which columns are numbers and how missing values are "
          "filled; leave missing, numbers, categories and like as they are");
    name_columns(lexer_, format);
    find_columns(schema);
    lexer_.rewind();
    if (format.has_header) lexer_.skip_row();
  }

  /// For a header and a part of the rows of a file (see CsvLexer).
  void stand_after(Index rows, std::size_t bytes) { lexer_.stands_after(rows, bytes); }

  /// Writes the features of the next row; false where there is none.
  bool next(T* features) {
    if (!lexer_.next_row()) return false;
    std::copy(start_.begin(), start_.end(), features);
    std::size_t fields = 0;
    while (lexer_.next_field())
      if (++fields <= places_.size() && places_[lexer_.column()].column != nullptr)
        put(places_[lexer_.column()], features);
    require_field_for_each_column(lexer_, fields);
    return true;
  }

 private:
  struct Place {
    const Column* column = nullptr;  // of the schema; null for one that is ignored
    Index feature = 0;
    std::map<std::string_view, Index> labels = {};
  };

  void find_columns(const Schema& schema) {
    std::map<std::string_view, std::size_t> inputs;
    for (std::size_t i = 0; i < schema.inputs.size(); ++i) inputs.emplace(schema.inputs[i].name, i);
    std::vector<std::size_t> order(schema.inputs.size(), none);  // where in the text each input is
    std::size_t before = none;
    for (std::size_t i = 0; i < lexer_.names.size(); ++i) {
      const auto found = inputs.find(lexer_.names[i]);
      if (found == inputs.end() && !options_.rows.ignore_additional_columns)
        lexer_.fail(" has the column ", in_quotes(lexer_.names[i]), what_is_additional(schema, lexer_.names[i]),
                    lexer_.names.size() == 1 ? "; or is the separator another?" : "");
      if (found == inputs.end()) continue;
      if (before != none && found->second < before && !options_.any_order)
        lexer_.fail(" has the column ", in_quotes(found->first), " after ", in_quotes(schema.inputs[before].name),
                    ", which it stood before in the training; reorder them, or set any_order");
      before = found->second;
      order[found->second] = i;
    }
    places_.resize(lexer_.names.size());
    Index feature = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
      const Column& column = schema.inputs[i];
      if (order[i] == none)
        fill_missing(column, feature);
      else
        places_[order[i]] = place_of(column, feature);
      feature += column.features();
    }
  }

  void fill_missing(const Column& column, Index feature) {
    if (!options_.rows.fill_missing_columns)
      lexer_.fail(" lacks the column ", in_quotes(column.name),
                  "; add it, or set fill_missing_columns; or is the separator another?");
    put_missing(column, start_.data() + feature, [&](const auto&... pieces) {
      lexer_.fail(" lacks the column ", in_quotes(column.name), ": ", pieces...);
    });
  }

  static Place place_of(const Column& column, Index feature) {
    Place place{&column, feature};
    for (const std::string& category : column.categories)
      place.labels.emplace(category, static_cast<Index>(place.labels.size()));
    return place;
  }

  void put(const Place& place, T* features) const {
    const Column& column = *place.column;
    T* const own = features + place.feature;
    const auto refuse = [&](const auto&... pieces) { lexer_.fail_here(pieces...); };
    if (missing_texts_.contain(lexer_.field()) && !place.labels.contains(lexer_.field()))
      return put_missing(column, own, refuse);
    if (!column.has_categories()) return put_number(column, number_in_field(lexer_, format_), own, refuse);
    const auto found = place.labels.find(lexer_.field());
    put_category(column, lexer_.field(), found != place.labels.end() ? found->second : -1,
                 options_.rows.unknown_category, own, refuse);
  }

  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  const CsvRowOptions& options_;
  CsvLexer lexer_;
  NumberFormat format_;
  MissingTexts missing_texts_;
  std::vector<T> start_;       // of each row: what is not in the text
  std::vector<Place> places_;  // of each column in the text
};

}  // namespace detail

}  // namespace nn
