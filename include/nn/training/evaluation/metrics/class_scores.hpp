// SPDX-License-Identifier: MIT
// Outputs of a network read as one score per class; the largest is the class that the network tells.
#pragma once

#include <iterator>

#include <nn/core/buffer.hpp>
#include <nn/core/errors.hpp>
#include <nn/core/finite.hpp>
#include <nn/core/views.hpp>
#include <nn/training/step/targets.hpp>

namespace nn::detail {

/// The class of the largest score, the first of equal ones.
inline Index largest_score(const OwnVector<double>& scores) {
  Index best = 0;
  for (Index i = 1; i < scores.size(); ++i)
    if (scores[i] > scores[best]) best = i;
  return best;
}

inline Index checked_class_count(const char* who, Index classes) {
  if (classes < 2)
    throw data_error(who, ": needs at least 2 classes, got ", classes, "; a single output tells 2, no and yes");
  return classes;
}

inline double checked_boundary(const char* who, double boundary) {
  if (!is_finite(boundary))
    throw data_error(who, ": the decision boundary must be a finite number, got ", boundary,
                     "; 0.5 is that of probabilities, 0 that of logits");
  return boundary;
}

/// Calls use(scores, label) for every sample, scores being one double per class. A single output y tells two classes:
/// yes above the boundary, with the scores 2 boundary - y and y, which for a probability are those of no and yes.
/// Throws shape_error where sizes do not fit, data_error for a label out of range or an output that is not finite.
template <class Outputs, ClassLabels Labels, class Use>
void for_each_scored(const char* who, Index classes, double boundary, const Eigen::DenseBase<Outputs>& outputs,
                     const Labels& labels, Use&& use) {
  const Index rows = outputs.rows();
  if (rows != classes && !(rows == 1 && classes == 2))
    throw shape_error(who, ": ", rows, " outputs do not tell ", classes, " classes; give classes x samples");
  validate_labels(labels, rows, outputs.cols());
  OwnVector<double> scores(classes);
  for (Index sample = 0; sample < outputs.cols(); ++sample) {
    for (Index i = 0; i < rows; ++i) {
      scores[classes - rows + i] = static_cast<double>(outputs.derived()(i, sample));
      if (!is_finite(scores[classes - rows + i]))
        throw data_error(who, ": output ", i, " of sample ", sample, " is ", scores[classes - rows + i],
                         "; look for NaN in the network's parameters");
    }
    if (rows == 1) scores[0] = 2 * boundary - scores[1];
    use(scores, static_cast<Index>(std::begin(labels)[sample]));
  }
}

}  // namespace nn::detail
