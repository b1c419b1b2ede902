// SPDX-License-Identifier: MIT
// A container of layers: what Chain, Residual and Concat share.
#pragma once

#include <algorithm>
#include <cstddef>
#include <type_traits>
#include <utility>

#include <nn/core/random.hpp>
#include <nn/layers/base/layer_list.hpp>

namespace nn {

/// The base of such a layer. Its parameters and its state are those of its layers, one after the other, each begun by
/// its own rule; what these put out stands in the block's memory. It gives
///   static constexpr bool is_row                                            each layer reads the one before, or all x
///   constexpr Place place(Shape input) const                                what all_of says, and memory_size
///   void forward(Shape input, parameters, x, y, mode) const
///   void go_back<writes>(Shape input, values, gradients, training, visit) const   see below
/// Files and summaries list the block, with the number of its layers, and then these as if there were no block. A
/// std::vector<AnyLayer<T>> in place of the Layers holds those that are known only at run time: Residual{layers}.
template <class Derived, class... Layers>
class Block {
 public:
  constexpr Block() = default;
  constexpr explicit Block(Layers... layers) requires(sizeof...(Layers) > 0) : layers_(std::move(layers)...) {}

  static constexpr bool keeps_shape = detail::LayerList<Layers...>::keeps_shape;

  /// How many layers it has.
  constexpr std::size_t size() const { return layers_.size(); }

  constexpr Shape output_shape(Shape input) const { return self().place(input).output; }
  constexpr Index memory_size(Shape input) const { return self().place(input).memory_size; }

  void initialize(Shape input, auto&& parameters, const Initializer& initializer, Random& random) const {
    using T = ScalarOf<decltype(parameters)>;
    for_each(places(input), [&](const auto& layer, const Place& place, Index) {
      nn::initialize(layer, place.input,
                     VectorView<T>(parameters.data() + place.parameter_offset, place.parameter_count), initializer,
                     random);
    });
  }
  void initialize_state(Shape input, auto&& state) const {
    using T = ScalarOf<decltype(state)>;
    for_each(places(input), [&](const auto& layer, const Place& place, Index) {
      nn::initialize_state(layer, place.input, VectorView<T>(state.data() + place.state_offset, place.state_count));
    });
  }

  /// Calls visit(layer, place, level) for its layers, first to last, and those that they are made of. The block stands
  /// at `whole`.
  template <class Visit>
  constexpr void for_each_inside(const Place& whole, const Visit& visit, Index level) const {
    for_each(places(whole.input), [&](const auto& layer, Place place, Index) {
      place.parameter_offset += whole.parameter_offset;
      place.state_offset += whole.state_offset;
      place.memory_offset += whole.memory_offset;
      place.activation_offset += whole.memory_offset;
      nn::for_each_inside(layer, place, visit, level);
    });
  }

  // go_back<writes>(..., visit) calls visit(layer, place, values, dx, dy, wanted, training) for each layer, last to
  // first where they are in a row. Where it writes, it also gives the layers their dy and adds up the dx of the block;
  // otherwise that has been done, and nothing but the parameters may change, since threads share the memory.
  template <class T>
  void backward(Shape input, const auto& values, auto& gradients, const Training<T>& training) const {
    self().template go_back<true>(
        input, values, gradients, training,
        [&](const auto& layer, const Place& place, const auto& inner, auto dx, auto dy, InputGradient wanted,
            const Training<T>& mode) {
          Gradients of_layer{VectorView<T>(gradients.parameters.data() + place.parameter_offset, place.parameter_count),
                             dx, dy, wanted};
          nn::backward(layer, place.input, inner, of_layer, mode);
        });
  }

  template <class T>
  void descend(Shape input, const auto& values, auto& gradients, T rate, const Training<T>& training) const {
    self().template go_back<true>(input, values, gradients, training,
                                  [&](const auto& layer, const Place& place, const auto& inner, auto dx, auto dy,
                                      InputGradient wanted, const Training<T>& mode) {
                                    Gradients of_layer{VectorView<T>(nullptr, 0), dx, dy, wanted};
                                    nn::descend(layer, place.input, inner, of_layer, rate, mode);
                                  });
  }

  template <class T>
  void input_gradient(Shape input, const auto& values, auto& gradients, const Training<T>& training) const {
    self().template go_back<true>(input, values, gradients, training,
                                  [&](const auto& layer, const Place& place, const auto& inner, auto dx, auto dy,
                                      InputGradient wanted, const Training<T>& mode) {
                                    Gradients of_layer{VectorView<T>(nullptr, 0), dx, dy, wanted};
                                    nn::input_gradient(layer, place.input, inner, of_layer, mode);
                                  });
  }

  template <class T>
  void add_parameter_gradient(Shape input, const auto& values, const auto& gradients, T* target, T scale, Shard shard,
                              const Training<T>& training) const {
    auto unchanged = gradients;
    self().template go_back<false>(input, values, unchanged, training,
                                   [&](const auto& layer, const Place& place, const auto& inner, auto dx, auto dy,
                                       InputGradient wanted, const Training<T>& mode) {
                                     if (place.parameter_count == 0) return;
                                     const Gradients of_layer{VectorView<T>(nullptr, 0), dx, dy, wanted};
                                     nn::add_parameter_gradient(layer, place.input, inner, of_layer,
                                                                target + place.parameter_offset, scale, shard, mode);
                                   });
  }

  static void for_each_option(auto& layer, auto option) { option("layers", layer.size()); }
  constexpr bool operator==(const Block&) const = default;

 protected:
  template <class View>
  using ScalarOf = typename std::remove_cvref_t<View>::Scalar;

  /// Where its layers stand, in parameters, state and memory of the block.
  constexpr auto places(Shape input) const {
    auto result = layers_.places();
    Place before = place_of_input(input);
    layers_.for_each([&](const auto& layer, Index i) {
      if constexpr (!Derived::is_row) {
        before.output = input;
        before.streaming.output = StepOutput::each;
      }
      result[static_cast<std::size_t>(i)] = before = place_after(before, layer, i + 1, Derived::name());
    });
    return result;
  }

  /// What its layers have together; memory_size is still to be said.
  static constexpr Place all_of(const auto& places, Shape input, Shape output) {
    Place all{.input = input,
              .output = output,
              .parameter_count = places.back().parameter_end(),
              .state_count = places.back().state_end(),
              .streaming = places.back().streaming_end(),
              .can_descend = true,
              .has_shards = true};
    for (const Place& place : places) {
      all.multiply_adds = checked_sum(all.multiply_adds, place.multiply_adds);
      all.least_samples = std::max(all.least_samples, place.least_samples);
      if (!Derived::is_row && place.streaming.output != all.streaming.output) all.streaming.output = StepOutput::none;
      all.can_descend = all.can_descend && (place.can_descend || place.parameter_count == 0);
      all.has_shards = all.has_shards && place.has_shards;
    }
    return all;
  }

  /// Calls visit(layer, place, i) for its layers, first to last, or last to first.
  template <class Visit>
  constexpr void for_each(const auto& places, Visit&& visit) const {
    layers_.for_each([&](const auto& layer, Index i) { visit(layer, places[static_cast<std::size_t>(i)], i); });
  }
  template <class Visit>
  constexpr void for_each_backward(const auto& places, Visit&& visit) const {
    layers_.for_each_backward(
        [&](const auto& layer, Index i) { visit(layer, places[static_cast<std::size_t>(i)], i); });
  }

  /// Where a layer's output stands in the memory, and the gradient of it, for the samples of this pass.
  template <class Mode>
  static auto* output_of(const Place& place, const Mode& mode) {
    return mode.memory.values + place.activation_offset * mode.memory.samples + mode.first_sample * place.output.size();
  }
  template <class Mode>
  static auto* gradient_of(const Place& place, const Mode& mode) {
    return mode.memory.gradients + place.activation_offset * mode.memory.samples +
           mode.first_sample * place.output.size();
  }

  template <class T, class L, class Mode>
  static void go_forward(const L& layer, const Place& place, Index i, const auto& parameters, const T* x, T* y,
                         Index samples, const Mode& mode) {
    nn::forward(layer, place.input,
                ConstVectorView<T>(parameters.data() + place.parameter_offset, place.parameter_count),
                ConstMatrixView<T>(x, place.input.size(), samples), MatrixView<T>(y, place.output.size(), samples),
                mode_inside(mode, place, i));
  }

  template <class L, class Parameters, class T, class Visit>
  static void visit_layer(const L& layer, const Place& place, Index i, Parameters parameters, const T* x, const T* y,
                          T* dx, const T* dy, Index samples, InputGradient wanted, const Training<T>& training,
                          const Visit& visit) {
    const Index before = place.input.size(), after = place.output.size();
    auto* first = parameters.data();  // null where nn::add_parameter_gradient hides them
    if (first != nullptr) first += place.parameter_offset;
    const Values values{Parameters(first, place.parameter_count), ConstMatrixView<T>(x, before, samples),
                        ConstMatrixView<T>(y, after, samples)};
    visit(layer, place, values, MatrixView<T>(dx, before, samples), ConstMatrixView<T>(dy, after, samples), wanted,
          mode_inside(training, place, i));
  }

  /// Sends x through the layers, one after the other; the last writes to y.
  template <class T, class Mode>
  void row_forward(const auto& places, const auto& parameters, const T* x, T* y, Index samples,
                   const Mode& mode) const {
    for_each(places, [&](const auto& layer, const Place& place, Index i) {
      T* output = i + 1 == static_cast<Index>(layers_.size()) ? y : output_of(place, mode);
      go_forward(layer, place, i, parameters, x, output, samples, mode);
      x = output;
    });
  }

  /// Visits them on the way back, after the last has put out y, with dy for its gradient.
  template <class T, class Visit>
  void row_back(const auto& places, const auto& values, const T* y, T* dx, const T* dy, InputGradient wanted_of_x,
                const Training<T>& training, const Visit& visit) const {
    for_each_backward(places, [&](const auto& layer, const Place& place, Index i) {
      const Place* before = i == 0 ? nullptr : &places[static_cast<std::size_t>(i - 1)];
      const T* input = i == 0 ? values.input.data() : output_of(*before, training);
      T* input_gradient = i == 0 ? dx : gradient_of(*before, training);
      InputGradient wanted = wanted_of_x;
      if (i > 0) wanted = before->is_flat_where_zero ? InputGradient::where_nonzero : InputGradient::all;
      visit_layer(layer, place, i, values.parameters, input, y, input_gradient, dy, values.input.cols(), wanted,
                  training, visit);
      y = input;
      dy = input_gradient;
    });
  }

 private:
  // The layers of a network have seeds in equal steps, so those of a block take theirs from elsewhere.
  template <class Mode>
  static Mode mode_inside(Mode mode, const Place& place, Index i) {
    if constexpr (requires { mode.seed; }) mode.seed = Random(mode.seed).next();
    return mode_of(mode, place, i);
  }

  constexpr const Derived& self() const { return static_cast<const Derived&>(*this); }

  [[no_unique_address]] detail::LayerList<Layers...> layers_;
};

}  // namespace nn
