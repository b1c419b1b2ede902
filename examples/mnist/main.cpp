// SPDX-License-Identifier: MIT
// Trains a network to read handwritten digits: plan, training, test, and what it gets wrong. See --help.
#include <nn/network.hpp>

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <iostream>
#include <string>

#include "calibration.hpp"
#include "data.hpp"
#include "handwriting.hpp"
#include "image.hpp"
#include "interrupt.hpp"
#include "options.hpp"
#include "page.hpp"
#include "picture.hpp"
#include "processes.hpp"
#include "progress.hpp"
#include "report.hpp"
#include "terminal.hpp"
#include "training.hpp"

namespace mnist {
namespace {

std::string structure(const Network& network, const Options& options) {
  std::string text = std::to_string(network.input_shape().size());
  if (is_convolutional(options))
    text += "-conv 16@5x5-pool-conv 32@5x5-pool-conv " + std::to_string(last_filters(options)) + "@3x3";
  for (const nn::Index units : options.hidden) text.append("-").append(std::to_string(units));
  return text + "-10, " + options.activation + ", softmax";
}

void load(Network& network, const std::string& path) {
  try {
    nn::load(network, path);
  } catch (const nn::load_error& problem) {
    throw nn::load_error(problem.what(), " (the network here is the one of --recipe, --hidden and --activation)");
  }
}

void print_plan(const Network& network, const Data& data, const Options& options) {
  std::cout << "network   " << structure(network, options) << ": " << with_commas(network.parameter_count())
            << " parameters" << (options.load.empty() ? "" : ", from " + options.load) << '\n';
  std::cout << "data      " << data.source << ": " << with_commas(data.train.size()) << " samples for training, "
            << with_commas(data.test.size()) << " for testing\n";
  if (options.train) {
    const nn::Index samples = samples_per_epoch(options, data.train);
    std::cout << "training  cross entropy, " << (options.optimizer == "sgd" ? "SGD" : options.optimizer)
              << ", learning rate " << options.learning_rate << ", "
              << (options.batch_size == 1 ? "one update per sample"
                                          : std::string("batches of ") + std::to_string(options.batch_size))
              << ", "
              << (options.epochs == unlimited ? with_decimals(options.budget, 0) + " s, epochs of "
                  : options.epochs == 1       ? std::string("1 epoch of ")
                                              : std::to_string(options.epochs) + " epochs of ")
              << with_commas(samples) << " samples, seed " << options.seed << '\n';
    std::cout << "files     " << options.save << ", " << beside(options.save, "history.csv") << ", "
              << beside(options.save, "loss.png") << " (where gnuplot is installed)\n";
  }
  if (data.is_generated)
    std::cout << "\nThese are generated digits, not MNIST: drawn by this program, and easier to tell apart.\n"
                 "To get MNIST (11.6 MB): cmake -P cmake/fetch_mnist.cmake\n"
                 "Or give a folder that has it: --data DIR, or NN_MNIST_DIR=DIR\n";
  std::cout << std::endl;
}

nn::History train(Network& network, const Data& data, const nn::Random& random, const Options& options,
                  const Terminal& terminal) {
  const Interrupt interrupt;
  ProgressBar bar(std::cout, terminal, options.show_progress && !options.quiet);
  LossCurve curve;
  const auto on_batch = [&](nn::Progress& progress) {
    if (interrupt.is_requested()) progress.stop();
    curve.update(progress);
    bar.update(progress);
  };
  const bool is_first = options.processes.rank() == 0;
  const auto on_epoch = [&](nn::Progress& progress) {
    if (is_first) nn::save(network, options.save);
    bar.clear();
    if (options.quiet) return;
    std::cout << epoch_of(progress) << ": loss " << with_decimals(progress.loss, 4);
    if (options.validation > 0)
      std::cout << ", validation loss " << with_decimals(progress.validation_loss, 4) << ", accuracy "
                << with_decimals(100 * progress.validation_accuracy, 2) << " %";
    std::cout << ", " << with_commas(progress.samples_seen) << " samples in " << with_decimals(progress.seconds, 1)
              << " s, " << speed(progress) << std::endl;
  };
  const nn::History history = train_network(network, data, random, options, on_batch, on_epoch);
  if (options.validation > 0 && !history.is_stopped) {
    const nn::Dataset held_out = validation_part(options, data.train);
    const nn::Dataset moved =
        moved_digits(held_out, std::min<nn::Index>(6'000, 5 * held_out.size()), nn::Random(options.seed));
    const double temperature = calibrate(network, moved);
    if (!options.quiet) {
      bar.clear();
      std::cout << "calibrated on " << with_commas(moved.size()) << " moved digits of the validation part: temperature "
                << with_decimals(temperature, 2) << "; accuracy "
                << with_decimals(100 * nn::evaluate(network, nn::CrossEntropy{}, moved).accuracy, 2)
                << " % there, of the part as it is "
                << with_decimals(100 * nn::evaluate(network, nn::CrossEntropy{}, held_out).accuracy, 2) << " %\n";
    }
  }
  if (!is_first) return history;
  if (!history.is_stopped) nn::save(network, options.save);

  const std::string table = beside(options.save, "history.csv"), chart = beside(options.save, "loss.png");
  curve.save(table);
  if (history.is_stopped)
    std::cout << "Stopped by Ctrl-C after a whole update; the network is saved in " << options.save << ".\n"
              << "To go on with it: --load " << options.save << std::endl;
  const bool is_drawn = draw_curve(table, chart);
  if (!options.quiet && !history.is_stopped)
    std::cout << "saved " << options.save << ", " << table << (is_drawn ? ", " + chart : "") << '\n';
  return history;
}

void test(const Network& network, const Data& all_data, const Options& options, const Terminal& terminal) {
  const nn::Dataset& data = all_data.test;
  const nn::Evaluation result =
      nn::evaluate(network, nn::CrossEntropy{}, data, {.keep_losses = true, .group = options.processes});
  if (!options.quiet) std::cout << '\n';
  std::cout << "test loss " << with_decimals(result.loss, 4) << ", accuracy " << with_decimals(100 * result.accuracy, 2)
            << " % of " << with_commas(result.samples) << (all_data.is_generated ? " generated digits" : "")
            << std::endl;
  if (options.quiet) return;
  const std::vector<Answer> all = answers(network, data);
  print_confusion(std::cout, data, all);
  print_mistakes(std::cout, data, all, result.losses, terminal);
}

// What the network sees, and how likely it takes each digit to be.
void print_view(const nn::Vector<float>& sample, const nn::Vector<float>& probabilities, const Terminal& terminal) {
  for (const std::string& line : drawn(picture(sample), terminal)) std::cout << line << '\n';
  for (nn::Index i = 0; i < probabilities.size(); ++i) {
    std::cout << "  " << i << std::setw(8) << with_decimals(100.0 * static_cast<double>(probabilities(i)), 2) << " %  ";
    for (int mark = 0; mark < std::lround(40 * probabilities(i)); ++mark)
      std::cout << (terminal.has_blocks ? "█" : "#");
    std::cout << '\n';
  }
}

// False where one of the pictures cannot be read; the others are answered all the same.
bool predict(Network& network, const Options& options, const Terminal& terminal) {
  load(network, options.load.empty() ? options.save : options.load);
  bool are_all_read = true;
  for (const std::string& path : options.predict) try {
      const Image image = read_image(path);
      const nn::Vector<float> sample = nn::center_digit(image.pixels, image.height, image.width);
      const nn::Vector<float> probabilities = network.predict(sample);
      const Answer answer = best_answer(probabilities);
      const std::string digit = answer.is_sure() ? std::to_string(answer.digit) : "not sure";
      if (options.quiet) {
        std::cout << digit << std::endl;
        continue;
      }
      std::cout << path << ": " << digit << ", " << with_decimals(100 * answer.probability, 2) << " %" << std::endl;
      if (terminal.is_terminal && options.predict.size() == 1) print_view(sample, probabilities, terminal);
    } catch (const nn::load_error& problem) {
      are_all_read = false;
      std::cerr << "mnist: " << problem.what() << '\n';
    } catch (const nn::error& problem) {
      are_all_read = false;
      std::cerr << "mnist: \"" << path << "\": " << problem.what() << '\n';
    }
  return are_all_read;
}

int run(const Options& options) {
  const bool is_first = options.processes.rank() == 0;
  if (!is_first && !options.is_shared()) return 0;
  const Terminal terminal = find_terminal();
  Network network = make_network(options);
  if (!options.predict.empty()) return predict(network, options, terminal) ? 0 : 1;
  if (!options.show_handwriting.empty() || !options.show_augmentation.empty()) {
    require_stb("pictures are written by stb");
    const Data data = find_data(options.data, options.seed);
    if (!options.show_handwriting.empty()) show_handwriting(data, options);
    if (!options.show_augmentation.empty()) show_augmentation(data, options);
    return 0;
  }
  if (options.find_learning_rate || options.search_minutes > 0) {
    network.initialize(nn::Random(options.seed), nn::he_normal);
    const Data data = find_data(options.data, options.seed);
    if (options.find_learning_rate) find_learning_rate(network, data, options);
    if (options.search_minutes > 0) search(data, options);
    return 0;
  }
  // What is wrong there is better said now than after the training.
  if (options.train && is_first) nn::AtomicFile(options.save);
  if (!options.report.empty() && is_first) nn::AtomicFile(options.report);

  nn::Random random(options.seed);
  network.initialize(random, nn::he_normal);  // as the course
  if (!options.load.empty()) load(network, options.load);
  const Data data = find_data(options.data, options.seed);
  if (!options.quiet) print_plan(network, data, options);
  if (options.handwriting) {
    measure_handwriting(network, data, options);
    return 0;
  }
  nn::History history;
  if (options.train) history = train(network, data, random, options, terminal);
  if (history.is_stopped) return 130;  // as shells have it for Ctrl-C
  test(network, data, options, terminal);
  if (!options.report.empty() && is_first) {
    save_page(options.report, network, data, history);
    if (!options.quiet) std::cout << "saved " << options.report << '\n';
  }
  return 0;
}

}  // namespace
}  // namespace mnist

int main(int argument_count, char** arguments) {
  mnist::AllProcesses all(argument_count, arguments);
  const nn::Processes processes = all.processes();
  const bool is_first = processes.rank() == 0;
  if (!is_first) std::cout.setstate(std::ios::failbit);  // one says what all would
  int status = 0;
  try {
    mnist::Options options;
    if (mnist::read_options(argument_count, arguments, processes, options))
      status = processes.together([&] { return mnist::run(options); });
  } catch (const mnist::usage_error& problem) {
    if (is_first) std::cerr << "mnist: " << problem.what() << '\n';
    status = 2;
  } catch (const std::exception& problem) {
    if (is_first) std::cerr << "mnist: " << problem.what() << '\n';
    status = 1;
  }
  return status;
}
