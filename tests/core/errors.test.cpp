// SPDX-License-Identifier: MIT
#include <nn/core/errors.hpp>

#include <limits>
#include <locale>
#include <sstream>
#include <string>
#include <type_traits>

#include "../catch.hpp"

TEST_CASE("an error is a sentence put together from its pieces") {
  const nn::shape_error problem("Dense: needs ", 784, " inputs, got ", 10L, " (", 0.5, ')', std::string("; flatten"));
  CHECK(std::string(problem.what()) == "Dense: needs 784 inputs, got 10 (0.5); flatten");
}

TEST_CASE("every error is an nn::error and a std::runtime_error") {
  static_assert(std::is_base_of_v<std::runtime_error, nn::error>);
  static_assert(std::is_base_of_v<nn::error, nn::shape_error>);
  static_assert(std::is_base_of_v<nn::error, nn::load_error>);
  static_assert(std::is_base_of_v<nn::error, nn::data_error>);
  static_assert(!std::is_base_of_v<nn::shape_error, nn::data_error>);
  static_assert(!std::is_base_of_v<nn::data_error, nn::load_error>);
  CHECK_THROWS_AS(throw nn::load_error("x"), nn::error);
  CHECK_THROWS_AS(throw nn::data_error("x"), nn::error);
  CHECK_THROWS_AS(throw nn::shape_error("x"), std::runtime_error);
}

TEST_CASE("an error can be copied and keeps its sentence") {
  const nn::data_error problem("no ", "samples");
  const nn::data_error copy = problem;
  CHECK(std::string(copy.what()) == "no samples");
}

TEST_CASE("a number in a sentence has six digits, as in a stream of the classic locale") {
  for (const double number :
       {0.0, -0.0, 0.5, 1e6, 1234567.0, 123456.5, 1.0 / 3, 1e-5, 0.0001, -2.5e-310, 1e300, 100000.0, 999999.5,
        std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()}) {
    std::ostringstream stream;
    stream.imbue(std::locale::classic());
    stream << "...= " << number << ", " << static_cast<float>(number);
    CHECK(nn::text_of("...= ", number, ", ", static_cast<float>(number)) == stream.str());
  }
}
