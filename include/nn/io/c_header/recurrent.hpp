// SPDX-License-Identifier: MIT
// Layers in C that read a sequence step after step, in one direction or in both.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nn/io/c_header/layer.hpp>
#include <nn/io/c_header/products.hpp>
#include <nn/io/c_header/text.hpp>

namespace nn::detail {

/// How h of a step, now[i], follows from the sums of the gates, and from `kept`: so many numbers for each unit.
struct CCell {
  Index gates;
  std::vector<std::string_view> functions = {};
  std::string_view body;
  Index kept = 0;
  bool is_apart = false;       ///< W x and U h are summed apart, U h in `kept`
  bool resets_before = false;  ///< the last gate sees r h(t - 1), which is in `kept`, in place of h(t - 1)
};

// The arrays of one direction, whose names end in `suffix`, and its loop over the steps.
inline void add_recurrence(CCode& code, const CLayer& layer, const CText& c, const CCell& cell, bool is_reversed,
                           Index pitch) {
  const Index units = layer.whole("units"), rows = cell.gates * units, features = layer.input.channels,
              steps = layer.input.width, direct = cell.resets_before ? rows - units : rows;
  const std::string suffix = is_reversed ? "_reverse" : "";
  const auto product = [&](const std::string& array, Index first, Index count, const CTensor& weight,
                           const std::string& input, const std::string& start, const std::string& target) {
    code.arrays.push_back({array + suffix, in_c_tiles(weight.some_rows(first, count), count)});
    CProduct made{.rows = count, .columns = weight.columns, .start = start, .target = target, .input = input};
    made.weight = array + suffix;
    if (input != "input") made.seen = "seen";
    return c_product(c, made, "    ");
  };
  const CTensor& of_input = layer.tensor("weight_ih_l0" + suffix, rows, features);
  const CTensor& of_units = layer.tensor("weight_hh_l0" + suffix, rows, units);
  std::string bias, recurrent_bias;
  if (layer.is("bias")) {
    std::vector<double> numbers = layer.tensor("bias_ih_l0" + suffix, rows).numbers;
    const std::vector<double>& others = layer.tensor("bias_hh_l0" + suffix, rows).numbers;
    bias = "bias" + suffix;
    if (cell.is_apart) {
      recurrent_bias = "recurrent_bias" + suffix;
      code.arrays.push_back({recurrent_bias, others});
    } else {
      for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] += others[i];
    }
    code.arrays.push_back({bias, numbers});
  }
  std::string sums = product("weight", 0, rows, of_input, "input", bias, "gates");
  sums += cell.is_apart ? product("recurrent", 0, rows, of_units, "before", recurrent_bias, "kept")
                        : product("recurrent", 0, direct, of_units, "before", "gates", "gates");
  if (cell.resets_before) {
    sums += c(R"(    @ *last = gates + %direct%;
    for (long i = 0; i < seen; ++i) kept[i] = $sigmoid(gates[i]) * before[i];
)",
              {{"direct", direct}});
    sums += product("candidate", direct, units, of_units, "kept", "last", "last");
  }
  code.body += c(R"(  for (long t = 0; t < %steps%; ++t) {
    const long at = %at%, seen = t > 0 ? %units% : 0;
    const @ *input = x + at * %features%;
    @ *now = y + at * %pitch%%first%;
    const @ *before = t > 0 ? now %back% %pitch% : now;
%sums%    for (long i = 0; i < %units%; ++i) {
%cell%    }
  }
)",
                 {{"steps", steps},
                  {"at", is_reversed ? std::to_string(steps - 1) + " - t" : "t"},
                  {"units", units},
                  {"features", features},
                  {"pitch", pitch},
                  {"first", is_reversed ? " + " + std::to_string(units) : ""},
                  {"back", is_reversed ? "+" : "-"},
                  {"sums", sums},
                  {"cell", c(cell.body, {{"units", units}})}});
}

inline CCode recurrent_c(const CLayer& layer, const CText& c, const CCell& cell) {
  const bool is_bidirectional = layer.name().starts_with("Bidirectional");
  const Index units = layer.whole("units"), rows = cell.gates * units;
  CCode code{.functions = cell.functions, .scratch = rows + cell.kept * units};
  code.body = c(cell.kept > 0 ? "  @ *gates = scratch, *kept = scratch + %rows%;\n" : "  @ *gates = scratch;\n",
                {{"rows", rows}});
  for (Index direction = 0; direction <= (is_bidirectional ? 1 : 0); ++direction)
    add_recurrence(code, layer, c, cell, direction == 1, layer.output.channels);
  return code;
}

/// h = f(sum)
inline CCode simple_rnn_c(const CLayer& layer, const CText& c) {
  if (layer.is("relu"))
    return recurrent_c(layer, c, {.gates = 1, .body = "      now[i] = gates[i] < 0 ? 0 : gates[i];\n"});
  return recurrent_c(layer, c, {.gates = 1, .functions = {"tanh"}, .body = "      now[i] = $tanh(gates[i]);\n"});
}

/// The gates are i, f, g, o; c is kept.
inline CCode lstm_c(const CLayer& layer, const CText& c) {
  return recurrent_c(layer, c,
                     {.gates = 4,
                      .functions = {"sigmoid", "tanh"},
                      .body = R"(      const @ fresh = $sigmoid(gates[i]) * $tanh(gates[2 * %units% + i]);
      kept[i] = t > 0 ? $sigmoid(gates[%units% + i]) * kept[i] + fresh : fresh;
      now[i] = $sigmoid(gates[3 * %units% + i]) * $tanh(kept[i]);
)",
                      .kept = 1});
}

/// The gates are r, z, n.
inline CCode gru_c(const CLayer& layer, const CText& c) {
  if (layer.is("reset_after"))
    return recurrent_c(layer, c,
                       {.gates = 3,
                        .functions = {"sigmoid", "tanh"},
                        .body = R"(      const @ r = $sigmoid(gates[i] + kept[i]);
      const @ z = $sigmoid(gates[%units% + i] + kept[%units% + i]);
      const @ n = $tanh(gates[2 * %units% + i] + r * kept[2 * %units% + i]);
      now[i] = (1 - z) * n + (t > 0 ? z * before[i] : 0);
)",
                        .kept = 3,
                        .is_apart = true});
  return recurrent_c(layer, c,
                     {.gates = 3,
                      .functions = {"sigmoid", "tanh"},
                      .body = R"(      const @ z = $sigmoid(gates[%units% + i]);
      const @ n = $tanh(gates[2 * %units% + i]);
      now[i] = (1 - z) * n + (t > 0 ? z * before[i] : 0);
)",
                      .kept = 1,
                      .resets_before = true});
}

}  // namespace nn::detail
