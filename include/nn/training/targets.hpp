// SPDX-License-Identifier: MIT
// What the outputs should be: a matrix (outputs x samples), which class labels become as one-hot columns.
#pragma once

#include <iterator>

#include <nn/core/class_labels.hpp>
#include <nn/core/errors.hpp>
#include <nn/core/finite.hpp>
#include <nn/core/views.hpp>

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
      throw data_error("sample ", sample, " has the label ", label, ", but ", outputs,
                       outputs == 1 ? " output tells" : " outputs tell", " the classes 0 to ", classes - 1,
                       "; count classes from 0, or end the network in more units");
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

}  // namespace nn
