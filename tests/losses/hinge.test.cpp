// SPDX-License-Identifier: MIT
#include <nn/losses/hinge.hpp>

#include "../loss_cases.hpp"

TEMPLATE_TEST_CASE("Hinge gives the known values", "", float, double) {
  // 1 - 0.5 within the margin, 1 + 2 on the wrong side, 0 beyond the margin and at it: 3.5 over 4 outputs.
  const nn::Vector<TestType> y{{0.5, 2, -3, 1}}, t{{1, -1, -1, 1}}, labels{{1, 0, 0, 1}};
  for (const nn::Vector<TestType>* given : {&t, &labels}) {  // 0 and 1 mean the same
    const nn::Vector<TestType>& targets = *given;
    CHECK(test::loss_of<TestType>(nn::Hinge{}, y, targets) == TestType(0.875));
    CHECK(test::loss_gradient<TestType>(nn::Hinge{}, y, targets) ==
          nn::Vector<TestType>{{TestType(-0.25), TestType(0.25), 0, 0}});
  }
}

TEST_CASE("Hinge is that of PyTorch") { test::check_loss_against_pytorch(nn::Hinge{}, "Hinge", "sign"); }

TEMPLATE_TEST_CASE("Hinge's gradient is right, at the kink too", "", float, double) {
  const nn::Vector<TestType> y = test::drawn<TestType>(9, 1, 1, -2, 2);
  test::check_loss_gradient<TestType>(nn::Hinge{}, y,
                                      nn::Vector<TestType>(test::drawn<TestType>(9, 1, 2).array().sign()));
  test::check_loss_gradient<TestType>(nn::Hinge{}, nn::Vector<TestType>{{1, -1}}, nn::Vector<TestType>{{1, -1}});
}

TEST_CASE("An output above 0 is a yes to Hinge") { CHECK(nn::decision_boundary<nn::Hinge>() == 0.0); }

TEMPLATE_TEST_CASE("Hinge sees NaN", "", float, double) {
  CHECK(std::isnan(test::loss_of<TestType>(nn::Hinge{}, nn::Vector<TestType>{{test::not_a_number<TestType>}},
                                           nn::Vector<TestType>{{1}})));
}
