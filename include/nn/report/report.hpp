// SPDX-License-Identifier: MIT
// A page about a training and its network that a browser shows: one file, which needs no other and no network.
#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include <nn/core/errors.hpp>
#include <nn/data/dataset.hpp>
#include <nn/io/atomic_file.hpp>
#include <nn/report/classification_section.hpp>
#include <nn/report/network_section.hpp>
#include <nn/report/page.hpp>
#include <nn/report/training_section.hpp>
#include <nn/training/diagnosis/finding.hpp>

namespace nn {

struct ClassificationSectionOptions {
  std::string heading = "Test";
  ClassificationReportOptions metrics = {};
  Index mistakes = 24;  ///< at most so many are shown, the worst first
};

/// Sections in the order in which they are added:
///
///   nn::Report report("Digits");
///   report.add_training(history);
///   report.add_classification(network, test, {.metrics = {.class_names = names}});
///   report.add_network(network, &test);
///   report.save("report.html");
///
/// Texts may hold anything: they are shown as texts. Its size does not grow with the data.
class Report {
 public:
  explicit Report(std::string title) : page_(std::move(title)) {}

  /// The curves of what fit returns.
  Report& add_training(const History& history) {
    detail::add_training_section(page_, history);
    return *this;
  }

  /// What a network that tells classes does on a data set: metrics, confusion matrix, calibration, and the worst
  /// mistakes, as images where samples are images. Throws what classification_report throws.
  template <class Net>
  Report& add_classification(const Net& network, const Dataset& data,
                             const ClassificationSectionOptions& options = {}) {
    if (options.mistakes < 0 || options.mistakes > 1000)
      throw data_error("Report: can show 0 to 1000 mistakes, got ", options.mistakes, "; 24 is the default");
    detail::add_classification_section(page_, options.heading, network, data, options.metrics,
                                       static_cast<std::size_t>(options.mistakes));
    return *this;
  }

  /// The layers with shapes, parameters and multiply-adds, and how the weights are distributed; with a data set the
  /// activations of some of its samples, too. Throws shape_error where that does not fit the network.
  template <class Net>
  Report& add_network(const Net& network, const Dataset* data = nullptr) {
    network.require_whole("Report");
    if (data != nullptr) detail::require_fit(network, *data, "Report");
    detail::add_network_section(page_, network, data);
    return *this;
  }

  /// What diagnose found.
  Report& add_diagnosis(const Diagnosis& diagnosis) {
    std::string html = diagnosis.findings.empty() ? "<p>Nothing wrong was found.</p>" : "<ul class=\"findings\">";
    for (const Finding& finding : diagnosis.findings) html += "<li>" + detail::html_text(finding.sentence) + "</li>";
    page_.add_section("Diagnosis", html + (diagnosis.findings.empty() ? "" : "</ul>"));
    return *this;
  }

  /// The page as it is so far.
  std::string html() const { return page_.html(); }

  /// Replaces the file as a whole or not at all; throws load_error where it cannot be written.
  void save(const std::string& path) const {
    AtomicFile file(path);
    file.write(html());
    file.commit();
  }

 private:
  detail::Page page_;
};

}  // namespace nn
