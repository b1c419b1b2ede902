// SPDX-License-Identifier: MIT
// A diagnosis prints a sentence a line, with numbers that are rounded.
#include <nn/training/diagnosis/finding.hpp>

#include <cmath>
#include <sstream>
#include <string>

#include "../../catch.hpp"
#include "../../numbers.hpp"

TEST_CASE("percents have one digit after the point, numbers three digits that count") {
  CHECK(nn::detail::percent(1, 3) == 33.3);
  CHECK(nn::detail::percent(2, 3) == 66.7);
  CHECK(nn::detail::rounded(123456) == 123000);
  CHECK(nn::detail::rounded(-0.0123456) == Approx(-0.0123).epsilon(1e-14));
  CHECK(nn::detail::rounded(9.996) == Approx(10).epsilon(1e-14));
  CHECK(nn::detail::rounded(0) == 0);
  CHECK(std::isinf(nn::detail::rounded(test::infinity<double>)));
}

TEST_CASE("a diagnosis prints a sentence a line, and has the illnesses of its findings") {
  const auto printed = [](const nn::Diagnosis& diagnosis) {
    std::ostringstream text;
    text << diagnosis;
    return text.str();
  };
  CHECK(printed({}) == "Nothing wrong was found.\n");
  const nn::Diagnosis diagnosis{{{nn::Illness::plateau, 0, "One."}, {nn::Illness::dead_units, 2, "Two."}}};
  CHECK(printed(diagnosis) == "One.\nTwo.\n");
  CHECK((diagnosis.has(nn::Illness::plateau) && diagnosis.has(nn::Illness::dead_units)));
  CHECK_FALSE(diagnosis.has(nn::Illness::overfitting));
}
