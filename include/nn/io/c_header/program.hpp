// SPDX-License-Identifier: MIT
// The steps of a network in C, one function each, and where what they put out lies: in the caller's array, or in one
// scratch buffer, where a place is used again as soon as nobody reads it any more.
#pragma once

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include <nn/core/shape.hpp>
#include <nn/io/c_header/layers.hpp>

namespace nn::detail {

/// One function of C: it reads values, by their numbers, and makes one.
struct CStep {
  std::string name, comment;
  CCode code;
  std::vector<Index> inputs;
  Index output;
};

class CProgram {
 public:
  CProgram(const std::vector<CLayer>& layers, Index input_size, const CText& c) : c_(&c), sizes_{input_size} {
    output_ = row(layers, 0);
    if (output_ == 0) output_ = copy(0);
    place();
  }

  const std::vector<CStep>& steps() const { return steps_; }
  /// Of the scratch buffer, in numbers.
  Index scratch_size() const { return scratch_size_; }

  /// The value as the argument of a function: x, y or a place in scratch.
  std::string argument(Index value) const {
    const Index place = storage_[at(value)];
    if (value == 0) return "x";
    if (place == storage_[at(output_)]) return "y";
    return offsets_[at(place)] == 0 ? "scratch" : "scratch + " + std::to_string(offsets_[at(place)]);
  }

 private:
  static std::size_t at(Index i) { return static_cast<std::size_t>(i); }

  Index add(std::string name, std::string comment, CCode code, std::vector<Index> inputs, Index size) {
    sizes_.push_back(size);
    const Index output = static_cast<Index>(sizes_.size()) - 1;
    steps_.push_back({std::move(name), std::move(comment), std::move(code), std::move(inputs), output});
    return output;
  }

  Index copy(Index value) {
    CCode code{c_->operator()("  for (long i = 0; i < %size%; ++i) y[i] = x[i];\n", {{"size", sizes_[at(value)]}})};
    return add("copy", "the output is the input", std::move(code), {value}, sizes_[at(value)]);
  }

  Index row(const std::vector<CLayer>& layers, Index input) {
    for (const CLayer& layer : layers) input = layer_of(layer, input);
    return input;
  }

  // Returns the number of the value that the layer puts out.
  Index layer_of(const CLayer& layer, Index input) {
    std::string name = "layer_" + layer.number;
    std::replace(name.begin(), name.end(), '.', '_');
    const std::string comment = "layer " + layer.number + ": " + layer.name() + ", " + to_string(layer.input) + " to " +
                                to_string(layer.output);
    const CField size{"size", layer.output.size()};
    if (layer.name() == "Chain" && !layer.inside.empty()) return row(layer.inside, input);
    if (layer.name() == "Residual" && !layer.inside.empty()) {
      CCode sum{c_->operator()("  for (long i = 0; i < %size%; ++i) y[i] = x[i] + x1[i];\n", {size})};
      sum.is_in_place = true;
      const Index inside = row(layer.inside, input);
      return add(name, comment, std::move(sum), {inside, input}, layer.output.size());
    }
    if (layer.name() == "Concat" && !layer.inside.empty()) return concatenation(layer, name, comment, input);
    CCode code = code_of(layer, *c_);
    if (code.body.empty()) return input;
    return add(name, comment, std::move(code), {input}, layer.output.size());
  }

  Index concatenation(const CLayer& layer, const std::string& name, const std::string& comment, Index input) {
    CCode code;
    std::vector<Index> inputs;
    Index first = 0;
    for (const CLayer& branch : layer.inside) {
      const Index channels = branch.output.channels;
      code.body += c_->operator()(R"(  for (long i = 0; i < %pixels%; ++i)
    for (long j = 0; j < %channels%; ++j) y[i * %all% + %first% + j] = x%branch%[i * %channels% + j];
)",
                                  {{"pixels", layer.output.height * layer.output.width},
                                   {"channels", channels},
                                   {"all", layer.output.channels},
                                   {"first", first},
                                   {"branch", inputs.empty() ? "" : std::to_string(inputs.size())}});
      inputs.push_back(layer_of(branch, input));
      first += channels;
    }
    return add(name, comment, std::move(code), std::move(inputs), layer.output.size());
  }

  // Gives every value a storage: its own, or that of the step's first input where the step may work in place and
  // nobody reads that any more. Then the storages that are neither x nor y their places in the scratch buffer, the
  // largest first, each where it is free for as long as it is needed.
  void place() {
    const Index steps = static_cast<Index>(steps_.size());
    std::vector<Index> last_use(sizes_.size(), -1), made_at(sizes_.size(), -1);
    for (Index s = 0; s < steps; ++s)
      for (const Index input : steps_[at(s)].inputs) last_use[at(input)] = s;
    last_use[at(output_)] = steps;
    storage_.assign(sizes_.size(), 0);
    std::vector<Index> free_after{last_use[0]};  // by storage; number 0 is x
    offsets_.assign(1, 0);
    std::vector<Index> first_use{-1}, size{sizes_[0]};
    for (Index s = 0; s < steps; ++s) {
      const CStep& step = steps_[at(s)];
      Index& storage = storage_[at(step.output)];
      storage = storage_[at(step.inputs[0])];
      if (!step.code.is_in_place || storage == 0 || free_after[at(storage)] != s) {
        storage = static_cast<Index>(free_after.size());
        free_after.push_back(0);
        first_use.push_back(s);
        size.push_back(sizes_[at(step.output)]);
      }
      free_after[at(storage)] = std::max(last_use[at(step.output)], s);
    }
    offsets_.assign(free_after.size(), -1);
    std::vector<Index> order(free_after.size() - 1);
    std::iota(order.begin(), order.end(), Index{1});
    std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) { return size[at(a)] > size[at(b)]; });
    for (const Index storage : order) {
      if (storage == storage_[at(output_)]) continue;
      Index offset = 0;
      for (bool has_moved = true; has_moved;) {
        has_moved = false;
        for (const Index other : order) {
          if (offsets_[at(other)] < 0) continue;
          const bool at_one_time =
              first_use[at(storage)] <= free_after[at(other)] && first_use[at(other)] <= free_after[at(storage)];
          if (!at_one_time || offset >= offsets_[at(other)] + size[at(other)] ||
              offset + size[at(storage)] <= offsets_[at(other)])
            continue;
          offset = offsets_[at(other)] + size[at(other)];
          has_moved = true;
        }
      }
      offsets_[at(storage)] = offset;
      scratch_size_ = std::max(scratch_size_, offset + size[at(storage)]);
    }
  }

  const CText* c_;
  std::vector<CStep> steps_;
  std::vector<Index> sizes_;    // of the values; number 0 is the network's input
  std::vector<Index> storage_;  // of the values
  std::vector<Index> offsets_;  // of the storages, in the scratch buffer
  Index output_ = 0;
  Index scratch_size_ = 0;
};

}  // namespace nn::detail
