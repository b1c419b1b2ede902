// SPDX-License-Identifier: MIT
// What a network can and cannot do, from one pass over a data set: tables for classes, numbers for regression.
#pragma once

#include <limits>
#include <ostream>
#include <sstream>
#include <string>
#include <vector>

#include <nn/training/evaluate.hpp>
#include <nn/training/history.hpp>
#include <nn/training/metrics/calibration_error.hpp>
#include <nn/training/metrics/confusion_matrix.hpp>
#include <nn/training/metrics/regression_errors.hpp>
#include <nn/training/metrics/roc_auc.hpp>
#include <nn/training/metrics/top_k_accuracy.hpp>

namespace nn {

struct ClassificationReportOptions {
  Index top_k = 2;                 ///< from 1 to the number of classes
  Index calibration_bins = 15;     ///< as Guo et al. 2017
  double decision_boundary = 0.5;  ///< of a single output; 0 where it is a logit
  Index batch_size = 256;          ///< samples per pass; changes speed and memory, not the meaning
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
};

struct RegressionReport {
  double mean_absolute_error = 0;
  double mean_squared_error = 0;
  double root_mean_squared_error = 0;
  double r2 = 0;              ///< the mean over the outputs
  std::vector<double> r2_of;  ///< one per output
  Index samples = 0;
};

namespace detail {

// Calls use(outputs, targets) for every batch of the data set.
template <class Net, class Use>
void for_each_prediction(const Net& network, const Dataset& data, Index batch_size, const char* who, Use&& use) {
  using T = typename Net::Scalar;
  if (batch_size < 1)
    throw data_error(who, ": the batch size must be at least 1, got ", batch_size, "; 256 is the default");
  require_fit(network, data, who);
  Workspace<T> workspace;
  Batch<T> batch(data, network.output_shape().size(), std::min(batch_size, data.size()));
  std::vector<Index> samples;
  for (Index first = 0; first < data.size(); first += batch_size) {
    samples.resize(static_cast<std::size_t>(std::min(batch_size, data.size() - first)));
    std::iota(samples.begin(), samples.end(), first);
    batch.gather(data, samples,
                 [&](const auto& x, const auto& targets) { use(network.predict(x, workspace), targets); });
  }
}

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

// A number of a table, or a dash for one that there is not.
std::string table_number(std::floating_point auto number, int digits) {
  std::ostringstream text;
  text.imbue(std::locale::classic());
  text.precision(digits);
  text << std::fixed << number;
  return is_finite(number) ? text.str() : "-";
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
  TopKAccuracy top_k(classes, options.top_k, options.decision_boundary);
  RocAuc roc_auc(classes);
  CalibrationError calibration(classes, options.calibration_bins);
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
        if (are_probabilities) calibration.add(outputs, labels);
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
      .calibration_error = are_probabilities ? calibration.value() : std::numeric_limits<double>::quiet_NaN()};
  for (Index c = 0; c < classes; ++c) {
    report.classes.push_back(confusion.of_class(c));
    report.roc_auc.push_back(roc_auc.of_class(c));
  }
  return report;
}

/// Everything about a network that tells numbers. Throws shape_error where the data set does not fit the network,
/// data_error where it has labels, or an output is not finite.
template <class Net>
RegressionReport regression_report(const Net& network, const Dataset& data, Index batch_size = 256) {
  if (data.has_labels())
    throw data_error(
        "regression_report: the data set has class labels; give it a matrix of targets, or ask for a "
        "classification_report");
  RegressionErrors errors(network.output_shape().size());
  detail::for_each_prediction(network, data, batch_size, "regression_report",
                              [&](const auto& outputs, const auto& targets) { errors.add(outputs, targets); });
  RegressionReport report{.mean_absolute_error = errors.mean_absolute_error(),
                          .mean_squared_error = errors.mean_squared_error(),
                          .root_mean_squared_error = errors.root_mean_squared_error(),
                          .r2 = errors.r2(),
                          .r2_of = {},
                          .samples = errors.samples()};
  for (Index i = 0; i < network.output_shape().size(); ++i) report.r2_of.push_back(errors.r2(i));
  return report;
}

/// A table: a row for each class and each average, then what is true of all classes together.
template <std::derived_from<std::ostream> Stream>
std::ostream& operator<<(Stream& stream, const ClassificationReport& report) {
  std::ostringstream table;
  table.imbue(std::locale::classic());
  const auto row = [&](const auto&... cells) {
    (detail::print_cell(table, 10, cells), ...);
    table << '\n';
  };
  const auto metrics_row = [&](const auto& name, const ClassMetrics& metrics, double roc_auc, std::int64_t samples) {
    row(name, detail::table_number(metrics.precision, 4), detail::table_number(metrics.recall, 4),
        detail::table_number(metrics.f1, 4), detail::table_number(roc_auc, 4), samples);
  };
  row("class", "precision", "recall", "F1", "ROC AUC", "samples");
  for (std::size_t c = 0; c < report.classes.size(); ++c)
    metrics_row(c, report.classes[c], report.roc_auc[c], report.confusion.support(static_cast<Index>(c)));
  metrics_row("macro", report.macro, report.macro_roc_auc, report.confusion.samples());
  metrics_row("weighted", report.weighted, std::numeric_limits<double>::quiet_NaN(), report.confusion.samples());
  table << "accuracy " << detail::table_number(report.accuracy, 4) << ", top-" << report.top_k << " accuracy "
        << detail::table_number(report.top_k_accuracy, 4) << ", expected calibration error "
        << detail::table_number(report.calibration_error, 4) << '\n';
  return stream << table.str();
}

/// A line for each number.
template <std::derived_from<std::ostream> Stream>
std::ostream& operator<<(Stream& stream, const RegressionReport& report) {
  std::ostringstream table;
  table.imbue(std::locale::classic());
  const auto row = [&](const char* name, double number) {
    detail::print_cell(table << std::left, 25, name);
    detail::print_cell(table << std::right, 14, detail::table_number(number, 6));
    table << '\n';
  };
  row("mean absolute error", report.mean_absolute_error);
  row("mean squared error", report.mean_squared_error);
  row("root mean squared error", report.root_mean_squared_error);
  row("R^2", report.r2);
  table << "of " << report.samples << " samples\n";
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
