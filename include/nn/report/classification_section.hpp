// SPDX-License-Identifier: MIT
// The part of a report about a network that tells classes: how often which was taken for which, and the worst mistakes.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include <nn/data/dataset.hpp>
#include <nn/report/page.hpp>
#include <nn/report/png.hpp>
#include <nn/training/evaluation/report.hpp>

namespace nn::detail {

/// A sample that was taken for another class, and with which outputs.
struct Mistake {
  Index sample = 0, actual = 0, told = 0;
  double score_of_told = 0, score_of_actual = 0;
  double size() const { return score_of_told - score_of_actual; }
};

/// What a report shows beside the numbers: the largest mistakes, and of predictions made with some confidence how many
/// are right.
class LookAtPredictions {
 public:
  static constexpr std::size_t bins = 10;

  template <class Net>
  static LookAtPredictions at(const Net& network, const Dataset& data, const ClassificationReportOptions& options,
                              std::size_t most) {
    LookAtPredictions result;
    const Index classes = std::max<Index>(network.output_shape().size(), 2);
    std::vector<Index> labels;
    for_each_prediction(network, data, options.batch_size, "Report", [&](const auto& outputs, const auto& targets) {
      labels.clear();
      for (Index sample = 0; sample < outputs.cols(); ++sample) {
        const auto target = targets.col(sample);
        labels.push_back(target.size() == 1 ? target(0) > 0.5 : Decisions::largest(target));
      }
      for_each_scored("Report", classes, options.decision_boundary, outputs, labels,
                      [&](const OwnVector<double>& scores, Index label) { result.add(scores, label); });
      result.keep(most);
    });
    return result;
  }

  /// The largest first.
  const std::vector<Mistake>& mistakes() const { return mistakes_; }
  /// A dot for each bin of confidence that has samples: the mean confidence, and the share that is right.
  Series reliability() const {
    Series series{"this network"};
    for (std::size_t bin = 0; bin < bins; ++bin)
      if (samples_[bin] > 0) {
        series.x.push_back(confidence_[bin] / samples_[bin]);
        series.y.push_back(right_[bin] / samples_[bin]);
      }
    return series;
  }

 private:
  void add(const OwnVector<double>& scores, Index label) {
    const Index told = largest_score(scores);
    if (told != label) mistakes_.push_back({sample_, label, told, scores[told], scores[label]});
    ++sample_;
    const double place = std::clamp(scores[told], 0.0, 1.0) * static_cast<double>(bins);
    const std::size_t bin = std::min(static_cast<std::size_t>(place), bins - 1);
    ++samples_[bin];
    right_[bin] += told == label;
    confidence_[bin] += scores[told];
  }
  void keep(std::size_t most) {
    std::stable_sort(mistakes_.begin(), mistakes_.end(),
                     [](const Mistake& a, const Mistake& b) { return a.size() > b.size(); });
    if (mistakes_.size() > most) mistakes_.resize(most);
  }

  std::vector<Mistake> mistakes_;
  std::array<double, bins> samples_{}, right_{}, confidence_{};
  Index sample_ = 0;
};

/// A sample as an image where it is one, as its first numbers else.
inline std::string sample_html(const Dataset& data, Index sample) {
  constexpr Index most_pixels = 64 * 64, most_numbers = 12;
  const Matrix<double> x = data.inputs<double>(sample, 1);
  const Shape shape = data.sample_shape();
  if (is_image(shape) && shape.height * shape.width <= most_pixels)
    return "<img alt=\"sample " + std::to_string(sample) + "\" src=\"data:image/png;base64," +
           base64(png(shape, {x.data(), static_cast<std::size_t>(x.size())})) + "\">";
  std::string text = "<p>";
  for (Index i = 0; i < std::min(x.size(), most_numbers); ++i) text += (i > 0 ? ", " : "") + shown(x(i));
  return text + (x.size() > most_numbers ? ", …</p>" : "</p>");
}

inline std::string mistakes_html(const std::vector<Mistake>& mistakes, const ConfusionMatrix& names,
                                 const Dataset& data) {
  if (mistakes.empty()) return "<p>All samples were told right.</p>";
  std::string text = "<ol class=\"samples\">";
  for (const Mistake& mistake : mistakes)
    text += "<li>" + sample_html(data, mistake.sample) + "<p class=\"wrong\">told " +
            html_text(names.class_name(mistake.told)) + " (" + shown(mistake.score_of_told, 3) + ")</p><p>is " +
            html_text(names.class_name(mistake.actual)) + " (" + shown(mistake.score_of_actual, 3) + ")</p><p>sample " +
            std::to_string(mistake.sample) + "</p></li>";
  return text + "</ol>";
}

/// Of very many classes the first.
inline Index shown_classes(const ConfusionMatrix& confusion) { return std::min<Index>(confusion.classes(), 100); }

inline std::string confusion_html(const ConfusionMatrix& confusion) {
  const Index classes = shown_classes(confusion);
  std::string text =
      "<h3>Confusion matrix</h3><div class=\"wide\"><table class=\"confusion\"><caption>A row for each actual class, a "
      "column for each one told</caption><thead><tr><td></td>";
  for (Index c = 0; c < classes; ++c) text += "<th scope=\"col\">" + html_text(confusion.class_name(c)) + "</th>";
  text += "</tr></thead><tbody>";
  for (Index actual = 0; actual < classes; ++actual) {
    text += "<tr><th scope=\"row\">" + html_text(confusion.class_name(actual)) + "</th>";
    const auto samples = static_cast<double>(std::max<std::int64_t>(confusion.support(actual), 1));
    for (Index told = 0; told < classes; ++told) {
      const std::int64_t count = confusion.count(actual, told);
      const double share = static_cast<double>(count) / samples;
      text += std::string("<td class=\"") +
              (count == 0       ? "none"
               : actual == told ? "right"
                                : "off") +
              "\" style=\"--share:" + shown(share, 3) + "\">" + std::to_string(count) + "</td>";
    }
    text += "</tr>";
  }
  return text + "</tbody></table></div>";
}

inline std::string classes_html(const ClassificationReport& report) {
  std::string text =
      "<h3>Classes</h3><div class=\"wide\"><table><thead><tr><th class=\"name\" scope=\"col\">Class</th>";
  for (const char* name : {"Precision", "Recall", "F1", "ROC AUC", "Average precision", "Samples"})
    text += std::string("<th scope=\"col\">") + name + "</th>";
  text += "</tr></thead><tbody>";
  for (Index c = 0; c < shown_classes(report.confusion); ++c) {
    const auto i = static_cast<std::size_t>(c);
    const ClassMetrics& metrics = report.classes[i];
    text += "<tr><th class=\"name\" scope=\"row\">" + html_text(report.confusion.class_name(c)) + "</th>";
    for (const double number :
         {metrics.precision, metrics.recall, metrics.f1, report.roc_auc[i], report.average_precision[i]})
      text += "<td>" + shown(number) + "</td>";
    text += "<td>" + std::to_string(report.confusion.support(c)) + "</td></tr>";
  }
  return text + "</tbody></table></div>";
}

inline std::string classification_json(const ClassificationReport& report) {
  std::vector<std::string> rows, names;
  for (Index actual = 0; actual < shown_classes(report.confusion); ++actual) {
    std::vector<double> row;
    for (Index told = 0; told < shown_classes(report.confusion); ++told)
      row.push_back(static_cast<double>(report.confusion.count(actual, told)));
    rows.push_back(json_numbers(row));
    names.push_back(json_in_html(report.confusion.class_name(actual)));
  }
  return JsonObject()
      .add("accuracy", report.accuracy)
      .add("balanced_accuracy", report.balanced_accuracy)
      .add("log_loss", report.log_loss)
      .add("calibration_error", report.calibration_error)
      .add("macro_f1", report.macro.f1)
      .add("class_names", json_list(names))
      .add("confusion", json_list(rows))
      .text();
}

/// The heading is what the reader calls the data set.
template <class Net>
void add_classification_section(Page& page, const std::string& heading, const Net& network, const Dataset& data,
                                const ClassificationReportOptions& options, std::size_t most_mistakes) {
  const ClassificationReport report = classification_report(network, data, options);
  const LookAtPredictions looked = LookAtPredictions::at(network, data, options, most_mistakes);
  Tiles tiles;
  tiles.add("samples", std::to_string(report.confusion.samples()));
  tiles.add("accuracy", shown(report.accuracy));
  tiles.add("balanced accuracy", shown(report.balanced_accuracy));
  if (report.confusion.classes() > 2)
    tiles.add("top-" + std::to_string(report.top_k) + " accuracy", shown(report.top_k_accuracy));
  tiles.add("macro F1", shown(report.macro.f1));
  tiles.add("ROC AUC", shown(report.macro_roc_auc));
  tiles.add("log loss", shown(report.log_loss));
  tiles.add("calibration error", shown(report.calibration_error));
  std::string charts;
  if (is_finite(report.calibration_error))
    charts = "<h3>Calibration</h3><div class=\"charts\">" +
             page.add_chart({.title = "Are predictions made with 80 % confidence right 80 % of the time?",
                             .x_label = "confidence",
                             .y_label = "share that is right",
                             .series = {looked.reliability(), {.name = "as it should be", .x = {0, 1}, .y = {0, 1}}},
                             .is_square = true}) +
             "</div>";
  page.add_data(heading, classification_json(report));
  page.add_section(heading, tiles.html() + confusion_html(report.confusion) + classes_html(report) + charts +
                                "<h3>Worst mistakes</h3>" + mistakes_html(looked.mistakes(), report.confusion, data));
}

}  // namespace nn::detail
