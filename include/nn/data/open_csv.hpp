// SPDX-License-Identifier: MIT
// A table as text that is read in pieces, by the schema of a smaller one.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <nn/core/errors.hpp>
#include <nn/core/printable.hpp>
#include <nn/core/views.hpp>
#include <nn/data/csv.hpp>
#include <nn/data/csv_rows.hpp>
#include <nn/data/dataset.hpp>
#include <nn/data/lazy_dataset.hpp>
#include <nn/data/record_file.hpp>
#include <nn/data/schema.hpp>

namespace nn {

namespace detail {

/// Where in a file the rows stand: of every run of rows, where the first begins.
class CsvIndex {
 public:
  struct Place {
    std::uint64_t byte;
    Index rows;  // before it, as a spreadsheet counts
  };

  /// Goes through the file once, in blocks.
  CsvIndex(const RecordFile& file, bool has_header, Index run) {
    RecordFile::Reading reading(file);
    std::vector<char> block(65536);
    bool is_quoted = false, is_row = false, is_header = has_header;
    Index row = 0;
    std::uint64_t begin = 0;
    const auto end_row = [&](std::uint64_t end) {
      if (is_row && is_header)
        header_end_ = end;
      else if (is_row && rows_++ % run == 0)
        places_.push_back({begin, row});
      if (is_row) is_header = false;
      ++row;
      is_row = false;
      begin = end;
    };
    for (std::uint64_t offset = 0; offset < file.size(); offset += block.size()) {
      block.resize(static_cast<std::size_t>(std::min<std::uint64_t>(block.size(), file.size() - offset)));
      reading.read(offset, block);
      for (std::size_t i = 0; i < block.size(); ++i) {
        const char c = block[i];
        if (c == '\n' && !is_quoted)
          end_row(offset + i + 1);
        else if (c != '\r')
          is_row = true;
        is_quoted ^= c == '"';
      }
    }
    end_row(file.size());
    if (places_.empty()) file.fail(" has no rows; is it the right file?");
    places_.push_back({file.size(), row});
  }

  Index rows() const { return rows_; }
  std::size_t header_size() const { return static_cast<std::size_t>(header_end_); }
  const Place& first_of(Index run) const { return places_[static_cast<std::size_t>(run)]; }

 private:
  Index rows_ = 0;
  std::uint64_t header_end_ = 0;
  std::vector<Place> places_;  // and the end of the file
};

}  // namespace detail

/// The samples that schema.dataset(read_csv(path)) would have, in a file of any length. What cannot be read is refused
/// as load_model's predict_csv refuses it, with its row; the columns may come in any order. The file is gone through
/// once now; LazyOptions::run is 128 rows where it is not given. Throws load_error, also from fit and evaluate.
inline LazyDataset open_csv(const std::string& path, const Schema& schema, CsvRowOptions rows = {},
                            LazyOptions options = {}) {
  if (options.run == 0) options.run = 128;
  if (options.run < 0)
    throw data_error("open_csv: a run must not be negative, got ", options.run, "; 128 is the default");
  schema.validate();
  detail::validate(rows.format);
  rows.any_order = true;
  Schema all = schema;  // the target as the last input
  all.inputs.push_back(schema.target);
  const auto file = std::make_shared<const detail::RecordFile>("read_csv", path);
  const auto index = std::make_shared<const detail::CsvIndex>(*file, rows.format.has_header, options.run);

  const auto read = [file, index, rows, all, run = options.run](std::span<const Index> samples) {
    const Index features = all.features() - all.target.features();
    const auto count = static_cast<Index>(samples.size());
    const bool has_labels = all.target.has_categories();
    Matrix<double> x(features, count), targets(has_labels ? 0 : 1, count);
    std::vector<int> labels(has_labels ? samples.size() : 0);
    std::vector<double> row(static_cast<std::size_t>(all.features()));
    const std::string name = detail::path_in_quotes(file->path());
    const std::vector<std::size_t> order = file->in_file_order(samples);
    detail::RecordFile::Reading reading(*file);
    const auto append = [&](std::string& text, std::uint64_t from, std::uint64_t to) {
      const std::size_t size = text.size();
      text.resize(size + static_cast<std::size_t>(to - from));
      reading.read(from, std::span(text).subspan(size));
    };
    for (std::size_t k = 0; k < order.size();) {
      const Index of_run = samples[order[k]] / run;
      const detail::CsvIndex::Place &begin = index->first_of(of_run), &end = index->first_of(of_run + 1);
      if (end.byte - begin.byte > rows.format.max_bytes)
        file->fail(", rows from ", begin.rows + 1, " to ", end.rows, " have ", end.byte - begin.byte,
                   " bytes, and at most ", rows.format.max_bytes,
                   " are read at once; close a quote that is open, or raise max_bytes");
      std::string text;
      append(text, 0, index->header_size());
      append(text, begin.byte, end.byte);
      detail::CsvRows<double> reader(std::move(text), name, all, rows);
      reader.stand_after(begin.rows, static_cast<std::size_t>(begin.byte) - index->header_size());
      for (Index sample = of_run * run; k < order.size() && samples[order[k]] / run == of_run; ++sample) {
        if (!reader.next(row.data()))
          file->fail(" has no row for sample ", sample, ", but had ", index->rows(),
                     " samples when it was opened; let a file that is being read stay as it is");
        for (; k < order.size() && samples[order[k]] == sample; ++k) {
          const auto column = static_cast<Index>(order[k]);
          std::copy_n(row.begin(), features, x.col(column).data());
          const auto target = row.begin() + features;
          if (has_labels)
            labels[order[k]] = static_cast<int>(std::max_element(target, row.end()) - target);
          else
            targets(column) = *target;
        }
      }
    }
    return has_labels ? Dataset(std::move(x), std::move(labels), all.target.features())
                      : Dataset(std::move(x), targets);
  };
  return {index->rows(), read, options};
}

}  // namespace nn
