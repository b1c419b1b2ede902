// SPDX-License-Identifier: MIT
// What the outputs should be: a matrix (outputs x samples), which class labels become as one-hot columns.
#pragma once

#include <concepts>
#include <iterator>
#include <span>

#include <nn/core/buffer.hpp>
#include <nn/core/class_labels.hpp>
#include <nn/core/errors.hpp>
#include <nn/core/finite.hpp>
#include <nn/core/views.hpp>
#include <nn/networks/samples.hpp>

namespace nn {

/// Throws shape_error for another size than outputs x samples, data_error for a target that is not finite.
template <class T>
void validate_targets(const ConstMatrixView<T>& targets, Index outputs, Index samples) {
  if (targets.rows() != outputs || targets.cols() != samples)
    throw shape_error("targets of ", targets.rows(), " x ", targets.cols(), " do not fit ", outputs, " outputs x ",
                      samples, " samples; give one column per sample, or class labels");
  const Index wrong = first_not_finite(targets.data(), targets.size());
  if (wrong < targets.size())
    throw data_error("the target of output ", wrong % outputs, " of sample ", wrong / outputs, " is ",
                     targets.data()[wrong], "; replace it by a finite number");
}

/// Throws shape_error for another number of labels than samples, data_error for a label out of range.
template <ClassLabels Labels>
void validate_labels(const Labels& labels, Index outputs, Index samples) {
  const auto size = static_cast<Index>(std::size(labels));
  if (size != samples) throw shape_error(size, " labels do not fit ", samples, " samples; give one label per sample");
  const Index classes = outputs == 1 ? 2 : outputs;
  for (Index sample = 0; sample < samples; ++sample) {
    const Index label = class_number(labels, sample);
    if (label < 0 || label >= classes)
      throw data_error("sample ", sample, " has the label ", class_text(label), ", but ", outputs,
                       outputs == 1 ? " output tells" : " outputs tell", " the classes 0 to ", classes - 1,
                       "; count classes from 0, or end the network in more units",
                       outputs == 1 ? ", or give what is no class but a number as float or double" : "");
  }
}

/// Writes valid labels as one-hot columns, outputs x samples; for a single output, 0 and 1 themselves.
template <class T, ClassLabels Labels>
void write_one_hot(const Labels& labels, T* targets, Index outputs) {
  for (Index sample = 0; sample < static_cast<Index>(std::size(labels)); ++sample) {
    const Index label = class_number(labels, sample);
    for (Index i = 0; i < outputs; ++i) targets[sample * outputs + i] = outputs == 1 ? T(label) : T(i == label);
  }
}

/// The targets of so many samples, outputs x samples, which have been checked. They are a matrix of that size; or class
/// labels, one per sample or one per pixel (or step) of each sample, which become one-hot columns; or, for one sample,
/// a single class label, or a single number where there is one output. What is not a block of numbers already is
/// written to `memory`. Outputs is their number, or dynamic.
template <class T, Index Outputs, class Target>
auto targets_of(const Target& target, Shape shape, Index samples, Buffer<T>& memory) {
  const Index outputs = shape.size();
  constexpr bool is_matrix = MatrixExpression<Target> && !ClassLabels<Target>;
  constexpr bool is_list = MatrixList<Target>;
  static_assert(is_matrix || is_list || std::floating_point<Target> || ClassLabel<Target> || ClassLabels<Target>,
                "nn: targets are a matrix of Eigen's, outputs x samples, or class labels, a range of integers or "
                "enumerators; of a single sample also one label, or one number where there is one output");
  if constexpr (is_matrix) {
    require_scalar<typename Target::Scalar, T>();
    require_targets<Target::RowsAtCompileTime, Outputs>();
    const ConstMatrixView<T> targets = contiguous(target, memory);
    validate_targets(targets, outputs, samples);
    return targets;
  } else if constexpr (is_list) {
    const auto all = stacked(target);
    require_scalar<typename decltype(all)::Scalar, T>();
    validate_targets(ConstMatrixView<T>(all.data(), all.rows(), all.cols()), outputs, samples);
    memory = all.reshaped();
    return ConstMatrixView<T>(memory.data(), outputs, samples);
  } else if constexpr (std::floating_point<Target>) {
    require_targets<1, Outputs>();
    memory.reserve(1);
    memory[0] = static_cast<T>(target);
    const ConstMatrixView<T> targets(memory.data(), 1, 1);
    validate_targets(targets, outputs, samples);
    return targets;
  } else if constexpr (ClassLabel<Target>) {
    return targets_of<T, Outputs>(std::span(&target, 1), shape, samples, memory);
  } else if constexpr (ClassLabels<Target>) {
    const Index positions = shape.height * shape.width;
    const bool is_per_position = static_cast<Index>(std::size(target)) == samples * positions;
    const Index labels = is_per_position ? samples * positions : samples;
    const Index classes = is_per_position ? shape.channels : outputs;
    validate_labels(target, classes, labels);
    memory.reserve(checked_product(classes, labels));
    write_one_hot(target, memory.data(), classes);
    return ConstMatrixView<T>(memory.data(), outputs, samples);
  }
}

}  // namespace nn
