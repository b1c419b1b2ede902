// SPDX-License-Identifier: MIT
// How far a network that tells numbers is off: averages, and the quantiles of its errors.
#pragma once

#include <concepts>
#include <ostream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <nn/training/evaluation/metrics/regression_errors.hpp>
#include <nn/training/evaluation/predictions.hpp>

namespace nn {

struct RegressionReportOptions {
  /// From 0 to 1: below which errors do so many samples stay?
  std::vector<double> quantiles = {0.5, 0.9, 0.99};
  Index batch_size = 256;  ///< samples per pass; changes speed and memory, not the meaning
};

struct RegressionReport {
  double mean_absolute_error = 0;
  double mean_squared_error = 0;
  double root_mean_squared_error = 0;
  double r2 = 0;              ///< the mean over the outputs
  std::vector<double> r2_of;  ///< one per output
  Index samples = 0;
  double mean_error = 0;                         ///< of outputs less targets: above 0 where the network tells too much
  double max_error = 0;                          ///< the largest absolute error of any output
  std::vector<double> quantiles;                 ///< those that were asked for
  std::vector<double> absolute_error_quantiles;  ///< one for each; the mean over the outputs
};

/// Everything about a network that tells numbers. Throws shape_error where the data set does not fit the network,
/// data_error where it has labels, an option makes no sense, or an output is not finite.
template <class Net>
RegressionReport regression_report(const Net& network, const Dataset& data,
                                   const RegressionReportOptions& options = {}) {
  if (data.has_labels())
    throw data_error(
        "regression_report: the data set has class labels; give it a matrix of targets, or ask for a "
        "classification_report");
  RegressionErrors errors(network.output_shape().size());
  detail::for_each_prediction(network, data, options.batch_size, "regression_report",
                              [&](const auto& outputs, const auto& targets) { errors.add(outputs, targets); });
  RegressionReport report{.mean_absolute_error = errors.mean_absolute_error(),
                          .mean_squared_error = errors.mean_squared_error(),
                          .root_mean_squared_error = errors.root_mean_squared_error(),
                          .r2 = errors.r2(),
                          .r2_of = {},
                          .samples = errors.samples(),
                          .mean_error = errors.mean_error(),
                          .max_error = errors.max_error(),
                          .quantiles = options.quantiles,
                          .absolute_error_quantiles = {}};
  for (Index i = 0; i < network.output_shape().size(); ++i) report.r2_of.push_back(errors.r2(i));
  for (const double share : options.quantiles)
    report.absolute_error_quantiles.push_back(errors.absolute_error_quantile(share));
  return report;
}
template <class Net>
RegressionReport regression_report(const Net& network, const Dataset& data, Index batch_size) {
  RegressionReportOptions options;
  options.batch_size = batch_size;
  return regression_report(network, data, options);
}

/// A line for each number.
template <std::derived_from<std::ostream> Stream>
std::ostream& operator<<(Stream& stream, const RegressionReport& report) {
  std::ostringstream table;
  table.imbue(std::locale::classic());
  std::vector<std::pair<std::string, double>> rows{{"mean absolute error", report.mean_absolute_error},
                                                   {"mean squared error", report.mean_squared_error},
                                                   {"root mean squared error", report.root_mean_squared_error},
                                                   {"R^2", report.r2},
                                                   {"mean error", report.mean_error}};
  for (std::size_t i = 0; i < report.quantiles.size(); ++i)
    rows.emplace_back(detail::table_number(100 * report.quantiles[i], 1) + " % of errors below",
                      report.absolute_error_quantiles[i]);
  rows.emplace_back("largest error", report.max_error);
  detail::print_number_rows(table, rows);
  table << "of " << report.samples << " samples\n";
  return stream << table.str();
}

}  // namespace nn
