// SPDX-License-Identifier: MIT
// Pools: as the layers for them, or, with gaps, partial windows or borders that do not count, by the places they see.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <nn/formats/onnx/imported_graph.hpp>
#include <nn/formats/onnx/window_reader.hpp>
#include <nn/layers/average_pool.hpp>
#include <nn/layers/global_average_pool2d.hpp>
#include <nn/layers/max_over_time.hpp>
#include <nn/layers/max_pool.hpp>

namespace nn::detail::onnx {

/// Throws unsupported where a node cannot be read.
template <class T>
class PoolReader {
 public:
  using Value = ImportedValue<T>;

  explicit PoolReader(ImportedGraph<T>& graph) : graph_(graph) {}

  /// Nothing where the operator is another.
  std::optional<Value> read(const Node& node, const NodeOptions& options) {
    const std::string_view type = node.op_type;
    if (type == "MaxPool") return pool(node, options, true);
    if (type == "AveragePool") return pool(node, options, false);
    if (type == "GlobalAveragePool") return global(node, GlobalAveragePool2D{});
    if (type == "GlobalMaxPool") return global(node, MaxOverTime{});
    return {};
  }

 private:
  Value pool(const Node& node, const NodeOptions& options, bool is_max) {
    if (graph_.is_needed(node, 1)) throw unsupported("it also gives positions");
    const Value x = graph_.image(node);
    const bool is_row = is_time(x.layout), counts_borders = is_max || options.integer("count_include_pad", 0) != 0;
    const Sizes kernel = options.integers("kernel_shape");
    const auto [rows, columns] = window_axes(options, x.shape, is_row, kernel);
    const bool has_borders = rows.before + rows.behind + columns.before + columns.behind > 0;
    const auto is_plain = [](const WindowAxis& axis) {
      return axis.before == axis.behind && axis.dilation == 1 && axis.before < axis.kernel && axis.is_whole();
    };
    if (!is_plain(rows) || !is_plain(columns) || (has_borders && !counts_borders))
      return by_places(node, x, rows, columns, is_max, counts_borders);
    const PoolOptions told{.stride = {rows.stride, columns.stride}, .padding = {rows.before, columns.before}};
    const Sides size{rows.kernel, columns.kernel};
    if (is_row && is_max) return added(node, MaxPool1D{columns.kernel, told}, x);
    if (is_row) return added(node, AveragePool1D{columns.kernel, told}, x);
    return is_max ? added(node, MaxPool2D{size, told}, x) : added(node, AveragePool2D{size, told}, x);
  }
  template <class L>
  Value added(const Node& node, const L& layer, Value x) {
    x.value = graph_.add(node, layer, {x.value});
    x.shape = layer.output_shape(x.shape);
    return x;
  }

  Value by_places(const Node& node, Value x, const WindowAxis& rows, const WindowAxis& columns, bool is_max,
                  bool counts) {
    const Index channels = x.shape.channels, terms = rows.kernel * columns.kernel;
    const Shape shape(rows.output, columns.output, channels);
    graph_.require_room(checked_product(shape.size(), terms), sizeof(Index) + sizeof(double));
    // Of each output the places under its window; for the largest these are the steps of a sequence.
    const auto size = static_cast<std::size_t>(shape.size() * terms);
    Rearrange seen{is_max ? Shape(1, terms, shape.size()) : shape, std::vector<Index>(size, 0)};
    if (is_max) seen.constants = {-std::numeric_limits<double>::infinity()};
    if (!is_max) seen.terms = terms, seen.weights.assign(size, 0.0);
    for (Index i = 0; i < shape.size(); ++i) {
      const Index channel = i % channels, column = i / channels % shape.width, row = i / channels / shape.width;
      const double share = 1 / static_cast<double>(rows.count(row, counts) * columns.count(column, counts));
      for (Index k = 0; k < terms; ++k) {
        const Index r = rows.at(row, k / columns.kernel), c = columns.at(column, k % columns.kernel);
        const bool is_inside = r >= 0 && r < rows.input && c >= 0 && c < columns.input;
        const auto at = static_cast<std::size_t>(is_max ? k * shape.size() + i : i * terms + k);
        const Index place = (r * columns.input + c) * channels + channel;
        seen.places[at] = is_inside ? place : is_max ? -1 : 0;
        if (!is_max && is_inside) seen.weights[at] = share;
      }
    }
    x.value = graph_.add(node, seen, {x.value});
    if (is_max) {
      x.value = graph_.add(node, MaxOverTime{}, {x.value});
      x.value = graph_.add(node, Reshape{shape.height, shape.width, shape.channels}, {x.value});
    }
    x.shape = shape;
    return x;
  }

  template <class L>
  Value global(const Node& node, const L& layer) {
    Value x = graph_.image(node);
    const Layout layout = x.layout;
    const Index channels = x.shape.channels;
    x = graph_.put(node, x, Shape(1, x.shape.size() / channels, channels));
    x.value = graph_.add(node, layer, {x.value});
    x.shape = Shape(channels);
    x.layout = layout;
    return x;
  }

  ImportedGraph<T>& graph_;
};

}  // namespace nn::detail::onnx
