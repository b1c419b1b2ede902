// SPDX-License-Identifier: MIT
// Layers made one by one from their descriptions, those inside of a container after it.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nn/io/layer_table.hpp>
#include <nn/io/outline.hpp>
#include <nn/networks/sequential.hpp>

namespace nn::detail {

/// The shape of an input in words. Throws data_error where it is something else; the sizes may be any.
inline Shape input_of(const Description& first) {
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
  return {sizes[0], sizes[1], sizes[2]};
}

/// Whether it is the shape of sequences of any length.
constexpr bool is_of_any_length(Shape input) { return input.height == 1 && input.width == 0 && input.channels > 0; }

inline void require_sizes(Shape input) {
  if (input.height < 1 || input.width < 1 || input.channels < 1)
    throw data_error("Input: every size must be at least 1, got ", input, "; mend the file");
  static_cast<void>(input.size());  // throws where it cannot be counted
}

/// A container is whole once the last of the layers inside of it has come.
template <class T>
class NestedLayers {
 public:
  static constexpr std::size_t most_nested = 16;

  NestedLayers(const LayerTable<T>& table, std::size_t most_layers) : table_(table), most_layers_(most_layers) {}

  /// The layer that is whole with this one, where it lies within no container.
  std::optional<AnyLayer<T>> add(const Description& next) {
    if (!next.name.empty())
      throw data_error(in_words(next), ": has a name, as only the inputs and layers of a graph have; mend the file");
    const std::size_t count = table_.count_inside(next);
    if (count == 0) return add(table_.make(next));
    if (count > most_layers_)
      throw data_error(in_words(next), ": a network from a file has at most ", most_layers_, " layers");
    if (open_.size() == most_nested)
      throw data_error(in_words(next), ": stands within ", most_nested, " containers, and more are not read");
    open_.push_back({next, count, {}});
    return {};
  }
  /// To the container that waits for layers, which may be the last that it waits for.
  std::optional<AnyLayer<T>> add(AnyLayer<T> layer) {
    while (!open_.empty()) {
      Container& container = open_.back();
      container.inside.push_back(std::move(layer));
      if (--container.left > 0) return {};
      layer = table_.make(container.description, std::move(container.inside));
      open_.pop_back();
    }
    return layer;
  }

  /// The container that still waits for layers, in words; empty where none does.
  std::string unfinished() const { return open_.empty() ? "" : in_words(open_.back().description); }

 private:
  struct Container {
    Description description;
    std::size_t left;  // of its layers
    std::vector<AnyLayer<T>> inside;
  };

  const LayerTable<T>& table_;
  std::size_t most_layers_;
  std::vector<Container> open_;  // each within the one before
};

/// Knows where each layer would stand, so that one that does not fit is refused when it comes, and allocates nothing
/// for parameters. What it refuses is a data_error or a shape_error.
template <class T, Index Length = dynamic>
class LayerBuilder {
 public:
  using Scalar = T;
  using Network = Sequential<T, Length>;
  static constexpr std::size_t most_layers = 10'000;

  /// For sequences of any length it only sees at the end whether the layers fit.
  explicit LayerBuilder(const LayerTable<T>& table) : nested_(table, most_layers) {}

  /// The first of all: the input, in words or as a shape.
  void begin_with(const Description& first) { begin_with(input_of(first)); }
  void begin_with(Shape input) {
    if (is_of_any_length(input)) {
      if (!is_any_length)
        throw data_error("Input: the network reads sequences of any length, which nn::load_network<float, ",
                         "nn::any_length> gives; or load it into an nn::Network<nn::Sequence<", input.channels,
                         ">, ...> of the same layers");
      input.width = 1;
    } else if (is_any_length) {
      throw data_error("Input: the network reads samples of ", input, " only; take nn::load_network<float>");
    }
    require_sizes(input);
    input_ = input;
    last_ = place_of_input(input);
  }

  void add(const Description& next) {
    const auto is_read = [](const auto& option) { return option.first == "reads 0"; };
    if (next.type == "Input" || std::any_of(next.options.begin(), next.options.end(), is_read))
      throw data_error(in_words(next), ": belongs to a graph; take nn::load_graph<float>, or load the file into an ",
                       "nn::Graph of the same layers");
    if (auto whole = nested_.add(next)) append(std::move(*whole));
  }
  void add(AnyLayer<T> layer) {
    if (auto whole = nested_.add(std::move(layer))) append(std::move(*whole));
  }

  /// The container that still waits for layers, in words; empty where none does.
  std::string unfinished() const { return nested_.unfinished(); }

  Shape input() const { return input_; }
  Index parameter_count() const { return last().parameter_end(); }
  Index state_count() const { return last().state_end(); }
  /// Of all layers; to be called once.
  Network network() { return Network(InputOf{input_}, std::move(layers_)); }

 private:
  static constexpr bool is_any_length = Length == any_length;
  struct InputOf {
    Shape sample;
    Shape shape() const { return sample; }
    Shape shape_of(Index steps) const requires(Length == any_length) { return {1, steps, sample.channels}; }
  };

  void append(AnyLayer<T> layer) {
    if constexpr (!is_any_length) last_ = place_after(last_, layer, static_cast<Index>(layers_.size()) + 1);
    layers_.push_back(std::move(layer));
  }

  Place last() const {
    if (!is_any_length || layers_.empty()) return last_;
    const auto at = [&](Index i) -> const AnyLayer<T>& { return layers_[static_cast<std::size_t>(i)]; };
    return places_for_any_length(input_.channels, static_cast<Index>(layers_.size()), at).back();
  }

  NestedLayers<T> nested_;
  Shape input_;
  std::vector<AnyLayer<T>> layers_;
  Place last_{};  // of the last of layers_, where there is one length
};

}  // namespace nn::detail
