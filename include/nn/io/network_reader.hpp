// SPDX-License-Identifier: MIT
// Reads a file into the network that it describes.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nn/io/byte_source.hpp>
#include <nn/io/json_events.hpp>
#include <nn/io/layer_table.hpp>
#include <nn/io/number_list.hpp>
#include <nn/io/outline.hpp>

namespace nn::detail {

/// Builder: a LayerBuilder or a GraphBuilder. The numbers are kept as they come, since a file may have them before its
/// layers, and the network is allocated once its layers need no more numbers than were there: memory is twice that of
/// the numbers in the file.
template <class Builder>
class NetworkReader : public JsonEvents<NetworkReader<Builder>, typename Builder::Scalar> {
  using T = typename Builder::Scalar;
  using Network = typename Builder::Network;
  using Events = JsonEvents<NetworkReader, T>;
  friend Events;

 public:
  /// Without "layers" in the file, as the course's program writes it: Dense layers, `activation` between them, and a
  /// Softmax.
  NetworkReader(const LayerTable<T>& table, std::string activation, ByteSource& source)
      : Events(source), table_(table), activation_(std::move(activation)), builder_(table) {}

  /// Once the parser is done; to be called once.
  Network network() {
    try {
      if (!has(Events::layers)) add_course_layers();
      if (builder_.parameter_count() > weights_.size() + biases_.size() + others_.size())
        refuse("its layers have ", builder_.parameter_count(), " parameters, but it holds fewer numbers");
      if (builder_.state_count() != state_.size())
        refuse("its layers keep ", builder_.state_count(), " numbers beside the parameters, but \"state\" has ",
               state_.size());
      Network network = builder_.network();
      fill(network, outline(network));
      return network;
    } catch (const load_error&) {
      throw;
    } catch (const error& problem) {
      refuse(problem.what());
    }
  }

 private:
  using Events::B;
  using Events::column_;
  using Events::fail;
  using Events::has;
  using Events::is_in_matrix;
  using Events::kept;
  using Events::key_;
  using Events::layer_;
  using Events::list_index_;
  using Events::others;
  using Events::row_;
  using Events::source_;

  static constexpr std::size_t most_layers = Builder::most_layers;

  struct MatrixSize {
    Index rows, columns;
  };
  struct NamedSize {
    std::string name;
    MatrixSize size;
    Index first;  // of others_
  };
  template <class... Pieces>
  [[noreturn]] void refuse(const Pieces&... pieces) const {
    throw load_error("load: ", source_.name(), ": ", pieces..., "; the file is damaged, or was not saved by nn::save");
  }

  void begin_layer() const {
    if (list_index_ == most_layers) fail("is one more than the ", most_layers, " layers that a file may have");
  }
  void end_layer() {
    try {
      if (list_index_ == 0)
        builder_.begin_with(layer_);
      else
        builder_.add(layer_);
    } catch (const load_error&) {
      throw;
    } catch (const error& problem) {
      fail("cannot be made: ", problem.what());
    }
  }
  void end_layers() const {
    if (list_index_ == 0) fail("is empty, but begins with the input");
    if (const std::string within = builder_.unfinished(); !within.empty())
      fail("ends within ", within, "; the file is damaged");
  }

  // Sizes from W.
  void add_course_layers() {
    builder_.begin_with(Shape(placeholder_sizes_[0]));
    if (activation_.empty() && matrices_.size() > 1)
      throw load_error("load: ", source_.name(),
                       ": does not say its layers, as the course's files do not; say which activation stands between "
                       "them, {.activation = \"ReLU\"}");
    for (std::size_t k = 0; k < matrices_.size(); ++k) {
      const bool has_bias = k < bias_sizes_.size() && bias_sizes_[k] > 0;
      builder_.add(
          table_.make({"Dense", {{"units", static_cast<double>(matrices_[k].rows)}, {"bias", has_bias ? 1 : 0}}}));
      builder_.add(table_.make(k + 1 < matrices_.size() ? std::string_view(activation_) : "Softmax"));
    }
  }

  void begin_list() const {
    if (list_index_ > most_layers) fail("is one more than the ", most_layers, " layers that a file may have");
  }
  void end_lists() const {
    if (list_index_ == 0) fail("is empty, but begins with a list that keeps the place of the input");
  }
  void begin_tensor(const std::string& name) {
    if (tensors_.size() == most_layers) fail("has more than ", most_layers, " tensors");
    for (const NamedSize& tensor : tensors_)
      if (tensor.name == name) fail("has ", in_quotes(name), " twice");
    tensors_.push_back({name, {}, others_.size()});
  }
  void end_tensors() const {}

  void begin_numbers() const {}
  void store(T number) {
    if (key_ == kept) return state_.push_back(number);
    if (is_in_matrix()) {
      if (row_ > 0 && column_ == columns_) fail("is one number more than the row before has");
      return (key_ == others ? others_ : weights_).push_back(number);
    }
    if (list_index_ > 0) return biases_.push_back(number);
    if (number != T(0)) fail("is ", number, ", but must be 0: it only keeps the place of the input layer");
  }
  void end_numbers() {
    if (key_ == kept) return;
    if (is_in_matrix()) {
      if (column_ == 0) fail("is missing; a row of a matrix cannot be empty");
      if (row_ > 0 && column_ != columns_) fail("is missing; the row before has ", columns_, " numbers");
      columns_ = column_;
    } else if (list_index_ > 0) {
      bias_sizes_.push_back(column_);
    } else {
      placeholder_sizes_[key_ == B ? 1 : 0] = column_;
    }
  }
  void end_matrix() {
    if (row_ == 0) fail("is missing; a matrix cannot be empty");
    const MatrixSize size{row_, columns_};
    if (key_ == others)
      tensors_.back().size = size;
    else
      matrices_.push_back(size);
  }
  void end_file() const {}

  static Index most_classes() { return 100'000; }
  static Index most_features() { return 1'000'000; }
  static Index most_of(const std::string&) { return Index{1} << 25; }

  // Gives the network the numbers, all of which must have a place in it, and every place a number.
  void fill(Network& network, const Outline& outline) const {
    if (matrices_.size() != outline.weights.size() || bias_sizes_.size() != outline.weights.size())
      refuse("its layers have ", outline.weights.size(), " W and B, but \"W\" has ", matrices_.size(), " and \"B\" ",
             bias_sizes_.size(), " behind that of the input");
    for (const Index size : placeholder_sizes_)
      if (size != outline.input_size)
        refuse("W[0] and B[0] have ", placeholder_sizes_[0], " and ", placeholder_sizes_[1], " zeros, but the input ",
               outline.input_size, " numbers");
    T* parameters = network.parameters().data();
    Index weight = 0, bias = 0;
    for (std::size_t k = 0; k < matrices_.size(); ++k) {
      const WeightPlace& place = outline.weights[k];
      copy_matrix(text_of("W[", k + 1, ']'), weights_, weight, matrices_[k], place, parameters);
      weight += matrices_[k].rows * matrices_[k].columns;
      copy_bias(k, bias, place, parameters);
      bias += bias_sizes_[k];
    }
    if (tensors_.size() != outline.others.size())
      refuse("its layers have ", outline.others.size(), " other tensors, but \"tensors\" has ", tensors_.size());
    for (const NamedPlace& other : outline.others) copy_tensor(other, parameters);
    for (Index i = 0; i < state_.size(); ++i) network.state()[i] = state_[i];
  }

  void copy_matrix(const std::string& name, const NumberList<T>& numbers, Index first, const MatrixSize& size,
                   const WeightPlace& place, T* parameters) const {
    if (size.rows != place.rows || size.columns != place.columns)
      refuse(name, " is ", size.rows, " x ", size.columns, ", but its layer has ", place.rows, " x ", place.columns);
    for (Index row = 0; row < size.rows; ++row)
      for (Index column = 0; column < size.columns; ++column)
        parameters[place.weight_offset + column * size.rows + row] = numbers[first + row * size.columns + column];
  }
  void copy_bias(std::size_t k, Index first, const WeightPlace& place, T* parameters) const {
    const Index size = bias_sizes_[k];
    const bool is_no_bias = place.bias_size == 0;
    if (size != (is_no_bias ? place.rows : place.bias_size) && !(is_no_bias && size == 0))
      refuse("B[", k + 1, "] has ", size, " numbers, but its layer ", is_no_bias ? place.rows : place.bias_size);
    for (Index i = 0; i < size; ++i)
      if (!is_no_bias)
        parameters[place.bias_offset + i] = biases_[first + i];
      else if (biases_[first + i] != T(0))
        refuse("B[", k + 1, "][", i, "] is ", biases_[first + i],
               ", but must be 0: it only keeps the place of a layer "
               "without bias");
  }
  void copy_tensor(const NamedPlace& other, T* parameters) const {
    for (const NamedSize& tensor : tensors_)
      if (tensor.name == other.name)
        return copy_matrix("tensors[" + in_quotes(tensor.name) + "]", others_, tensor.first, tensor.size, other.place,
                           parameters);
    refuse("\"tensors\" lacks ", in_quotes(other.name));
  }

  const LayerTable<T>& table_;
  std::string activation_;
  Builder builder_;
  std::array<Index, 2> placeholder_sizes_{};  // of W[0] and B[0]
  std::vector<MatrixSize> matrices_;          // in W, without the zeros for the input
  std::vector<Index> bias_sizes_;
  std::vector<NamedSize> tensors_;
  NumberList<T> weights_, biases_, others_, state_;
  Index columns_ = 0;  // of the row before
};

}  // namespace nn::detail
