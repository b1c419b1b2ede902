// SPDX-License-Identifier: MIT
// A network whose layers are in its type: Network<Input<784>, Dense<256>, ReLU, Dense<10>, Softmax>.
#pragma once

#include <array>
#include <concepts>
#include <tuple>
#include <type_traits>
#include <utility>

#include <nn/networks/layer_stack.hpp>

namespace nn {

template <class... Arguments>
class Network;

namespace detail {

// Splits Network's arguments into the scalar (float when none is given), the input and the layers.
template <class... Arguments>
struct NetworkDefinition : NetworkDefinition<float, Arguments...> {};

template <std::floating_point T>
struct NetworkDefinition<T> {
  using Scalar = T;
};

template <std::floating_point T, class First, class... Rest>
struct NetworkDefinition<T, First, Rest...> {
  static_assert(InputLayer<First>,
                "nn::Network: the first entry must be nn::Input<...>, which says the size of one sample");
  static_assert((require_layer<Rest>() && ...), "nn::Network: every entry after nn::Input must be a layer");
  using Scalar = T;
  using Input = First;
  using Layers = std::tuple<Rest...>;
  template <class Other>
  using WithScalar = std::tuple<Other, First, Rest...>;

  static constexpr Index depth = sizeof...(Rest);
  static constexpr bool is_any_length = InputOfAnyLength<First>;
  static constexpr bool is_in_type = std::is_empty_v<First> && (shape_is_in_type<Rest> && ...);
  // The input and the layers up to the first whose shape is known only at run time.
  static constexpr Index static_levels = [] {
    Index count = 0;
    bool is_static = !is_any_length;
    for (const bool in_type : {std::is_empty_v<First>, shape_is_in_type<Rest>...})
      count += (is_static = is_static && in_type);
    return count;
  }();
};

// The places of the first layers of a list; layer(integral_constant) gives each.
template <std::size_t Count>
constexpr std::array<Place, Count> places(Shape input, const auto& layer) {
  std::array<Place, Count> result{};
  Place before = place_of_input(input);
  [&]<std::size_t... Position>(std::index_sequence<Position...>) {
    ((result[Position] = before = place_after(before, layer(std::integral_constant<std::size_t, Position>{}),
                                              static_cast<Index>(Position) + 1)),
     ...);
  }
  (std::make_index_sequence<Count>{});
  return result;
}

}  // namespace detail

template <class... Arguments>
inline constexpr bool reads_any_length<Network<Arguments...>> = detail::NetworkDefinition<Arguments...>::is_any_length;

/// A regular value: its layers and one flat vector of parameters. `nn::Network<double, nn::Input<784>, ...>` computes
/// in double, float is the default. A wrong shape with sizes in the types does not compile; with sizes given at run
/// time the constructor throws shape_error with the same sentence.
template <class... Arguments>
class Network : public LayerStack<Network<Arguments...>, typename detail::NetworkDefinition<Arguments...>::Scalar> {
  static_assert(sizeof...(Arguments) > 0, "nn::Network: has no layers; the first entry must be nn::Input<...>");
  using Definition = detail::NetworkDefinition<Arguments...>;
  static_assert(!Definition::is_any_length || Definition::depth > 0,
                "nn::Network: has no layers; a network for sequences of any length needs one at least");
  using Input = typename Definition::Input;
  using Layers = typename Definition::Layers;
  static constexpr Index depth_ = Definition::depth;
  static constexpr bool is_static = Definition::static_levels == depth_ + 1;

 public:
  using Scalar = typename Definition::Scalar;
  /// Whether it reads sequences of any number of steps, which Sequence<features> says.
  static constexpr bool is_any_length = Definition::is_any_length;

  /// A network of sizes known to the compiler, its weights drawn from seed 0 (He et al. 2015).
  Network() requires(Definition::is_in_type) : Network(Input{}, Layers{}, 0) {}

  /// A network of these layers, its weights drawn from seed 0 (He et al. 2015).
  template <class... Given>
  requires std::same_as<std::tuple<Given...>, Layers>
  explicit Network(Input input, Given... layers) : Network(std::move(input), Layers(std::move(layers)...), 0) {}

  static constexpr Index depth() { return depth_; }
  /// The shape of a sample; where it is a sequence of any length, of one of the fewest steps (a power of 2) that fit.
  constexpr Shape input_shape() const {
    if constexpr (is_any_length && depth_ > 0)
      return place(0).input;
    else
      return input_.shape();
  }
  /// The sizes that the compiler knows, or dynamic.
  static constexpr Index static_extent(Index level) {
    if (level >= Definition::static_levels) return dynamic;
    if constexpr (Definition::static_levels > 0) {
      if (level == 0) return Input{}.shape().size();
      if constexpr (Definition::static_levels > 1)
        return static_places[static_cast<std::size_t>(level) - 1].output.size();
    }
    return dynamic;
  }
  static constexpr Index input_extent = static_extent(0);
  static constexpr Index output_extent = static_extent(depth_);

  constexpr const Place& place(Index i) const {
    if constexpr (is_static)
      return static_places[static_cast<std::size_t>(i)];
    else
      return places_[static_cast<std::size_t>(i)];
  }

  /// The place of a layer, of a network whose sizes the compiler knows.
  static constexpr const Place& static_place(Index i) requires(is_static) {
    return static_places[static_cast<std::size_t>(i)];
  }

  /// Whether the type alone says that threads can share the work; see LayerStack::has_shards.
  static constexpr bool always_has_shards = []<class... L>(const std::tuple<L...>*) {
    return ((!IsContainer<L> && (HasShards<L> || !HasTensors<L>)) && ...);
  }(static_cast<const Layers*>(nullptr));

  /// Whether the sizes are known and so little is to be done for a sample that it pays to compile every layer for them.
  static constexpr bool is_small() {
    Index multiply_adds = 0;
    for (const Place& place : static_places)
      if (place.multiply_adds > 16384 || (multiply_adds += place.multiply_adds) > 16384) return false;
    return is_static;
  }

  /// What one sample takes of a workspace, where the network is small and this is little enough for the stack; else 0.
  static constexpr Index activations_on_stack() {
    constexpr Index most = 1024;
    if (!is_small() || static_places.empty()) return 0;
    const Index count = static_places.back().activation_end();
    return count <= most ? count : 0;
  }

  /// The layer at a position after the input, counted from 0.
  template <Index Position>
  const auto& layer() const {
    return std::get<static_cast<std::size_t>(Position)>(layers_);
  }

  /// Calls visit(layer, integral_constant<Index, i>) for every layer, first to last, or last to first.
  template <class Visit>
  constexpr void for_each_layer(Visit&& visit) const {
    [&]<Index... Position>(std::integer_sequence<Index, Position...>) {
      (visit(layer<Position>(), std::integral_constant<Index, Position>{}), ...);
    }
    (std::make_integer_sequence<Index, depth_>{});
  }
  template <class Visit>
  constexpr void for_each_layer_backward(Visit&& visit) const {
    [&]<Index... Position>(std::integer_sequence<Index, Position...>) {
      (visit(layer<depth_ - 1 - Position>(), std::integral_constant<Index, depth_ - 1 - Position>{}), ...);
    }
    (std::make_integer_sequence<Index, depth_>{});
  }

  /// std::true_type or std::false_type: whether the last layer is an L.
  template <class L>
  static constexpr auto last_is() {
    if constexpr (depth_ == 0)
      return std::false_type{};
    else
      return std::bool_constant<
          std::is_same_v<std::tuple_element_t<static_cast<std::size_t>(depth_) - 1, Layers>, L>>{};
  }

  /// The same network in another number type.
  template <std::floating_point Other>
  auto cast() const {
    this->require_whole("cast");
    auto copy = [&]<class... All>(std::type_identity<std::tuple<All...>>) {
      return std::apply([&](const auto&... layers) { return Network<All...>(input_, layers...); }, layers_);
    }(std::type_identity<typename Definition::template WithScalar<Other>>{});
    copy.parameters() = this->parameters().template cast<Other>();
    copy.state() = this->state().template cast<Other>();
    return copy;
  }

  /// The same layers and the same parameters.
  bool operator==(const Network& other) const {
    return input_ == other.input_ && layers_ == other.layers_ && this->has_equal_parameters(other);
  }

 private:
  struct Nothing {};
  static constexpr std::size_t static_place_count = Definition::static_levels > 0
                                                        ? static_cast<std::size_t>(Definition::static_levels - 1)
                                                        : 0;

  // Not a std::tuple of them, in which GCC 12 cannot read a member that is a class.
  template <std::size_t Count>
  static constexpr auto places_of(Shape input) {
    return detail::places<Count>(input, [](auto position) { return std::tuple_element_t<position, Layers>{}; });
  }

  static constexpr auto static_places = [] {
    if constexpr (static_place_count > 0) {
      return places_of<static_place_count>(Input{}.shape());
    } else {
      return std::array<Place, 0>{};
    }
  }();

  Network(Input input, Layers layers, int) : input_(std::move(input)), layers_(std::move(layers)) {
    static_cast<void>(input_.shape());
    if constexpr (is_any_length)
      lay_out_shortest();
    else if constexpr (!is_static)
      places_ = places_of_layers(input_.shape());
    for_each_layer([&](const auto& layer, Index i) { this->require_options(layer, place(i)); });
    if constexpr (depth_ > 0) {
      this->parameters_.resize(place(depth_ - 1).parameter_end());
      this->state_.resize(place(depth_ - 1).state_end());
    }
    this->initialize(Random(0));
    if constexpr (is_any_length)  // no layer's parameters may depend on the length
      static_cast<void>(this->at(input_.shape_of(checked_product(2, input_shape().width))));
  }

  auto places_of_layers(Shape input) const {
    return detail::places<static_cast<std::size_t>(depth_)>(
        input, [&](auto position) -> const auto& { return std::get<position>(layers_); });
  }

  // Does not compile where a layer fits no sequence, or has other parameters for another length.
  static constexpr bool fits_any_length() {
    const auto some = places_of<static_cast<std::size_t>(depth_)>(Input{}.shape_of(detail::many_steps / 2));
    const auto more = places_of<static_cast<std::size_t>(depth_)>(Input{}.shape_of(detail::many_steps));
    [&]<std::size_t... Position>(std::index_sequence<Position...>) {
      (detail::require_same_parameters(some[Position], more[Position], static_cast<Index>(Position) + 1,
                                       std::tuple_element_t<Position, Layers>::name()),
       ...);
    }
    (std::make_index_sequence<static_cast<std::size_t>(depth_)>{});
    return true;
  }

  void lay_out_shortest() {
    if constexpr (Definition::is_in_type) static_assert(fits_any_length());
    places_ = detail::with_fewest_steps([&](Index steps) { return places_of_layers(input_.shape_of(steps)); });
  }

  [[no_unique_address]] Input input_;
  [[no_unique_address]] Layers layers_;
  [[no_unique_address]] std::conditional_t<is_static, Nothing, std::array<Place, static_cast<std::size_t>(depth_)>>
      places_{};
};

template <InputLayer Input, class... Layers>
Network(Input, Layers...) -> Network<Input, Layers...>;

}  // namespace nn
