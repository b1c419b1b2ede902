// SPDX-License-Identifier: MIT
// What the tests of all losses ask alike.
#pragma once

#include <algorithm>
#include <cmath>

#include <nn/core/dual.hpp>
#include <nn/core/views.hpp>

#include "catch.hpp"
#include "numbers.hpp"

namespace test {

template <class T, class Loss>
T loss_of(const Loss& loss, const nn::Vector<T>& y, const nn::Vector<T>& t) {
  return loss(nn::ConstVectorView<T>(y.data(), y.size()), nn::ConstVectorView<T>(t.data(), t.size()));
}

template <class T, class Loss>
nn::Vector<T> loss_gradient(const Loss& loss, const nn::Vector<T>& y, const nn::Vector<T>& t) {
  nn::Vector<T> dy = nn::Vector<T>::Constant(y.size(), 77);
  nn::VectorView<T> view(dy.data(), dy.size());
  loss.gradient(nn::ConstVectorView<T>(y.data(), y.size()), nn::ConstVectorView<T>(t.data(), t.size()), view);
  return dy;
}

/// The gradient is the one that dual numbers find in the loss itself; double to 1e-12, float to 1e-5.
template <class T, class Loss>
void check_loss_gradient(const Loss& loss, const nn::Vector<T>& y, const nn::Vector<T>& t) {
  const nn::Vector<T> gradient = loss_gradient<T>(loss, y, t);
  const nn::Vector<double> targets = t.template cast<double>();
  const nn::ConstVectorView<double> target(targets.data(), targets.size());
  nn::Vector<nn::Dual<double>> outputs = y.template cast<double>().template cast<nn::Dual<double>>();
  for (nn::Index i = 0; i < y.size(); ++i) {
    outputs[i].derivative = 1;
    const double exact = loss(nn::ConstVectorView<nn::Dual<double>>(outputs.data(), outputs.size()), target).derivative;
    outputs[i].derivative = 0;
    CAPTURE(i, y[i], t[i]);
    CHECK(std::abs(static_cast<double>(gradient[i]) - exact) <=
          (sizeof(T) == 8 ? 1e-12 : 1e-5) * std::max(1.0, std::abs(exact)));
  }
}

}  // namespace test
