// SPDX-License-Identifier: MIT
// How good a network becomes on samples that it has not seen: trained k times, each time on another part of the data.
#pragma once

#include <cmath>
#include <concepts>
#include <cstddef>
#include <ostream>
#include <sstream>
#include <utility>
#include <vector>

#include <nn/core/errors.hpp>
#include <nn/core/random.hpp>
#include <nn/data/dataset.hpp>
#include <nn/data/split.hpp>
#include <nn/layers/denormalize.hpp>
#include <nn/layers/normalize.hpp>
#include <nn/training/evaluation/evaluate.hpp>
#include <nn/training/evaluation/predictions.hpp>
#include <nn/training/fit/history.hpp>
#include <nn/training/set_normalization.hpp>
#include <nn/training/trainer.hpp>

namespace nn {

struct CrossValidationOptions {
  FoldOptions split = {};
  Random random = Random(0);  ///< draws the folds
  /// Of every fold. To stop early it takes a validation_share of the samples that the fold trains on: those that the
  /// fold is judged by are never looked at before.
  FitOptions fit = {};
  TrainerOptions trainer = {};
  bool standardize = true;  ///< fits Normalize and Denormalize, where the network has them, to what each fold trains on
};

struct Spread {
  double mean = 0;
  double deviation = 0;  ///< with n - 1, since the folds are a sample
};

template <class Net>
struct FoldResult {
  Net network;  ///< as it was trained on this fold
  History history;
  Evaluation evaluation;  ///< on the samples that it has not seen
  FoldSamples samples;
};

template <class Net>
struct CrossValidation {
  std::vector<FoldResult<Net>> folds;

  /// Over the folds, each counted alike.
  Spread loss() const { return over_folds(&Evaluation::loss); }
  Spread accuracy() const { return over_folds(&Evaluation::accuracy); }

 private:
  Spread over_folds(double Evaluation::*number) const {
    const auto count = static_cast<double>(folds.size());
    Spread spread;
    for (const auto& fold : folds) spread.mean += fold.evaluation.*number / count;
    for (const auto& fold : folds) spread.deviation += std::pow(fold.evaluation.*number - spread.mean, 2);
    spread.deviation = std::sqrt(spread.deviation / (count - 1));
    return spread;
  }
};

/// Trains a copy of the network, as it is given, on each fold and evaluates it on the samples left out. Throws
/// data_error and shape_error as k_fold, fit and evaluate.
template <class Net, class Loss, class Optimizer, std::derived_from<Dataset> Data>
CrossValidation<Net> cross_validate(const Net& network, const Loss& loss, const Optimizer& optimizer, const Data& data,
                                    const CrossValidationOptions& options = {}) {
  if (options.fit.validation != nullptr)
    throw data_error(
        "cross_validate: one validation set would be the same for all folds; give fit a validation_share, ",
        "which is taken from what each fold trains on");
  bool is_normalized = network.template last_is<Denormalize>();
  network.for_each_inside(
      [&](const auto& layer, const Place&, Index) { is_normalized |= layer.name() == Normalize::name(); });
  Random random = options.random;
  CrossValidation<Net> result;
  for (FoldSamples& samples : detail::fold_samples(data, options.split, random)) {
    const Dataset train = data.select(samples.train);
    FoldResult<Net> fold{network, {}, {}, std::move(samples)};
    if (options.standardize && is_normalized) set_normalization(fold.network, train);
    fold.history = Trainer(fold.network, loss, optimizer, options.trainer).fit(train, options.fit);
    fold.evaluation =
        evaluate(fold.network, loss, data.select(fold.samples.validation), {.threads = options.trainer.threads});
    result.folds.push_back(std::move(fold));
  }
  return result;
}

/// A line for each fold, then the mean and the deviation.
template <std::derived_from<std::ostream> Stream, class Net>
std::ostream& operator<<(Stream& stream, const CrossValidation<Net>& result) {
  std::ostringstream table;
  table.imbue(std::locale::classic());
  const auto row = [&](const auto&... cells) {
    (detail::print_cell(table, 12, cells), ...);
    table << '\n';
  };
  row("fold", "loss", "accuracy", "trained on", "epochs");
  for (std::size_t i = 0; i < result.folds.size(); ++i) {
    const auto& [network, history, evaluation, samples] = result.folds[i];
    row(i + 1, detail::table_number(evaluation.loss, 4), detail::table_number(evaluation.accuracy, 4),
        samples.train.size(), history.epochs.size());
  }
  const Spread loss = result.loss(), accuracy = result.accuracy();
  row("mean", detail::table_number(loss.mean, 4), detail::table_number(accuracy.mean, 4));
  row("deviation", detail::table_number(loss.deviation, 4), detail::table_number(accuracy.deviation, 4));
  return stream << table.str();
}

}  // namespace nn
