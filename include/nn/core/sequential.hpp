// SPDX-License-Identifier: MIT
// A network whose number of layers is known only at run time; the same layers, and the same bits, as Network.
#pragma once

#include <algorithm>
#include <concepts>
#include <vector>

#include <nn/core/any_layer.hpp>
#include <nn/core/layer_stack.hpp>

namespace nn {

/// A regular value: its layers and one flat vector of parameters. Everything that takes a Network takes it.
template <std::floating_point T = float>
class Sequential : public LayerStack<Sequential<T>, T> {
 public:
  static constexpr Index input_extent = dynamic;
  static constexpr Index output_extent = dynamic;
  static constexpr bool is_small() { return false; }  // its sizes are not in its type
  static constexpr Index activations_on_stack() { return 0; }
  static constexpr bool always_has_shards = false;  // nor are its layers

  /// A network of these layers; more can be added. Weights are drawn from seed 0 (He et al. 2015).
  template <InputLayer Input, class... Layers>
  explicit Sequential(const Input& input, const Layers&... layers) : input_(input.shape()) {
    (add(layers), ...);
  }

  /// The same of layers that are in a vector. Throws shape_error where one does not fit.
  template <InputLayer Input>
  Sequential(const Input& input, std::vector<AnyLayer<T>> layers) : input_(input.shape()), layers_(std::move(layers)) {
    Place place = place_of_input(input_);
    places_.reserve(layers_.size());
    for (const AnyLayer<T>& layer : layers_) {
      places_.push_back(place = place_after(place, layer, static_cast<Index>(places_.size()) + 1));
      this->require_options(layer, place);
    }
    this->parameters_.resize(place.parameter_end());
    this->state_.resize(place.state_end());
    initialize(random_);
  }

  /// Adds a layer at the end, its weights drawn where the generator of the layers before was left. Throws shape_error
  /// where it does not fit, and is then as it was before.
  template <class L>
  Sequential& add(const L& layer) {
    static_assert(Layer<L> || !InputLayer<L>,
                  "nn::Sequential: what is added must be a layer, as nn::Dense{...} or nn::ReLU{}; nn::Input{...} is "
                  "given to the constructor");
    static_assert(detail::require_layer<L>());
    this->require_whole("add");
    const Place before = places_.empty() ? place_of_input(input_) : places_.back();
    const Place place = place_after(before, layer, depth() + 1);
    this->require_options(layer, place);

    Buffer<T> parameters(place.parameter_end()), state(place.state_end());
    std::copy_n(this->parameters_.data(), this->parameters_.size(), parameters.data());
    std::copy_n(this->state_.data(), this->state_.size(), state.data());
    layers_.reserve(layers_.size() + 1);
    places_.reserve(places_.size() + 1);
    layers_.push_back(wrapped(layer));
    places_.push_back(place);
    this->parameters_ = std::move(parameters);
    this->state_ = std::move(state);
    this->initialize_layer(layers_.back(), depth() - 1, he_normal, random_);
    return *this;
  }

  /// As LayerStack::initialize; layers added later go on with the same generator.
  void initialize(Random& random, const Initializer& initializer = he_normal) {
    LayerStack<Sequential, T>::initialize(random, initializer);
    random_ = random;
  }
  void initialize(Random&& random, const Initializer& initializer = he_normal) { initialize(random, initializer); }

  Index depth() const { return static_cast<Index>(layers_.size()); }
  Shape input_shape() const { return input_; }
  const Place& place(Index i) const { return places_[static_cast<std::size_t>(i)]; }

  /// The layer number i after the input, counted from 0.
  const AnyLayer<T>& layer(Index i) const { return layers_[static_cast<std::size_t>(i)]; }

  /// Calls visit(layer, i) for every layer, first to last, or last to first.
  template <class Visit>
  void for_each_layer(Visit&& visit) const {
    for (Index i = 0; i < depth(); ++i) visit(layer(i), i);
  }
  template <class Visit>
  void for_each_layer_backward(Visit&& visit) const {
    for (Index i = depth(); i-- > 0;) visit(layer(i), i);
  }

  /// Whether the last layer is an L.
  template <class L>
  bool last_is() const {
    return depth() > 0 && layers_.back().template is<L>();
  }

  /// The same layers and the same parameters.
  bool operator==(const Sequential& other) const {
    return input_ == other.input_ && layers_ == other.layers_ && this->has_equal_parameters(other);
  }

 private:
  template <class L>
  static AnyLayer<T> wrapped(const L& layer) {
    if constexpr (std::same_as<L, AnyLayer<T>>)
      return layer;
    else
      return AnyLayer<T>(layer);
  }

  Shape input_;
  std::vector<AnyLayer<T>> layers_;
  std::vector<Place> places_;
  Random random_{0};
};

}  // namespace nn
