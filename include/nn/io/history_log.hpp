// SPDX-License-Identifier: MIT
// The history of a training, a line per epoch, written as it goes so that a crash loses nothing.
#pragma once

#include <array>
#include <fstream>
#include <string>

#include <nn/core/errors.hpp>
#include <nn/core/finite.hpp>
#include <nn/core/number_text.hpp>
#include <nn/core/printable.hpp>
#include <nn/core/views.hpp>

namespace nn {

/// Call it in FitOptions::on_epoch. A path that ends in .csv gets comma-separated values under a header, any other JSON
/// lines; both are read by pandas (read_csv, read_json with lines=True), the first by gnuplot. Lines are added to what
/// a file has. A validation loss that there is not is left empty, or null. An epoch that is gone through again
/// after resume() gets a line again; the last one counts.
class HistoryLog {
 public:
  /// Throws load_error where the file cannot be written.
  explicit HistoryLog(std::string path) : path_(std::move(path)), is_csv_(path_.ends_with(".csv")) {
    file_.open(path_, std::ios::app);
    if (!file_)
      throw load_error("HistoryLog: cannot write to ", detail::path_in_quotes(path_), "; does its folder exist?");
    file_.seekp(0, std::ios::end);
    if (is_csv_ && file_.tellp() == 0)
      file_ << "epoch,loss,validation_loss,validation_accuracy,learning_rate,seconds,samples\n" << std::flush;
  }

  void operator()(const auto& progress) {
    std::string line = is_csv_ ? "" : "{";
    const auto add = [&](const char* name, double value) {
      if (line.size() > 1 || (is_csv_ && !line.empty())) line += is_csv_ ? "," : ", ";
      if (!is_csv_) line.append("\"").append(name).append("\": ");
      std::array<char, detail::longest_number> digits;
      if (is_finite(value))
        line.append(digits.data(), detail::write_number(digits.data(), value));
      else if (!is_csv_)
        line += "null";
    };
    add("epoch", static_cast<double>(progress.epoch));
    add("loss", progress.loss);
    add("validation_loss", progress.validation_loss);
    add("validation_accuracy", progress.validation_accuracy);
    add("learning_rate", progress.learning_rate);
    add("seconds", progress.seconds);
    add("samples", static_cast<double>(progress.samples_seen));
    file_ << line << (is_csv_ ? "\n" : "}\n") << std::flush;
    if (!file_) throw load_error("HistoryLog: ", detail::path_in_quotes(path_), " took no line; is its disk full?");
  }

 private:
  std::string path_;
  bool is_csv_;
  std::ofstream file_;
};

}  // namespace nn
