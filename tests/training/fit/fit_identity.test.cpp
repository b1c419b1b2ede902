// SPDX-License-Identifier: MIT
#include <nn/training/fit/fit_identity.hpp>

#include <nn/data/augmentation/affine.hpp>
#include <nn/data/augmentation/pixel_changes.hpp>
#include <nn/training/fit/schedules/cosine.hpp>
#include <nn/training/fit/schedules/on_plateau.hpp>

#include "../../catch.hpp"
#include "../../numbers.hpp"

namespace {

nn::Dataset six(int last_label = 1) {
  return {test::drawn<float>(2, 6, 1), std::vector<int>{0, 1, 0, 1, 0, last_label}, 3};
}

// What is said where a training with `then` goes on with `now`.
std::string difference(const nn::FitOptions& then, const nn::FitOptions& now, const nn::Dataset& data = six(),
                       std::uint64_t seed = 0) {
  const nn::Dataset first = six();
  try {
    nn::FitIdentity(first, 6, then, 0).require_same({data, data.size(), now, seed});
    return "";
  } catch (const nn::data_error& problem) {
    return problem.what();
  }
}

}  // namespace

TEST_CASE("what decides which samples come next must be the same, and the difference is named with both values") {
  const nn::FitOptions then{.batch_size = 2, .schedule = nn::CosineSchedule{.steps = 10}};
  const auto with = [&](auto change) {
    nn::FitOptions now = then;
    change(now);
    return difference(then, now);
  };
  CHECK(with([](auto&) {}).empty());
  const std::string begin = "fit: the checkpoint was made with ", same = "; give the same options";
  CHECK(with([](auto& now) { now.batch_size = 3; }) == begin + "batch_size = 2, but now there is 3" + same);
  CHECK(with([](auto& now) { now.drop_last = true; }) == begin + "drop_last = false, but now there is true" + same);
  CHECK(with([](auto& now) { now.samples_per_epoch = 4; }) ==
        begin + "samples_per_epoch = 0, but now there is 4" + same);
  CHECK(with([](auto& now) { now.accumulate = 2; }) == begin + "accumulate = 1, but now there is 2" + same);
  CHECK(with([](auto& now) { now.shuffle = false; }) == begin + "shuffle = true, but now there is false" + same);
  CHECK(with([](auto& now) { now.random = nn::Random(1); }) ==
        begin + "random in the state " + std::to_string(nn::Random(0).state()[0]) + ", but now there is " +
            std::to_string(nn::Random(1).state()[0]) + "; give a Random of the same seed");
  CHECK(with([](auto& now) { now.augmentation = [](auto&&...) {}; }) ==
        begin + "the augmentation none, but now there is one of the program's own; give the same augmentation");
  CHECK(with([](auto& now) { now.schedule = nn::CosineSchedule{.steps = 11}; }) ==
        begin +
            "the schedule CosineSchedule (learning_rate 0.01, minimum 0, steps 10, restart_factor 0), but now there "
            "is CosineSchedule (learning_rate 0.01, minimum 0, steps 11, restart_factor 0); give the same schedule");
  CHECK(with([](auto& now) { now.schedule = nullptr; }).ends_with("but now there is none; give the same schedule"));
  CHECK(difference(then, then, six(), 7) ==
        begin + "the Trainer's seed = 0, but now there is 7; give the trainer the same seed");
  CHECK(difference(then, then, six().subset(0, 5)) ==
        begin + "samples = 6, but now there is 5; give the same data and options");
  CHECK(difference(then, then, six(2)).ends_with("; give the same data, in the same order"));
}

TEST_CASE("another augmentation is refused, and of an earlier release's checkpoint whether there is one") {
  const nn::FitOptions none, own{.augmentation = [](auto&&...) {}},
      little{.augmentation = nn::augment(nn::RandomShift{1}, nn::GaussianNoise{})},
      more{.augmentation = nn::augment(nn::RandomShift{2}, nn::GaussianNoise{})};
  const std::string begin = "fit: the checkpoint was made with ", same = "; give the same augmentation";
  CHECK(difference(little, little).empty());
  CHECK(difference(own, own).empty());
  CHECK(difference(little, more) ==
        begin +
            "the augmentation RandomShift (pixels 1), GaussianNoise (deviation 0.1), but now there is RandomShift "
            "(pixels 2), GaussianNoise (deviation 0.1)" +
            same);
  CHECK(difference(little, none) == begin +
                                        "the augmentation RandomShift (pixels 1), GaussianNoise (deviation 0.1), "
                                        "but now there is none" +
                                        same);
  // Where the difference is behind what is shown of a text.
  const nn::RandomScale scale;
  const auto long_one = [&](double pixels) {
    return nn::FitOptions{.augmentation = nn::augment(scale, scale, scale, scale, scale, scale, scale, scale, scale,
                                                      nn::RandomShift{pixels})};
  };
  CHECK(difference(long_one(1), long_one(1)).empty());
  CHECK_FALSE(difference(long_one(1), long_one(2)).empty());

  const nn::Dataset data = six();
  nn::FitIdentity earlier(data, 6, little, 0);
  earlier.augmentation = "";
  CHECK_NOTHROW(earlier.require_same({data, 6, more, 0}));
  CHECK_THROWS_MATCHES(earlier.require_same({data, 6, none, 0}), nn::data_error,
                       Catch::Matchers::Message(begin + "augmentation: true, but now there is false; give the same "
                                                        "options"));
}

TEST_CASE("how long to train and what to watch may change") {
  const nn::FitOptions then{.batch_size = 2};
  const nn::Dataset validation = six();
  const nn::FitOptions now{.epochs = 9,
                           .batch_size = 2,
                           .validation = &validation,
                           .on_batch = [](nn::Progress&) {},
                           .patience = 3,
                           .min_improvement = 1,
                           .keep_best = true,
                           .steps = 5,
                           .seconds = 7};
  CHECK(difference(then, now).empty());
}

TEST_CASE("where nothing is known of the training before, nothing is compared") {
  const nn::Dataset data = six();
  CHECK_NOTHROW(nn::FitIdentity().require_same({data, 6, {}, 1}));
}

TEST_CASE("control characters of a file do not get into the sentence") {
  const nn::Dataset data = six();
  nn::FitIdentity then(data, 6, {}, 0);
  then.schedule = "\x1B[2J";
  CHECK_THROWS_MATCHES(
      then.require_same({data, 6, {}, 0}), nn::data_error,
      Catch::Matchers::Message(
          "fit: the checkpoint was made with the schedule ?[2J, but now there is none; give the same schedule"));
}
