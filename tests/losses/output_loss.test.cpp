// SPDX-License-Identifier: MIT
#include <nn/losses/output_loss.hpp>

#include <type_traits>

#include <nn/losses/huber.hpp>

#include "../catch.hpp"

TEST_CASE("The loss of some outputs has a weight of 1 unless another is given") {
  const nn::OutputLoss plain{nn::Huber{}, 3};
  static_assert(std::is_same_v<decltype(plain), const nn::OutputLoss<nn::Huber>>);
  CHECK(plain.weight == 1);
  CHECK(nn::OutputLoss{nn::Huber{}, 3, 0.25}.weight == 0.25);
}
