// SPDX-License-Identifier: MIT
#include <limits>
#include <string>

#include <nn/io/c_header/text.hpp>

#include "../../catch.hpp"

TEST_CASE("a pattern of C is filled in with the name, the number type and the fields") {
  const nn::detail::CText single("net", false), wide("net", true);
  CHECK(single("@ $f(@ x) { return x * 0.5~ + %n%; }", {{"n", 12}}) ==
        "float net_f(float x) { return x * 0.5f + 12; }");
  CHECK(wide("@ $f(@ x) { return x * 0.5~; }") == "double net_f(double x) { return x * 0.5; }");
}

TEST_CASE("a literal of C is a floating-point number and reads back to the same bits") {
  const nn::detail::CText single("net", false), wide("net", true);
  CHECK(single.literal(3) == "3.0f");
  CHECK(single.literal(static_cast<double>(0.1F)) == "0.1f");
  CHECK(single.literal(static_cast<double>(std::numeric_limits<float>::max())) == "3.4028235e+38f");
  CHECK(single.literal(1.4012984643248171e-45) == "1e-45f");
  CHECK(wide.literal(-0.1) == "-0.1");
  CHECK(wide.literal(1e300) == "1e+300");
}

TEST_CASE("the name of a C header is an identifier that nobody reserves, else it is refused with the reason") {
  for (const char* name : {"digits", "d", "LeNet_5", "a_b_c", "interrupt"})
    CHECK_NOTHROW(nn::detail::require_c_name(name));
  const auto reason = [](const std::string& name) {
    try {
      nn::detail::require_c_name(name);
    } catch (const nn::data_error& problem) {
      return std::string(problem.what());
    }
    return std::string();
  };
  CHECK(reason("") == "save_c_header: the name \"\" is empty; give another, as \"digits\"");
  CHECK(reason("5digits").find("does not begin with a letter") != std::string::npos);
  CHECK(reason("_digits").find("does not begin with a letter") != std::string::npos);
  CHECK(reason("my-digits").find("is no identifier of C") != std::string::npos);
  CHECK(reason("x*/ int y;").find("is no identifier of C") != std::string::npos);
  CHECK(reason("a__b").find("which C++ reserves") != std::string::npos);
  CHECK(reason("a_").find("which C++ reserves") != std::string::npos);
  CHECK(reason("int").find("is a keyword") != std::string::npos);
  CHECK(reason("template").find("is a keyword") != std::string::npos);
  CHECK(reason(std::string(41, 'a')).find("has 41 characters, at most 40") != std::string::npos);
}
