// SPDX-License-Identifier: MIT
#include "options.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <iostream>
#include <limits>
#include <numeric>
#include <string_view>

namespace mnist {

namespace {

// How many letters must be changed, added or left out to turn one word into the other.
std::size_t distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < to.size(); ++j) {
      const std::size_t change = diagonal + (from[i] != to[j]);
      diagonal = row[j + 1];
      row[j + 1] = std::min({change, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

std::string nearest(std::string_view word, const std::vector<std::string>& names) {
  return *std::min_element(names.begin(), names.end(), [&](const std::string& a, const std::string& b) {
    return distance(word, a) < distance(word, b);
  });
}

template <class Number>
bool read_number(std::string_view text, Number& number) {
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  return problem == std::errc() && end == text.data() + text.size();
}

// Checks of CLI11: they return what is wrong, or nothing.
std::function<std::string(const std::string&)> whole_number(std::uint64_t low, std::uint64_t high) {
  return [low, high](const std::string& text) -> std::string {
    std::uint64_t number = 0;
    if (read_number(text, number) && number >= low && number <= high) return "";
    return std::string("takes a whole number from ") + std::to_string(low) + " to " + std::to_string(high) + ", got '" +
           text + "'";
  };
}

std::string positive_number(const std::string& text) {
  double number = 0;
  if (read_number(text, number) && number > 0 && std::isfinite(number)) return "";
  return "takes a positive number, got '" + text + "'";
}

std::string activation_name(const std::string& text) {
  const std::vector<std::string> names = activation_names();
  if (std::find(names.begin(), names.end(), text) != names.end()) return "";
  std::string all;
  for (const std::string& name : names) all += (all.empty() ? "" : ", ") + name;
  return "takes one of " + all + ", got '" + text + "'; did you mean " + nearest(text, names) + "?";
}

// What CLI11 says, as one sentence.
std::string sentence(const CLI::ParseError& problem) {
  std::string text = problem.what();
  if (const std::size_t colon = text.find(": takes "); colon != std::string::npos) text.erase(colon, 1);
  return text;
}

void refuse_leftovers(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  for (const std::string& word : app.remaining()) {
    if (!word.starts_with("-"))
      throw usage_error("there is no use for '" + word + "'; every option begins with --, see --help");
    throw usage_error("there is no flag " + word + "; did you mean " + nearest(word.substr(0, word.find('=')), names) +
                      "?");
  }
}

}  // namespace

std::vector<std::string> activation_names() {
  return {"relu", "leaky-relu", "tanh", "sigmoid", "identity", "binary-step"};
}

bool read_options(int argument_count, char** arguments, Options& options) {
  constexpr std::uint64_t most = 1'000'000'000;
  CLI::App app{"Trains a network to read handwritten digits, and shows how well it does.", "mnist"};
  app.allow_extras();
  app.set_version_flag("--version", "mnist (nn " NN_VERSION ")", "print the version");
  app.add_option("--data", options.data, "folder with the four files of MNIST")->type_name("DIR");
  app.add_option("--epochs", options.epochs, "how often it goes through the samples")
      ->check(whole_number(1, most))
      ->type_name("N");
  app.add_option("--samples", options.samples, "samples per epoch, 0 for all")
      ->check(whole_number(0, most))
      ->type_name("N");
  app.add_option("--batch-size", options.batch_size, "samples per update")
      ->check(whole_number(1, most))
      ->type_name("N");
  app.add_option("--learning-rate", options.learning_rate, "of plain gradient descent")
      ->check(positive_number)
      ->type_name("RATE");
  app.add_option("--seed", options.seed, "of first weights, order and generated digits")
      ->check(whole_number(0, std::numeric_limits<std::uint64_t>::max()))
      ->type_name("N");
  app.add_option("--hidden", options.hidden, "units of the hidden layers")
      ->check(whole_number(1, 1'000'000))
      ->delimiter(',')
      ->type_name("N,N,...");
  app.add_option("--activation", options.activation, "between the layers")->check(activation_name)->type_name("NAME");
  app.add_option("--save", options.save, "where the network goes, history.csv and loss.png beside it")
      ->type_name("FILE");
  app.add_option("--load", options.load, "network to begin with")->type_name("FILE");
  bool no_train = false, no_progress = false;
  app.add_flag("--no-train", no_train, "only test the network of --load");
  app.add_option("--predict", options.predict, "which digit does this picture of 28x28 show?")->type_name("IMAGE.pgm");
  app.add_flag("--no-progress", no_progress, "one line per epoch instead of a bar");
  app.add_flag("--quiet", options.quiet, "print only the result");
  for (CLI::Option* option : app.get_options())
    if (option->get_lnames()[0] != "help" && option->get_lnames()[0] != "version") option->capture_default_str();

  try {
    app.parse(argument_count, arguments);
  } catch (const CLI::CallForHelp&) {
    std::cout << app.help() << "\nWithout --data it takes $NN_MNIST_DIR, then the user's cache folder, where\n"
              << "cmake -P cmake/fetch_mnist.cmake puts MNIST, then digits that it draws itself.\n";
    return false;
  } catch (const CLI::CallForVersion& version) {
    std::cout << version.what() << '\n';
    return false;
  } catch (const CLI::ParseError& problem) {
    throw usage_error(sentence(problem));
  }
  refuse_leftovers(app);
  options.train = !no_train;
  options.show_progress = !no_progress;
  if (!options.train && options.load.empty() && options.predict.empty())
    throw usage_error("--no-train tests a network that is there; give its file with --load");
  return true;
}

}  // namespace mnist
