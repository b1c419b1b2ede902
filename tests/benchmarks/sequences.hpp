// SPDX-License-Identifier: MIT
// The works on sequences: what is trained, on which numbers, and for how long it is measured.
#pragma once

#include <cmath>
#include <map>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "measure.hpp"

namespace measure {

inline constexpr int classes = 10;

/// "lstm-64", "lstm-128", "gru-64": 28 steps of 28 features; "lstm-32": 100 steps of one; "transformer": a block of 4
/// heads and 256 hidden units on 64 steps of 64 channels, 32 sequences. Then Dense<10> at the last step, or of the
/// mean. Batches of 64, with "-b1" of one sequence; "-2t" is on two threads.
struct SequenceWork {
  std::string layer;
  int features = 28, steps = 28, units = 0, batch = 64, threads = 1;

  explicit SequenceWork(std::string name) {
    const auto take = [&](const std::string& end) {
      const bool has_it = name.size() > end.size() && name.compare(name.size() - end.size(), end.size(), end) == 0;
      if (has_it) name.resize(name.size() - end.size());
      return has_it;
    };
    if (take("-2t")) threads = 2;
    if (take("-b1")) batch = 1;
    static const std::map<std::string, std::pair<std::string, int>> works{{"lstm-32", {"lstm", 32}},
                                                                          {"lstm-64", {"lstm", 64}},
                                                                          {"lstm-128", {"lstm", 128}},
                                                                          {"gru-64", {"gru", 64}},
                                                                          {"transformer", {"transformer", 64}}};
    const auto found = works.find(name);
    if (found == works.end()) throw std::runtime_error("there is no work called " + name);
    std::tie(layer, units) = found->second;
    if (units == 32) features = 1, steps = 100;
    if (layer == "transformer") features = 64, steps = 64, batch = 32;
  }
};

/// A sequence after the other, step after step.
struct DrawnSequences {
  std::vector<float> inputs;
  std::vector<int> labels;

  explicit DrawnSequences(const SequenceWork& work) {
    for (int i = 0; i < work.features * work.steps * work.batch; ++i)
      inputs.push_back(static_cast<float>(std::sin(0.7 * i * (1 + i % 13))));
    for (int i = 0; i < work.batch; ++i) labels.push_back(i % classes);
  }
};

/// Calls step(), which returns the loss, as often as it takes to be long enough for the clock, and reports the
/// milliseconds of one.
template <class Step>
void run_steps(const char* contender, const Arguments& arguments, Step&& step) {
  for (int i = 0; i < (arguments.size < 1 ? 1 : 5); ++i) step();
  for (int repetition = 0; repetition < arguments.repetitions; ++repetition) {
    double time = 0, loss = 0;
    int count = 0;
    for (; time < 0.5 * arguments.size || count == 0; ++count) time += seconds([&] { loss = step(); });
    report(arguments.workload, contender, 1e3 * time / count, "ms", "loss", loss);
  }
}

}  // namespace measure
