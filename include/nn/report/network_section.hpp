// SPDX-License-Identifier: MIT
// The part of a report about the network: its layers as a chain of boxes and as a table, its tensors, its activations.
#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <string>
#include <vector>

#include <nn/core/place.hpp>
#include <nn/data/dataset.hpp>
#include <nn/networks/pass.hpp>
#include <nn/report/page.hpp>
#include <nn/training/diagnosis/diagnose.hpp>

namespace nn::detail {

/// A layer, or one inside of it, as the report shows it.
struct LayerRow {
  std::string name;   // with its settings
  std::string reads;  // in a graph, what of
  Shape output;
  Index level = 0, parameters = 0, multiply_adds = 0;
  Distribution activations = {};  // of some samples, where there are any
};

template <class Net>
std::vector<LayerRow> layer_rows(const Net& network) {
  std::vector<LayerRow> rows;
  network.for_each_inside([&](const auto& layer, const Place& place, Index level) {
    rows.push_back({std::string(layer.name()), "", place.output, level, place.parameter_count, place.multiply_adds});
  });
  const auto all = network.descriptions();
  const std::size_t inputs = all.size() - rows.size();  // come first
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (const auto& [name, value] : all[inputs + i].options) {
      if (!name.starts_with("reads ")) {
        rows[i].name += std::string(" ").append(name).append(" ").append(shown(value));
        continue;
      }
      const auto number = static_cast<std::size_t>(value);
      rows[i].reads +=
          (rows[i].reads.empty() ? "" : ", ") +
          (number < inputs ? "input " + std::to_string(number + 1) : "layer " + std::to_string(number - inputs + 1));
    }
  return rows;
}

/// Samples are sent through the network, and what each layer puts out is looked at.
template <class Net>
void look_at_activations(const Net& network, const Dataset& data, std::vector<LayerRow>& rows) {
  using T = typename Net::Scalar;
  const std::vector<Index> chosen = evenly_spread(data, 256);
  const auto count = static_cast<Index>(chosen.size());
  Batch<T> batch(data, layout_for(network, data.sample_shape().size()).output_shape().size(), count);
  batch.gather(data, chosen);
  const auto& layout = layout_for(network, batch.features());
  Workspace<T> workspace;
  workspace.reserve_activations(layout, count);
  forward_pass(layout, network.parameters().data(), batch.inputs(), workspace, layout.depth(), {0, count},
               Inference<T>{network.state().data()});
  std::size_t i = 0;
  layout.for_each_inside([&](const auto&, const Place& place, Index level) {
    if (level == 0)
      rows[i].activations =
          Distribution::of(ConstMatrixView<T>(workspace.activation(place, count), place.output.size(), count));
    ++i;
  });
}

inline std::string share_bar(Index part, Index whole) {
  if (part == 0) return "";
  const double share = whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
  return "<span class=\"bar\" style=\"width:" + shown(4 * share, 3) + "rem\" aria-hidden=\"true\"></span> " +
         std::to_string(part);
}

inline std::string shape_text(Shape shape) {
  if (shape.height == 1 && shape.width == 1) return std::to_string(shape.channels);
  return std::to_string(shape.height) + " × " + std::to_string(shape.width) + " × " + std::to_string(shape.channels);
}

inline std::string flow_html(Shape input, const std::vector<LayerRow>& rows) {
  std::string text = "<ol class=\"flow\"><li><b>Input</b>" + shape_text(input) + "</li>";
  for (const LayerRow& row : rows) {
    if (row.level > 0) continue;
    const std::string name = row.name.substr(0, row.name.find(' '));
    text += "<li><b>" + html_text(name) + "</b>" + shape_text(row.output);
    if (row.parameters > 0) text += "<br>" + std::to_string(row.parameters) + " parameters";
    if (!row.reads.empty()) text += "<br>reads " + html_text(row.reads);
    text += "</li>";
  }
  return text + "</ol>";
}

inline std::string layer_table(const std::vector<LayerRow>& rows, Index parameters, Index multiply_adds) {
  const bool has_activations =
      std::any_of(rows.begin(), rows.end(), [](const auto& row) { return row.activations.size > 0; });
  std::string text =
      "<h3>Layers</h3><div class=\"wide\"><table><thead><tr><th class=\"name\" scope=\"col\">Layer</th><th "
      "scope=\"col\">Output"
      "</th><th scope=\"col\">Parameters</th><th scope=\"col\">Multiply-adds</th>";
  if (has_activations)
    text +=
        "<th scope=\"col\">Activations</th><th scope=\"col\">Mean</th><th scope=\"col\">Deviation</th><th "
        "scope=\"col\">Zeros</th>";
  text += "</tr></thead><tbody>";
  Index number = 0;
  for (const LayerRow& row : rows) {
    number += row.level == 0;
    text += "<tr><th class=\"name\" scope=\"row\" style=\"padding-left:" + std::to_string(1 + 2 * row.level) + "ch\">" +
            (row.level == 0 ? std::to_string(number) + ". " : "") + html_text(row.name) + "</th><td>" +
            shape_text(row.output) + "</td><td>" + share_bar(row.parameters, parameters) + "</td><td>" +
            share_bar(row.multiply_adds, multiply_adds) + "</td>";
    if (row.activations.size > 0)
      text += "<td>" + row.activations.html() + "</td><td>" + shown(row.activations.mean, 3) + "</td><td>" +
              shown(row.activations.deviation, 3) + "</td><td>" + shown_percent(row.activations.zeros) + "</td>";
    text += "</tr>";
  }
  return text + "</tbody></table></div>";
}

/// A row for each tensor: shape, distribution.
template <class Net>
std::string tensor_table(const Net& network, std::vector<std::string>& json) {
  std::string text =
      "<h3>Weights</h3><div class=\"wide\"><table><thead><tr><th class=\"name\" scope=\"col\">Tensor</th><th "
      "scope=\"col\">Size</th><th scope=\"col\">Distribution</th><th scope=\"col\">Least</th><th "
      "scope=\"col\">Mean</th><th "
      "scope=\"col\">Largest</th><th scope=\"col\">Deviation</th></tr></thead><tbody>";
  for (const auto& tensor : network.tensors()) {
    const Distribution numbers = Distribution::of(tensor.values);
    json.push_back(JsonObject().add("name", json_in_html(tensor.name)).add("distribution", numbers.json()).text());
    text += "<tr><th class=\"name\" scope=\"row\">" + html_text(tensor.name) + "</th><td>" +
            std::to_string(tensor.values.rows()) + " × " + std::to_string(tensor.values.cols()) + "</td><td>" +
            numbers.html() + "</td><td>" + shown(numbers.low, 3) + "</td><td>" + shown(numbers.mean, 3) + "</td><td>" +
            shown(numbers.high, 3) + "</td><td>" + shown(numbers.deviation, 3) + "</td></tr>";
  }
  return text + "</tbody></table></div>";
}

/// data may be null: then there are no activations to show.
template <class Net>
void add_network_section(Page& page, const Net& network, const Dataset* data) {
  std::vector<LayerRow> rows = layer_rows(network);
  if (data != nullptr) look_at_activations(network, *data, rows);
  Index parameters = 0, multiply_adds = 0;
  std::vector<std::string> layers, tensors;
  for (const LayerRow& row : rows) {
    layers.push_back(JsonObject()
                         .add("name", json_in_html(row.name))
                         .add("level", static_cast<double>(row.level))
                         .add("output", json_in_html(to_string(row.output)))
                         .add("parameters", static_cast<double>(row.parameters))
                         .add("multiply_adds", static_cast<double>(row.multiply_adds))
                         .add("activations", row.activations.size > 0 ? row.activations.json() : "null")
                         .text());
    if (row.level > 0) continue;
    parameters += row.parameters;
    multiply_adds += row.multiply_adds;
  }
  Tiles tiles;
  tiles.add("parameters", std::to_string(parameters));
  tiles.add("multiply-adds per sample", std::to_string(multiply_adds));
  tiles.add("bytes", std::to_string(parameters * static_cast<Index>(sizeof(typename Net::Scalar))));
  const std::string weights = tensor_table(network, tensors);
  page.add_data("layers", json_list(layers));
  page.add_data("tensors", json_list(tensors));
  page.add_section("Network", tiles.html() + "<h3>From input to output</h3>" + flow_html(network.input_shape(), rows) +
                                  layer_table(rows, parameters, multiply_adds) + weights);
}

}  // namespace nn::detail
