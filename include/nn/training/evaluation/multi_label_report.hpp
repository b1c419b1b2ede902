// SPDX-License-Identifier: MIT
// What a network can and cannot do whose outputs are labels of which a sample may have any number.
#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <ostream>
#include <sstream>
#include <string>
#include <vector>

#include <nn/training/evaluation/metrics/multi_label_counts.hpp>
#include <nn/training/evaluation/metrics/ranking.hpp>
#include <nn/training/evaluation/predictions.hpp>

namespace nn {

struct MultiLabelReportOptions {
  double decision_boundary = 0.5;                ///< a label is told above this; 0 where the outputs are logits
  Index batch_size = 256;                        ///< samples per pass; changes speed and memory, not the meaning
  std::vector<double> decision_boundaries = {};  ///< one per label, as of choose_thresholds, in place of the one above
  std::vector<std::string> label_names = {};     ///< for the table; none: they are numbers
};

struct MultiLabelReport {
  std::vector<ClassMetrics> labels;     ///< one per output
  std::vector<std::int64_t> support;    ///< samples that have the label
  ClassMetrics macro, micro, weighted;  ///< see MultiLabelCounts
  double exact_match_ratio = 0;         ///< the share of samples all of whose labels are right
  double hamming_loss = 0;              ///< the share of labels that are wrong
  std::int64_t samples = 0;
  std::vector<double> roc_auc;            ///< one per label; NaN where all samples or none have it
  double macro_roc_auc = 0;               ///< the mean of those that are not NaN
  std::vector<double> average_precision;  ///< one per label, see Ranking; NaN where no sample has it
  std::vector<std::string> label_names;   ///< as given
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
  const Index outputs = network.output_shape().size();
  for (const std::size_t given : {options.decision_boundaries.size(), options.label_names.size()})
    if (given != 0 && static_cast<Index>(given) != outputs)
      throw data_error("multi_label_report: ", given, given == options.label_names.size() ? " names" : " boundaries",
                       " do not fit ", outputs, " labels; give one per label");
  MultiLabelCounts counts = options.decision_boundaries.empty() ? MultiLabelCounts(outputs, options.decision_boundary)
                                                                : MultiLabelCounts(options.decision_boundaries);
  std::vector<Ranking> rankings(static_cast<std::size_t>(outputs));
  detail::for_each_prediction(
      network, data, options.batch_size, "multi_label_report", [&](const auto& y, const auto& targets) {
        counts.add(y, targets);
        for (Index sample = 0; sample < y.cols(); ++sample)
          for (Index i = 0; i < outputs; ++i)
            rankings[static_cast<std::size_t>(i)].add(static_cast<double>(y(i, sample)), targets(i, sample) > 0);
      });
  MultiLabelReport report{.labels = {},
                          .support = {},
                          .macro = counts.macro(),
                          .micro = counts.micro(),
                          .weighted = counts.weighted(),
                          .exact_match_ratio = counts.exact_match_ratio(),
                          .hamming_loss = counts.hamming_loss(),
                          .samples = counts.samples(),
                          .roc_auc = {},
                          .macro_roc_auc = 0,
                          .average_precision = {},
                          .label_names = options.label_names};
  double areas = 0;
  for (const Ranking& ranking : rankings) {
    report.roc_auc.push_back(ranking.roc_auc());
    report.average_precision.push_back(ranking.average_precision());
    report.macro_roc_auc += ranking.has_both() ? ranking.roc_auc() : 0;
    areas += ranking.has_both();
  }
  report.macro_roc_auc /= areas;
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
  const auto name_of = [&](std::size_t i) {
    return report.label_names.empty() ? std::to_string(i) : report.label_names[i];
  };
  const int name_width = detail::column_width(10, report.labels.size(), name_of);
  const auto row = [&](const std::string& name, const auto&... cells) {
    detail::print_cell(table, name_width, name);
    (detail::print_cell(table, 10, cells), ...);
    table << '\n';
  };
  const auto metrics_row = [&](const std::string& name, const ClassMetrics& metrics, double roc_auc,
                               std::int64_t samples) {
    row(name, detail::table_number(metrics.precision, 4), detail::table_number(metrics.recall, 4),
        detail::table_number(metrics.f1, 4), detail::table_number(roc_auc, 4), samples);
  };
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  row("label", "precision", "recall", "F1", "ROC AUC", "samples");
  for (std::size_t label = 0; label < report.labels.size(); ++label)
    metrics_row(name_of(label), report.labels[label], report.roc_auc[label], report.support[label]);
  metrics_row("macro", report.macro, report.macro_roc_auc, report.samples);
  metrics_row("micro", report.micro, none, report.samples);
  metrics_row("weighted", report.weighted, none, report.samples);
  table << "all labels of a sample right " << detail::table_number(report.exact_match_ratio, 4)
        << ", wrong labels (Hamming loss) " << detail::table_number(report.hamming_loss, 4) << '\n';
  return stream << table.str();
}

}  // namespace nn
