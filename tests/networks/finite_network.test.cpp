// SPDX-License-Identifier: MIT
#include <nn/networks/finite_network.hpp>

#include <limits>

#include <nn/layers/batch_norm.hpp>
#include <nn/layers/dense.hpp>
#include <nn/layers/input.hpp>
#include <nn/networks/sequential.hpp>

#include "../catch.hpp"

TEST_CASE("the first number of a network that is not finite is named: parameters, then what is kept beside them") {
  nn::Sequential<double> network(nn::Input{2}, nn::Dense{2}, nn::BatchNorm{});
  CHECK(nn::has_finite_numbers(network));
  CHECK(nn::first_not_finite_number(network).empty());
  CHECK_NOTHROW(nn::require_finite_numbers(network, "test"));
  CHECK_FALSE(nn::loses_numbers(network));
  network.state()[3] = std::numeric_limits<double>::infinity();
  CHECK_FALSE(nn::has_finite_numbers(network));
  CHECK(nn::first_not_finite_number(network) == "state 3 of layer 2 (BatchNorm) is inf");
  network.parameters()[6] = std::numeric_limits<double>::quiet_NaN();
  CHECK_FALSE(nn::has_finite_numbers(network));
  CHECK_THROWS_MATCHES(nn::require_finite_numbers(network, "test"), nn::data_error,
                       Catch::Matchers::Message("test: parameter 0 of layer 2 (BatchNorm) is nan; load or initialize "
                                                "the network again"));
  CHECK(nn::loses_numbers(network) == nn::assumes_finite_math);
}
