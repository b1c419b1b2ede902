// SPDX-License-Identifier: MIT
// The text of a header: the comment at its top, the functions of its steps, and those that a program calls.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nn/core/shape.hpp>
#include <nn/io/c_header/functions.hpp>
#include <nn/io/c_header/layer.hpp>
#include <nn/io/c_header/program.hpp>
#include <nn/io/c_header/text.hpp>

namespace nn::detail {

/// What a header tells of its network, and all that its text is made of.
struct CHeader {
  CText text;
  std::vector<CLayer> layers;
  std::vector<Shape> inputs = {}, outputs = {};  ///< those of a graph may be several
  Index multiply_adds = 0;
  std::vector<double> test_input = {}, test_output = {};
};

inline Index size_of_all(const std::vector<Shape>& shapes) {
  Index size = 0;
  for (const Shape& shape : shapes) size = checked_sum(size, shape.size());
  return size;
}

/// Where in `array` each of several inputs or outputs lies.
inline std::string c_parts(const std::string& array, const std::string& what, const std::vector<Shape>& shapes) {
  std::string text;
  Index first = 0;
  for (std::size_t k = 0; k < shapes.size() && shapes.size() > 1; first += shapes[k++].size())
    text += " *   " + array + '[' + std::to_string(first) + ".." + std::to_string(first + shapes[k].size() - 1) +
            "]: " + what + ' ' + std::to_string(k) + ", " + to_string(shapes[k]) + '\n';
  return text;
}

inline std::string c_array(const CText& c, std::string_view indent, std::string_view name,
                           const std::vector<double>& numbers) {
  std::string text =
      c("%indent%static const @ %name%[%size%] = {",
        {{"indent", std::string(indent)}, {"name", std::string(name)}, {"size", static_cast<Index>(numbers.size())}});
  std::size_t column = 120;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const std::string number = c.literal(numbers[i]);
    if (column + number.size() > 116) {
      text += '\n' + std::string(indent) + "  ";
      column = indent.size() + 2;
    } else {
      text += ' ';
    }
    text += number + (i + 1 < numbers.size() ? "," : "");
    column += number.size() + 2;
  }
  return text + "};\n";
}

/// A function for the step, after those that it calls. Where it works in place it is given one pointer: then compilers
/// need not ask whether two are the same.
inline std::string c_step(const CText& c, const CStep& step) {
  std::string text, parameters;
  for (const CStep& inner : step.inside) text += c_step(c, inner);
  for (std::size_t i = step.is_in_place ? 1 : 0; i < step.inputs.size(); ++i)
    parameters += c("const @ *x%i%, ", {{"i", i == 0 ? "" : std::to_string(i)}});
  text += c("/* %comment% */\n$step void $%name%(%inputs%@ *y%scratch%) {\n%x%",
            {{"comment", step.comment},
             {"name", step.name},
             {"inputs", parameters},
             {"scratch", step.code.scratch > 0 ? c(", @ *scratch") : ""},
             {"x", step.is_in_place ? c("  const @ *x = y;\n") : ""}});
  for (const CArray& array : step.code.arrays) text += c_array(c, "  ", array.name, array.numbers);
  return text + step.code.body + "}\n\n";
}

/// Calls visit(step) for all steps and those that they call.
inline void for_each_c_step(const std::vector<CStep>& steps, const auto& visit) {
  for (const CStep& step : steps) {
    visit(step);
    for_each_c_step(step.inside, visit);
  }
}

/// The comment at the top, and the sizes as macros.
inline std::string c_head(const CHeader& header, const CProgram& program, Index flash) {
  const CText& c = header.text;
  const Index scratch = program.scratch_size() * c.bytes(),
              test = static_cast<Index>(header.test_input.size() + header.test_output.size()) * c.bytes();
  std::string layers;
  for_each_c_step(program.steps(), [&](const CStep& step) { layers += " *   " + step.comment + '\n'; });
  const Index inputs = size_of_all(header.inputs), outputs = size_of_all(header.outputs);
  return c(
      R"(/* A neural network, written by nn::save_c_header: C99 or C++11, no heap, no library. Include it in one source file.
 *
 *   void $predict(const @ *x, @ *y)     y[0..%last_output%] from x[0..%last_input%], which must not overlap; uses the
 *                                       static scratch buffer, so from one thread at a time
 *   void $predict_in(x, y, scratch)     the same with a buffer of the caller's, $scratch_size numbers
 *   int $self_test(void)                0 where this machine computes what the network did when it was written,
 *                                       else the number of the first output that differs, counted from 1
 *
 * With NN_USE_MATH_H defined, <math.h> has the elementary functions. An image is height x width x channels.
 *
%parts%%layers% *
 * flash: %flash% bytes of constants, %test% more where $self_test is called
 * RAM: %scratch% bytes, the scratch buffer
 * multiply-adds for a sample: %multiply_adds%
 */
#ifndef NN_%name%_H
#define NN_%name%_H

#include <stdint.h>
#ifdef NN_USE_MATH_H
#include <math.h>
#endif

#if defined(__GNUC__) && !defined(__clang__)
/* GCC makes vector instructions of a loop only where it need not think of traps, and did not unroll the loop before. */
#pragma GCC push_options
#pragma GCC optimize("no-trapping-math")
#define $each _Pragma("GCC unroll 1")
#else
#define $each
#endif
#ifdef __GNUC__
#define $step static __attribute__((noinline, unused))
#else
#define $step static
#endif

#define $input_size %inputs%
#define $output_size %outputs%
#define $scratch_size %scratch_size%
#define $flash_bytes %flash%
#define $multiply_adds %multiply_adds%

)",
      {{"last_output", outputs - 1},
       {"last_input", inputs - 1},
       {"parts", c_parts("x", "input", header.inputs) + c_parts("y", "output", header.outputs)},
       {"layers", layers},
       {"flash", flash},
       {"test", test},
       {"scratch", scratch},
       {"multiply_adds", header.multiply_adds},
       {"name", c.name()},
       {"inputs", inputs},
       {"outputs", outputs},
       {"scratch_size", program.scratch_size()}});
}

/// The functions that a program calls.
inline std::string c_tail(const CHeader& header, const CProgram& program) {
  const CText& c = header.text;
  const bool has_scratch = program.scratch_size() > 0;
  std::string text = c("static inline void $predict_in(const @ *x, @ *y, @ *scratch) {\n%calls%%unused%}\n\n",
                       {{"calls", program.calls("  ")}, {"unused", has_scratch ? "" : "  (void)scratch;\n"}});
  text += c(has_scratch ? R"(static inline void $predict(const @ *x, @ *y) {
  static @ scratch[$scratch_size];
  $predict_in(x, y, scratch);
}

)"
                        : R"(static inline void $predict(const @ *x, @ *y) { $predict_in(x, y, 0); }

)");
  text += "static inline int " + c("$self_test(void) {\n") + c_array(c, "  ", "x", header.test_input) +
          c_array(c, "  ", "expected", header.test_output);
  text += c(R"(  static @ y[%outputs%];
  @ largest = 0;
  $predict(x, y);
  for (long i = 0; i < %outputs%; ++i) {
    const @ size = expected[i] < 0 ? -expected[i] : expected[i];
    largest = size > largest ? size : largest;
  }
  for (long i = 0; i < %outputs%; ++i) {
    const @ difference = y[i] < expected[i] ? expected[i] - y[i] : y[i] - expected[i];
    if (!(difference <= %tolerance% * largest)) return (int)i + 1;
  }
  return 0;
}

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC pop_options
#endif
#endif
)",
            {{"outputs", size_of_all(header.outputs)}, {"tolerance", c.is_double() ? "1e-12" : "1e-5f"}});
  return text;
}

inline std::string c_header_text(const CHeader& header) {
  const CText& c = header.text;
  std::vector<Index> input_sizes;
  for (const Shape& input : header.inputs) input_sizes.push_back(input.size());
  const CProgram program(header.layers, input_sizes, c);
  Index flash = 0;
  std::vector<std::string_view> functions;
  for_each_c_step(program.steps(), [&](const CStep& step) {
    functions.insert(functions.end(), step.code.functions.begin(), step.code.functions.end());
    for (const CArray& array : step.code.arrays) flash += static_cast<Index>(array.numbers.size()) * c.bytes();
  });
  std::string text = c_head(header, program, flash) + elementary_text(c, functions);
  for (const CStep& step : program.steps()) text += c_step(c, step);
  return text + c_tail(header, program);
}

}  // namespace nn::detail
