// SPDX-License-Identifier: MIT
// The same in networks of sizes in their types: every layer with one loss, every loss after one network. All pairs
// would compile for minutes and run the code that every_layer.test.cpp has run.
#include "../gradient_cases.hpp"

TEMPLATE_TEST_CASE("every layer has right gradients in a Network", "", float, double) {
  test::Sum sum;
  test::for_each_layer([&]<class L, class... Before>(const L& layer, const Before&... before) {
    CAPTURE(std::string(layer.name()));
    const nn::Network<TestType, nn::Input<test::features>, nn::Dense<5>, Before..., L, nn::Dense<test::outputs>>
        network(nn::Input<test::features>{}, nn::Dense<5>{}, before..., layer, nn::Dense<test::outputs>{});
    test::check(network, nn::MeanSquaredError{}, test::Targets::real, sum);
  });
  CHECK(sum.combinations >= 52);
}

TEMPLATE_TEST_CASE("every loss has right gradients after a Network", "", float, double) {
  test::Sum sum;
  test::for_each_loss([&](const auto& loss, test::Targets targets, const auto&... last) {
    test::check(nn::Network<TestType, nn::Input<test::features>, nn::Dense<5>, nn::Tanh, nn::Dense<test::outputs>,
                            std::remove_cvref_t<decltype(last)>...>{},
                loss, targets, sum);
  });
  CHECK(sum.combinations == 44);
}
