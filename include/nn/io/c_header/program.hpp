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
  std::vector<CStep> inside = {};  ///< the functions that it calls
  bool is_in_place = false;        ///< x and y are one array
  Index scratch = 0;               ///< the number of the storage that is its scratch
};

class CProgram {
 public:
  /// The inputs lie one after the other in x; the last layer puts out y. A layer that is not told what it reads reads
  /// the one before.
  CProgram(const std::vector<CLayer>& layers, std::vector<Index> input_sizes, const CText& c)
      : c_(&c), input_count_(static_cast<Index>(input_sizes.size())), sizes_(std::move(input_sizes)) {
    std::vector<Index> values(sizes_.size());  // of the inputs and the layers
    std::iota(values.begin(), values.end(), Index{0});
    for (const CLayer& layer : layers) {
      std::vector<Index> read;
      for (const Index number : layer.reads) read.push_back(values[at(number)]);
      if (read.empty()) read.push_back(values.back());
      values.push_back(layer_of(layer, read));
    }
    output_ = values.back();
    if (output_ < input_count_) output_ = copy(output_);
    place();
  }

  const std::vector<CStep>& steps() const { return steps_; }
  /// Of the scratch buffer, in numbers.
  Index scratch_size() const { return scratch_size_; }

  /// The value as the argument of a function: x, y or a place in scratch.
  std::string argument(Index value) const {
    const Index storage = storage_[at(value)];
    if (storage < input_count_) return within("x", storage);
    return storage == storage_[at(output_)] ? "y" : within("scratch", storage);
  }

  /// The calls of all steps.
  std::string calls(const std::string& indent) const {
    std::string text;
    for (const CStep& step : steps_) {
      text += indent + (*c_)("$%name%(", {{"name", step.name}});
      for (std::size_t i = step.is_in_place ? 1 : 0; i < step.inputs.size(); ++i)
        text += argument(step.inputs[i]) + ", ";
      text += argument(step.output) + (step.code.scratch > 0 ? ", " + within("scratch", step.scratch) : "") + ");\n";
    }
    return text;
  }

 private:
  // A piece of memory, and the steps between which nobody else may have it.
  struct Storage {
    Index size, first_use, last_use, offset = -1;

    bool is_beside(const Storage& other) const { return first_use <= other.last_use && other.first_use <= last_use; }
    bool overlaps(const Storage& other) const {
      return offset < other.offset + other.size && other.offset < offset + size;
    }
  };

  static std::size_t at(Index i) { return static_cast<std::size_t>(i); }

  std::string within(const std::string& array, Index storage) const {
    const Index offset = storages_[at(storage)].offset;
    return offset == 0 ? array : array + " + " + std::to_string(offset);
  }

  Index add(std::string name, std::string comment, CCode code, std::vector<Index> inputs, Index size) {
    sizes_.push_back(size);
    const Index output = static_cast<Index>(sizes_.size()) - 1;
    steps_.push_back({std::move(name), std::move(comment), std::move(code), std::move(inputs), output});
    return output;
  }

  Index copy(Index value) {
    CCode code{(*c_)("  for (long i = 0; i < %size%; ++i) y[i] = x[i];\n", {{"size", sizes_[at(value)]}})};
    return add("copy", "the output is the input", std::move(code), {value}, sizes_[at(value)]);
  }

  Index row(const std::vector<CLayer>& layers, Index input) {
    for (const CLayer& layer : layers) input = layer_of(layer, {input});
    return input;
  }

  // Returns the number of the value that the layer puts out.
  Index layer_of(const CLayer& layer, const std::vector<Index>& read) {
    const Index input = read[0];
    std::string name = "layer_" + layer.number;
    std::replace(name.begin(), name.end(), '.', '_');
    std::string shapes;
    for (const Shape& shape : layer.inputs.empty() ? std::vector<Shape>{layer.input} : layer.inputs)
      shapes += (shapes.empty() ? "" : ", ") + to_string(shape);
    const std::string comment =
        "layer " + layer.number + ": " + layer.name() + ", " + shapes + " to " + to_string(layer.output);
    if (layer.name() == "Chain" && !layer.inside.empty()) return row(layer.inside, input);
    if (layer.name() == "Residual" && !layer.inside.empty()) {
      CCode sum{
          .body = (*c_)("  for (long i = 0; i < %size%; ++i) y[i] = x[i] + x1[i];\n", {{"size", layer.output.size()}}),
          .is_in_place = true};
      const Index inside = row(layer.inside, input);
      return add(name, comment, std::move(sum), {inside, input}, layer.output.size());
    }
    if (layer.name() == "Concat" && !layer.inside.empty()) return concatenation(layer, name, comment, input);
    if (layer.name() == "TimeDistributed" && !layer.inside.empty()) return every_step(layer, name, comment, input);
    CCode code = code_of(layer, *c_);
    if (code.body.empty()) return input;
    return add(name, comment, std::move(code), read, layer.output.size());
  }

  Index concatenation(const CLayer& layer, const std::string& name, const std::string& comment, Index input) {
    std::vector<Index> values;
    std::vector<Shape> shapes;
    for (const CLayer& branch : layer.inside) {
      values.push_back(layer_of(branch, {input}));
      shapes.push_back(branch.output);
    }
    return add(name, comment, concatenate_c(*c_, shapes), std::move(values), layer.output.size());
  }

  // A program of its own, for one step of the sequence after the other: what lies between its layers is small.
  Index every_step(const CLayer& layer, const std::string& name, const std::string& comment, Index input) {
    const Index steps = layer.input.height * layer.input.width, inputs = layer.input.channels;
    const CProgram inside(layer.inside, {inputs}, *c_);
    CCode code{.body = (*c_)("  for (long t = 0; t < %steps%; ++t, x += %inputs%, y += %outputs%) {\n%calls%  }\n",
                             {{"steps", steps},
                              {"inputs", inputs},
                              {"outputs", layer.output.channels},
                              {"calls", inside.calls("    ")}}),
               .scratch = inside.scratch_size()};
    const Index output = add(name, comment, std::move(code), {input}, layer.output.size());
    steps_.back().inside = inside.steps();
    return output;
  }

  // Gives every value a storage: its own, or that of the step's first input where the step may work in place and
  // nobody reads that any more; and every step one for its scratch. Then the storages that are neither x nor y their
  // places in the scratch buffer, the largest first, each where it is free for as long as it is needed.
  void place() {
    const Index steps = static_cast<Index>(steps_.size());
    std::vector<Index> last_use(sizes_.size(), -1);
    for (Index s = 0; s < steps; ++s)
      for (const Index input : steps_[at(s)].inputs) last_use[at(input)] = s;
    last_use[at(output_)] = steps;
    storage_.assign(sizes_.size(), 0);
    for (Index k = 0, offset = 0; k < input_count_; offset += sizes_[at(k++)]) {
      storage_[at(k)] = k;
      storages_.push_back({sizes_[at(k)], -1, last_use[at(k)], offset});
    }
    for (Index s = 0; s < steps; ++s) {
      CStep& step = steps_[at(s)];
      Index& storage = storage_[at(step.output)];
      storage = storage_[at(step.inputs[0])];
      step.is_in_place = step.code.is_in_place && storage >= input_count_ && storages_[at(storage)].last_use == s;
      if (!step.is_in_place) storage = new_storage(sizes_[at(step.output)], s);
      storages_[at(storage)].last_use = std::max(last_use[at(step.output)], s);
      if (step.code.scratch > 0) step.scratch = new_storage(step.code.scratch, s);
    }
    std::vector<Index> order(storages_.size() - at(input_count_));
    std::iota(order.begin(), order.end(), input_count_);
    std::stable_sort(order.begin(), order.end(),
                     [&](Index a, Index b) { return storages_[at(a)].size > storages_[at(b)].size; });
    for (const Index number : order) {
      Storage& storage = storages_[at(number)];
      if (number == storage_[at(output_)]) continue;
      storage.offset = 0;
      for (bool has_moved = true; has_moved;) {
        has_moved = false;
        for (const Index other_number : order) {
          const Storage& other = storages_[at(other_number)];
          if (other_number == number || other.offset < 0 || !storage.is_beside(other) || !storage.overlaps(other))
            continue;
          storage.offset = other.offset + other.size;
          has_moved = true;
        }
      }
      scratch_size_ = std::max(scratch_size_, checked_sum(storage.offset, storage.size));
    }
  }
  Index new_storage(Index size, Index step) {
    storages_.push_back({size, step, step});
    return static_cast<Index>(storages_.size()) - 1;
  }

  const CText* c_;
  Index input_count_;
  std::vector<CStep> steps_;
  std::vector<Index> sizes_;    // of the values, of which the inputs are the first
  std::vector<Index> storage_;  // of the values
  std::vector<Storage> storages_;
  Index output_ = 0;
  Index scratch_size_ = 0;
};

}  // namespace nn::detail
