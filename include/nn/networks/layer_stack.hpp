// SPDX-License-Identifier: MIT
// A list of layers over one flat vector of parameters: what Network and Sequential have in common.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <nn/core/options.hpp>
#include <nn/core/printable.hpp>
#include <nn/networks/at_shape.hpp>
#include <nn/networks/finite_network.hpp>
#include <nn/networks/pass.hpp>
#include <nn/networks/samples.hpp>

namespace nn {

template <class Derived, class T>
class LayerStack {
 public:
  using Scalar = T;

  /// All parameters, layer after layer, in one vector.
  VectorView<T> parameters() { return parameters_.view(); }
  ConstVectorView<T> parameters() const { return parameters_.view(); }
  Index parameter_count() const { return parameters_.size(); }

  /// What layers keep without learning it (running means), layer after layer.
  VectorView<T> state() { return state_.view(); }
  ConstVectorView<T> state() const { return state_.view(); }

  /// The shape after `level` layers: shape(0) is the input's, shape(depth()) the output's.
  Shape shape(Index level) const { return level == 0 ? self().input_shape() : self().place(level - 1).output; }
  Shape output_shape() const { return shape(self().depth()); }
  /// The name of a layer, which those of its tensors begin with.
  std::string layer_name(Index i) const { return std::to_string(i); }
  /// Numbers per sample that a pass needs for the outputs of all layers.
  Index activation_size() const { return self().depth() == 0 ? 0 : self().place(self().depth() - 1).activation_end(); }
  /// Whether several threads may share the work on one batch: no layer has parameters that it cannot handle in shards.
  bool has_shards() const {
    for (Index i = 0; i < self().depth(); ++i)
      if (!self().place(i).has_shards) return false;
    return true;
  }

  /// Draws new parameters: weights by the initializer, He et al. 2015 when none is given, biases zero. Throws
  /// data_error where a number of the initializer makes no sense.
  void initialize(Random& random, const Initializer& initializer = default_initializer) {
    require_whole("initialize");
    initializer.validate<T>();
    self().for_each_layer([&](const auto& layer, Index i) { initialize_layer(layer, i, initializer, random); });
  }
  void initialize(Random&& random, const Initializer& initializer = default_initializer) {
    initialize(random, initializer);
  }

  /// The outputs (outputs x samples) for x (features x samples, or one sample: a std::vector, an array or a list of
  /// its features). Any number of threads may call it at once. Throws shape_error where x has another number of
  /// features than the input. For one sample, a small network with its sizes in the types allocates nothing. Compiled
  /// with -ffast-math, comparisons as those of ReLU and Tanh may lose a parameter that is NaN: from 16 samples on the
  /// outputs then are NaN, for fewer it would cost as much to look; require_finite_numbers(network, "...") does.
  /// Of a network for sequences of any length: the outputs (channels x steps, or x 1 where there is one for the whole)
  /// for one sequence, features x steps; or for a list of sequences, outputs x sequences.
  template <class X>
  auto predict(const X& x) const {
    if constexpr (AnyLength<Derived> && MatrixList<X>)
      return predict_each(x);
    else
      return predict_one_block(x);
  }
  auto predict(std::initializer_list<T> features) const { return predict<std::initializer_list<T>>(features); }
  /// Of a graph of several inputs: a list of matrices, features x samples each.
  auto predict(std::initializer_list<MatrixRef<T>> inputs) const {
    return predict<std::initializer_list<MatrixRef<T>>>(inputs);
  }

  /// The class of every column that predict(x) gives: where its largest output is, the first of equal ones; of a single
  /// output, a probability, 1 above one half and else 0.
  template <class X>
  std::vector<int> predict_class(const X& x) const {
    const auto y = predict(x);
    std::vector<int> classes(static_cast<std::size_t>(y.cols()));
    for (std::size_t i = 0; i < classes.size(); ++i) {
      const T* const outputs = y.data() + static_cast<Index>(i) * y.rows();
      classes[i] =
          y.rows() == 1 ? *outputs > T(0.5) : static_cast<int>(std::max_element(outputs, outputs + y.rows()) - outputs);
    }
    return classes;
  }
  std::vector<int> predict_class(std::initializer_list<T> features) const {
    return predict_class<std::initializer_list<T>>(features);
  }

  /// As predict(x), without an allocation once the workspace has served as many samples: the view is of the workspace
  /// and holds until its next use.
  template <class X>
  auto predict(const X& given, Workspace<T>& workspace) const {
    const auto& x = as_matrix<T, Derived::input_extent>(given);
    constexpr Index columns = std::remove_cvref_t<decltype(x)>::ColsAtCompileTime == 1 ? 1 : dynamic;
    using View = ConstMatrixView<T, Derived::output_extent, columns>;
    require_features(x.rows(), "predict");
    const Index depth = self().depth();
    if (depth == 0)
      return with_contiguous(
          x, [&](const auto& input) { return View(copy_of(input, workspace), input.rows(), input.cols()); });
    return with_contiguous(x, [&](const auto& input) {
      const T* output = forward_pass(self(), parameters_.data(), input, workspace, depth);
      if (input.cols() >= detail::samples_worth_a_look && loses_numbers(self()))
        std::fill_n(workspace.activation(self().place(depth - 1), input.cols()),
                    self().output_shape().size() * input.cols(), std::numeric_limits<T>::quiet_NaN());
      return View(output, self().output_shape().size(), input.cols());
    });
  }
  template <class X>
  auto predict(const X& sequence, Workspace<T>& workspace) const requires(AnyLength<Derived>) {
    return with_layout(self(), sequence, "predict", [&](const auto& layout, const auto& x) {
      const Shape output = layout.output_shape();
      const T* y = self().depth() == 0 ? copy_of(x, workspace)
                                       : forward_pass(layout, parameters_.data(), x, workspace, self().depth());
      return ConstMatrixView<T>(y, output.channels, output.height * output.width);
    });
  }

  /// The same layers and parameters for an input of another shape, without a copy: network.at({40, 36, 1}).predict(x)
  /// of a convolutional network that was trained on 28 x 28. Throws shape_error where a layer's parameters depend on
  /// it.
  AtShape<Derived> at(Shape input) const { return {self(), input}; }

  /// Every tensor of every layer, layer after layer: its name, a view of its numbers, its role and its dimensions.
  std::vector<Tensor<MatrixView<T>>> tensors() { return tensors_in<MatrixView<T>>(parameters_.data(), state_.data()); }
  std::vector<Tensor<ConstMatrixView<T>>> tensors() const {
    return tensors_in<ConstMatrixView<T>>(parameters_.data(), state_.data());
  }
  /// The tensor of that name, "0.weight". Throws shape_error where there is none.
  MatrixView<T> tensor(std::string_view name) { return tensor_named(tensors(), name); }
  ConstMatrixView<T> tensor(std::string_view name) const { return tensor_named(tensors(), name); }

  /// Calls visit(first, last, role, i) for every tensor that is learned: its range of the parameters, and the number of
  /// the network's own layer that it belongs to.
  void for_each_parameter_range(Callback<Index, Index, Role, Index> visit) const {
    self().for_each_layer([&](const auto& layer, Index i) {
      nn::for_each_inside(layer, self().place(i), [&](const auto& inner, const Place& place, Index) {
        Index first = place.parameter_offset;
        for_each_tensor(inner, place.input, [&](const TensorShape& tensor) {
          if (!is_learned(tensor.role) || tensor.size() == 0) return;
          visit(first, first + tensor.size(), tensor.role, i);
          first += tensor.size();
        });
      });
    });
  }

  /// How many layers have weights, and views of those of the k-th: the first tensor that a layer learns, outputs x
  /// inputs, and the bias that follows it, of size 0 where there is none. Throws shape_error where there is no such
  /// layer.
  Index weight_count() const {
    Index count = 0;
    for_each_place([&](const Place& place, Index) { count += place.columns > 0; });
    return count;
  }
  MatrixView<T> weight(Index k) { return weight_of<MatrixView<T>>(parameters_.data(), weights_of_layer(k)); }
  ConstMatrixView<T> weight(Index k) const {
    return weight_of<ConstMatrixView<T>>(parameters_.data(), weights_of_layer(k));
  }
  VectorView<T> bias(Index k) { return bias_of<VectorView<T>>(parameters_.data(), weights_of_layer(k)); }
  ConstVectorView<T> bias(Index k) const {
    return bias_of<ConstVectorView<T>>(parameters_.data(), weights_of_layer(k));
  }

  /// The same, k known to the compiler.
  template <Index k>
  auto weight() {
    return weight(k);
  }
  template <Index k>
  auto weight() const {
    return weight(k);
  }
  template <Index k>
  auto bias() {
    return bias(k);
  }
  template <Index k>
  auto bias() const {
    return bias(k);
  }

  /// The input and the layers in words and numbers; those that a layer is made of follow it.
  std::vector<Description> descriptions() const {
    Shape input = self().input_shape();
    if (AnyLength<Derived>) input.width = 0;  // any
    std::vector<Description> all{{"Input",
                                  {{"height", static_cast<double>(input.height)},
                                   {"width", static_cast<double>(input.width)},
                                   {"channels", static_cast<double>(input.channels)}}}};
    for_each_inside([&](const auto& layer, const Place&, Index) { all.push_back(describe(layer)); });
    return all;
  }

  /// Calls visit(layer, place, level) for every layer, and after a container of layers for those inside: level 0 are
  /// the network's own.
  template <class Visit>
  void for_each_inside(const Visit& visit) const {
    self().for_each_layer([&](const auto& layer, Index i) { nn::for_each_inside(layer, self().place(i), visit); });
  }

  /// The same without the layers: calls visit(place, i) for each that belongs to the network's own layer number i.
  void for_each_place(Callback<const Place&, Index> visit) const {
    self().for_each_layer([&](const auto& layer, Index i) {
      nn::for_each_inside(layer, self().place(i), [&](const auto&, const Place& place, Index) { visit(place, i); });
    });
  }

  /// Throws data_error where the network was moved from and has no parameters any more.
  void require_whole(const char* who) const {
    if (!is_whole_) throw data_error(who, ": this network was moved from; assign a network to it first");
  }

  /// Throws that, or the shape_error for a sample of another size.
  void require_features(Index features, const char* who) const {
    require_whole(who);
    if constexpr (is_graph<Derived>) self().require_finished(who);
    const Shape input = self().input_shape();
    if constexpr (AnyLength<Derived>) {
      if (features < 1 || features % input.channels != 0)
        throw shape_error(who, ": ", features, " numbers are no sequence of ", input.channels,
                          " features for each step; give features x steps");
      return;
    }
    if (features != input.size())
      throw shape_error(who, ": a sample of ", features, " features does not fit the network's input of ", input,
                        input.height * input.width == 1 ? "" : " = ",
                        input.height * input.width == 1 ? "" : std::to_string(input.size()),
                        "; give features x samples, one column each");
  }

 protected:
  // Throws data_error where a number that a layer holds, or one inside it, is none in the network's number type.
  template <class L>
  static void require_options(const L& layer, const Place& place) {
    if constexpr (!std::is_empty_v<L>)
      nn::for_each_inside(layer, place, [](const auto& inner, const Place&, Index) {
        for (const auto& [name, value] : describe(inner).options)
          require_number<T>(inner.name(), name, value, "give another");
      });
  }

  template <class L>
  void initialize_layer(const L& layer, Index i, const Initializer& initializer, Random& random) {
    const Place& place = self().place(i);
    nn::initialize(layer, place.input,
                   VectorView<T>(parameters_.data() + place.parameter_offset, place.parameter_count), initializer,
                   random);
    nn::initialize_state(layer, place.input, VectorView<T>(state_.data() + place.state_offset, place.state_count));
  }

  bool has_equal_parameters(const LayerStack& other) const {
    return parameters_ == other.parameters_ && state_ == other.state_;
  }

  Buffer<T> parameters_;
  Buffer<T> state_;

 private:
  ResetOnMove<bool> is_whole_ = true;

  const Derived& self() const { return static_cast<const Derived&>(*this); }

  template <class X>
  auto predict_one_block(const X& x) const {
    using View = decltype(predict(x, std::declval<Workspace<T>&>()));
    using Outputs = Matrix<T, View::RowsAtCompileTime, View::ColsAtCompileTime>;
    if constexpr (View::ColsAtCompileTime == 1 && Derived::activations_on_stack() > 0) {
      return predict_on_stack<Outputs>(as_matrix<T, Derived::input_extent>(x));
    } else {
      Workspace<T> workspace;
      if constexpr (View::ColsAtCompileTime != 1 && !AnyLength<Derived>) {
        const auto& samples = as_matrix<T, Derived::input_extent>(x);
        if (samples.cols() > samples_at_once())
          return with_contiguous(samples,
                                 [&](const auto& input) { return predict_some_at_a_time<Outputs>(input, workspace); });
      }
      return Outputs(predict(x, workspace));
    }
  }

  // Of a network whose activations are large: what 16 MiB hold, which a heap need not ask the system for again and
  // again, but at least so many that predict looks for lost numbers.
  Index samples_at_once() const {
    constexpr Index numbers = (Index{1} << 24) / static_cast<Index>(sizeof(T));
    return std::max(detail::samples_worth_a_look, numbers / std::max<Index>(1, self().activation_size()));
  }
  template <class Outputs>
  Outputs predict_some_at_a_time(const auto& x, Workspace<T>& workspace) const {
    const Index count = x.cols();
    Outputs all(self().output_shape().size(), count);
    for (Index first = 0, pieces = count / samples_at_once(); pieces > 0; --pieces) {
      const Index some = (count - first + pieces - 1) / pieces;  // the largest piece comes first
      all.middleCols(first, some) = predict(x.middleCols(first, some), workspace);
      first += some;
    }
    return all;
  }

  // Of a network without layers, whose output must outlive x.
  const T* copy_of(const auto& x, Workspace<T>& workspace) const {
    const Index rows = self().input_shape().size(), count = (x.size() + rows - 1) / rows;
    workspace.reserve_gradients(self(), count);
    return std::copy_n(x.data(), x.size(), workspace.gradient(self(), 0, count)) - x.size();
  }

  // One column for each sequence.
  Matrix<T> predict_each(const auto& sequences) const {
    Workspace<T> workspace;
    Matrix<T> all;
    Index column = 0;
    for (const auto& sequence : sequences) {
      const auto y = predict(sequence, workspace);
      if (column == 0) all.resize(y.size(), static_cast<Index>(std::size(sequences)));
      if (y.size() != all.rows())
        throw shape_error("predict: sequence ", column, " has ", y.size(), " outputs and sequence 0 has ", all.rows(),
                          ", since there are some for every step; predict sequences of different lengths one by one");
      all.col(column++) = ConstVectorView<T>(y.data(), y.size());
    }
    return all;
  }

  template <class Outputs>
  Outputs predict_on_stack(const auto& x) const {
    require_features(x.rows(), "predict");
    alignas(Buffer<T>::alignment) T activations[Derived::activations_on_stack()];
    return with_contiguous(x, [&](const auto& input) {
      const T* y = small_forward_pass(self(), parameters_.data(), input.data(), &activations[0], Derived::depth());
      return Outputs(ConstVectorView<T, Derived::output_extent>(y));
    });
  }

  template <class View>
  std::vector<Tensor<View>> tensors_in(auto* parameters, auto* state) const {
    require_whole("tensors");
    std::vector<Tensor<View>> all;
    std::vector<Index> path;  // the layer's number among the network's, of a layer inside that, and so on
    for_each_inside([&](const auto& layer, const Place& place, Index level) {
      path.resize(static_cast<std::size_t>(level + 1), -1);
      ++path.back();
      std::string prefix = self().layer_name(path.front()) + '.';
      for (std::size_t k = 1; k < path.size(); ++k) prefix += std::to_string(path[k]) + '.';
      auto* learned = parameters + place.parameter_offset;
      auto* kept = state + place.state_offset;
      for_each_tensor(layer, place.input, [&](const TensorShape& tensor) {
        auto*& numbers = is_learned(tensor.role) ? learned : kept;
        all.push_back({prefix + std::string(tensor.name), View(numbers, tensor.rows, tensor.columns), tensor.role,
                       dimensions_of(tensor)});
        numbers += tensor.size();
      });
    });
    return all;
  }

  template <class View>
  static View tensor_named(const std::vector<Tensor<View>>& all, std::string_view name) {
    std::string names;
    for (const Tensor<View>& tensor : all) {
      if (tensor.name == name) return tensor.values;
      names += (names.empty() ? "" : ", ") + tensor.name;
    }
    throw shape_error("tensor(\"", detail::printable(name), "\"): the network has ",
                      all.empty() ? "no tensors" : "none of this name; it has " + names);
  }

  // W and b of a layer in the parameters.
  struct Weights {
    Index weight = 0, rows = 0, columns = 0, bias = 0, bias_size = 0;
  };
  Weights weights_of_layer(Index k) const {
    require_whole("weight");
    Index number = 0;
    Weights found;
    for_each_inside([&](const auto& layer, const Place& place, Index) {
      if (place.columns == 0 || number++ != k) return;
      found = {.weight = place.parameter_offset, .rows = place.rows, .columns = place.columns};
      Index position = 0;
      for_each_tensor(layer, place.input, [&](const TensorShape& tensor) {
        if (is_learned(tensor.role) && position++ == 1 && tensor.role == Role::bias) found.bias_size = tensor.size();
      });
      found.bias = found.weight + found.rows * found.columns;
    });
    if (k < 0 || k >= number)
      throw shape_error("weight(", k, "): the network has ", number, " layers with weights; count them from 0");
    return found;
  }
  template <class View>
  static View weight_of(auto* parameters, const Weights& weights) {
    return {parameters + weights.weight, weights.rows, weights.columns};
  }
  template <class View>
  static View bias_of(auto* parameters, const Weights& weights) {
    return {parameters + weights.bias, weights.bias_size};
  }
};

}  // namespace nn
