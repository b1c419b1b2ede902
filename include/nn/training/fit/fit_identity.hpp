// SPDX-License-Identifier: MIT
// What a training and the one that goes on with it must have in common.
#pragma once

#include <cstdint>
#include <string>
#include <type_traits>

#include <nn/core/errors.hpp>
#include <nn/core/printable.hpp>
#include <nn/core/random.hpp>
#include <nn/core/views.hpp>
#include <nn/data/lazy_dataset.hpp>
#include <nn/training/fit/fit_options.hpp>
#include <nn/training/step/field_problems.hpp>

namespace nn {

/// The data, and everything that decides which samples come next and what is drawn for them. Left free are how long to
/// train (epochs, budgets, patience), what to watch (callbacks, validation), on how many threads, and what the program
/// may change in mid-course: the loss, the optimizer's options, clipping, penalties, factors.
struct FitIdentity {
  std::uint64_t seed = 0;  ///< of the Trainer
  Index samples = 0;       ///< to train on; 0: nothing is known, as of a checkpoint of version 1
  Index samples_per_epoch = 0;
  Index batch_size = 0;
  bool drop_last = false;
  Index accumulate = 0;
  Index truncate = 0;
  bool shuffle = false;
  Random random = Random(0);  ///< as it was given
  bool is_augmented = false;
  std::string augmentation;       ///< in words; empty: a checkpoint of an earlier release, which knows only whether
  std::string schedule;           ///< in words
  std::uint64_t fingerprint = 0;  ///< of the data

  FitIdentity() = default;
  FitIdentity(DataReference data, Index trained, const FitOptions& options, std::uint64_t trainer_seed)
      : seed(trainer_seed),
        samples(trained),
        samples_per_epoch(options.samples_per_epoch),
        batch_size(options.batch_size),
        drop_last(options.drop_last),
        accumulate(options.accumulate),
        truncate(options.truncate),
        shuffle(options.shuffle),
        random(options.random),
        is_augmented(static_cast<bool>(options.augmentation)),
        augmentation(options.augmentation.description()),
        schedule(options.schedule.description()),
        fingerprint(data.fingerprint()) {}

  /// Throws data_error naming the first difference.
  void require_same(const FitIdentity& now) const {
    if (samples == 0) return;
    const auto shown = []<class Value>(const Value& value) {
      if constexpr (std::is_same_v<Value, bool>)
        return value ? "true" : "false";
      else if constexpr (std::is_same_v<Value, std::string>)
        return detail::printable(value, 400);  // of a file
      else
        return value;
    };
    const auto require = [&](const char* what, const auto& then, const auto& given, const char* remedy) {
      if (then != given)
        throw data_error("fit: the checkpoint was made with ", what, " ", shown(then), ", but now there is ",
                         shown(given), "; ", remedy);
    };
    const char* same_options = "give the same options";
    require("samples =", samples, now.samples, "give the same data and options");
    require("batch_size =", batch_size, now.batch_size, same_options);
    require("drop_last =", drop_last, now.drop_last, same_options);
    require("samples_per_epoch =", samples_per_epoch, now.samples_per_epoch, same_options);
    require("accumulate =", accumulate, now.accumulate, same_options);
    require("truncate =", truncate, now.truncate, same_options);
    require("shuffle =", shuffle, now.shuffle, same_options);
    require("random in the state", random.state()[0], now.random.state()[0], "give a Random of the same seed");
    require("the Trainer's seed =", seed, now.seed, "give the trainer the same seed");
    if (augmentation.empty())
      require("augmentation:", is_augmented, now.is_augmented, same_options);
    else
      require("the augmentation", augmentation, now.augmentation, "give the same augmentation");
    require("the schedule", schedule, now.schedule, "give the same schedule");
    require("data of the fingerprint", fingerprint, now.fingerprint, "give the same data, in the same order");
  }

  /// Calls visit(name, field, problem) for all of it (see nn/io/checkpoint.hpp); self is const where it is only read.
  template <class Self, class Visit>
  static void for_each_field(Self& self, Visit& visit) {
    const auto compared = detail::no_problem;  // in require_same, and not used otherwise
    visit("seed", self.seed, compared);
    visit("samples", self.samples, compared);
    visit("samples per epoch", self.samples_per_epoch, compared);
    visit("batch size", self.batch_size, compared);
    visit("drop last", self.drop_last, compared);
    visit("accumulate", self.accumulate, compared);
    visit("truncate", self.truncate, compared);
    visit("shuffle", self.shuffle, compared);
    visit("first random", self.random, compared);
    visit("is augmented", self.is_augmented, compared);
    visit("augmentation", self.augmentation, compared);
    visit("schedule kind", self.schedule, compared);
    visit("data", self.fingerprint, compared);
  }
};

}  // namespace nn
