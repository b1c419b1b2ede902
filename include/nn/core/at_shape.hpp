// SPDX-License-Identifier: MIT
// A network's layers and parameters for an input of another shape: a sequence of any length, an image of another size.
#pragma once

#include <vector>

#include <nn/core/buffer.hpp>
#include <nn/core/pass.hpp>
#include <nn/core/samples.hpp>

namespace nn {

/// Refers to a network, which must outlive it and keep its layers; network.at(Shape{40, 36, 1}) makes one. Everything
/// in core/pass.hpp takes it as the network, whose parameters and state it uses.
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
  AtShape(const Net& network, Shape input) : network_(&network), input_(input) {
    static_assert(!is_graph<Net>, "nn: a graph has one shape; build another for another shape");
    network.require_whole("at");
    if (input.height < 1 || input.width < 1 || input.channels < 1)
      throw shape_error("at: a sample of ", input, " has no features; give sizes of at least 1");
    Place before{};
    before.output = input;
    places_.reserve(static_cast<std::size_t>(network.depth()));
    network.for_each_layer([&](const auto& layer, Index i) {
      places_.push_back(before = place_after(before, layer, i + 1));
      const Place& usual = network.place(i);
      if (before.parameter_count != usual.parameter_count || before.state_count != usual.state_count)
        throw shape_error("at: layer ", i + 1, " (", layer.name(), ") has ", usual.parameter_count,
                          " parameters for an input of ", usual.input, ", and would have ", before.parameter_count,
                          " for ", before.input,
                          "; only layers whose parameters do not depend on the size can be used "
                          "at another, so let a GlobalAveragePool2D or LastStep come before Dense");
    });
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
  void for_each_place(Callback<const Place&, Index> visit) const {
    network_->for_each_layer([&](const auto& layer, Index i) {
      nn::for_each_inside(layer, place(i), [&](const auto&, const Place& inside, Index) { visit(inside, i); });
    });
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
  Shape input_;
  std::vector<Place> places_;
};

}  // namespace nn
