// SPDX-License-Identifier: MIT
#include <nn/io/history_log.hpp>

#include <limits>

#include "../catch.hpp"
#include "files.hpp"

namespace {
struct Line {
  int epoch = 1;
  double loss = 0.5, validation_loss = std::numeric_limits<double>::quiet_NaN(), validation_accuracy = 0.25;
  double learning_rate = 1e-3, seconds = 2;
  int samples_seen = 60;
};
}  // namespace

TEST_CASE("a line per epoch is in the file as soon as it was logged, and a second run adds to it") {
  const test::Folder folder;
  const std::string csv = folder / "h.csv", lines = folder / "h.jsonl";
  {
    nn::HistoryLog first(csv), second(lines);
    first(Line{});
    second(Line{});
    CHECK(test::read_file(csv) ==
          "epoch,loss,validation_loss,validation_accuracy,learning_rate,seconds,samples\n1,0.5,,0.25,0.001,2,60\n");
    CHECK(test::read_file(lines) ==
          "{\"epoch\": 1, \"loss\": 0.5, \"validation_loss\": null, \"validation_accuracy\": 0.25, "
          "\"learning_rate\": 0.001, \"seconds\": 2, \"samples\": 60}\n");
  }
  nn::HistoryLog again(csv);
  again(Line{.epoch = 2});
  const std::string text = test::read_file(csv);
  CHECK(std::count(text.begin(), text.end(), '\n') == 3);
  CHECK(text.ends_with("\n2,0.5,,0.25,0.001,2,60\n"));
}

TEST_CASE("a log that cannot be written is an error at once") {
  CHECK_THROWS_AS(nn::HistoryLog("/no/such/folder/h.csv"), nn::load_error);
}
