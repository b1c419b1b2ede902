// SPDX-License-Identifier: MIT
// What the command line asks for.
#pragma once

#include <nn/core/views.hpp>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace mnist {

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
  std::string predict;  // a picture
  bool train = true;
  bool show_progress = true;
  bool quiet = false;
};

/// The command line makes no sense; the program ends with status 2.
class usage_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// True where there is something to do, false where help or the version was asked for and has been printed.
bool read_options(int argument_count, char** arguments, Options& options);

/// The names that --activation takes.
std::vector<std::string> activation_names();

}  // namespace mnist
