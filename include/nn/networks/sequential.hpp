// SPDX-License-Identifier: MIT
// A network whose number of layers is known only at run time; the same layers, and the same bits, as Network.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <type_traits>
#include <utility>
#include <vector>

#include <nn/core/extent.hpp>
#include <nn/networks/any_layer.hpp>
#include <nn/networks/layer_stack.hpp>

namespace nn {

template <std::floating_point T = float, Index Length = dynamic>
class Sequential;

template <std::floating_point T>
inline constexpr bool reads_any_length<Sequential<T, any_length>> = true;

namespace detail {

/// The places of layers in a row; layer(i) gives each.
std::vector<Place> places_in_row(Shape input, Index count, const auto& layer) {
  std::vector<Place> places;
  places.reserve(static_cast<std::size_t>(count));
  Place before = place_of_input(input);
  for (Index i = 0; i < count; ++i) places.push_back(before = place_after(before, layer(i), i + 1));
  return places;
}

/// The same for sequences of any length, of which it takes one of the fewest steps (a power of 2) that fit. Throws
/// shape_error where a layer's parameters depend on the length.
std::vector<Place> places_for_any_length(Index features, Index count, const auto& layer) {
  const auto lay_out = [&](Index steps) { return places_in_row({1, steps, features}, count, layer); };
  std::vector<Place> places = with_fewest_steps(lay_out);
  if (count == 0) return places;
  const std::vector<Place> of_longer = lay_out(checked_product(2, places.front().input.width));
  for (Index i = 0; i < count; ++i) {
    const auto k = static_cast<std::size_t>(i);
    require_same_parameters(places[k], of_longer[k], i + 1, layer(i).name());
  }
  return places;
}

}  // namespace detail

/// A regular value: its layers and one flat vector of parameters. Everything that takes a Network takes it. The input
/// says the shape of a sample, and of a Sequential<float, any_length>, which reads sequences of any number of steps,
/// the features: Sequential<float, any_length> speech{Sequence{13}}.
template <std::floating_point T, Index Length>
class Sequential : public LayerStack<Sequential<T, Length>, T> {
  static_assert(Length == dynamic || Length == any_length,
                "nn::Sequential: the second argument is nn::any_length, or there is none; nn::Sequence{features, "
                "steps} says how many steps there are");

 public:
  /// Whether it reads sequences of any number of steps.
  static constexpr bool is_any_length = Length == any_length;
  static constexpr Index input_extent = dynamic;
  static constexpr Index output_extent = dynamic;
  static constexpr bool is_small() { return false; }  // its sizes are not in its type
  static constexpr Index activations_on_stack() { return 0; }
  static constexpr bool always_has_shards = false;  // nor are its layers

  /// A network of these layers; more can be added. Weights are drawn from seed 0 (He et al. 2015).
  template <InputLayer Input, class... Layers>
  explicit Sequential(const Input& input, const Layers&... layers) : input_(shape_of(input)) {
    (add(layers), ...);
  }

  /// The same of layers that are in a vector. Throws shape_error where one does not fit.
  template <InputLayer Input>
  Sequential(const Input& input, std::vector<AnyLayer<T>> layers)
      : input_(shape_of(input)), layers_(std::move(layers)) {
    const auto at = [&](Index i) -> const AnyLayer<T>& { return layer(i); };
    if constexpr (is_any_length)
      places_ = detail::places_for_any_length(input_.channels, depth(), at);
    else
      places_ = detail::places_in_row(input_, depth(), at);
    for (Index i = 0; i < depth(); ++i) this->require_options(layer(i), place(i));
    if (depth() == 0) return;
    this->parameters_.resize(places_.back().parameter_end());
    this->state_.resize(places_.back().state_end());
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
    append(wrapped(layer));
    return *this;
  }

  /// A network of the first layers, with what they have learned. Throws shape_error where there are fewer.
  Sequential first(Index count) const {
    this->require_whole("first");
    if (count < 0 || count > depth())
      throw shape_error("first: there are no first ", count, " layers of ", depth(), "; ask for 0 to ", depth());
    Sequential part = *this;
    part.layers_.erase(part.layers_.begin() + count, part.layers_.end());
    part.places_.resize(static_cast<std::size_t>(count));
    const Place last = count > 0 ? place(count - 1) : Place{};
    part.parameters_ = this->parameters().head(last.parameter_end());
    part.state_ = this->state().head(last.state_end());
    return part;
  }

  /// A network of the last layers, which reads what the one before them puts out, as a decoder the code of an encoder.
  Sequential last(Index count) const {
    this->require_whole("last");
    if (count < 0 || count > depth())
      throw shape_error("last: there are no last ", count, " layers of ", depth(), "; ask for 0 to ", depth());
    Sequential part = first(0);
    part.input_ = count > 0 ? place(depth() - count).input : this->output_shape();
    for (Index i = depth() - count; i < depth(); ++i) part.add(layer(i));
    part.parameters() = this->parameters().tail(part.parameter_count());
    part.state() = this->state().tail(part.state().size());
    return part;
  }

  /// Puts a layer in the place of the last one of its kind, as replace_last(Dense{7}) the Dense before a Softmax. Its
  /// weights are drawn, and those of the layers after it. Throws shape_error where there is none of the kind, or one
  /// does not fit, and is then as it was before.
  template <class L>
  Sequential& replace_last(const L& layer) {
    Index i = depth() - 1;
    while (i >= 0 && this->layer(i).name() != layer.name()) --i;
    if (i < 0)
      throw shape_error("replace_last: none of the ", depth(), " layers is a ", layer.name(), "; add one instead");
    Sequential replaced = first(i);
    replaced.add(layer);
    while (++i < depth()) replaced.add(this->layer(i));
    return *this = std::move(replaced);
  }

  /// As LayerStack::initialize; layers added later go on with the same generator.
  void initialize(Random& random, const Initializer& initializer = default_initializer) {
    LayerStack<Sequential, T>::initialize(random, initializer);
    random_ = random;
  }
  void initialize(Random&& random, const Initializer& initializer = default_initializer) {
    initialize(random, initializer);
  }

  Index depth() const { return static_cast<Index>(layers_.size()); }
  /// The shape of a sample; where it is a sequence of any length, of one of the fewest steps (a power of 2) that fit.
  Shape input_shape() const { return is_any_length && depth() > 0 ? places_.front().input : input_; }
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

  static Shape shape_of(const auto& input) {
    static_assert(detail::InputOfAnyLength<std::remove_cvref_t<decltype(input)>> == is_any_length,
                  "nn::Sequential: nn::Sequence{features} reads any number of steps, and so does "
                  "nn::Sequential<float, nn::any_length>: each needs the other; nn::Sequence{features, steps} always "
                  "reads as many");
    return input.shape();
  }

  void append(AnyLayer<T> added);

  // Where the layers stand when one is added.
  std::vector<Place> places_with(const AnyLayer<T>& added) const {
    if constexpr (is_any_length) {
      const auto at = [&](Index i) -> const AnyLayer<T>& { return i < depth() ? layer(i) : added; };
      return detail::places_for_any_length(input_.channels, depth() + 1, at);
    } else {
      std::vector<Place> places = places_;
      places.push_back(place_after(places.empty() ? place_of_input(input_) : places.back(), added, depth() + 1));
      return places;
    }
  }

  Shape input_;
  std::vector<AnyLayer<T>> layers_;
  std::vector<Place> places_;
  Random random_{0};
};

// Not in the class, where it would be inline, and compiled again in a program linked with nn::compiled.
template <std::floating_point T, Index Length>
void Sequential<T, Length>::append(AnyLayer<T> added) {
  this->require_whole("add");
  std::vector<Place> places = places_with(added);
  const Place& place = places.back();
  this->require_options(added, place);

  Buffer<T> parameters(place.parameter_end()), state(place.state_end());
  std::copy_n(this->parameters_.data(), this->parameters_.size(), parameters.data());
  std::copy_n(this->state_.data(), this->state_.size(), state.data());
  layers_.push_back(std::move(added));
  places_ = std::move(places);
  this->parameters_ = std::move(parameters);
  this->state_ = std::move(state);
  this->initialize_layer(layers_.back(), depth() - 1, default_initializer, random_);
}

}  // namespace nn
