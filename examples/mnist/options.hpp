// SPDX-License-Identifier: MIT
// What the command line asks for.
#pragma once

#include <nn/core/views.hpp>
#include <nn/training/step/process_group.hpp>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace mnist {

/// Epochs, where --budget alone ends the training.
inline constexpr nn::Index unlimited = 1'000'000'000;

/// The defaults are the course's settings.
struct Options {
  std::string data;  // a folder; empty: look where MNIST may be
  nn::Index epochs = 3;
  nn::Index samples = 50'000;  // per epoch; 0: all
  nn::Index batch_size = 1;
  double learning_rate = 1e-3;
  std::uint64_t seed = 0;
  std::vector<nn::Index> hidden = {256, 128, 64};
  std::string activation = "relu";
  std::string save = "params.json";
  std::string load;
  std::vector<std::string> predict;  // pictures
  std::string show_handwriting;      // where the sheet goes
  std::string show_augmentation;
  std::string optimizer = "sgd";
  std::string schedule = "constant";
  std::string recipe;  // empty, mlp or cnn
  std::string log;
  std::string report;
  double weight_decay = 0;
  double label_smoothing = 0;
  double dropout = 0;
  double average_decay = 0;
  double validation = 0;  // share of the training samples
  double budget = 0;      // seconds of training; 0: no limit
  double search_minutes = 0;
  nn::Index patience = 0;
  nn::Index threads = 1;
  std::int64_t checkpoint_every = 0;  // updates
  bool augment = false;
  bool resume = false;
  bool diagnose = false;
  bool find_learning_rate = false;
  bool handwriting = false;
  bool train = true;
  bool show_progress = true;
  bool quiet = false;
  nn::Processes processes = {};  // that share the work; the first speaks and writes

  /// Whether there is work for several processes.
  bool is_shared() const {
    return predict.empty() && show_handwriting.empty() && show_augmentation.empty() && !find_learning_rate &&
           search_minutes == 0 && !handwriting;
  }
};

/// The command line makes no sense; the program ends with status 2.
class usage_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// True where there is something to do, false where help or the version was asked for and has been printed.
bool read_options(int argument_count, char** arguments, nn::Processes processes, Options& options);

/// "folder/params.json" -> "folder/history.csv"
std::string beside(const std::string& path, const std::string& name);

/// The names that --activation takes.
std::vector<std::string> activation_names();

/// What --recipe stands for is put into the options; what the command line gives besides it wins.
void apply_recipe(Options& options);

}  // namespace mnist
