// SPDX-License-Identifier: MIT
#include <nn/io/history_log.hpp>

#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <limits>

#include <nn/network.hpp>

#include "../catch.hpp"
#include "../left_out.hpp"
#include "../numbers.hpp"
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

TEST_CASE("pandas and gnuplot read the history of a training, with validation and without") {
  const test::Folder folder;
  const nn::Matrix<double> x = test::drawn<double>(3, 40, 1);
  const nn::Dataset data(x, nn::Matrix<double>(x.topRows(1)));
  nn::HistoryLog csv(folder / "history.csv"), lines(folder / "history.jsonl");
  nlohmann::json expected;
  for (const double share : {0.0, 0.25}) {
    nn::Network<double, nn::Input<3>, nn::Dense<4>, nn::Tanh, nn::Dense<1>> network;
    nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::Adam{}};
    trainer.fit(data, {.epochs = 4,
                       .on_epoch =
                           [&](nn::Progress& progress) {
                             csv(progress);
                             lines(progress);
                             expected["epoch"].push_back(progress.epoch);
                             expected["loss"].push_back(progress.loss);
                             expected["validation_loss"].push_back(progress.validation_loss);  // null where it is NaN
                             expected["learning_rate"].push_back(progress.learning_rate);
                             expected["seconds"].push_back(progress.seconds);
                             expected["samples"].push_back(progress.samples_seen);
                           },
                       .validation_share = share});
  }
  REQUIRE(expected["epoch"].size() == 8);
  test::write_file(folder / "expected.json", expected.dump());
  const auto status_of = [](const std::string& command) { return WEXITSTATUS(std::system(command.c_str())); };
  const std::string script = (std::filesystem::path(__FILE__).parent_path() / "read_history.py").string();
  if (status_of("python3 --version >/dev/null 2>&1") == 0)
    CHECK(status_of("python3 -B \"" + script + "\" \"" + folder.path() + "\" >&2") == 0);
  else
    test::left_out("a history read by Python, which is not installed");

  if (status_of("gnuplot --version >/dev/null 2>&1") != 0) {
    test::left_out("a history drawn by gnuplot, which is not installed");
    return;
  }
  const std::string csv_path = folder / "history.csv", numbers = folder / "numbers";
  const std::string plot = "set datafile separator ','; stats '" + csv_path + "' skip 1 using 1:2 name 'L' nooutput; " +
                           "stats '" + csv_path + "' skip 1 using 3 name 'V' nooutput; set print '" + numbers +
                           "'; print sprintf('%d %d %.12g %.12g', L_records, V_records, L_max_y, V_max)";
  CHECK(status_of("gnuplot -e \"" + plot + "\" >&2") == 0);
  double most = 0, most_validation = 0;
  for (const auto& loss : expected["loss"]) most = std::max(most, loss.get<double>());
  for (const auto& loss : expected["validation_loss"])
    if (!std::isnan(loss.get<double>())) most_validation = std::max(most_validation, loss.get<double>());
  std::array<char, 80> text{};
  std::snprintf(text.data(), text.size(), "8 4 %.12g %.12g\n", most, most_validation);
  CHECK(test::read_file(numbers) == text.data());
}
