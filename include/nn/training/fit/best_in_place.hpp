// SPDX-License-Identifier: MIT
// After a fit the network has the parameters of its best epoch; a checkpoint goes on from those of the last update.
#pragma once

#include <nn/core/buffer.hpp>
#include <nn/core/views.hpp>
#include <nn/training/fit/fit_state.hpp>

namespace nn {

/// Those of the last update, where those of the best epoch are in their place.
template <class T>
class BestInPlace {
 public:
  /// Gives the network the best that the fit has seen.
  template <class Net>
  void put(Net& network, const FitState<T>& fit) {
    state_ = network.state();
    parameters_ = network.parameters();
    network.parameters() = fit.best_parameters.view();
    network.state() = fit.best_state.view();
  }

  /// Whether the network still is as put left it.
  template <class Net>
  bool is_in(const Net& network, const FitState<T>& fit) const {
    const auto are_equal = [](const auto& now, const auto& best) { return now.size() == best.size() && now == best; };
    return parameters_.size() > 0 && are_equal(network.parameters(), fit.best_parameters.view()) &&
           are_equal(network.state(), fit.best_state.view());
  }
  ConstVectorView<T> last_parameters() const { return parameters_.view(); }
  ConstVectorView<T> last_state() const { return state_.view(); }

  void forget() {
    parameters_ = {};
    state_ = {};
  }

 private:
  Buffer<T> parameters_, state_;
};

}  // namespace nn
