// SPDX-License-Identifier: MIT
// What the outputs should be: a matrix (outputs x samples), or class labels, read as one-hot columns.
#pragma once

#include <concepts>
#include <iterator>
#include <type_traits>

#include <nn/core/errors.hpp>
#include <nn/core/finite.hpp>
#include <nn/core/views.hpp>

namespace nn {

/// Real targets, one column per sample.
template <class T>
class MatrixTargets {
 public:
  explicit MatrixTargets(ConstMatrixView<T> targets) : targets_(targets) {}
  Index size() const { return targets_.cols(); }
  auto column(Index sample) const {
    return ConstVectorView<T>(targets_.data() + sample * targets_.rows(), targets_.rows());
  }

  /// Throws shape_error for another size than outputs x samples, data_error for a target that is not finite.
  void validate(Index outputs, Index samples) const {
    if (targets_.rows() != outputs || targets_.cols() != samples)
      throw shape_error("targets of ", targets_.rows(), " x ", targets_.cols(), " do not fit ", outputs, " outputs x ",
                        samples, " samples; give one column per sample, or class labels");
    const Index wrong = first_not_finite(targets_.data(), targets_.size());
    if (wrong < targets_.size())
      throw data_error("the target of output ", wrong % outputs, " of sample ", wrong / outputs, " is ",
                       targets_.data()[wrong], "; replace it by a finite number");
  }

 private:
  ConstMatrixView<T> targets_;
};

/// One class label per sample; for a single output, 0 or 1.
template <class T, class Labels>
class LabelTargets {
 public:
  explicit LabelTargets(const Labels& labels) : labels_(labels) {}
  Index size() const { return static_cast<Index>(std::size(labels_)); }

  struct OneHot {
    Index label, outputs;
    Index size() const { return outputs; }
    T operator()(Index i) const { return outputs == 1 ? static_cast<T>(label) : T(i == label); }
  };
  OneHot column(Index sample) const { return {label(sample), outputs_}; }

  /// Throws shape_error for another number of labels than samples, data_error for a label out of range.
  void validate(Index outputs, Index samples) {
    if (size() != samples)
      throw shape_error(size(), " labels do not fit ", samples, " samples; give one label per sample");
    outputs_ = outputs;
    const Index classes = outputs == 1 ? 2 : outputs;
    for (Index sample = 0; sample < samples; ++sample)
      if (label(sample) < 0 || label(sample) >= classes)
        throw data_error("sample ", sample, " has the label ", label(sample), ", but ", outputs,
                         outputs == 1 ? " output tells" : " outputs tell", " the classes 0 to ", classes - 1,
                         "; count classes from 0, or end the network in more units");
  }

 private:
  Index label(Index sample) const { return static_cast<Index>(std::begin(labels_)[sample]); }

  const Labels& labels_;
  Index outputs_ = 0;
};

template <class Target>
concept ClassLabels = requires(const Target& labels) {
  { std::size(labels) } -> std::integral;
  requires std::integral<std::remove_cvref_t<decltype(std::begin(labels)[0])>>;
};

}  // namespace nn
