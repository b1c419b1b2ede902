// SPDX-License-Identifier: MIT
// Plain features that were an image, or will be one: other programs have them channel by channel, this one pixel by
// pixel.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include <nn/core/errors.hpp>
#include <nn/core/tensor.hpp>

namespace nn::detail {

/// Features that follow each other: an image, or with one pixel plain ones.
struct ImageFeatures {
  Index pixels = 1;
  Index channels = 1;
  constexpr Index size() const { return pixels * channels; }
  constexpr bool operator==(const ImageFeatures&) const = default;
};

/// All features of a value, one image after the other; none where their order is the same in all programs.
using FeatureOrder = std::vector<ImageFeatures>;

inline bool is_flat(Shape shape) { return shape.height == 1 && shape.width == 1; }

inline FeatureOrder order_of_image(Shape shape) {
  if (is_flat(shape) || shape.channels == 1) return {};
  return {{shape.height * shape.width, shape.channels}};
}

/// Where the feature that other programs count as number k, channel by channel, stands in this one.
inline Index position_of(const FeatureOrder& order, Index k) {
  Index first = 0;
  for (const ImageFeatures& image : order) {
    if (k - first < image.size()) {
      const Index channel = (k - first) / image.pixels, pixel = (k - first) % image.pixels;
      return first + pixel * image.channels + channel;
    }
    first += image.size();
  }
  return k;
}

/// A layer as far as the order of features is concerned.
struct FeatureLayer {
  /// A value that a layer of a graph reads: of which layer, -1 for the graph's input, and how many features it has.
  struct Read {
    Index layer = -1;
    Index size = 0;
  };

  std::string_view name;
  Shape input, output;
  Index level = 0;               ///< in its network 0, in a container of it 1, and so on
  bool has_weights = false;      ///< mixes all features, so that those it puts out are others
  std::vector<Read> reads = {};  ///< of a graph; elsewhere a layer reads the one before
};

/// Follows the features through the layers of a network: an image that becomes plain features, as by Flatten, gives
/// them an order, and so does plain features that become an image, as by Reshape, to the layers before it. Layers
/// without weights pass an order on, Residual needs the same before and behind, Concat puts one behind the other.
class FeatureOrders {
 public:
  /// Throws shape_error where plain features come from one image and become another one.
  explicit FeatureOrders(std::vector<FeatureLayer> layers) : layers_(std::move(layers)), values_(layers_.size()) {
    std::size_t value = natural;
    for (std::size_t i = 0; i < layers_.size();) {
      const std::vector<FeatureLayer::Read>& reads = layers_[i].reads;
      if (!reads.empty()) value = value_of(reads[0]);
      if (reads.size() > 1) values_[i].output = merged(layers_[i]);
      i = reads.size() > 1 ? i + 1 : follow(i, value);
    }
  }

  /// Of what layer number i reads and puts out.
  const FeatureOrder& input(std::size_t i) const { return orders_[root(values_[i].input)]; }
  const FeatureOrder& output(std::size_t i) const { return orders_[root(values_[i].output)]; }

 private:
  static constexpr std::size_t natural = 0;  // the value of images and of the network's input
  struct Ends {
    std::size_t input = natural, output = natural;
  };

  // Sends a value through layer number i and those inside it; returns the number of the layer after it.
  std::size_t follow(std::size_t i, std::size_t& value) {
    const FeatureLayer& layer = layers_[i];
    const std::size_t given = value;
    std::size_t next = i + 1;
    values_[i].input = given;
    if (next < layers_.size() && layers_[next].level > layer.level) {
      const bool has_branches = layer.name == "Concat";
      FeatureOrder together;
      while (next < layers_.size() && layers_[next].level > layer.level) {
        const std::size_t first = next;
        std::size_t inner = has_branches ? given : value;
        next = follow(next, inner);
        value = inner;
        append(together, inner, layers_[first].output.size());
      }
      if (layer.name == "Residual") unite(given, value, layer.name);
      if (has_branches) value = is_flat(layer.output) && has_images(together) ? fresh(std::move(together)) : natural;
    } else {
      value = after(layer, given);
    }
    values_[i].output = value;
    return next;
  }

  std::size_t value_of(const FeatureLayer::Read& read) const {
    return read.layer < 0 ? natural : values_[static_cast<std::size_t>(read.layer)].output;
  }

  // What a layer of several inputs puts out: one behind the other, or all in the same order.
  std::size_t merged(const FeatureLayer& layer) {
    if (!is_flat(layer.output) || layer.name == "Outputs") return natural;
    if (layer.name == "Concatenate") {
      FeatureOrder together;
      for (const FeatureLayer::Read& read : layer.reads) append(together, value_of(read), read.size);
      return has_images(together) ? fresh(std::move(together)) : natural;
    }
    if (layer.has_weights) return fresh({}, false);
    const std::size_t first = value_of(layer.reads[0]);
    for (const FeatureLayer::Read& read : layer.reads)
      if (read.size == layer.output.size()) unite(first, value_of(read), layer.name);
    return first;
  }

  std::size_t after(const FeatureLayer& layer, std::size_t given) {
    const bool is_same_size = layer.input.size() == layer.output.size();
    if (!is_flat(layer.output)) {
      if (is_flat(layer.input) && is_same_size && !layer.has_weights)
        fix(given, order_of_image(layer.output), layer.name);
      return natural;
    }
    if (layer.has_weights) return fresh({}, false);
    if (!is_same_size) return natural;
    return is_flat(layer.input) ? given : fresh(order_of_image(layer.input));
  }

  std::size_t fresh(FeatureOrder order, bool is_fixed = true) {
    orders_.push_back(std::move(order));
    is_fixed_.push_back(is_fixed);
    parents_.push_back(parents_.size());
    return parents_.size() - 1;
  }
  std::size_t root(std::size_t value) const {
    while (parents_[value] != value) value = parents_[value];
    return value;
  }
  void append(FeatureOrder& together, std::size_t value, Index size) const {
    const FeatureOrder& order = orders_[root(value)];
    if (order.empty())
      together.push_back({1, size});
    else
      together.insert(together.end(), order.begin(), order.end());
  }

  static bool has_images(const FeatureOrder& order) {
    return std::any_of(order.begin(), order.end(), [](const ImageFeatures& image) { return image.pixels > 1; });
  }

  void fix(std::size_t value, FeatureOrder order, std::string_view who) {
    value = root(value);
    if (value == natural) return;
    if (is_fixed_[value] && orders_[value] != order)
      throw shape_error(
          who,
          " makes one image of plain features that come from another, and what programs with the channels "
          "first do there cannot be said by the order of weights; give .channels_last = true");
    orders_[value] = std::move(order);
    is_fixed_[value] = true;
  }
  void unite(std::size_t a, std::size_t b, std::string_view who) {
    a = root(a);
    b = root(b);
    if (a == b) return;
    if (!is_fixed_[a]) std::swap(a, b);
    if (is_fixed_[a]) fix(b, orders_[a], who);
    if (b != natural) parents_[b] = a;
  }

  std::vector<FeatureLayer> layers_;
  std::vector<Ends> values_;
  std::vector<FeatureOrder> orders_{FeatureOrder{}};
  std::vector<bool> is_fixed_{true};
  std::vector<std::size_t> parents_{natural};
};

/// Those of a network.
template <class Network>
FeatureOrders feature_orders(const Network& network) {
  std::vector<FeatureLayer> layers;
  std::vector<Index> numbers;  // of the network's own layers in that list
  const auto reads = [&]([[maybe_unused]] Index i) {
    std::vector<FeatureLayer::Read> all;
    if constexpr (requires { network.sources(i); })
      for (const auto& source : network.sources(i)) {
        all.push_back({.size = source.size});
        for (Index j = 0; j < i && !source.is_input; ++j)
          if (network.place(j).activation_offset == source.offset)
            all.back().layer = numbers[static_cast<std::size_t>(j)];
      }
    return all;
  };
  network.for_each_inside([&](const auto& layer, const auto& place, Index level) {
    bool has_weights = false;
    for_each_tensor(layer, place.input,
                    [&](const TensorShape& tensor) { has_weights = has_weights || tensor.role == Role::weight; });
    layers.push_back({layer.name(), place.input, place.output, level, has_weights});
    if (level > 0) return;
    numbers.push_back(static_cast<Index>(layers.size()) - 1);
    layers.back().reads = reads(static_cast<Index>(numbers.size()) - 1);
  });
  return FeatureOrders(std::move(layers));
}

}  // namespace nn::detail
