// SPDX-License-Identifier: MIT
#include <nn/training/step/clip.hpp>

#include <limits>

#include "../../catch.hpp"

using Catch::Matchers::Message;

TEST_CASE("a gradient longer than its limit is scaled down to it, a shorter one stays") {
  nn::Vector<double> gradient{{3, -4}};
  nn::clip_norm<double>({gradient.data(), 2}, 5, 1);
  CHECK(gradient == nn::Vector<double>{{3, -4}});
  nn::clip_norm<double>({gradient.data(), 2}, 2.5, 1);
  CHECK(gradient == nn::Vector<double>{{1.5, -2}});
}

TEST_CASE("the norm is a sum over all numbers, also past a multiple of eight") {
  const nn::Vector<float> ones = nn::Vector<float>::Constant(25, 1.0F);
  CHECK(nn::norm_of(ones.data(), 25) == 5);
  CHECK(nn::norm_of(ones.data(), 16) == 4);
  CHECK(nn::norm_of(ones.data(), 1) == 1);
}

TEST_CASE("a norm that is not finite cannot be clipped, and says in which step") {
  nn::Vector<double> gradient{{1, std::numeric_limits<double>::infinity()}};
  CHECK_THROWS_MATCHES(nn::clip_norm<double>({gradient.data(), 2}, 1, 7), nn::data_error,
                       Message("step 7: the norm of the gradient is inf, which cannot be clipped; lower the learning "
                               "rate, or scale the inputs to about -1..1"));
  CHECK(gradient[0] == 1);
}

TEST_CASE("every number of a gradient is limited on both sides") {
  nn::Vector<float> gradient{{-3, -0.5F, 0, 0.5F, 3}};
  nn::clip_value<float>({gradient.data(), 5}, 0.75);
  CHECK(gradient == nn::Vector<float>{{-0.75F, -0.5F, 0, 0.5F, 0.75F}});
}
