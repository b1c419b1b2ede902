// SPDX-License-Identifier: MIT
// Do network, loss and data set fit each other? What can only be a mistake is refused: by the compiler where the types
// tell, else before training.
#pragma once

#include <algorithm>

#include <nn/core/errors.hpp>
#include <nn/core/options.hpp>
#include <nn/core/views.hpp>
#include <nn/data/dataset.hpp>
#include <nn/layers/denormalize.hpp>
#include <nn/losses/loss.hpp>
#include <nn/losses/over_positions.hpp>
#include <nn/networks/at_shape.hpp>
#include <nn/training/evaluation/target_summary.hpp>
#include <nn/training/step/network_end.hpp>
#include <nn/training/step/scaled_units.hpp>

namespace nn {

namespace detail {

/// Throws where a network with this end and so many outputs (dynamic where not known), of which the end has some or
/// all, cannot be trained with a loss that takes outputs for this kind.
constexpr void require_end(NetworkEnd end, Index outputs_of_end, Index outputs, OutputKind kind) {
  const bool is_softmax = end.last == "Softmax", is_log_softmax = end.last == "LogSoftmax";
  const bool is_sigmoid = end.last == "Sigmoid" || end.last == "HardSigmoid";
  const bool is_any_number = end.last == "Dense" || end.last == "Conv1D" || end.last == "Conv2D" || is_log_softmax;
  const bool is_of_classes = kind == OutputKind::class_probabilities || kind == OutputKind::class_logits;
  const bool takes_logits = kind == OutputKind::class_logits || kind == OutputKind::logits;
  if (outputs_of_end == 1 && (is_softmax || is_log_softmax))
    throw shape_error("Softmax of a single output is 1 whatever the input, so nothing is learned: ",
                      "end the network in Sigmoid with BinaryCrossEntropy, or in one output per class");
  if (outputs == 1 && is_of_classes)
    throw shape_error("this loss compares classes and a single output tells none apart, so nothing is learned: ",
                      "end the network in Sigmoid with BinaryCrossEntropy, or in one output per class");
  if ((is_softmax || is_sigmoid) && end.last == end.before)
    throw data_error("the network ends in the same activation twice, which flattens its outputs: leave out one ",
                     end.last);
  if (takes_logits && (is_softmax || is_sigmoid))
    throw data_error("this loss takes logits, but the network's last layer makes probabilities of them: leave out the ",
                     end.last, ", or take ", is_softmax ? "CrossEntropy" : "BinaryCrossEntropy");
  if (is_any_number && kind == OutputKind::class_probabilities)
    throw data_error("this loss takes probabilities, but the network's last layer puts out any number: ",
                     "end it in Softmax after the ", is_log_softmax ? "layer before" : end.last,
                     ", or take a loss for logits, as SoftmaxCrossEntropy");
  if (is_any_number && kind == OutputKind::probabilities)
    throw data_error("this loss takes probabilities, but the network's last layer puts out any number: ",
                     "end it in Sigmoid after the ", is_log_softmax ? "layer before" : end.last,
                     ", or take a loss for logits, as SigmoidBinaryCrossEntropy");
}

/// Throws where a network with this end puts its outputs out in units of their own and the loss is for classes.
constexpr void require_numbers(NetworkEnd end, bool targets_name_classes) {
  if (end.last == "Denormalize" && targets_name_classes)
    throw data_error("the network ends in Denormalize, which puts out numbers in the targets' units, but this loss is ",
                     "for classes: leave out the Denormalize, or take a loss for numbers, as MeanSquaredError");
}

/// Throws where the network cannot be trained with this loss, and does not compile where the types say so.
template <class Net, class Loss>
void require_fit(const Net& network, const Loss& loss) {
  constexpr OutputKind kind = output_kind<Loss>();
  if constexpr (EndOfType<Net>::is_known) {
    constexpr NetworkEnd end = EndOfType<Net>::value;
    constexpr bool fits = (require_end(end, Net::output_extent, Net::output_extent, kind),
                           require_numbers(end, targets_name_classes<Loss>()), true);
    static_cast<void>(fits);
  }
  const Index outputs = network.output_shape().size();
  Index first = 0;  // output of the end
  NetworkEnds(network).for_each([&](const NetworkEnd& end, Index outputs_of_end) {
    for_each_loss(loss, outputs, [&]<class L>(const L&, Index first_of_loss, Index of_loss) {
      if (first_of_loss < first + outputs_of_end && first < first_of_loss + of_loss)
        require_end(end, outputs_of_end, of_loss, output_kind<L>());
    });
    first += outputs_of_end;
    require_numbers(end, targets_name_classes<Loss>());
    if (end.last == Denormalize::name() && !network.template last_is<Denormalize>())
      throw shape_error(
          "the network ends in a Denormalize that is inside of another layer, one of several outputs, or ",
          "before a layer that changes no number, where the loss would not be in scaled units: let one ",
          "Denormalize for all outputs be the last layer");
  });
  validate_options<typename Net::Scalar>(loss);
  if constexpr (requires { loss.require_outputs(outputs); }) loss.require_outputs(outputs);
}

/// Throws shape_error where sequences have other features than a network for any length, or a layer does not fit the
/// shortest.
template <class Net>
void require_lengths_fit(const Net& network, const Dataset& data, const char* who) {
  if (data.lengths().empty()) return;
  const Index features = network.input_shape().channels;
  if (data.sample_shape().channels != features)
    throw shape_error(who, ": the sequences have ", data.sample_shape().channels,
                      " features for each step, but the network reads ", features, "; begin it with nn::Sequence<",
                      data.sample_shape().channels, ">");
  const Index shortest = *std::min_element(data.lengths().begin(), data.lengths().end());
  static_cast<void>(layout_for(network, shortest * features));
}

/// Throws shape_error where samples of the data set do not fit the network, data_error where there are none.
template <class Net>
void require_fit(const Net& network, const Dataset& data, const char* who) {
  if (data.size() < 1) throw data_error(who, ": the data set was moved from; assign one to it first");
  network.require_features(data.sample_shape().size(), who);
  if (!AnyLength<Net> && !data.lengths().empty())
    throw shape_error(who, ": the sequences have different lengths, but the network reads samples of ",
                      network.input_shape(), " only; begin it with nn::Sequence<", data.sample_shape().channels, ">");
  if constexpr (AnyLength<Net>) require_lengths_fit(network, data, who);
  const Shape output = layout_for(network, data.sample_shape().size()).output_shape();
  const Index outputs = output.size();
  if (AnyLength<Net> && data.has_labels() && output.width > 1)
    throw shape_error(who,
                      ": the data set has one label for each sequence, but the network has outputs for each step; ",
                      "let a LastStep come before the last Dense, or give labels for each step");
  if (data.has_labels()
          ? data.class_count() > std::max<Index>(outputs, 2) || (outputs > 1 && data.class_count() > outputs)
          : data.target_size() != outputs)
    throw shape_error(who, ": the data set has ", data.target_size(),
                      data.has_labels() ? " classes" : " targets per sample", ", but the network has ", outputs,
                      " outputs; end it in Dense<", data.target_size(), ">",
                      !data.has_labels() && data.target_size() == 1
                          ? ", or, where the target is a class, give labels (of a file: CsvOptions::categories)"
                      : data.has_labels() && outputs == 1
                          ? ", or, where the targets are no classes but numbers, give them as float or double"
                          : "");
}

/// Throws data_error for the first sample whose targets, scaled where the network scales them, the loss cannot take.
template <class Net, class Loss>
void require_targets(const Net& network, const Loss& loss, const Dataset& data, Shape outputs, const char* who) {
  const OverPositions<Loss> taken(loss, outputs);
  const auto require = [&](const auto& targets, Index sample) {
    try {
      taken.require_target(targets);
    } catch (const data_error& problem) {
      throw data_error(who, ", sample ", sample, ": ", problem.what());
    }
    return true;
  };
  if (data.has_labels())
    require(Vector<double>::Unit(outputs.size(), 0), 0);  // each is of one class
  else if constexpr (requires { loss.require_target(Vector<double>()); })
    for_each_target(data, [&](const auto& targets, Index sample) {
      if (!network.template last_is<Denormalize>()) return require(targets, sample);
      return require(Vector<double>(TargetUnits<typename Net::Scalar>::of(network).scaled(targets)), sample);
    });
}

/// Throws where any two of the three do not fit, and says what the targets are.
template <class Net, class Loss>
TargetSummary require_fit(const Net& network, const Loss& loss, const Dataset& data, const char* who) {
  require_fit(network, data, who);
  require_fit(network, loss);
  const Shape output = layout_for(network, data.sample_shape().size()).output_shape();
  const TargetSummary targets = TargetSummary::of(data, output.size() / positions_of<Loss>(output));
  if constexpr (output_kind<Loss>() != OutputKind::numbers) targets.require_probabilities(who);
  require_targets(network, loss, data, output, who);
  return targets;
}

}  // namespace detail

}  // namespace nn
