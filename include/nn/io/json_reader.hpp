// SPDX-License-Identifier: MIT
// Reads a file into a vector of parameters; refuses whatever does not fit the network.
#pragma once

#include <string>
#include <vector>

#include <nn/core/buffer.hpp>
#include <nn/core/views.hpp>
#include <nn/io/byte_source.hpp>
#include <nn/io/json_events.hpp>
#include <nn/io/outline.hpp>

namespace nn::detail {

/// Counts are compared with the network as they come, so memory is that of one network, whatever the file.
template <class T>
class JsonReader : public JsonEvents<JsonReader<T>, T> {
  using Events = JsonEvents<JsonReader, T>;
  friend Events;

 public:
  JsonReader(const Outline& outline, ByteSource& source)
      : Events(source),
        outline_(outline),
        parameters_(outline.parameter_count),
        numbers_(outline.state_count),
        has_tensor_(outline.others.size()) {}

  /// Once the parser is done.
  ConstVectorView<T> parameters() const { return parameters_.view(); }
  ConstVectorView<T> state() const { return numbers_.view(); }

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
  using Events::refuse_count;
  using Events::refuse_more;
  using Events::remedy;
  using Events::row_;

  void begin_layer() const {
    if (list_index_ == outline_.layers.size()) refuse_more("layers", outline_.layers.size());
  }
  void end_layer() const {
    const Description& ours = outline_.layers[list_index_];
    if (!describe_the_same(layer_, ours))
      fail("is ", in_words(layer_), " in the file, but ", in_words(ours), " in this network", remedy);
  }
  void end_layers() const {
    if (list_index_ != outline_.layers.size()) refuse_count("layers", list_index_, outline_.layers.size());
  }

  void begin_tensor(const std::string& name) {
    list_index_ = 0;
    while (list_index_ < outline_.others.size() && outline_.others[list_index_].name != name) ++list_index_;
    if (list_index_ == outline_.others.size()) fail("has ", in_quotes(name), ", which this network has not", remedy);
    if (has_tensor_[list_index_]) fail("has ", in_quotes(name), " twice");
    has_tensor_[list_index_] = true;
  }
  void end_tensors() const {
    for (std::size_t i = 0; i < outline_.others.size(); ++i)
      if (!has_tensor_[i]) fail("lacks ", in_quotes(outline_.others[i].name), ", which this network has", remedy);
  }

  void begin_list() const {
    if (list_index_ > outline_.weights.size()) refuse_more("lists", outline_.weights.size() + 1);
  }
  void end_lists() const {
    if (list_index_ != outline_.weights.size() + 1) refuse_count("lists", list_index_, outline_.weights.size() + 1);
  }

  void begin_numbers() {
    if (key_ == kept) return expect(numbers_.data(), outline_.state_count, 1);
    if (is_in_matrix()) {
      const WeightPlace& place = matrix_place();
      if (row_ == place.rows) refuse_more("rows", place.rows);
      return expect(parameters_.data() + place.weight_offset + row_, place.columns, place.rows);
    }
    if (list_index_ == 0) return expect(nullptr, outline_.input_size, 1);
    const WeightPlace& place = outline_.weights[list_index_ - 1];
    if (place.bias_size == 0) return expect(nullptr, place.rows, 1);
    expect(parameters_.data() + place.bias_offset, place.bias_size, 1);
  }
  void end_numbers() const {
    const bool is_no_bias = key_ == B && destination_ == nullptr && list_index_ > 0;
    if (column_ != expected_ && !(is_no_bias && column_ == 0)) refuse_count("numbers", column_, expected_);
  }
  void end_matrix() const {
    if (const Index rows = matrix_place().rows; row_ != rows) refuse_count("rows", row_, rows);
  }

  void store(T number) {
    if (column_ == expected_) refuse_more("numbers", expected_);
    if (destination_ != nullptr) {
      destination_[column_ * stride_] = number;
    } else if (number != T(0)) {
      fail("is ", number, ", but must be 0: it only keeps the place of ",
           list_index_ == 0 ? "the input layer" : "a layer without bias");
    }
  }

  void end_file() const {
    if (!outline_.others.empty() && !has(others))
      fail("lacks \"tensors\", of which this network has ", outline_.others.size(), remedy);
    if (outline_.state_count > 0 && !has(kept))
      fail("lacks \"state\", the ", outline_.state_count, " numbers that this network keeps beside its parameters",
           remedy);
  }

  Index most_classes() const { return outline_.output_size; }
  Index most_features() const { return outline_.input_size; }
  Index most_of(const std::string& part) const { return part == "input" ? outline_.input_size : outline_.output_size; }

  // Where the matrix goes that is being read.
  const WeightPlace& matrix_place() const {
    return key_ == others ? outline_.others[list_index_].place : outline_.weights[list_index_ - 1];
  }

  // So many numbers for every stride-th place from destination on; none: zeros that only keep a place.
  void expect(T* destination, Index count, Index stride) {
    destination_ = destination;
    expected_ = count;
    stride_ = stride;
  }

  const Outline& outline_;
  Buffer<T> parameters_;
  Buffer<T> numbers_;             // of the state
  std::vector<bool> has_tensor_;  // of outline_.others
  T* destination_ = nullptr;
  Index expected_ = 0;
  Index stride_ = 1;
};

}  // namespace nn::detail
