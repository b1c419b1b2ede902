// SPDX-License-Identifier: MIT
#include <nn/training/fit/best_in_place.hpp>

#include <nn/layers/batch_norm.hpp>
#include <nn/layers/input.hpp>
#include <nn/networks/network.hpp>

#include "../../catch.hpp"

TEST_CASE("the best parameters and state come into the network, and those of the last update are kept") {
  nn::Network<double, nn::Input<1>, nn::BatchNorm> network;
  network.parameters() << 1, 2;
  network.state() << 3, 4;
  nn::FitState<double> fit;
  fit.best_parameters = nn::Buffer<double>(nn::Vector<double>{{5, 6}});
  fit.best_state = nn::Buffer<double>(nn::Vector<double>{{7, 8}});
  nn::BestInPlace<double> best;
  CHECK_FALSE(best.is_in(network, fit));
  best.put(network, fit);
  CHECK(best.is_in(network, fit));
  CHECK(network.parameters() == nn::Vector<double>{{5, 6}});
  CHECK(network.state() == nn::Vector<double>{{7, 8}});
  CHECK(best.last_parameters() == nn::Vector<double>{{1, 2}});
  CHECK(best.last_state() == nn::Vector<double>{{3, 4}});
  network.state()[0] = 0;
  CHECK_FALSE(best.is_in(network, fit));
  network.state()[0] = 7;
  CHECK_FALSE(best.is_in(nn::Network<double, nn::Input<2>, nn::BatchNorm>(), fit));  // of other sizes
  best.forget();
  CHECK_FALSE(best.is_in(network, fit));
}
