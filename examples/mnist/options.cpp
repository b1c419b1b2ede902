// SPDX-License-Identifier: MIT
#include "options.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <functional>
#include <iostream>
#include <limits>
#include <numeric>
#include <sstream>
#include <string_view>
#include <system_error>
#include <utility>

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

std::string share(const std::string& text) {
  double number = 0;
  if (read_number(text, number) && number >= 0 && number < 1) return "";
  return "takes a number of at least 0 and below 1, got '" + text + "'";
}

std::string not_negative(const std::string& text) {
  double number = 0;
  if (read_number(text, number) && number >= 0 && std::isfinite(number)) return "";
  return "takes a number of at least 0, got '" + text + "'";
}

// Makes 120 of 120, 120s and 2m.
std::string to_seconds(std::string& text) {
  std::string_view digits = text;
  double factor = 1, number = 0;
  if (digits.ends_with('m')) factor = 60;
  if (digits.ends_with('m') || digits.ends_with('s')) digits.remove_suffix(1);
  if (!read_number(digits, number) || !(number >= 0 && number < 1e9))
    return "takes a time like 60s or 2m, got '" + text + "'";
  std::ostringstream seconds;
  seconds << factor * number;
  text = seconds.str();
  return "";
}

std::function<std::string(const std::string&)> one_of(const std::vector<std::string>& names) {
  return [names](const std::string& text) -> std::string {
    if (std::find(names.begin(), names.end(), text) != names.end()) return "";
    std::string all;
    for (const std::string& name : names) all += (all.empty() ? "" : ", ") + name;
    return "takes one of " + all + ", got '" + text + "'; did you mean " + nearest(text, names) + "?";
  };
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

// Where a file of this name is or will be, whichever way it is spelt; links are followed, also those to nothing yet.
std::filesystem::path place_of(std::filesystem::path path) {
  std::error_code problem;
  for (int links = 0; links < 40 && std::filesystem::is_symlink(path, problem); ++links)
    path = path.parent_path() / std::filesystem::read_symlink(path, problem);
  path = std::filesystem::absolute(path, problem);
  const std::filesystem::path place = std::filesystem::weakly_canonical(path, problem);
  return problem ? path : place;
}

// Two results in one file would be one result.
void refuse_shared_files(const Options& options) {
  std::vector<std::pair<std::string, std::string>> files;  // what, and where
  if (!options.predict.empty()) return;
  if (!options.show_handwriting.empty() || !options.show_augmentation.empty()) {
    files = {{"--show-handwriting", options.show_handwriting}, {"--show-augmentation", options.show_augmentation}};
  } else if (options.train && !options.find_learning_rate && options.search_minutes == 0) {
    files = {{"--save", options.save},
             {"--log", options.log},
             {"--report", options.report},
             {"the loss table beside --save", beside(options.save, "history.csv")},
             {"the chart beside --save", beside(options.save, "loss.png")}};
    if (options.checkpoint_every > 0) files.emplace_back("the checkpoint beside --save", options.save + ".checkpoint");
  }
  for (std::size_t i = 0; i < files.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) {
      std::error_code problem;  // hard links are one file, too
      if (files[i].second.empty() || files[j].second.empty()) continue;
      if (place_of(files[i].second) == place_of(files[j].second) ||
          std::filesystem::equivalent(files[i].second, files[j].second, problem))
        throw usage_error(files[j].first + " and " + files[i].first + " would both be written to " + files[i].second +
                          "; give each a file of its own");
    }
}

}  // namespace

std::string beside(const std::string& path, const std::string& name) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? name : path.substr(0, slash + 1) + name;
}

std::vector<std::string> activation_names() {
  return {"relu", "leaky-relu", "tanh", "sigmoid", "identity", "binary-step"};
}

bool read_options(int argument_count, char** arguments, nn::Processes processes, Options& options) {
  constexpr auto most = static_cast<std::uint64_t>(unlimited);
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
  app.add_option("--learning-rate", options.learning_rate, "of the optimizer, or the highest of the schedule")
      ->check(positive_number)
      ->type_name("RATE");
  app.add_option("--seed", options.seed, "of first weights, order and generated digits")
      ->check(whole_number(0, std::numeric_limits<std::uint64_t>::max()))
      ->type_name("N");
  app.add_option("--hidden", options.hidden, "units of the hidden layers")
      ->check(whole_number(1, 1'000'000))
      ->delimiter(',')
      ->type_name("N,N,...");
  app.add_option("--activation", options.activation, "between the layers")
      ->check(one_of(activation_names()))
      ->type_name("NAME");
  app.add_option("--save", options.save, "where the network goes, history.csv and loss.png beside it")
      ->type_name("FILE");
  app.add_option("--load", options.load, "network to begin with")->type_name("FILE");
  bool no_train = false, no_progress = false;
  app.add_flag("--no-train", no_train, "only test the network of --load");
  app.add_option("--predict", options.predict, "which digits do these pictures show (PGM, PNG or JPEG, of any size)?")
      ->type_name("IMAGE...");
  app.add_flag("--handwriting", options.handwriting,
               "how well does the network of --load read digits that are not from the data set?");
  app.add_option("--show-handwriting", options.show_handwriting, "draw some of those digits")->type_name("FILE.png");
  app.add_option("--show-augmentation", options.show_augmentation, "draw what --augment can do to digits")
      ->type_name("FILE.png");
  app.add_option("--recipe", options.recipe, "settings that reach more than the course's: mlp, cnn, page")
      ->check(one_of({"mlp", "cnn", "page"}))
      ->type_name("NAME");
  app.add_option("--optimizer", options.optimizer,
                 "sgd, momentum, nesterov, rmsprop, adagrad, adam, adamw, adamax, nadam, lion")
      ->check(one_of({"sgd", "momentum", "nesterov", "rmsprop", "adagrad", "adam", "adamw", "adamax", "nadam", "lion"}))
      ->type_name("NAME");
  app.add_option("--schedule", options.schedule,
                 "of the learning rate: constant, step, exponential, polynomial, cosine, one-cycle, on-plateau")
      ->check(one_of({"constant", "step", "exponential", "polynomial", "cosine", "one-cycle", "on-plateau"}))
      ->type_name("NAME");
  app.add_option("--weight-decay", options.weight_decay, "of the optimizer, on weights only")
      ->check(not_negative)
      ->type_name("DECAY");
  app.add_option("--dropout", options.dropout, "share dropped after every hidden layer")
      ->check(share)
      ->type_name("SHARE");
  app.add_option("--label-smoothing", options.label_smoothing, "share of a label given to all classes")
      ->check(share)
      ->type_name("SHARE");
  app.add_option("--validation", options.validation, "share of the training samples, the last, that is only validated")
      ->check(share)
      ->type_name("SHARE");
  app.add_option("--patience", options.patience, "epochs without a better validation loss until it stops")
      ->check(whole_number(0, most))
      ->type_name("N");
  app.add_option("--budget", options.budget, "time of training, like 60s or 2m, 0 for no limit")
      ->transform(CLI::Validator(to_seconds, ""))
      ->type_name("TIME");
  app.add_option("--threads", options.threads, "that share a batch; they do not change the result")
      ->check(whole_number(1, 64))
      ->type_name("N");
  app.add_option("--checkpoint-every", options.checkpoint_every, "updates between checkpoints, 0 for none")
      ->check(whole_number(0, most))
      ->type_name("N");
  app.add_flag("--augment", options.augment, "move, turn and scale the digits a little, anew in every epoch");
  app.add_flag("--resume", options.resume, "go on from the checkpoint beside --save");
  app.add_option("--log", options.log, "one line per epoch: history.jsonl or history.csv")->type_name("FILE");
  app.add_option("--report", options.report, "a page with curves, confusions, worst mistakes and layers: report.html")
      ->type_name("FILE");
  app.add_flag("--diagnose", options.diagnose, "say what is wrong with the training");
  app.add_flag("--find-learning-rate", options.find_learning_rate, "try rates from small to large, and suggest one");
  app.add_option("--search", options.search_minutes, "minutes to search for good settings")
      ->check(positive_number)
      ->type_name("MINUTES");
  app.add_flag("--no-progress", no_progress, "one line per epoch instead of a bar");
  app.add_flag("--quiet", options.quiet, "print only the result");
  for (CLI::Option* option : app.get_options())
    if (option->get_lnames()[0] != "help" && option->get_lnames()[0] != "version") option->capture_default_str();

  try {
    app.parse(argument_count, arguments);
  } catch (const CLI::CallForHelp&) {
    std::cout << app.help() << "\nWithout --data it takes $NN_MNIST_DIR, then the user's cache folder, where\n"
              << "cmake -P cmake/fetch_mnist.cmake puts MNIST, then digits that it draws itself.\n"
              << "--predict says 'not sure' below a probability of 70 %. The probabilities are calibrated where the\n"
              << "training had a --validation part, which the recipes have.\n";
    return false;
  } catch (const CLI::CallForVersion& version) {
    std::cout << version.what() << '\n';
    return false;
  } catch (const CLI::ParseError& problem) {
    throw usage_error(sentence(problem));
  }
  refuse_leftovers(app);
  if (!options.recipe.empty()) {  // what is given besides the recipe comes second, and wins
    apply_recipe(options);
    app.clear();
    app.parse(argument_count, arguments);
  }
  if ((options.patience > 0 || options.schedule == "on-plateau") && options.validation == 0) options.validation = 0.1;
  if (options.budget > 0 && app.count("--epochs") == 0) options.epochs = unlimited;
  options.train = !no_train && !options.handwriting;
  options.show_progress = !no_progress;
  if (!options.train && options.load.empty() && options.predict.empty())
    throw usage_error(std::string(no_train ? "--no-train" : "--handwriting") +
                      " tests a network that is there; give its file with --load");
  refuse_shared_files(options);
  options.processes = processes;
  if (processes.size() > 1 && options.budget > 0 && options.schedule != "constant" && options.schedule != "on-plateau")
    throw usage_error("--schedule " + options.schedule +
                      " runs over the time of --budget, which each process measures for itself; give --epochs instead");
  return true;
}

}  // namespace mnist
