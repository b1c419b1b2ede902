// SPDX-License-Identifier: MIT
#include "training.hpp"

#include <nn/network.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <memory>
#include <optional>

#include "digits.hpp"
#include "optimizer.hpp"
#include "picture.hpp"

namespace mnist {

namespace {

// Over all updates of the training.
nn::Schedule make_schedule(const Options& options, std::int64_t steps) {
  const double rate = options.learning_rate;
  if (options.schedule == "step")
    return nn::StepSchedule{.learning_rate = rate, .steps = std::max<std::int64_t>(1, steps / 3)};
  if (options.schedule == "exponential")
    return nn::ExponentialSchedule{.learning_rate = rate, .factor = std::pow(0.01, 1 / static_cast<double>(steps))};
  if (options.schedule == "polynomial") return nn::PolynomialSchedule{.learning_rate = rate, .steps = steps};
  if (options.schedule == "cosine") return nn::CosineSchedule{.learning_rate = rate, .steps = steps};
  if (options.schedule == "one-cycle") return nn::OneCycle{.learning_rate = rate, .steps = steps};
  if (options.schedule == "on-plateau") return nn::OnPlateau{.learning_rate = rate, .patience = 2};
  return nullptr;
}

void add_activation(Network& network, const std::string& name) {
  if (name == "relu") network.add(nn::ReLU{});
  if (name == "leaky-relu") network.add(nn::LeakyReLU{});
  if (name == "tanh") network.add(nn::Tanh{});
  if (name == "sigmoid") network.add(nn::Sigmoid{});
  if (name == "identity") network.add(nn::Identity{});
  if (name == "binary-step") network.add(nn::BinaryStep{});
}

Network with_hidden_layers(Network network, const Options& options) {
  for (const nn::Index units : options.hidden) {
    network.add(nn::Dense{units});
    add_activation(network, options.activation);
    if (options.dropout > 0) network.add(nn::Dropout{options.dropout});
  }
  return network.add(nn::Dense{10}).add(nn::Softmax{});
}

nn::Index held_out(const Options& options, const nn::Dataset& data) {
  return static_cast<nn::Index>(options.validation * static_cast<double>(data.size()));
}

nn::TrainerOptions trainer_options(const Options& options) {
  return {.threads = options.threads,
          .seed = options.seed,
          .average_decay = options.average_decay,
          .group = options.processes};
}

// The digits and, before them, a tenth as many scribbles, which are no digit more than any other: a network that
// has seen them is not sure of what is none (Hendrycks, Mazeika and Dietterich 2019, outlier exposure).
nn::Dataset with_scribbles(const nn::Dataset& digits, const nn::Random& random) {
  const nn::Index scribbles = digits.size() / 10, size = scribbles + digits.size();
  nn::Matrix<float> inputs(side * side, size), targets = nn::Matrix<float>::Zero(10, size);
  DigitGenerator generator(random);
  for (nn::Index i = 0; i < scribbles; ++i) {
    const std::vector<std::uint8_t> image = generator.scribble();
    for (nn::Index pixel = 0; pixel < inputs.rows(); ++pixel)
      inputs(pixel, i) = static_cast<float>(image[static_cast<std::size_t>(pixel)]) / 255;
    targets.col(i).setConstant(0.1F);
  }
  inputs.rightCols(digits.size()) = digits.inputs(0, digits.size());
  for (nn::Index i = 0; i < digits.size(); ++i)
    targets(digits.labels()[static_cast<std::size_t>(i)], scribbles + i) = 1;
  return nn::Dataset(digits.sample_shape(), std::move(inputs), std::move(targets));
}

}  // namespace

bool is_convolutional(const Options& options) { return options.recipe == "cnn" || options.recipe == "page"; }

nn::Index last_filters(const Options& options) { return options.recipe == "page" ? 48 : 64; }

nn::Augmentation recipe_augmentation() {
  return nn::augment(nn::RandomShift{2}, nn::RandomRotation{18}, nn::RandomScale{0.85, 1.15}, nn::RandomShear{0.2},
                     nn::RandomThickness{0.5});
}

nn::Index samples_per_epoch(const Options& options, const nn::Dataset& data) {
  const nn::Index available = data.size() - held_out(options, data);
  return options.samples == 0 ? available : std::min(options.samples, available);
}

nn::Dataset validation_part(const Options& options, const nn::Dataset& data) {
  const nn::Index count = held_out(options, data);
  return data.subset(data.size() - count, count);
}

void apply_recipe(Options& options) {
  if (options.recipe.empty()) return;
  options.optimizer = "adamw";
  options.schedule = "one-cycle";
  options.samples = 0;
  options.batch_size = 128;
  options.label_smoothing = 0.05;
  options.augment = true;
  options.average_decay = 0.99;
  options.validation = 0.02;  // its probabilities are calibrated there
  if (options.threads == 1) options.threads = 2;
  if (options.recipe == "mlp") {
    options.hidden = {512, 512};
    options.dropout = 0.1;
    options.learning_rate = 2e-3;
    options.weight_decay = 0.02;
    options.epochs = 36;
  }
  if (is_convolutional(options)) {
    const bool is_small = options.recipe == "page";
    options.hidden = {is_small ? 48 : 128};
    options.dropout = is_small ? 0.1 : 0.3;
    options.learning_rate = 3e-3;
    options.weight_decay = 0.02;
    options.epochs = 24;
  }
}

Network make_network(const Options& options) {
  if (is_convolutional(options)) {
    Network network{nn::Input{side, side, 1}};
    network.add(nn::Conv2D{16, 5, {.padding = 2}}).add(nn::ReLU{}).add(nn::MaxPool2D{2});
    network.add(nn::Conv2D{32, 5, {.padding = 2}}).add(nn::ReLU{}).add(nn::MaxPool2D{2});
    network.add(nn::Conv2D{last_filters(options), 3}).add(nn::ReLU{});
    return with_hidden_layers(network.add(nn::Flatten{}).add(nn::Dropout{options.dropout}), options);
  }
  return with_hidden_layers(Network{nn::Input{side * side}}, options);
}

nn::History train_network(Network& network, const Data& data, const nn::Random& random, const Options& options,
                          const std::function<void(nn::Progress&)>& on_batch,
                          const std::function<void(nn::Progress&)>& on_epoch) {
  std::optional<nn::Dataset> more;
  const nn::Dataset& train = options.recipe == "page" ? more.emplace(with_scribbles(data.train, random)) : data.train;
  const nn::Index samples = samples_per_epoch(options, train);
  const nn::Index batches = (samples + options.batch_size - 1) / options.batch_size;
  // Where time is the limit, the schedule runs over the time and not over the updates.
  constexpr std::int64_t moments = 10'000;
  const auto start = std::chrono::steady_clock::now();
  nn::Schedule schedule = make_schedule(options, options.budget > 0 ? moments : batches * options.epochs);
  if (schedule && options.budget > 0)
    schedule = [start, budget = options.budget, over_time = schedule](std::int64_t) {
      const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
      return over_time(std::min(moments - 1, static_cast<std::int64_t>(seconds / budget * moments)));
    };
  nn::Trainer trainer{network, nn::CrossEntropy{.label_smoothing = options.label_smoothing}, Optimizer(options),
                      trainer_options(options)};
  const std::string checkpoint = options.save + ".checkpoint";
  if (options.resume) trainer.resume(checkpoint);
  nn::Checkpoints checkpoints{trainer, checkpoint, {.every_steps = options.checkpoint_every}};
  std::unique_ptr<nn::HistoryLog> log;
  if (!options.log.empty() && options.processes.rank() == 0) log = std::make_unique<nn::HistoryLog>(options.log);
  nn::Doctor doctor{trainer, train,
                    [](const nn::Finding& finding) { std::cout << "doctor: " << finding.sentence << std::endl; }};
  if (options.diagnose) std::cout << nn::diagnose(trainer, train) << std::flush;
  const nn::History history = trainer.fit(train, {.epochs = options.epochs,
                                                  .batch_size = options.batch_size,
                                                  .samples_per_epoch = options.samples,
                                                  .random = random,
                                                  .on_batch =
                                                      [&](nn::Progress& progress) {
                                                        on_batch(progress);
                                                        if (options.checkpoint_every > 0) checkpoints(progress);
                                                      },
                                                  .on_epoch =
                                                      [&](nn::Progress& progress) {
                                                        on_epoch(progress);
                                                        if (options.checkpoint_every > 0) checkpoints(progress);
                                                        if (log) (*log)(progress);
                                                        if (options.diagnose) doctor(progress);
                                                      },
                                                  .validation_share = options.validation,
                                                  .patience = options.patience,
                                                  .seconds = options.budget,
                                                  .augmentation = options.augment ? recipe_augmentation() : nullptr,
                                                  .schedule = schedule});
  if (options.average_decay > 0) network = trainer.averaged();
  if (options.diagnose) std::cout << nn::diagnose(trainer, train) << std::flush;
  return history;
}

void find_learning_rate(const Network& network, const Data& data, const Options& options) {
  const auto curve = nn::find_learning_rate(
      network, nn::CrossEntropy{}, Optimizer(options), data.train,
      {.batch_size = std::max<nn::Index>(options.batch_size, 16), .random = nn::Random(options.seed)});
  const double highest = *std::max_element(curve.losses.begin(), curve.losses.end());
  for (std::size_t i = 0; i < curve.rates.size(); i += 4)
    std::printf("%10.2e  %8.4f  %s\n", curve.rates[i], curve.losses[i],
                std::string(static_cast<std::size_t>(50 * curve.losses[i] / highest), '#').c_str());
  std::printf("suggested: --learning-rate %.2g\n", curve.suggestion);
}

void search(const Data& data, const Options& options) {
  const std::vector<nn::HyperParameter> space{{"learning rate", 1e-4, 1e-2, nn::Scale::logarithmic},
                                              {"units", 32, 512, nn::Scale::whole},
                                              {"batch size", 16, 256, nn::Scale::whole},
                                              {"decay", 1e-4, 1e-1, nn::Scale::logarithmic}};
  const auto loss_of = [&](const nn::Trial& trial) {
    Options tried = options;
    tried.optimizer = "adamw";
    tried.learning_rate = trial["learning rate"];
    tried.hidden = {static_cast<nn::Index>(trial["units"])};
    tried.batch_size = static_cast<nn::Index>(trial["batch size"]);
    tried.weight_decay = trial["decay"];
    tried.validation = 0.1;
    Network network = make_network(tried);
    network.initialize(nn::Random(options.seed), nn::he_normal);
    tried.processes = {};  // each setting is tried by one
    nn::Trainer trainer{network, nn::CrossEntropy{}, Optimizer(tried), trainer_options(tried)};
    // The budget is a share of the samples: a ninth of an epoch says enough of most choices.
    const auto samples =
        static_cast<nn::Index>(trial.budget * static_cast<double>(samples_per_epoch(tried, data.train)));
    try {
      return trainer
          .fit(data.train, {.batch_size = tried.batch_size,
                            .samples_per_epoch = std::max(samples, tried.batch_size),
                            .random = nn::Random(options.seed),
                            .validation_share = tried.validation})
          .epochs.back()
          .validation_loss;
    } catch (const nn::data_error&) {  // it diverged
      return std::numeric_limits<double>::infinity();
    }
  };
  const std::vector<nn::Trial> trials = nn::search(space, loss_of,
                                                   {.method = nn::SearchMethod::successive_halving,
                                                    .seconds = 60 * options.search_minutes,
                                                    .random = nn::Random(options.seed)});
  std::printf("%13s %6s %10s %9s %7s %15s %8s\n", "learning rate", "units", "batch size", "decay", "budget",
              "validation loss", "seconds");
  for (std::size_t i = 0; i < std::min<std::size_t>(trials.size(), 15); ++i) {
    const nn::Trial& t = trials[i];
    std::printf("%13.2e %6.0f %10.0f %9.1e %7.3f %15.4f %8.2f\n", t["learning rate"], t["units"], t["batch size"],
                t["decay"], t.budget, t.loss, t.seconds);
  }
  std::printf("best: --optimizer adamw --learning-rate %.2g --hidden %.0f --batch-size %.0f --weight-decay %.2g\n",
              trials[0]["learning rate"], trials[0]["units"], trials[0]["batch size"], trials[0]["decay"]);
}

}  // namespace mnist
