// SPDX-License-Identifier: MIT
// The part of a report about a training: its curves, epoch by epoch.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <nn/report/page.hpp>
#include <nn/training/fit/history.hpp>

namespace nn::detail {

/// One number of every epoch, counted from 1.
inline Series epoch_series(const History& history, std::string name, double Epoch::*number) {
  Series series{std::move(name)};
  for (const Epoch& epoch : history.epochs) {
    series.x.push_back(static_cast<double>(series.x.size() + 1));
    series.y.push_back(epoch.*number);
  }
  return series;
}

/// Draws those of the series that have a number.
inline std::string drawn_chart(Page& page, Chart chart) {
  std::erase_if(chart.series, [](const Series& series) {
    return std::none_of(series.y.begin(), series.y.end(), [](double y) { return is_finite(y); });
  });
  return chart.series.empty() ? "" : page.add_chart(chart);
}

inline std::string_view in_words(Ending ending) {
  switch (ending) {
    case Ending::callback:
      return "a callback";
    case Ending::no_improvement:
      return "no improvement";
    case Ending::step_budget:
      return "step budget";
    case Ending::time_budget:
      return "time budget";
    default:
      return "all epochs done";
  }
}

inline void add_training_section(Page& page, const History& history) {
  double seconds = 0;
  for (const Epoch& epoch : history.epochs) seconds += epoch.seconds;
  Tiles tiles;
  tiles.add("epochs", std::to_string(history.epochs.size()));
  tiles.add("seconds", shown(seconds, 3));
  tiles.add("ended by", std::string(in_words(history.ending)));
  if (!history.epochs.empty()) tiles.add("loss at the end", shown(history.epochs.back().loss));
  if (history.best_epoch > 0 && history.best_epoch <= static_cast<Index>(history.epochs.size())) {
    tiles.add("best epoch", std::to_string(history.best_epoch));
    tiles.add("its validation loss",
              shown(history.epochs[static_cast<std::size_t>(history.best_epoch) - 1].validation_loss));
  }
  std::string charts;
  charts += drawn_chart(page, {.title = "Loss",
                               .x_label = "epoch",
                               .y_label = "loss",
                               .series = {epoch_series(history, "training", &Epoch::loss),
                                          epoch_series(history, "validation", &Epoch::validation_loss)},
                               .may_be_logarithmic = true});
  charts += drawn_chart(page, {.title = "Accuracy on the validation set",
                               .x_label = "epoch",
                               .y_label = "accuracy",
                               .series = {epoch_series(history, "validation", &Epoch::validation_accuracy)}});
  charts += drawn_chart(page, {.title = "Time",
                               .x_label = "epoch",
                               .y_label = "seconds",
                               .series = {epoch_series(history, "epoch", &Epoch::seconds)}});
  page.add_section("Training", tiles.html() + "<div class=\"charts\">" + charts + "</div>");
}

}  // namespace nn::detail
