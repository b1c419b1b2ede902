// SPDX-License-Identifier: MIT
#include <nn/layers/base/offset_and_scale.hpp>

#include <nn/data/scaling.hpp>
#include <nn/layers/denormalize.hpp>
#include <nn/layers/input.hpp>
#include <nn/layers/normalize.hpp>
#include <nn/networks/sequential.hpp>

#include "../../catch.hpp"
#include "../../numbers.hpp"
#include "../../tensors_of.hpp"

using Catch::Matchers::Message;

TEST_CASE("offsets and scales are statistics of every feature, which change nothing until they are set") {
  const auto check = [](const auto& layer) {
    const nn::Dimensions features{{4, 1, true}};
    CHECK(test::tensors_of(layer, nn::Shape(4)) == test::TensorShapes{{"offset", 4, 1, nn::Role::statistic, features},
                                                                      {"scale", 4, 1, nn::Role::statistic, features}});
    CHECK(nn::dimensions_of(test::tensors_of(layer, nn::Shape(5, 4, 3))[1]) ==
          nn::Dimensions{{3, 1, true}, {5, 12}, {4, 3}});
    nn::Sequential<double> network(nn::Input{2, 1, 2}, layer);
    CHECK(network.parameter_count() == 0);
    CHECK(nn::Vector<double>(network.state()) == nn::Vector<double>{{0, 0, 0, 0, 1, 1, 1, 1}});
    const nn::Matrix<double> x = test::drawn<double>(4, 3, 1, -100, 100);
    CHECK(network.predict(x) == x);
    network.state().setConstant(3);
    CHECK(network.predict(x) != x);
    network.initialize(nn::Random(1));
    CHECK(network.predict(x) == x);
  };
  check(nn::Normalize{});
  check(nn::Denormalize{});
}

TEST_CASE("a scaling becomes offsets and scales of the network's type, or is refused in words") {
  using V = nn::Vector<double>;
  const auto made = [](const V& offset, const V& scale) {
    return nn::detail::offsets_and_scales<float>(nn::Scaling{offset, scale}, 2, "Denormalize", "targets");
  };
  CHECK(made(V{{1, 0.1}}, V{{-3, 4}}) == nn::Vector<float>{{1, 0.1F, -3, 4}});
  CHECK_THROWS_MATCHES(
      made(V::Ones(1), V::Ones(1)), nn::shape_error,
      Message("set_normalization: 1 offsets and 1 scales do not fit the 2 features of Denormalize; fit "
              "them to the same targets"));
  CHECK_THROWS_MATCHES(made(V{{1, 2}}, V{{3, 1e-60}}), nn::data_error,
                       Message("set_normalization: feature 1 has the offset 2 and the scale 1e-60; both must be finite "
                               "in the network's number type, the scale not 0"));
}
