// SPDX-License-Identifier: MIT
// The doctor: what is wrong with a training, in one sentence each, with the layer, the numbers seen, and what to try.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <nn/core/errors.hpp>
#include <nn/core/finite.hpp>
#include <nn/data/dataset.hpp>
#include <nn/layers/denormalize.hpp>
#include <nn/networks/at_shape.hpp>
#include <nn/networks/pass.hpp>
#include <nn/training/evaluation/evaluate.hpp>
#include <nn/training/fit/clock.hpp>
#include <nn/training/fit/history.hpp>
#include <nn/training/gradients.hpp>
#include <nn/training/step/loss_fit.hpp>
#include <nn/training/step/scaled_units.hpp>

namespace nn {

enum class Illness {
  not_finite,           ///< NaN or infinity among parameters, outputs or gradients, in the first layer that has one
  equal_weights,        ///< a layer whose units all start alike learns only one thing
  dead_units,           ///< ReLU units that are 0 for every sample
  saturated_units,      ///< sigmoid or tanh units at their ends for nearly every sample
  vanishing_gradients,  ///< far smaller at the first layer than at the last
  exploding_gradients,  ///< far larger
  constant_output,      ///< the same for every sample
  unfitting_labels,     ///< classes that never occur, or all samples of one class
  unfitting_loss,       ///< that takes other outputs than the network's; what can only be a mistake is refused before
  unscaled_inputs,      ///< far from mean 0 and deviation 1
  unscaled_targets,     ///< numbers as targets, far too large or too small
  unbalanced_classes,
  oscillating_loss,
  plateau,
  small_learning_rate,
  overfitting,
  debug_build
};

struct Finding {
  Illness illness;
  Index layer = 0;       ///< counted from 1; 0 where it is no single layer's
  std::string sentence;  ///< what was seen, and what to try
};

struct Diagnosis {
  std::vector<Finding> findings;

  bool has(Illness illness) const {
    return std::any_of(findings.begin(), findings.end(), [&](const Finding& f) { return f.illness == illness; });
  }
  friend std::ostream& operator<<(std::ostream& stream, const Diagnosis& diagnosis) {
    if (diagnosis.findings.empty()) stream << "Nothing wrong was found.\n";
    for (const Finding& finding : diagnosis.findings) stream << finding.sentence << '\n';
    return stream;
  }
};

struct DiagnoseOptions {
  Index samples = 256;  ///< of the data that are looked at, evenly spread
};

namespace detail {

// Collects sentences made of pieces.
class Findings {
 public:
  template <class... Pieces>
  void add(Illness illness, Index layer, const Pieces&... pieces) {
    all_.push_back({illness, layer, error(pieces...).what()});
  }
  std::vector<Finding> take() { return std::move(all_); }

 private:
  std::vector<Finding> all_;
};

inline double percent(Index part, Index whole) {
  return std::round(1000.0 * static_cast<double>(part) / static_cast<double>(whole)) / 10;
}
// Three digits are enough to read.
inline double rounded(double number) {
  if (number == 0 || !is_finite(number)) return number;
  const double unit = std::pow(10.0, std::floor(std::log10(std::abs(number))) - 2);
  return std::round(number / unit) * unit;
}

// What the first layer with weights is given, and whether a Normalize stands before it.
struct InputsOfLearning {
  Matrix<double> numbers;
  bool are_after_normalize = false;
};

// How many of a network's own layers stand before the first with weights, and with that one if the weights are inside.
template <class Net>
Index depth_of_first_weights(const Net& network) {
  Index depth = 0;
  bool has_weights = false;
  network.for_each_inside([&](const auto& layer, const Place& place, Index level) {
    if (has_weights) return;
    depth += level == 0;
    for_each_tensor(layer, place.input, [&](const TensorShape& tensor) {
      if (has_weights || tensor.role != Role::weight) return;
      has_weights = true;
      depth -= level == 0;
    });
  });
  return has_weights ? depth : 0;
}

template <class Net, class T>
InputsOfLearning inputs_of_learning(const Net& network, const ConstMatrixView<T>& x, Training<T> mode) {
  mode.is_random = false;
  Workspace<T> workspace;
  workspace.reserve_activations(network, x.cols());
  forward_pass(network, network.parameters().data(), x, workspace, depth_of_first_weights(network), {0, x.cols()},
               mode);
  InputsOfLearning result{x.template cast<double>()};
  std::vector<const T*> inputs{x.data()};  // of the next layer, on every level
  std::vector<bool> are_branches{false};   // which all have the same input
  bool is_found = false, has_normalize = false;
  network.for_each_inside([&](const auto& layer, const Place& place, Index level) {
    const auto here = static_cast<std::size_t>(level);
    inputs.resize(here + 1);
    are_branches.resize(here + 1);
    const T* const input = inputs[here];
    for_each_tensor(layer, place.input, [&](const TensorShape& tensor) {
      if (is_found || tensor.role != Role::weight) return;
      is_found = true;
      result = {ConstMatrixView<T>(input, place.input.size(), x.cols()).template cast<double>(), has_normalize};
    });
    has_normalize = has_normalize || layer.name() == "Normalize";
    if (!are_branches[here]) inputs[here] = workspace.activation(place, x.cols());
    inputs.push_back(input);
    are_branches.push_back(layer.name() == "Concat");
  });
  return result;
}

template <class Net, class T>
void diagnose_inputs(const Net& network, const ConstMatrixView<T>& x, const Training<T>& mode, Findings& findings) {
  const auto [inputs, are_after_normalize] = inputs_of_learning(network, x, mode);
  const double mean = inputs.mean();
  const double deviation = std::sqrt((inputs.array() - mean).square().mean());
  const double largest = inputs.cwiseAbs().maxCoeff();
  if (largest > 20 || std::abs(mean) > 5 || (deviation < 1e-3 && inputs.size() > 1))
    findings.add(Illness::unscaled_inputs, 0, "The inputs have mean ", rounded(mean), ", deviation ",
                 rounded(deviation), " and reach ", rounded(largest), "; scale them to about -1..1, as ",
                 are_after_normalize ? "nn::set_normalization(network, nn::Standardize::fit(data))"
                                     : "nn::Standardize::fit(data).apply(data)",
                 " does.");
}

// Where the network ends in Denormalize, of the targets as it scales them.
template <class Net, class T>
void diagnose_targets(const Net& network, const ConstMatrixView<T>& given, Findings& findings) {
  Matrix<double> targets = given.template cast<double>();
  const bool is_scaled = network.template last_is<Denormalize>();
  for (Index sample = 0; is_scaled && sample < targets.cols(); ++sample)
    targets.col(sample) = TargetUnits<T>::of(network).scaled(given.col(sample)).template cast<double>();
  const double mean = targets.mean();
  const double largest = targets.cwiseAbs().maxCoeff();
  // Of targets that are scaled already a few may lie far off.
  const double size = is_scaled ? std::sqrt(targets.squaredNorm() / static_cast<double>(targets.size())) : largest;
  if (size > 100 || (size < 1e-3 && size > 0))
    findings.add(Illness::unscaled_targets, 0, "The targets have mean ", rounded(mean), ", deviation ",
                 rounded(std::sqrt((targets.array() - mean).square().mean())), " and reach ", rounded(largest),
                 "; scale them to about -1..1: ", is_scaled ? "" : "let the network end in nn::Denormalize, and ",
                 "call nn::set_normalization(network, data); predictions are then in the targets' units.");
}

// Which numbers an activation puts out, where not all.
constexpr std::string_view range_of(std::string_view activation) {
  struct Range {
    std::string_view activation, numbers;
  };
  for (const Range& range :
       {Range{"Softmax", "from 0 to 1"}, Range{"Sigmoid", "from 0 to 1"}, Range{"HardSigmoid", "from 0 to 1"},
        Range{"BinaryStep", "from 0 to 1"}, Range{"Tanh", "from -1 to 1"}, Range{"Softsign", "from -1 to 1"},
        Range{"HardTanh", "between its two ends"}, Range{"ReLU", "from 0 up"}, Range{"Softplus", "from 0 up"}})
    if (range.activation == activation) return range.numbers;
  return {};
}

// What the network, or one head of it, ends in, and what the loss takes the outputs for.
inline void diagnose_end(NetworkEnd end, OutputKind kind, Findings& findings) {
  bool is_squashing = false;
  for (const std::string_view name : {"Softmax", "LogSoftmax", "Sigmoid", "HardSigmoid"})
    is_squashing = is_squashing || end.last == name;
  if (is_squashing && !range_of(end.before).empty())
    findings.add(Illness::unfitting_loss, 0, "The network ends in ", end.before, " and then ", end.last,
                 ", which is given only numbers ", range_of(end.before), "; leave out the ", end.before, '.');
  if ((kind == OutputKind::logits || kind == OutputKind::class_logits) && !range_of(end.last).empty())
    findings.add(Illness::unfitting_loss, 0, "The loss takes logits, but the network ends in ", end.last,
                 ", which puts out only numbers ", range_of(end.last), "; leave out the ", end.last, '.');
}

// The outputs that a loss for probabilities is given, those of each head one after the other.
template <class Outputs>
void diagnose_probabilities(const NetworkEnds& ends, OutputKind kind, const Outputs& outputs, Findings& findings) {
  if (kind != OutputKind::probabilities && kind != OutputKind::class_probabilities) return;
  const double least = outputs.minCoeff(), largest = outputs.maxCoeff();
  double farthest_sum = 0;
  Index row = 0;
  ends.for_each([&](const NetworkEnd&, Index count) {
    const auto sums = outputs.middleRows(row, count).colwise().sum().array();
    farthest_sum = std::max(farthest_sum, (sums - 1).abs().maxCoeff());
    row += count;
  });
  if (!is_probability(least) || !is_probability(largest))
    findings.add(Illness::unfitting_loss, 0, "The loss takes probabilities, but the outputs go from ", rounded(least),
                 " to ", rounded(largest), "; end the network in ",
                 kind == OutputKind::probabilities ? "Sigmoid." : "Softmax.");
  else if (kind == OutputKind::class_probabilities && farthest_sum > 0.01)
    findings.add(Illness::unfitting_loss, 0,
                 "The loss takes shares of one whole, but the outputs of a sample miss a sum of 1 by ",
                 rounded(farthest_sum),
                 ", so that all of them may grow together; end the network in Softmax, or take "
                 "BinaryCrossEntropy.");
}

inline void diagnose_labels(const Dataset& data, Findings& findings) {
  std::vector<Index> counts(static_cast<std::size_t>(data.class_count()));
  for (const int label : data.labels()) ++counts[static_cast<std::size_t>(label)];
  const auto [fewest, most] = std::minmax_element(counts.begin(), counts.end());
  if (*most == data.size())
    findings.add(Illness::unfitting_labels, 0, "All ", data.size(), " samples are of class ", most - counts.begin(),
                 ", so there is nothing to tell apart; check how the labels were read.");
  else if (*fewest == 0)
    findings.add(Illness::unfitting_labels, 0, "Class ", fewest - counts.begin(), " of ", data.class_count(),
                 " never occurs among the labels; check whether they count from 0 and how many classes there are.");
  else if (*most >= 10 * *fewest)
    findings.add(Illness::unbalanced_classes, 0, "Class ", most - counts.begin(), " has ", *most, " samples, class ",
                 fewest - counts.begin(), " only ", *fewest,
                 "; weight the classes (nn::ClassWeighted), or show the rare ones more often.");
}

template <class AnyHistory>
void diagnose_history(const AnyHistory& history, Findings& findings) {
  const auto& epochs = history.epochs;
  const std::size_t count = epochs.size();
  if (count >= 6) {
    const std::size_t first = count - std::min<std::size_t>(count, 12);
    int turns = 0;
    double moved = 0, sum = 0;
    for (std::size_t i = first + 1; i < count; ++i) {
      const double step = epochs[i].loss - epochs[i - 1].loss;
      moved += std::abs(step);
      sum += epochs[i].loss;
      if (i > first + 1) turns += (step > 0) != (epochs[i - 1].loss - epochs[i - 2].loss > 0);
    }
    const double fall = epochs[first].loss - epochs[count - 1].loss;
    const auto steps = static_cast<double>(count - first - 1);
    const bool turns_often = turns > 0.5 * (steps - 1);
    if (turns_often && moved > 0.1 * sum)
      findings.add(Illness::oscillating_loss, 0, "The loss turned ", turns, " times in ", steps,
                   " epochs and moved by ", rounded(100 * moved / sum),
                   " % from one to the next; lower the learning rate, or use larger batches.");
    else if (std::abs(fall) < 0.01 * epochs[first].loss && epochs[count - 1].loss > 0.5 * epochs[0].loss)
      // Steadily down by next to nothing is too short a step; up and down in place is a plateau.
      turns == 0 && fall > 0
          ? findings.add(Illness::small_learning_rate, 0, "The loss falls in every epoch, but from ",
                         rounded(epochs[first].loss), " to ", rounded(epochs[count - 1].loss), " only in ", steps,
                         " of them; raise the learning rate, as nn::find_learning_rate suggests.")
          : findings.add(Illness::plateau, 0, "The loss stands at ", rounded(epochs[count - 1].loss), " since ", steps,
                         " epochs, where it was ", rounded(epochs[0].loss),
                         " in the first; try another learning rate, Adam, or another initialisation.");
  }
  std::size_t best = 0;
  for (std::size_t i = 1; i < count; ++i)
    if (epochs[i].validation_loss < epochs[best].validation_loss) best = i;
  if (count >= 4 && best + 3 < count && epochs[count - 1].validation_loss > 1.05 * epochs[best].validation_loss &&
      epochs[count - 1].loss < epochs[best].loss)
    findings.add(Illness::overfitting, 0, "The validation loss was lowest in epoch ", best + 1, " (",
                 rounded(epochs[best].validation_loss), ") and has risen to ",
                 rounded(epochs[count - 1].validation_loss),
                 " while the training loss fell; stop early (patience), add Dropout, weight decay or data.");
}

// What the units of a layer do on the samples: x and y are features x samples.
template <class T>
void diagnose_units(std::string_view name, Index layer, const ConstMatrixView<T>& y, Findings& findings) {
  if (y.cols() < 8) return;
  if (name == "ReLU") {
    Index dead = 0;
    for (Index unit = 0; unit < y.rows(); ++unit) dead += (y.row(unit).array() == T(0)).all();
    if (static_cast<double>(dead) > 0.4 * static_cast<double>(y.rows()))
      findings.add(Illness::dead_units, layer, "Layer ", layer, " (ReLU): ", dead, " of ", y.rows(), " units (",
                   percent(dead, y.rows()), " %) are 0 for all of ", y.cols(),
                   " samples and cannot learn; lower the learning rate, or use LeakyReLU.");
  }
  if (name == "Sigmoid" || name == "Tanh") {
    const T low = name == "Tanh" ? T(-1) : T(0);
    const T margin = (T(1) - low) * T(0.005);
    Index saturated = 0;
    for (Index unit = 0; unit < y.rows(); ++unit)
      saturated +=
          ((y.row(unit).array() < low + margin) || (y.row(unit).array() > T(1) - margin)).count() > y.cols() * 9 / 10;
    if (static_cast<double>(saturated) > 0.4 * static_cast<double>(y.rows()))
      findings.add(Illness::saturated_units, layer, "Layer ", layer, " (", name, "): ", saturated, " of ", y.rows(),
                   " units (", percent(saturated, y.rows()), " %) stand at their ends for nearly all of ", y.cols(),
                   " samples, where their slope is nearly 0; scale the inputs, or lower weights and learning rate.");
  }
}

// Some samples of the data; of sequences of different lengths those as long as the one in the middle.
inline std::vector<Index> evenly_spread(const Dataset& data, Index most) {
  const Index count = std::min(most, data.size());
  std::vector<Index> chosen(static_cast<std::size_t>(count));
  for (Index k = 0; k < count; ++k) chosen[static_cast<std::size_t>(k)] = k * data.size() / count;
  if (data.lengths().empty()) return chosen;
  const auto length = [&](Index sample) { return data.lengths()[static_cast<std::size_t>(sample)]; };
  const Index usual = length(chosen[chosen.size() / 2]);
  chosen.erase(std::remove_if(chosen.begin(), chosen.end(), [&](Index sample) { return length(sample) != usual; }),
               chosen.end());
  return chosen;
}

}  // namespace detail

/// Looks at a trainer's network on some samples of its data, at its gradients, and at the history of its latest fit.
/// Cost: one forward and one backward pass of the samples. Changes nothing. Throws shape_error where the data do not
/// fit.
template <class Trainer>
Diagnosis diagnose(const Trainer& trainer, const Dataset& data, const DiagnoseOptions& options = {}) {
  using T = typename Trainer::Scalar;
  using Loss = std::remove_cvref_t<decltype(trainer.loss())>;
  const auto& network = trainer.network();
  if (options.samples < 2)
    throw data_error("diagnose: needs at least 2 samples, got ", options.samples, "; 256 is the default");
  detail::require_fit(network, data, "diagnose");
  detail::require_fit(network, trainer.loss());
  detail::Findings findings;
#ifndef __OPTIMIZE__
  findings.add(Illness::debug_build, 0,
               "This program was compiled without optimisation, which is many times slower; use -O2 -DNDEBUG, or "
               "CMAKE_BUILD_TYPE=Release.");
#endif
  const Index wrong = first_not_finite(network.parameters().data(), network.parameter_count());
  Index number = 0;
  network.for_each_inside([&](const auto& layer, const Place& place, Index level) {
    number += level == 0;
    if (place.columns == 0) return;
    if (wrong >= place.parameter_offset && wrong < place.parameter_end())
      findings.add(Illness::not_finite, number, "Layer ", number, " (", layer.name(), "): parameter ",
                   wrong - place.parameter_offset, " is ", network.parameters()[wrong],
                   ", the first that is not finite; go back to a checkpoint and lower the learning rate.");
    const Index weights = place.rows * place.columns;
    if (place.rows < 2 || place.columns < 2) return;
    const auto values = network.parameters().segment(place.parameter_offset, weights);
    if ((values.array() == values[0]).all())
      findings.add(Illness::equal_weights, number, "Layer ", number, " (", layer.name(), "): all ", weights,
                   " weights are ", values[0],
                   ", so its units learn the same; call network.initialize(nn::Random{1}).");
  });

  const std::vector<Index> chosen = detail::evenly_spread(data, options.samples);
  const auto count = static_cast<Index>(chosen.size());
  Index least = 1;  // samples to train on
  network.for_each_place([&](const Place& place, Index) { least = std::max(least, place.least_samples); });
  detail::Batch<T> batch(data, layout_for(network, data.sample_shape().size()).output_shape().size(), count);
  batch.gather(data, chosen);
  const auto& layout = layout_for(network, batch.features());
  const Index outputs = layout.output_shape().size();
  batch.shorten_targets(outputs);
  const auto look = [&](const ConstMatrixView<T>& x, const ConstMatrixView<T>& targets) {
    detail::require_probabilities<Loss>("diagnose", targets);
    Vector<T> state = network.state();
    // A batch too small to train on is looked at as in use.
    const Training<T> training = count < least ? deterministic(state.data()) : Training<T>{state.data()};
    detail::diagnose_inputs(layout, x, training, findings);
    state = network.state();
    if (data.has_labels()) detail::diagnose_labels(data, findings);
    if (!data.has_labels() && output_kind<Loss>() == OutputKind::numbers)
      detail::diagnose_targets(layout, targets, findings);
    if (wrong < network.parameter_count()) return;  // nothing more can be said of NaN
    with_fused_loss(layout, trainer.loss(), [&]<class TakenLoss>(const TakenLoss& loss, Index depth) {
      Workspace<T> workspace;
      workspace.reserve_activations(layout, count);
      workspace.reserve_gradients(layout, count);
      const T* y = forward_pass(layout, network.parameters().data(), x, workspace, depth, {0, count}, training);
      bool is_sound = true;
      network.for_each_layer([&](const auto& layer, auto i) {
        if (i >= depth || !is_sound) return;
        const Place& place = layout.place(i);
        const Index size = place.output.size();
        const T* const values = workspace.activation(place, count);
        const Index first = first_not_finite(values, size * count);
        if (first == size * count) return;
        is_sound = false;
        findings.add(Illness::not_finite, static_cast<Index>(i) + 1, "Layer ", i + 1, " (", layer.name(), "): output ",
                     first % size, " is ", values[first],
                     ", the first that is not finite; scale the inputs, or lower weights and learning rate.");
      });
      if (!is_sound) return;
      const ConstMatrixView<T> output(y, outputs, count);
      const detail::NetworkEnds ends(layout);
      ends.for_each(
          [&](const detail::NetworkEnd& end, Index) { detail::diagnose_end(end, output_kind<Loss>(), findings); });
      detail::diagnose_probabilities(ends, output_kind<TakenLoss>(), Matrix<double>(output.template cast<double>()),
                                     findings);
      if (count >= 8 &&
          ((output.colwise() - output.col(0)).cwiseAbs().maxCoeff() <= T(1e-6) * (T(1) + output.cwiseAbs().maxCoeff())))
        findings.add(Illness::constant_output, 0, "The network puts out the same for all of ", count,
                     " samples; initialize it again with a lower learning rate, and see whether its inputs differ.");
      Vector<T> gradient = Vector<T>::Zero(network.parameter_count());
      detail::add_loss_gradients(layout, network.parameters().data(), loss, depth, x, targets.data(), batch.weights(),
                                 1, y, workspace, training, InputGradient::none, gradient.data());
      const Index infinite = first_not_finite(gradient.data(), gradient.size());
      network.for_each_layer([&](const auto& layer, auto i) {
        const Place& place = layout.place(i);
        if (infinite >= place.parameter_offset && infinite < place.parameter_end())
          findings.add(Illness::not_finite, static_cast<Index>(i) + 1, "Layer ", i + 1, " (", layer.name(),
                       "): the gradient of parameter ", infinite - place.parameter_offset, " is ", gradient[infinite],
                       ", the first that is not finite; lower the learning rate, or scale inputs and targets.");
      });

      double first_norm = -1, last_norm = -1;
      Index first = 0, last = 0, layers = 0;
      Index i = 0;
      layout.for_each_inside([&](const auto& layer, const Place& place, Index level) {
        i += level == 0;
        if (i > depth) return;
        const Index size = place.output.size();
        detail::diagnose_units<T>(layer.name(), i, ConstMatrixView<T>(workspace.activation(place, count), size, count),
                                  findings);
        if (place.columns < 2 || level > 0) return;
        const double norm = std::sqrt(
            ConstVectorView<T>(workspace.gradient(place, count), size * count).template cast<double>().squaredNorm() /
            static_cast<double>(size * count));
        if (first_norm < 0) {
          first_norm = norm;
          first = i;
        }
        last_norm = norm;
        last = i;
        ++layers;
      });
      if (layers < 2 || last_norm == 0) return;
      if (const double ratio = first_norm / last_norm; ratio < 1e-3)
        findings.add(Illness::vanishing_gradients, first, "The gradient at layer ", first, " is ",
                     detail::rounded(ratio), " of that at layer ", last,
                     ": it vanishes on the way; use ReLU, BatchNorm or Residual, or fewer layers.");
      else if (ratio > 1e3)
        findings.add(Illness::exploding_gradients, first, "The gradient at layer ", first, " is ",
                     detail::rounded(ratio), " times that at layer ", last,
                     ": it explodes on the way; use smaller initial weights, BatchNorm, or clip_norm.");
    });
  };
  look(batch.inputs(), batch.targets());
  detail::diagnose_history(trainer.history(), findings);
  return {findings.take()};
}

/// A callback for FitOptions::on_epoch that watches while training, and tells each finding once. It looks at few
/// samples, and after short epochs not always, so that it costs less than 2 % of the time.
template <class Trainer>
class Doctor {
 public:
  /// The trainer and the data must outlive it. Throws data_error where the clock is empty.
  Doctor(const Trainer& trainer, const Dataset& data, std::function<void(const Finding&)> tell,
         Clock clock = steady_seconds)
      : trainer_(&trainer), data_(&data), tell_(std::move(tell)), clock_(std::move(clock)) {
    detail::require_clock("Doctor", clock_);
  }

  template <class Progress>
  void operator()(const Progress& progress) {
    trained_ += progress.seconds;
    if (spent_ + latest_ > 0.015 * trained_) return;  // never at the first time
    const double start = clock_();
    // A pass forward and back of a sample costs as much as training on it.
    const Index samples = std::clamp<Index>(progress.samples_seen / 100, 8, 256);
    for (const Finding& finding : diagnose(*trainer_, *data_, {.samples = samples}).findings) {
      const bool is_known = std::any_of(told_.begin(), told_.end(), [&](const Finding& told) {
        return told.illness == finding.illness && told.layer == finding.layer;
      });
      if (is_known) continue;
      told_.push_back(finding);
      tell_(finding);
    }
    latest_ = clock_() - start;
    spent_ += latest_;
  }

 private:
  const Trainer* trainer_;
  const Dataset* data_;
  std::function<void(const Finding&)> tell_;
  Clock clock_;
  std::vector<Finding> told_;
  double trained_ = 0, spent_ = 0, latest_ = 0;  // seconds
};

}  // namespace nn
