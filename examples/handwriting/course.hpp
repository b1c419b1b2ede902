// SPDX-License-Identifier: MIT
// Training the course's network from nothing, and what is wrong with it: the signs that nn::diagnose looks for, as
// numbers that the page puts into sentences of its languages. nn::diagnose itself would be a seventh of the module.
#pragma once

#include <nn/networks/pass.hpp>
#include <nn/training.hpp>

#include <cmath>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "reader.hpp"

namespace handwriting {

/// Refers to its own network, so it is not moved.
class Course {
 public:
  Course(Reader network, nn::Dataset digits) : network_(std::move(network)), digits_(std::move(digits)) {}
  Course(const Course&) = delete;
  Course& operator=(const Course&) = delete;

  /// Every digit once, in batches of ten; the mean loss. Throws data_error where it is not finite.
  double epoch(double learning_rate) {
    trainer_.optimizer().learning_rate = learning_rate;
    std::vector<nn::Index> order(static_cast<std::size_t>(digits_.size()));
    std::iota(order.begin(), order.end(), nn::Index(0));
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random_.below(i)]);
    constexpr std::size_t batch = 10;
    double sum = 0;
    std::size_t batches = 0;
    for (std::size_t first = 0; first + batch <= order.size(); first += batch, ++batches) {
      nn::Matrix<float> x(digits_.sample_shape().size(), static_cast<nn::Index>(batch));
      std::vector<int> labels;
      for (std::size_t i = 0; i < batch; ++i) {
        x.col(static_cast<nn::Index>(i)) = digits_.inputs(order[first + i], 1);
        labels.push_back(digits_.labels()[static_cast<std::size_t>(order[first + i])]);
      }
      sum += trainer_.step(x, labels);
    }
    return sum / static_cast<double>(batches);
  }

  /// A line for each sign: its name, the layer counted from 1, and a share. Thresholds are those of nn::diagnose.
  std::string signs() const {
    std::string lines;
    const auto add = [&](const char* sign, nn::Index layer, double share) {
      lines += std::string(sign) + ' ' + std::to_string(layer) + ' ' + std::to_string(share) + '\n';
    };
    const nn::Matrix<float> x = digits_.inputs(0, digits_.size());
    const nn::Index count = x.cols(), depth = network_.depth();
    nn::Workspace<float> workspace;
    workspace.reserve_gradients(network_, count);
    const float* y = nn::forward_pass(network_, network_.parameters().data(), x, workspace, depth);
    // The gradient of the cross-entropy by what Softmax is given is y - target.
    const nn::Index last = depth - 2;
    nn::MatrixView<float> dy(workspace.gradient(network_.place(last), count), 10, count);
    dy = nn::ConstMatrixView<float>(y, 10, count);
    for (nn::Index i = 0; i < count; ++i) dy(digits_.labels()[static_cast<std::size_t>(i)], i) -= 1;
    nn::Vector<float> gradient = nn::Vector<float>::Zero(network_.parameter_count()), state = network_.state();
    nn::add_gradients(network_, network_.parameters().data(), x, workspace, depth - 1, gradient.data(),
                      nn::InputGradient::none, nn::deterministic(state.data()));
    const auto size_of_gradient = [&](nn::Index i) {
      const nn::Place& place = network_.place(i);
      const nn::Index size = place.output.size() * count;
      return Eigen::Map<const nn::Vector<float>>(workspace.gradient(place, count), size).norm() /
             std::sqrt(static_cast<float>(size));
    };
    for (nn::Index i = 1; i < last; i += 2) {
      const nn::Place& place = network_.place(i);
      const nn::ConstMatrixView<float> units(workspace.activation(place, count), place.output.size(), count);
      const std::string_view name = network_.layer(i).name();
      const float low = name == "Tanh" ? -1 : 0, margin = (1 - low) * 0.005F;
      nn::Index ill = 0;
      for (nn::Index unit = 0; unit < units.rows(); ++unit) {
        nn::Index at_an_end = 0;
        for (nn::Index sample = 0; sample < count; ++sample) {
          const float value = units(unit, sample);
          at_an_end += name == "ReLU" ? value == 0 : value < low + margin || value > 1 - margin;
        }
        ill += name == "ReLU" ? at_an_end == count : at_an_end > count * 9 / 10;
      }
      const double share = static_cast<double>(ill) / static_cast<double>(units.rows());
      if (share > 0.4) add(name == "ReLU" ? "dead" : "saturated", i + 1, share);
    }
    const double ratio = size_of_gradient(0) / size_of_gradient(last);
    if (ratio < 1e-3) add("vanishing", 1, ratio);
    if (ratio > 1e3) add("exploding", 1, ratio);
    return lines;
  }

  const Reader& network() const { return network_; }

 private:
  Reader network_;
  nn::Dataset digits_;
  nn::Trainer<Reader, nn::CrossEntropy, nn::SGD> trainer_{network_, nn::CrossEntropy{}, nn::SGD{}};
  nn::Random random_{1};
};

}  // namespace handwriting
