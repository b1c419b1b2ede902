// SPDX-License-Identifier: MIT
// Layers made one by one from their descriptions, those inside of a container after it.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nn/core/any_layer.hpp>
#include <nn/io/layer_table.hpp>
#include <nn/io/outline.hpp>

namespace nn::detail {

/// Knows where each layer would stand, so that one that does not fit is refused when it comes, and allocates nothing
/// for parameters. What it refuses is a data_error or a shape_error.
template <class T>
class LayerBuilder {
 public:
  static constexpr std::size_t most_layers = 10'000;
  static constexpr std::size_t most_nested = 16;

  explicit LayerBuilder(const LayerTable<T>& table) : table_(table) {}

  /// The first of all: the input, in words or as a shape.
  void begin_with(const Description& first) {
    std::array<Index, 3> sizes{};
    constexpr std::array<std::string_view, 3> names{"height", "width", "channels"};
    std::size_t known = 0;
    for (const auto& [name, number] : first.options)
      for (std::size_t i = 0; i < sizes.size(); ++i)
        if (name == names[i]) {
          set_option(in_words(first), name.c_str(), sizes[i], number);
          ++known;
        }
    if (first.type != "Input" || known != sizes.size() || first.options.size() != known)
      throw data_error(in_words(first), ": the first must be an Input with height, width, channels; mend the file");
    begin_with(Shape(sizes[0], sizes[1], sizes[2]));
  }
  void begin_with(Shape input) {
    if (input.height == 1 && input.width == 0 && input.channels > 0)
      throw data_error("Input: a network for sequences of any length is not built from its file; load it into an ",
                       "nn::Network<nn::Sequence<", input.channels, ">, ...> of the same layers");
    if (input.height < 1 || input.width < 1 || input.channels < 1)
      throw data_error("Input: every size must be at least 1, got ", input, "; mend the file");
    static_cast<void>(input.size());  // throws where it cannot be counted
    last_.output = input_ = input;
  }

  void add(const Description& next) {
    const std::size_t count = table_.count_inside(next);
    if (count == 0) return add(table_.make(next));
    if (count > most_layers)
      throw data_error(in_words(next), ": a network from a file has at most ", most_layers, " layers");
    if (open_.size() == most_nested)
      throw data_error(in_words(next), ": stands within ", most_nested, " containers, and more are not read");
    open_.push_back({next, count, {}});
  }
  // To the container that waits for layers, which may be the last that it waits for; or to the network.
  void add(AnyLayer<T> layer) {
    while (!open_.empty()) {
      Container& container = open_.back();
      container.inside.push_back(std::move(layer));
      if (--container.left > 0) return;
      layer = table_.make(container.description, std::move(container.inside));
      open_.pop_back();
    }
    last_ = place_after(last_, layer, static_cast<Index>(layers_.size()) + 1);
    layers_.push_back(std::move(layer));
  }

  /// The container that still waits for layers, in words; empty where none does.
  std::string unfinished() const { return open_.empty() ? "" : in_words(open_.back().description); }

  Shape input() const { return input_; }
  Index parameter_count() const { return last_.parameter_end(); }
  Index state_count() const { return last_.state_end(); }
  /// All of them; to be called once.
  std::vector<AnyLayer<T>> take() { return std::move(layers_); }

 private:
  struct Container {
    Description description;
    std::size_t left;  // of its layers
    std::vector<AnyLayer<T>> inside;
  };

  const LayerTable<T>& table_;
  Shape input_;
  std::vector<AnyLayer<T>> layers_;
  std::vector<Container> open_;  // each within the one before
  Place last_{};                 // of the last of layers_
};

}  // namespace nn::detail
