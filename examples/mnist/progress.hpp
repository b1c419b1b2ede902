// SPDX-License-Identifier: MIT
// How the training goes: a bar on a terminal, one line per epoch, and the loss curve in history.csv and loss.png.
#pragma once

#include <nn/core/errors.hpp>
#include <nn/training/fit/history.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <iomanip>
#include <ostream>
#include <sstream>
#include <string>
#include <utility>

#include "options.hpp"
#include "terminal.hpp"

namespace mnist {

/// 50000 is easier to read as 50,000.
inline std::string with_commas(nn::Index number) {
  const std::string digits = std::to_string(number);
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

inline std::string with_decimals(double number, int decimals) {
  std::ostringstream text;
  text << std::fixed << std::setprecision(decimals) << number;
  return text.str();
}

/// "epoch 3/16", or "epoch 3" where only a budget of time ends the training.
inline std::string epoch_of(const nn::Progress& progress) {
  return "epoch " + std::to_string(progress.epoch) +
         (progress.epochs == unlimited ? "" : "/" + std::to_string(progress.epochs));
}

inline std::string speed(const nn::Progress& progress) {
  return with_commas(std::lround(static_cast<double>(progress.samples_seen) / std::max(progress.seconds, 1e-9))) +
         " samples/s";
}

/// A line that is drawn over and over.
class ProgressBar {
 public:
  ProgressBar(std::ostream& out, const Terminal& terminal, bool is_shown)
      : out_(out), terminal_(terminal), is_shown_(is_shown && terminal.is_terminal) {}

  void update(const nn::Progress& progress) {
    if (!is_shown_) return;
    const auto now = std::chrono::steady_clock::now();
    if (now < next_ && progress.samples_seen < progress.samples) return;
    next_ = now + std::chrono::milliseconds(100);

    const double share = static_cast<double>(progress.samples_seen) / static_cast<double>(progress.samples);
    const std::string before = epoch_of(progress) + " ";
    const std::string percent = std::to_string(static_cast<int>(100 * share));
    std::string after = std::string(4 - percent.size(), ' ') + percent + " %  loss " + with_decimals(progress.loss, 4) +
                        "  " + speed(progress);
    const int room = terminal_.width - 1 - static_cast<int>(before.size() + after.size());
    if (room < 0) after.resize(after.size() - std::min(after.size(), static_cast<std::size_t>(-room)));
    std::string bar;
    for (int i = 0; i < std::min(room, 40); ++i) {
      const bool is_done = i < share * std::min(room, 40);
      bar += terminal_.has_blocks ? (is_done ? "█" : "░") : (is_done ? "#" : ".");
    }
    out_ << '\r' << before << bar << after << "\x1b[K" << std::flush;
  }

  void clear() {
    if (is_shown_) out_ << "\r\x1b[K" << std::flush;
  }

 private:
  std::ostream& out_;
  Terminal terminal_;
  bool is_shown_;
  std::chrono::steady_clock::time_point next_{};
};

/// The loss, about fifty times per epoch, as a table that spreadsheets and gnuplot read.
class LossCurve {
 public:
  void update(const nn::Progress& progress) {
    if (progress.samples_seen < seen_) seen_ = 0, sum_ = 0;  // a new epoch
    if (progress.samples_seen - seen_ < progress.samples / 50 && progress.samples_seen < progress.samples) return;
    const double sum = progress.loss * static_cast<double>(progress.samples_seen);
    const double count = static_cast<double>(progress.samples_seen - seen_);
    table_ << progress.epoch << ',' << (progress.epoch - 1) * progress.samples + progress.samples_seen << ','
           << (sum - sum_) / count << ',' << progress.loss << ',' << progress.seconds << '\n';
    seen_ = progress.samples_seen;
    sum_ = sum;
  }

  void save(const std::string& path) const {
    std::ofstream file(path);
    file << "epoch,samples,loss,epoch_loss,epoch_seconds\n" << table_.str() << std::flush;
    if (!file) throw nn::error("cannot write \"", path, "\"; is there room, is the folder yours?");
  }

 private:
  std::ostringstream table_;
  nn::Index seen_ = 0;
  double sum_ = 0;
};

/// Draws the curve with gnuplot; false where that is not installed or fails.
bool draw_curve(const std::string& history, const std::string& picture);

}  // namespace mnist
