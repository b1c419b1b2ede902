// SPDX-License-Identifier: MIT
// A layer in a graph: one of one input or of several, with the shapes that it reads; to the engine a layer as any
// other.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <nn/core/inputs.hpp>
#include <nn/networks/any_layer.hpp>

namespace nn {

/// Its functions do not look at the Shape that they are given, as it knows the shapes of all its inputs.
template <class T>
class GraphNode {
 public:
  /// Throws shape_error where a layer of one input is given several.
  GraphNode(AnyLayer<T> layer, std::vector<Shape> shapes) : layer_(std::move(layer)), shapes_(std::move(shapes)) {
    if (shapes_.size() != 1)
      throw shape_error("it reads one value, but was given ", shapes_.size(),
                        "; put them together first, as nn::Concatenate{} does");
  }
  GraphNode(AnyLayer<T, Shapes> layer, std::vector<Shape> shapes)
      : merge_(std::move(layer)), shapes_(std::move(shapes)) {}

  /// Whether the layer inside is an L.
  template <class L>
  bool is() const {
    return layer_ && layer_->template is<L>();
  }
  /// The layer of one input where it is an L; null where it is another.
  template <class L>
  const L* as() const {
    return layer_ ? layer_->template as<L>() : nullptr;
  }
  /// The layer of one input, null where it is one of several.
  const AnyLayer<T>* single() const { return layer_ ? &*layer_ : nullptr; }
  /// The layer of several inputs, null where it is one of one.
  const AnyLayer<T, Shapes>* merge() const { return merge_ ? &*merge_ : nullptr; }
  const std::vector<Shape>& shapes() const { return shapes_; }

  std::string_view name() const { return layer_ ? layer_->name() : merge_->name(); }
  Description description() const { return layer_ ? layer_->description() : merge_->description(); }
  Place place(Shape) const { return layer_ ? layer_->place(shapes_[0]) : merge_->place(shapes_); }
  void tensors(Shape, Callback<const TensorShape&> visit) const {
    layer_ ? layer_->tensors(shapes_[0], visit) : merge_->tensors(shapes_, visit);
  }
  void for_each_inside(const Place& place, const auto& visit, Index level) const {
    if (layer_) layer_->for_each_inside(place, visit, level);
  }
  void initialize(Shape, VectorView<T> parameters, const Initializer& initializer, Random& random) const {
    layer_ ? layer_->initialize(shapes_[0], parameters, initializer, random)
           : merge_->initialize(shapes_, parameters, initializer, random);
  }
  void initialize_state(Shape, VectorView<T> state) const {
    layer_ ? layer_->initialize_state(shapes_[0], state) : merge_->initialize_state(shapes_, state);
  }

  void forward(Shape, const auto& parameters, const auto& inputs, auto&& y, const auto& mode) const {
    layer_ ? layer_->forward(shapes_[0], parameters, inputs[0], y, mode)
           : merge_->forward(shapes_, parameters, inputs, y, mode);
  }
  void backward(Shape, const auto& values, auto& gradients, const Training<T>& training) const {
    if (!layer_) return merge_->backward(shapes_, values, gradients, training);
    auto single = only(gradients);
    layer_->backward(shapes_[0], only(values), single, training);
  }
  void descend(Shape, const auto& values, auto& gradients, T rate, const Training<T>& training) const {
    if (!layer_) return merge_->descend(shapes_, values, gradients, rate, training);
    auto single = only(gradients);
    layer_->descend(shapes_[0], only(values), single, rate, training);
  }
  void input_gradient(Shape, const auto& values, auto& gradients, const Training<T>& training) const {
    if (!layer_) return merge_->input_gradient(shapes_, values, gradients, training);
    auto single = only(gradients);
    layer_->input_gradient(shapes_[0], only(values), single, training);
  }
  void add_parameter_gradient(Shape, const auto& values, const auto& gradients, T* target, T scale, Shard shard,
                              const Training<T>& training) const {
    layer_ ? layer_->add_parameter_gradient(shapes_[0], only(values), only(gradients), target, scale, shard, training)
           : merge_->add_parameter_gradient(shapes_, values, gradients, target, scale, shard, training);
  }
  bool operator==(const GraphNode& other) const = default;

 private:
  // Of a layer of one input.
  template <class Parameters, class Input, class Output>
  static auto only(const Values<Parameters, Input, Output>& all) {
    return Values{all.parameters, all.input[0], all.output};
  }
  template <class Parameters, class Input, class Output>
  static auto only(const Gradients<Parameters, Input, Output>& all) {
    return Gradients{all.parameters, all.input[0], all.output, all.wanted};
  }

  std::optional<AnyLayer<T>> layer_;
  std::optional<AnyLayer<T, Shapes>> merge_;
  std::vector<Shape> shapes_;
};

}  // namespace nn
