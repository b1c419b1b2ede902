// SPDX-License-Identifier: MIT
// Every layer x every loss x float and double x one sample and seven: all gradients of parameters and inputs, as
// training uses them, against dual numbers and central differences; with less effort, each layer x some losses.
#include "../effort.hpp"
#include "../gradient_cases.hpp"

TEMPLATE_TEST_CASE("every layer has right gradients with every loss, in a Sequential", "", float, double) {
  test::Sum sum;
  int layers = 0, losses = 0, combinations = 0;
  const int every = 21 / test::effort(21);
  test::for_each_layer([&](const auto& layer, const auto&... before) {
    ++layers;
    const nn::Sequential<TestType> body(nn::Input{test::features}, nn::Dense{5}, before..., layer,
                                        nn::Dense{test::outputs});
    losses = 0;
    test::for_each_loss([&](const auto& loss, test::Targets targets, const auto&... last) {
      if ((++losses + layers) % every != 0) return;
      ++combinations;
      nn::Sequential<TestType> network = body;
      (network.add(last), ...);
      CAPTURE(std::string(layer.name()), losses);
      test::check(network, loss, targets, sum);
    });
  });
  CHECK(sum.combinations == 2 * combinations);
  CHECK(combinations >= layers * (losses / every));
  CHECK(layers >= 26);
  CHECK(losses == 22);
  CHECK(sum.kinks < sum.derivatives / 100);  // central differences checked nearly all
}
