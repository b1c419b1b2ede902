// SPDX-License-Identifier: MIT
// What a network can and cannot do whose outputs are labels of which a sample may have any number.
#pragma once

#include <concepts>
#include <cstdint>
#include <ostream>
#include <sstream>
#include <vector>

#include <nn/training/metrics/multi_label_counts.hpp>
#include <nn/training/report.hpp>

namespace nn {

struct MultiLabelReportOptions {
  double decision_boundary = 0.5;  ///< a label is told above this; 0 where the outputs are logits
  Index batch_size = 256;          ///< samples per pass; changes speed and memory, not the meaning
};

struct MultiLabelReport {
  std::vector<ClassMetrics> labels;     ///< one per output
  std::vector<std::int64_t> support;    ///< samples that have the label
  ClassMetrics macro, micro, weighted;  ///< see MultiLabelCounts
  double exact_match_ratio = 0;         ///< the share of samples all of whose labels are right
  double hamming_loss = 0;              ///< the share of labels that are wrong
  std::int64_t samples = 0;
};

/// From predictions on targets of 0 and 1, or of -1 and 1, one row per label. Throws shape_error where the data set
/// does not fit the network, data_error where it has other targets or class labels, or an output is not finite.
template <class Net>
MultiLabelReport multi_label_report(const Net& network, const Dataset& data,
                                    const MultiLabelReportOptions& options = {}) {
  if (data.has_labels())
    throw data_error(
        "multi_label_report: the data set has one class per sample; ask for a classification_report, or give it a "
        "matrix of targets, labels x samples");
  MultiLabelCounts counts(network.output_shape().size(), options.decision_boundary);
  detail::for_each_prediction(network, data, options.batch_size, "multi_label_report",
                              [&](const auto& outputs, const auto& targets) { counts.add(outputs, targets); });
  MultiLabelReport report{.labels = {},
                          .support = {},
                          .macro = counts.macro(),
                          .micro = counts.micro(),
                          .weighted = counts.weighted(),
                          .exact_match_ratio = counts.exact_match_ratio(),
                          .hamming_loss = counts.hamming_loss(),
                          .samples = counts.samples()};
  for (Index label = 0; label < counts.labels(); ++label) {
    report.labels.push_back(counts.of_label(label));
    report.support.push_back(counts.support(label));
  }
  return report;
}

/// A table: a row for each label and each average, then what is true of all labels together.
template <std::derived_from<std::ostream> Stream>
std::ostream& operator<<(Stream& stream, const MultiLabelReport& report) {
  std::ostringstream table;
  table.imbue(std::locale::classic());
  const auto row = [&](const auto&... cells) {
    (detail::print_cell(table, 10, cells), ...);
    table << '\n';
  };
  const auto metrics_row = [&](const auto& name, const ClassMetrics& metrics, std::int64_t samples) {
    row(name, detail::table_number(metrics.precision, 4), detail::table_number(metrics.recall, 4),
        detail::table_number(metrics.f1, 4), samples);
  };
  row("label", "precision", "recall", "F1", "samples");
  for (std::size_t label = 0; label < report.labels.size(); ++label)
    metrics_row(label, report.labels[label], report.support[label]);
  metrics_row("macro", report.macro, report.samples);
  metrics_row("micro", report.micro, report.samples);
  metrics_row("weighted", report.weighted, report.samples);
  table << "all labels of a sample right " << detail::table_number(report.exact_match_ratio, 4)
        << ", wrong labels (Hamming loss) " << detail::table_number(report.hamming_loss, 4) << '\n';
  return stream << table.str();
}

}  // namespace nn
