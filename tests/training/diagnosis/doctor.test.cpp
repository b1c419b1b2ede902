// SPDX-License-Identifier: MIT
// The doctor tells what it finds once, and takes little time.
#include <nn/training/diagnosis/doctor.hpp>

#include <algorithm>
#include <vector>

#include <nn/network.hpp>

#include "../../catch.hpp"
#include "diagnosed.hpp"

using nn::Illness;
using test::three_classes;

TEST_CASE("the doctor tells each finding once, while training goes on") {
  test::SmallClassifier network;
  network.bias<0>().setConstant(-100);
  const nn::Dataset set = three_classes();
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{.learning_rate = 1e-3}};
  std::vector<nn::Finding> told;
  nn::Doctor doctor{trainer, set, [&](const nn::Finding& finding) { told.push_back(finding); }};
  trainer.fit(set, {.epochs = 5, .on_epoch = doctor});
  CHECK(std::count_if(told.begin(), told.end(),
                      [](auto& f) { return f.illness == Illness::dead_units && f.layer == 2; }) == 1);
}

TEST_CASE("the doctor looks on only when what it costs is below 2 % of the training") {
  test::SmallClassifier network;
  const nn::Dataset set = three_classes();
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{}};
  int told = 0;
  // By a clock that is a second later whenever it is asked, each look takes one.
  nn::Doctor doctor{trainer, set, [&](const nn::Finding&) { ++told; }, [time = 0.0]() mutable { return ++time; }};
  nn::Progress progress;
  progress.samples_seen = 300;
  progress.seconds = 60;
  doctor(progress);
  const int at_first = told;
  network.bias<0>().setConstant(-100);
  doctor(progress);  // with it, 2 seconds of 120
  CHECK(told == at_first);
  progress.seconds = 20;  // 2 seconds of 140
  doctor(progress);
  CHECK(told > at_first);
}
