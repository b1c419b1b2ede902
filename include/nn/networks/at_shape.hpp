// SPDX-License-Identifier: MIT
// A network's layers and parameters for an input of another shape: a sequence of any length, an image of another size.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include <nn/core/buffer.hpp>
#include <nn/networks/pass.hpp>
#include <nn/networks/samples.hpp>

namespace nn {

namespace detail {

/// Throws shape_error where a layer has other parameters for another shape of the input.
constexpr void require_same_parameters(const Place& usual, const Place& here, Index layer, std::string_view name) {
  if (here.parameter_count != usual.parameter_count || here.state_count != usual.state_count)
    throw shape_error("at: let a GlobalAveragePool2D or LastStep come before layer ", layer, " (", name,
                      "), which has ", usual.parameter_count, " parameters for an input of ", usual.input,
                      " and would have ", here.parameter_count, " for ", here.input,
                      "; only layers whose parameters do not depend on the size can be used at another");
}

}  // namespace detail

/// Refers to a network, which must outlive it and keep its layers; network.at(Shape{40, 36, 1}) makes one. Everything
/// in networks/pass.hpp takes it as the network, whose parameters and state it uses.
template <class Net>
class AtShape {
 public:
  using Scalar = typename Net::Scalar;
  static constexpr Index input_extent = dynamic;
  static constexpr Index output_extent = dynamic;
  static constexpr bool is_small() { return false; }
  static constexpr bool always_has_shards = Net::always_has_shards;

  /// Throws shape_error where a layer does not fit the shape, or has another number of parameters for it, as a Dense
  /// that reads a whole image.
  AtShape(const Net& network, Shape input) : network_(&network) {
    static_assert(!is_graph<Net>, "nn: a graph has one shape; build another for another shape");
    lay_out(input);
  }

  /// The same for another shape from now on.
  void lay_out(Shape input) {
    const Net& network = *network_;
    network.require_whole("at");
    if (input == input_ && static_cast<Index>(places_.size()) == network.depth() &&
        parameter_count_ == network.parameter_count())
      return;
    if (input.height < 1 || input.width < 1 || input.channels < 1)
      throw shape_error("at: a sample of ", input, " has no features; give sizes of at least 1");
    Place before = place_of_input(input);
    std::vector<Place> places;
    places.reserve(static_cast<std::size_t>(network.depth()));
    network.for_each_layer([&](const auto& layer, Index i) {
      places.push_back(before = place_after(before, layer, i + 1));
      detail::require_same_parameters(network.place(i), before, i + 1, layer.name());
    });
    places_ = std::move(places);
    input_ = input;
    parameter_count_ = network.parameter_count();
  }

  Index depth() const { return network_->depth(); }
  const Place& place(Index i) const { return places_[static_cast<std::size_t>(i)]; }
  Shape input_shape() const { return input_; }
  Shape output_shape() const { return places_.empty() ? input_ : places_.back().output; }
  Index activation_size() const { return places_.empty() ? 0 : places_.back().activation_end(); }
  ConstVectorView<Scalar> parameters() const { return network_->parameters(); }
  ConstVectorView<Scalar> state() const { return network_->state(); }
  Index parameter_count() const { return network_->parameter_count(); }
  bool has_shards() const { return network_->has_shards(); }

  void for_each_layer(auto&& visit) const { network_->for_each_layer(visit); }
  void for_each_layer_backward(auto&& visit) const { network_->for_each_layer_backward(visit); }
  void for_each_inside(const auto& visit) const {
    network_->for_each_layer([&](const auto& layer, Index i) { nn::for_each_inside(layer, place(i), visit); });
  }
  void for_each_place(Callback<const Place&, Index> visit) const {
    network_->for_each_layer([&](const auto& layer, Index i) {
      nn::for_each_inside(layer, place(i), [&](const auto&, const Place& inside, Index) { visit(inside, i); });
    });
  }
  template <class L>
  auto last_is() const {
    return network_->template last_is<L>();
  }

  /// The outputs (outputs x samples) for x (features x samples). Throws shape_error where x has another number of
  /// features than the shape.
  template <class X>
  Matrix<Scalar> predict(const X& given) const {
    const auto& x = as_matrix<Scalar, dynamic>(given);
    if (x.rows() != input_.size())
      throw shape_error("predict: a sample of ", x.rows(), " features does not fit an input of ", input_, " = ",
                        input_.size(), "; give features x samples, one column each");
    if (depth() == 0) return x;
    return with_contiguous(x, [&](const auto& input) {
      Workspace<Scalar> workspace;
      const ConstMatrixView<Scalar> samples(input.data(), input.rows(), input.cols());
      const Scalar* y = forward_pass(*this, parameters().data(), samples, workspace, depth());
      return Matrix<Scalar>(ConstMatrixView<Scalar>(y, output_shape().size(), samples.cols()));
    });
  }

 private:
  const Net* network_;
  Shape input_{0, 0, 0};
  std::vector<Place> places_;
  Index parameter_count_ = -1;
};

namespace detail {
/// Whether an input says the shape of a sample once it knows its steps, as Sequence<13>.
template <class Input>
concept InputOfAnyLength = requires(const Input& input) {
  input.shape_of(Index());
};

/// Returns lay_out(steps) for the fewest steps, a power of 2, for which it throws no shape_error: layers that look at
/// several steps at a time, as Conv1D, do not fit the shortest sequences.
inline constexpr Index many_steps = 4096;
auto with_fewest_steps(const auto& lay_out) {
  for (Index steps = 1;; steps *= 2) try {
      return lay_out(steps);
    } catch (const shape_error&) {
      if (steps == many_steps) throw;
    }
}
}  // namespace detail

/// Of a type of network, also while it is incomplete.
template <class Net>
inline constexpr bool reads_any_length = false;

/// A network for sequences of any length; its own shape is that of a short one.
template <class Net>
concept AnyLength = reads_any_length<Net>;

/// The layout of a network for samples of so many numbers: its own, or that for sequences of as many steps as they are.
template <class Net>
decltype(auto) layout_for(const Net& network, [[maybe_unused]] Index numbers) {
  if constexpr (AnyLength<Net>)
    return AtShape<Net>(network, Shape(1, numbers / network.input_shape().channels, network.input_shape().channels));
  else
    return (network);
}

/// Samples, an expression as as_matrix gives it, in one block, which is a copy in `memory` where they do not lie so:
/// features x samples, or of a network for any length the numbers of one sequence, given as features x steps or one
/// after the other. Throws shape_error where they do not fit.
template <class Net, class X>
ConstMatrixView<typename Net::Scalar> block_of_samples(const Net& network, const X& x, const char* who,
                                                       Buffer<typename Net::Scalar>& memory) {
  network.require_features(x.rows(), who);
  const auto all = contiguous(x, memory);
  if constexpr (!AnyLength<Net>) return all;
  if (X::ColsAtCompileTime != 1 && x.rows() != network.input_shape().channels)
    throw shape_error(who, ": a sequence of ", x.rows(), " x ", x.cols(), " does not fit the network's ",
                      network.input_shape().channels, " features; give features x steps");
  if (x.size() < 1) throw shape_error(who, ": the sequence has no steps; give at least 1");
  return {all.data(), all.size(), 1};
}

/// Calls use(layout, x) with samples as predict takes them in such a block, and the layout for them.
template <class Net, class X, class Use>
decltype(auto) with_layout(const Net& network, const X& given, const char* who, Use&& use) {
  using T = typename Net::Scalar;
  const auto& samples = as_matrix<T, Net::input_extent>(given);
  Buffer<T> memory;
  const ConstMatrixView<T> x = block_of_samples(network, samples, who, memory);
  return use(layout_for(network, x.rows()), x);
}

}  // namespace nn
