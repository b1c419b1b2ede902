// SPDX-License-Identifier: MIT
// The elementary functions of a header in C: e^x, tanh and the others of kernels/elementary_functions.hpp, one number
// at a time in loops that compilers turn into vector instructions: nothing that could trap is computed on one side of a
// ?: only.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <nn/io/c_header/text.hpp>

namespace nn::detail {

/// A function of C: what it calls, its text, and how <math.h> has it (empty: it does not).
struct CFunction {
  std::string_view name;
  std::vector<std::string_view> calls;
  std::string text;
  std::string_view in_math_h;
};

/// 2 atanh s = 2 (s + s^3 / 3 + ...), as many terms as |s| <= 1/3 needs.
inline std::string log1p_text(const CText& c) {
  const int terms = c.is_double() ? 17 : 8;
  std::string sum;
  for (int k = terms; k-- > 0;) {
    const std::string coefficient = c.literal(2.0 / (2 * k + 1));
    sum = sum.empty() ? coefficient : coefficient + " + z * (" + sum + ")";
  }
  return c(R"(/* log(1 + x) for -1/4 <= x <= 1 */
static inline @ $log1p(@ x) {
  const @ s = x / (2 + x), z = s * s;
  return s * (%sum%);
}
)",
           {{"sum", sum}});
}

/// (1 + 2x) e^(x^2) erfc(x) is a smooth function of t = (x - 15/4) / (x + 15/4) (Shepherd and Laframboise 1981); the
/// coefficients are those of its interpolation at Chebyshev's points, calculated with 60 digits.
inline std::string erfc_text(const CText& c) {
  constexpr double of_double[] = {
      1.2375126308378275,     -0.14024059858554522,    0.0035854154854663067,   0.08227673848999159,
      -0.10880393014193915,   0.09230432116435616,     -0.058693398584491845,   0.028362277371370044,
      -0.00974657962081509,   0.0017556261692276722,   0.00029371408777227685,  -0.0002901553656394713,
      5.164737123871838e-05,  2.238759272534769e-05,   -1.143961526007595e-05,  -9.79297529099823e-07,
      1.7438577411359181e-06, -5.0816911811698186e-08, -2.4996538037405243e-07, 1.8778501156468795e-08,
      3.256499083798513e-08,  -1.952790162974837e-09,  -2.7293941332533855e-09};
  constexpr double of_float[] = {1.23751261846257167,    -0.140240608010006919,   0.00358631010168885169,
                                 0.082277417560368671,   -0.108814584961741436,   0.0922963679612030013,
                                 -0.058645982867712496,  0.028396482120658268,    -0.00984549109495929539,
                                 0.00168866223111567454, 0.000396704638280054891, -0.000228747233590847735};
  std::string sum;
  const auto add = [&](double coefficient) {
    const std::string text = c.literal(coefficient);
    sum = sum.empty() ? text : text + " + t * (" + sum + ")";
  };
  if (c.is_double())
    std::for_each(std::rbegin(of_double), std::rend(of_double), add);
  else
    std::for_each(std::rbegin(of_float), std::rend(of_float), add);
  return c(R"(static inline @ $erfc(@ x) {
  const @ a = x < 0 ? -x : x;
  const @ z = a < 30 ? a : 30;
  const @ t = (z - 3.75~) / (z + 3.75~);
  const @ sum = %sum%;
  const @ y = $exp(-z * z) / (1 + 2 * z) * sum, other = 2 - y, both = x < 0 ? other : y;
  return x == x ? both : x;
}
)",
           {{"sum", sum}});
}

/// e^x for x = n ln 2 + r is 2^n (1 + m), m = e^r - 1: the polynomial, or for doubles the rational function, of
/// kernels/elementary_functions.hpp.
inline std::string exp_rest_text(const CText& c) {
  return c(c.is_double() ? R"(/* e^r - 1 for |r| <= ln 2 / 2 */
static inline double $exp_rest(double r) {
  const double z = r * r;
  const double high = 4.13813679705723846039e-8 * z - 1.65339022054652515390e-6;
  const double middle = 6.61375632143793436117e-5 * z - 2.77777777770155933842e-3;
  const double c = r - z * ((high * z * z + middle) * z + 1.66666666666666019037e-1);
  return r * c / (2 - c) + r;
}
)"
                         : R"(/* e^r - 1 for |r| <= ln 2 / 2 */
static inline float $exp_rest(float r) {
  const float z = r * r;
  const float low = 1.666654348373413e-1f * r + 4.999999701976776e-1f;
  const float high = 8.366547524929047e-3f * r + 4.166720062494278e-2f;
  return ((1.3882516650483012e-3f * z + high) * z + low) * z + r;
}
)");
}

inline std::string power_of_two_text(const CText& c) {
  return c(c.is_double() ? R"(/* 2^n for -1022 <= n <= 1023 */
static inline double $power_of_two(int n) {
  union { uint64_t bits; double number; } both;
  both.bits = (uint64_t)(n + 1023) << 52;
  return both.number;
}
)"
                         : R"(/* 2^n for -126 <= n <= 127 */
static inline float $power_of_two(int n) {
  union { uint32_t bits; float number; } both;
  both.bits = (uint32_t)(n + 127) << 23;
  return both.number;
}
)");
}

inline std::string sqrt_text(const CText& c) {
  return c(R"(/* for x > 0: Newton's iteration for 1 / sqrt x from a guess in its bits (Lomont 2003) */
static inline @ $sqrt(@ x) {
  union { @ number; %bits% bits; } both;
  @ inverse, root;
  int step;
  both.number = x;
  both.bits = %magic% - (both.bits >> 1);
  inverse = both.number;
  for (step = 0; step < %steps%; ++step) {
    const @ half = 0.5~ * x * inverse;
    inverse *= 1.5~ - half * inverse;
  }
  root = x * inverse;
  return root + 0.5~ * inverse * (x - root * root);
}
)",
           {{"bits", c.is_double() ? "uint64_t" : "uint32_t"},
            {"magic", c.is_double() ? "UINT64_C(0x5fe6eb50c7b537a9)" : "UINT32_C(0x5f375a86)"},
            {"steps", c.is_double() ? 4 : 3}});
}

inline std::vector<CFunction> elementary_c_functions(const CText& c) {
  const CField highest{"highest", c.is_double() ? 710 : 89}, lowest{"lowest", c.is_double() ? -746 : -104};
  const CField high{"high", c.is_double() ? "6.93145751953125e-1" : "0.693359375f"};
  const CField low{"low", c.is_double() ? "1.42860682030941723212e-6" : "-2.12194440e-4f"};
  return {{"power_of_two", {}, power_of_two_text(c), ""},
          {"exp_rest", {}, exp_rest_text(c), ""},
          {"exp",
           {"power_of_two", "exp_rest"},
           c(R"(static inline @ $exp(@ x) {
  const @ above = x > %lowest% ? x : %lowest%; /* what is NaN, too */
  const @ kept = above < %highest% ? above : %highest%;
  const @ half_up = kept < 0 ? -0.5~ : 0.5~;
  const int n = (int)(kept * 1.4426950408889634~ + half_up), half = n / 2;
  const @ whole = (@)n;
  const @ m = $exp_rest(kept - whole * %high% - whole * (%low%));
  const @ y = (m + 1) * $power_of_two(half) * $power_of_two(n - half);
  return x == x ? y : x;
}
)",
             {highest, lowest, high, low}),
           "exp"},
          {"expm1",
           {"power_of_two", "exp_rest"},
           c(R"(/* e^x - 1 for x <= 0 */
static inline @ $expm1(@ x) {
  const @ kept = x > -40 ? x : -40;
  const int n = (int)(kept * 1.4426950408889634~ - 0.5~);
  const @ whole = (@)n;
  const @ m = $exp_rest(kept - whole * %high% - whole * (%low%));
  const @ power = $power_of_two(n);
  const @ y = power * m + (power - 1);
  return x == x ? y : x;
}
)",
             {high, low}),
           "expm1"},
          {"tanh",
           {"power_of_two", "exp_rest"},
           c(R"(/* (e^2x - 1) / (e^2x + 1) */
static inline @ $tanh(@ x) {
  const @ twice = (x < 0 ? -x : x) * 2;
  const @ doubled = twice < 40 ? twice : 40; /* what is NaN, too */
  const int n = (int)(doubled * 1.4426950408889634~ + 0.5~);
  const @ m = $exp_rest(doubled - (@)n * 0.6931471805599453~);
  const @ power = $power_of_two(n);
  const @ less_one = power * m + (power - 1);
  const @ size = less_one / (less_one + 2), y = x < 0 ? -size : size;
  return x == x ? y : x;
}
)"),
           "tanh"},
          {"log1p", {}, log1p_text(c), "log1p"},
          {"log",
           {"log1p"},
           c(R"(/* for x >= 1 */
static inline @ $log(@ x) {
  int n = 0;
  for (; x > 1.5~ && n < 1100; ++n) x *= 0.5~;
  return (@)n * 0.6931471805599453~ + $log1p(x - 1);
}
)"),
           "log"},
          {"erfc", {"exp"}, erfc_text(c), "erfc"},
          {"sqrt", {}, sqrt_text(c), "sqrt"},
          {"sigmoid",
           {"exp"},
           c(R"(static inline @ $sigmoid(@ x) {
  const @ e = $exp(x < 0 ? x : -x);
  return (x < 0 ? e : 1) / (1 + e);
}
)"),
           ""},
          {"damped",
           {},
           c(R"(/* x times a share that vanishes faster than x grows */
static inline @ $damped(@ x, @ share) {
  const @ y = x * share;
  return share == 0 ? 0 : y;
}
)"),
           ""}};
}

/// The text of the functions of these names and of all that they call, each after what it calls. Where NN_USE_MATH_H is
/// defined those of <math.h> stand for ours.
inline std::string elementary_text(const CText& c, std::vector<std::string_view> names) {
  const std::vector<CFunction> all = elementary_c_functions(c);
  const auto is_called = [&](std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  for (auto function = all.rbegin(); function != all.rend(); ++function)
    if (is_called(function->name)) names.insert(names.end(), function->calls.begin(), function->calls.end());
  std::string result;
  for (const CFunction& function : all) {
    if (!is_called(function.name)) continue;
    if (function.in_math_h.empty()) {
      result += function.text + '\n';
    } else {
      result += c("#ifdef NN_USE_MATH_H\nstatic inline @ $%name%(@ x) { return %math%~(x); }\n#else\n",
                  {{"name", std::string(function.name)}, {"math", std::string(function.in_math_h)}});
      result += function.text + "#endif\n\n";
    }
  }
  return result;
}

}  // namespace nn::detail
