// SPDX-License-Identifier: MIT
#include <nn/training/fit/progress_callback.hpp>

#include <functional>

#include "../../catch.hpp"

TEST_CASE("no callback is none, nor is an empty function") {
  CHECK_FALSE(nn::ProgressCallback());
  CHECK_FALSE(nn::ProgressCallback(nullptr));
  CHECK_FALSE(nn::ProgressCallback(std::function<void(nn::Progress&)>()));
  CHECK_FALSE(nn::ProgressCallback(std::function<bool(const nn::Progress&)>()));
}

TEST_CASE("a callback that returns false stops the training, one that returns true or nothing does not") {
  const auto stops = [](const nn::ProgressCallback& callback) {
    nn::Progress progress{.epoch = 3};
    callback(progress);
    return progress.is_stopped;
  };
  CHECK(stops([](nn::Progress&) { return false; }));
  CHECK_FALSE(stops([](nn::Progress&) { return true; }));
  CHECK(stops([](const nn::Progress& progress) { return progress.epoch < 3; }));
  CHECK(stops(std::function<bool(nn::Progress&)>([](nn::Progress&) { return false; })));
  int calls = 0;
  CHECK_FALSE(stops([&](const nn::Progress&) { ++calls; }));
  CHECK_FALSE(stops([&](nn::Progress) { ++calls; }));
  CHECK_FALSE(stops([&](auto&) { ++calls; }));
  CHECK(calls == 3);
  CHECK(stops([](nn::Progress& progress) { progress.stop(); }));
  CHECK(stops([](nn::Progress& progress) {
    progress.stop();
    return true;
  }));
}
