// SPDX-License-Identifier: MIT
// What the tests of all losses ask alike.
#pragma once

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <string>

#include <nn/core/dual.hpp>
#include <nn/core/errors.hpp>
#include <nn/core/views.hpp>

#include "catch.hpp"
#include "fixture.hpp"
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

/// Every sample's loss and gradient are those that PyTorch has, in the lines `key`, `key`.dy for `key`.y of the
/// fixture.
template <class Loss>
void check_loss_against_pytorch(const Loss& loss, const std::string& key, const std::string& target) {
  const auto columns = [](const std::string& line) { return fixture("losses", line, 4); };
  const nn::Matrix<double> y = columns(key + ".y"), t = columns(target), dy = columns(key + ".dy");
  const nn::Vector<double> expected = fixture("losses", key);
  REQUIRE(expected.size() == y.cols());
  for (nn::Index sample = 0; sample < y.cols(); ++sample) {
    CAPTURE(sample);
    CHECK(std::abs(loss_of<double>(loss, y.col(sample), t.col(sample)) - expected[sample]) < 1e-10);
    CHECK((loss_gradient<double>(loss, y.col(sample), t.col(sample)) - dy.col(sample)).cwiseAbs().maxCoeff() < 1e-10);
  }
}

/// validate() takes the first loss and refuses the others.
template <class Loss>
void check_validation(const Loss& good, const std::initializer_list<Loss>& bad) {
  CHECK_NOTHROW(good.validate());
  for (const Loss& loss : bad) CHECK_THROWS_AS(loss.validate(), nn::data_error);
}

}  // namespace test
