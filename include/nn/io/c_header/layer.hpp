// SPDX-License-Identifier: MIT
// What a layer of a network says of itself, without its type: all that its C text is written from; and that text.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nn/core/errors.hpp>
#include <nn/core/finite.hpp>
#include <nn/core/layer.hpp>
#include <nn/core/place.hpp>
#include <nn/core/printable.hpp>
#include <nn/core/shape.hpp>
#include <nn/core/tensor.hpp>

namespace nn::detail {

/// A tensor of a layer: rows x columns, column by column.
struct CTensor {
  std::string name;
  Index rows, columns;
  std::vector<double> numbers;

  double operator()(Index row, Index column) const { return numbers[static_cast<std::size_t>(column * rows + row)]; }

  CTensor some_rows(Index first, Index count) const {
    CTensor some{name, count, columns, {}};
    for (Index column = 0; column < columns; ++column)
      for (Index row = first; row < first + count; ++row) some.numbers.push_back((*this)(row, column));
    return some;
  }
};

struct CLayer {
  std::string number;  ///< "2", and "2.0" for the first layer inside of that
  Description description;
  Shape input, output;
  std::vector<CTensor> tensors = {};
  std::vector<CLayer> inside = {};
  std::vector<Index> reads = {};   ///< in a graph: the numbers of the values, its inputs and then its layers
  std::vector<Shape> inputs = {};  ///< and their shapes, where the layer is one of several inputs

  const std::string& name() const { return description.type; }

  [[noreturn]] void refuse(const std::string& why) const {
    throw load_error("save_c_header: layer ", number, ", a ", printable(name()), ", ", why);
  }

  [[noreturn]] void refuse_unknown() const {
    refuse("cannot be written in C; use layers in its place that can, see nn/io/c_header/layers.hpp");
  }

  /// Throws load_error where the layer has no such option: then it is none of ours, though it has the name of one.
  double real(std::string_view option) const {
    for (const auto& [name, value] : description.options)
      if (name == option) return value;
    refuse("has no option " + std::string(option) + ", as the library's has; give a layer of your own another name");
  }
  Index whole(std::string_view option) const { return static_cast<Index>(real(option)); }
  bool is(std::string_view option) const { return real(option) != 0; }

  /// The same for its tensors.
  const CTensor& tensor(std::string_view wanted, Index rows, Index columns = 1) const {
    for (const CTensor& tensor : tensors)
      if (tensor.name == wanted && tensor.rows == rows && tensor.columns == columns) return tensor;
    refuse("has no " + std::to_string(rows) + " x " + std::to_string(columns) + " tensor " + std::string(wanted) +
           ", as the library's has; give a layer of your own another name");
  }
};

/// A constant array in the flash of a microcontroller.
struct CArray {
  std::string name;
  std::vector<double> numbers;
};

/// How a layer is computed in C: statements that read x and write y, and what they use. No body: the layer puts out
/// what comes in.
struct CCode {
  std::string body = {};
  std::vector<CArray> arrays = {};
  std::vector<std::string_view> functions = {};
  bool is_in_place = false;  ///< x and y may be one array
  Index scratch = 0;         ///< so many numbers it needs room for, at `scratch`
};

/// Throws load_error unless every number is finite, also as a float where that is what the header has.
inline void require_finite(const CLayer& layer, bool is_double) {
  for (const CTensor& tensor : layer.tensors)
    for (std::size_t i = 0; i < tensor.numbers.size(); ++i) {
      const double number = tensor.numbers[i];
      if (is_finite(number) && (is_double || is_finite(static_cast<float>(number)))) continue;
      const auto rows = static_cast<std::size_t>(tensor.rows);
      layer.refuse("has the number " + text_of(number) + " in " + tensor.name + " row " + std::to_string(i % rows) +
                   " column " + std::to_string(i / rows) + ", and a header holds finite numbers only; " +
                   (is_finite(number) ? "write it with .scalar = nn::CScalar::float64"
                                      : "go back to parameters from before the training diverged"));
    }
  for (const auto& [name, value] : layer.description.options)
    if (!is_finite(value)) layer.refuse("has the option " + printable(name) + " " + text_of(value) + "; give another");
  for (const CLayer& inner : layer.inside) require_finite(inner, is_double);
}

/// All layers of a network or graph, those of containers inside of them.
template <class Network>
std::vector<CLayer> c_layers_of(const Network& network) {
  std::vector<CLayer> all;
  const auto* const parameters = network.parameters().data();
  const auto* const state = network.state().data();
  network.for_each_inside([&](const auto& layer, const Place& place, Index level) {
    std::vector<CLayer>* siblings = &all;
    std::string path;
    for (; level > 0; --level) {
      path = siblings->back().number + '.';
      siblings = &siblings->back().inside;
    }
    CLayer& made = siblings->emplace_back();
    made.number = path + std::to_string(siblings->size() - 1);
    made.description = describe(layer);
    made.input = place.input;
    made.output = place.output;
    if constexpr (requires { network.reads(Index(0)), layer.single(); }) {
      made.reads = network.reads(static_cast<Index>(all.size()) - 1);
      if (layer.single() == nullptr) made.inputs = layer.shapes();
    }
    const auto* learned = parameters + place.parameter_offset;
    const auto* kept = state + place.state_offset;
    for_each_tensor(layer, place.input, [&](const TensorShape& tensor) {
      const auto*& numbers = is_learned(tensor.role) ? learned : kept;
      made.tensors.push_back({std::string(tensor.name), tensor.rows, tensor.columns,
                              std::vector<double>(numbers, numbers + tensor.size())});
      numbers += tensor.size();
    });
  });
  return all;
}

}  // namespace nn::detail
