// SPDX-License-Identifier: MIT
// Resized images: every output is a sum of some inputs, each times a weight that the model's sizes say.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <nn/formats/onnx/imported_graph.hpp>

namespace nn::detail::onnx {

/// The inputs of one dimension that an output sums up: where they stand, and their weights.
struct ResizeTap {
  std::int64_t place = 0;
  double weight = 1;
};
using ResizeTaps = std::vector<ResizeTap>;

/// What is said of all dimensions.
struct ResizeRule {
  std::string_view mode, coordinates, nearest;
  double cubic = -0.75;
  bool excludes_outside = false;

  ResizeRule(const NodeOptions& options, std::int64_t opset)
      : mode(options.text("mode", "nearest")),
        coordinates(options.text("coordinate_transformation_mode", opset < 11 ? "asymmetric" : "half_pixel")),
        nearest(options.text("nearest_mode", opset < 11 ? "floor" : "round_prefer_floor")),
        cubic(options.real("cubic_coeff_a", -0.75)),
        excludes_outside(options.integer("exclude_outside", 0) != 0) {
    if (options.integer("antialias", 0) != 0) throw unsupported("antialias");
    if (options.text("keep_aspect_ratio_policy", "stretch") != "stretch") throw unsupported("keep_aspect_ratio_policy");
    if (mode != "nearest" && mode != "linear" && mode != "cubic") throw unsupported("the mode ", in_quotes(mode));
  }

  /// Of a dimension of `size` that becomes `scale` times as long, `made` numbers.
  std::vector<ResizeTaps> taps(std::int64_t size, std::int64_t made, double scale) const {
    std::vector<ResizeTaps> all;
    for (std::int64_t at = 0; at < made; ++at) {
      const double place = made == size && scale == 1 ? static_cast<double>(at) : original(at, size, made, scale);
      all.push_back(mode == "nearest" ? ResizeTaps{{nearest_to(place), 1}} : weighted(place, size));
      for (ResizeTap& tap : all.back()) tap.place = std::clamp<std::int64_t>(tap.place, 0, size - 1);
    }
    return all;
  }

 private:
  double original(std::int64_t at, std::int64_t size, std::int64_t made, double scale) const {
    const auto x = static_cast<double>(at), length = scale * static_cast<double>(size);
    if (coordinates == "half_pixel") return (x + 0.5) / scale - 0.5;
    if (coordinates == "pytorch_half_pixel") return made > 1 ? (x + 0.5) / scale - 0.5 : 0;
    if (coordinates == "asymmetric") return x / scale;
    if (coordinates == "tf_half_pixel_for_nn") return (x + 0.5) / scale;
    if (coordinates == "align_corners") return length == 1 ? 0 : x * static_cast<double>(size - 1) / (length - 1);
    throw unsupported("the coordinates ", in_quotes(coordinates));
  }
  std::int64_t nearest_to(double place) const {
    const double below = std::floor(place), rest = place - below;
    if (nearest == "floor") return static_cast<std::int64_t>(below);
    if (nearest == "ceil") return static_cast<std::int64_t>(std::ceil(place));
    if (nearest == "round_prefer_floor") return static_cast<std::int64_t>(rest <= 0.5 ? below : below + 1);
    if (nearest == "round_prefer_ceil") return static_cast<std::int64_t>(rest < 0.5 ? below : below + 1);
    throw unsupported("the nearest_mode ", in_quotes(nearest));
  }
  ResizeTaps weighted(double place, std::int64_t size) const {
    const double below = std::floor(place), rest = place - below;
    const auto first = static_cast<std::int64_t>(below);
    if (mode == "linear") return {{first, 1 - rest}, {first + 1, rest}};
    // Keys 1981: two pieces of a cubic, within one pixel and within two.
    const double a = cubic;
    const auto inner = [&](double d) { return ((a + 2) * d - (a + 3)) * d * d + 1; };
    const auto outer = [&](double d) { return ((d - 5) * d + 8) * d * a - 4 * a; };
    ResizeTaps taps{
        {first - 1, outer(1 + rest)}, {first, inner(rest)}, {first + 1, inner(1 - rest)}, {first + 2, outer(2 - rest)}};
    if (!excludes_outside) return taps;
    double sum = 0;
    for (ResizeTap& tap : taps) {
      if (tap.place < 0 || tap.place >= size) tap.weight = 0;
      sum += tap.weight;
    }
    for (ResizeTap& tap : taps) tap.weight /= sum;
    return taps;
  }
};

/// Throws unsupported where a node cannot be read.
template <class T>
class ResizeReader {
 public:
  using Value = ImportedValue<T>;

  explicit ResizeReader(ImportedGraph<T>& graph) : graph_(graph) {}

  /// Nothing where the operator is another.
  std::optional<Value> read(const Node& node, const NodeOptions& options) {
    if (node.op_type != "Resize" && node.op_type != "Upsample") return {};
    const Value x = graph_.in_order(node, graph_.real_value(node, 0), false);
    const ResizeRule rule(options, node.op_type == "Upsample" ? 9 : graph_.opset());
    const Sizes dims = x.dims(1);
    std::vector<double> scales;
    Sizes made = dims;
    find_sizes(node, options, x, made, scales);
    std::vector<std::vector<ResizeTaps>> taps;
    Index terms = 1;
    for (std::size_t k = 0; k < dims.size(); ++k) {
      if (made[k] < 1) throw unsupported("nothing is left of dimension ", k);
      graph_.require_room(made[k], sizeof(ResizeTaps) + 4 * sizeof(ResizeTap));
      taps.push_back(made[k] == dims[k] && scales[k] == 1 ? whole(dims[k]) : rule.taps(dims[k], made[k], scales[k]));
      terms = checked_product(terms, static_cast<Index>(taps.back()[0].size()));
    }
    return weighed(node, x, made, taps, terms);
  }

 private:
  static std::vector<ResizeTaps> whole(std::int64_t size) {
    std::vector<ResizeTaps> all;
    for (std::int64_t at = 0; at < size; ++at) all.push_back({{at, 1}});
    return all;
  }

  std::vector<double> numbers(const Node& node, std::size_t i) {
    if (!graph_.is_given(node, i)) return {};
    if (!graph_.is_known(node.inputs[i])) throw unsupported("its input ", i, " is not known");
    const Constant& constant = graph_.constant(node.inputs[i]);
    std::vector<double> all;
    for (std::size_t k = 0; k < constant.size(); ++k) all.push_back(constant.number(k));
    return all;
  }
  void find_sizes(const Node& node, const NodeOptions& options, const Value& x, Sizes& made,
                  std::vector<double>& scales) {
    if (options.has("axes")) throw unsupported("axes");
    const bool is_old = node.op_type == "Upsample" || graph_.opset() < 11;
    if (node.op_type == "Upsample" && graph_.opset() < 9) {
      for (const float scale : options.floats("scales")) scales.push_back(static_cast<double>(scale));
    } else {
      scales = numbers(node, is_old ? 1 : 2);
    }
    const std::vector<double> sizes = is_old ? std::vector<double>() : numbers(node, 3);
    const std::vector<double> given = sizes.empty() ? scales : sizes;
    scales.resize(made.size(), 1.0);
    if (given.size() != made.size()) throw unsupported("it is told of ", given.size(), " sizes of ", made.size());
    for (std::size_t k = 0; k < made.size(); ++k) {
      if (!(given[k] > 0 && given[k] < 2e9)) throw unsupported("it has the size or factor ", given[k]);
      const auto size = static_cast<double>(made[k]);
      scales[k] = 1;
      if (k == x.batch) {
        if (sizes.empty() ? given[k] != 1 : !graph_.is_samples(static_cast<std::int64_t>(sizes[k])))
          throw unsupported("it resizes along the samples");
      } else if (sizes.empty()) {
        scales[k] = given[k];
        made[k] = static_cast<std::int64_t>(std::floor(size * scales[k]));
      } else {
        made[k] = static_cast<std::int64_t>(sizes[k]);
        scales[k] = sizes[k] / size;
      }
    }
  }

  Value weighed(const Node& node, Value x, const Sizes& made, const std::vector<std::vector<ResizeTaps>>& taps,
                Index terms) {
    Sizes sizes = made;
    if (x.batch) sizes.erase(sizes.begin() + static_cast<std::ptrdiff_t>(*x.batch));
    const std::size_t count = count_of(made);
    graph_.require_room(checked_product(static_cast<Index>(count), terms), sizeof(Index) + sizeof(double));
    Rearrange layer{graph_.shape_of(sizes), {}, {}, terms, {}};
    const Sizes dims = x.dims(1);
    for (std::size_t i = 0; i < count; ++i)
      for (Index term = 0; term < terms; ++term) {
        std::size_t rest = i, which = static_cast<std::size_t>(term);
        std::int64_t place = 0, step = 1;
        double weight = 1;
        for (std::size_t k = made.size(); k-- > 0; rest /= static_cast<std::size_t>(made[k])) {
          const ResizeTaps& of_axis = taps[k][rest % static_cast<std::size_t>(made[k])];
          const ResizeTap& tap = of_axis[which % of_axis.size()];
          which /= of_axis.size();
          place += tap.place * step;
          weight *= tap.weight;
          step *= dims[k];
        }
        layer.places.push_back(place);
        layer.weights.push_back(weight);
      }
    if (terms == 1) layer.weights.clear();
    x.value = graph_.add(node, layer, {x.value});
    x.shape = layer.shape;
    return graph_.with_sizes(node, x, sizes);
  }

  ImportedGraph<T>& graph_;
};

}  // namespace nn::detail::onnx
