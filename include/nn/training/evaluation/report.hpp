// SPDX-License-Identifier: MIT
// What a network can and cannot do, from one pass over a data set: tables for classes, numbers for regression.
#pragma once

#include <limits>
#include <ostream>
#include <sstream>
#include <string>
#include <vector>

#include <nn/training/evaluation/metrics/calibration_error.hpp>
#include <nn/training/evaluation/metrics/confusion_matrix.hpp>
#include <nn/training/evaluation/metrics/log_loss.hpp>
#include <nn/training/evaluation/metrics/roc_auc.hpp>
#include <nn/training/evaluation/metrics/top_k_accuracy.hpp>
#include <nn/training/evaluation/predictions.hpp>
#include <nn/training/evaluation/regression_report.hpp>
#include <nn/training/fit/history.hpp>

namespace nn {

struct ClassificationReportOptions {
  Index top_k = 2;                            ///< from 1 to the number of classes
  Index calibration_bins = 15;                ///< as Guo et al. 2017
  double decision_boundary = 0.5;             ///< of a single output; 0 where it is a logit
  Index batch_size = 256;                     ///< samples per pass; changes speed and memory, not the meaning
  std::vector<std::string> class_names = {};  ///< for the tables, in the order of the labels; none: they are numbers
};

struct ClassificationReport {
  ConfusionMatrix confusion;
  double accuracy = 0;
  Index top_k = 0;
  double top_k_accuracy = 0;
  std::vector<ClassMetrics> classes;
  ClassMetrics macro, micro, weighted;  ///< see ConfusionMatrix
  std::vector<double> roc_auc;          ///< one class against the rest; NaN where all samples or none are of the class
  double macro_roc_auc = 0;             ///< the mean of those that are not NaN
  double calibration_error = 0;         ///< expected, Guo et al. 2017; NaN where the outputs are no probabilities
  double balanced_accuracy = 0;         ///< the mean recall of the classes that have samples
  double log_loss = 0;                  ///< see LogLoss; NaN where the outputs are no probabilities
  std::vector<double> average_precision;  ///< one class against the rest, see Ranking; NaN for a class without a sample
};

namespace detail {

// Throws data_error for targets that are not one class per sample.
template <class Net>
void require_one_class(const Net& network, const Dataset& data) {
  require_fit(network, data, "classification_report");
  const Index outputs = network.output_shape().size();
  const TargetKind kind = TargetSummary::of(data, outputs).kind();
  if (kind == TargetKind::one_class || (outputs == 1 && kind != TargetKind::numbers)) return;
  throw data_error("classification_report: the targets are ",
                   kind == TargetKind::numbers ? "numbers and name no classes; ask for a regression_report"
                                               : "not of one class per sample; ask for a multi_label_report",
                   ", or give the data set class labels");
}

}  // namespace detail

/// Everything about a network that tells classes, from its predictions on labels, or on targets that name one class per
/// sample: one-hot, one 1 among -1, shares that sum to 1, or a single yes or no. Throws shape_error where the data set
/// does not fit the network, data_error where its targets are others, an option makes no sense or an output is not
/// finite.
template <class Net>
ClassificationReport classification_report(const Net& network, const Dataset& data,
                                           const ClassificationReportOptions& options = {}) {
  const Index classes = std::max<Index>(network.output_shape().size(), 2);
  detail::require_one_class(network, data);
  ConfusionMatrix confusion(classes, options.decision_boundary);
  confusion.set_class_names(options.class_names);
  TopKAccuracy top_k(classes, options.top_k, options.decision_boundary);
  RocAuc roc_auc(classes);
  CalibrationError calibration(classes, options.calibration_bins);
  LogLoss log_loss(classes);
  bool are_probabilities = true;
  std::vector<Index> labels;
  detail::for_each_prediction(
      network, data, options.batch_size, "classification_report", [&](const auto& outputs, const auto& targets) {
        labels.clear();
        for (Index sample = 0; sample < outputs.cols(); ++sample) {
          const auto target = targets.col(sample);
          labels.push_back(target.size() == 1 ? target(0) > 0.5 : detail::Decisions::largest(target));
        }
        confusion.add(outputs, labels);
        top_k.add(outputs, labels);
        roc_auc.add(outputs, labels);
        are_probabilities = are_probabilities && CalibrationError::are_probabilities(outputs);
        if (!are_probabilities) return;
        calibration.add(outputs, labels);
        log_loss.add(outputs, labels);
      });

  ClassificationReport report{
      .confusion = confusion,
      .accuracy = confusion.accuracy(),
      .top_k = options.top_k,
      .top_k_accuracy = top_k.value(),
      .classes = {},
      .macro = confusion.macro(),
      .micro = confusion.micro(),
      .weighted = confusion.weighted(),
      .roc_auc = {},
      .macro_roc_auc = roc_auc.macro(),
      .calibration_error = are_probabilities ? calibration.value() : std::numeric_limits<double>::quiet_NaN(),
      .balanced_accuracy = confusion.balanced_accuracy(),
      .log_loss = are_probabilities ? log_loss.value() : std::numeric_limits<double>::quiet_NaN(),
      .average_precision = {}};
  for (Index c = 0; c < classes; ++c) {
    const Ranking ranking = roc_auc.ranking(c);
    report.classes.push_back(confusion.of_class(c));
    report.roc_auc.push_back(ranking.roc_auc());
    report.average_precision.push_back(ranking.average_precision());
  }
  return report;
}

/// A table: a row for each class and each average, then what is true of all classes together.
template <std::derived_from<std::ostream> Stream>
std::ostream& operator<<(Stream& stream, const ClassificationReport& report) {
  std::ostringstream table;
  table.imbue(std::locale::classic());
  const auto name_of = [&](std::size_t c) { return report.confusion.class_name(static_cast<Index>(c)); };
  const int name_width = detail::column_width(10, report.classes.size(), name_of);
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
  row("class", "precision", "recall", "F1", "ROC AUC", "samples");
  for (std::size_t c = 0; c < report.classes.size(); ++c)
    metrics_row(name_of(c), report.classes[c], report.roc_auc[c], report.confusion.support(static_cast<Index>(c)));
  metrics_row("macro", report.macro, report.macro_roc_auc, report.confusion.samples());
  metrics_row("weighted", report.weighted, std::numeric_limits<double>::quiet_NaN(), report.confusion.samples());
  table << "accuracy " << detail::table_number(report.accuracy, 4) << ", top-" << report.top_k << " accuracy "
        << detail::table_number(report.top_k_accuracy, 4) << ", expected calibration error "
        << detail::table_number(report.calibration_error, 4) << '\n'
        << "balanced accuracy " << detail::table_number(report.balanced_accuracy, 4) << ", log loss "
        << detail::table_number(report.log_loss, 4) << '\n';
  return stream << table.str();
}

/// A line for each epoch; a dash where there was no validation.
template <std::derived_from<std::ostream> Stream>
std::ostream& operator<<(Stream& stream, const History& history) {
  std::ostringstream table;
  table.imbue(std::locale::classic());
  const auto row = [&](const auto&... cells) {
    (detail::print_cell(table, 17, cells), ...);
    table << '\n';
  };
  row("epoch", "loss", "validation loss", "accuracy", "seconds");
  for (std::size_t i = 0; i < history.epochs.size(); ++i) {
    const Epoch& epoch = history.epochs[i];
    row(i + 1, detail::table_number(epoch.loss, 4), detail::table_number(epoch.validation_loss, 4),
        detail::table_number(epoch.validation_accuracy, 4), detail::table_number(epoch.seconds, 2));
  }
  return stream << table.str();
}

/// One line.
template <std::derived_from<std::ostream> Stream>
std::ostream& operator<<(Stream& stream, const Evaluation& evaluation) {
  return stream << "loss " + detail::table_number(evaluation.loss, 4) + ", accuracy " +
                       detail::table_number(evaluation.accuracy, 4) + " of " + std::to_string(evaluation.samples) +
                       " samples\n";
}

}  // namespace nn
