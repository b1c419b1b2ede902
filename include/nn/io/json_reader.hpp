// SPDX-License-Identifier: MIT
// Takes a parser's events one by one and fills a vector of parameters; refuses whatever does not fit the network.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <nn/core/buffer.hpp>
#include <nn/core/number_text.hpp>
#include <nn/core/views.hpp>
#include <nn/io/byte_source.hpp>
#include <nn/io/json_position.hpp>
#include <nn/io/json_writer.hpp>
#include <nn/io/outline.hpp>

namespace nn::detail {

/// The events are those of nlohmann::json_sax. Counts are compared with the network as they come, so memory is that of
/// one network, whatever the file. Every refusal is thrown as a load_error.
template <class T>
class JsonReader : private JsonPosition {
 public:
  JsonReader(const Outline& outline, ByteSource& source)
      : JsonPosition(source),
        outline_(outline),
        parameters_(outline.parameter_count),
        numbers_(outline.state_count),
        has_tensor_(outline.others.size()) {}

  /// Once the parser is done.
  ConstVectorView<T> parameters() const { return parameters_.view(); }
  ConstVectorView<T> state() const { return numbers_.view(); }

  bool start_object(std::size_t) {
    if (state_ == State::start) return enter(State::root);
    if (is_value_of(others)) return enter(State::tensors);
    if (state_ != State::layers) return refuse("an object");
    if (list_index_ == outline_.layers.size()) refuse_more("layers", outline_.layers.size());
    layer_ = {};
    has_type_ = false;
    return enter(State::layer);
  }

  bool key(std::string& name) {
    source_.found_token();
    if (state_ == State::layer) {
      for (const auto& [option, value] : layer_.options)
        if (option == name) fail("has the key ", in_quotes(name), " twice");
      if (layer_.options.size() == most_options) fail("has more than ", most_options, " options; no layer has so many");
      if (name == "type") {
        if (has_type_) fail("has the key \"type\" twice");
        return enter(State::type);
      }
      layer_.options.emplace_back(name, 0.0);
      return enter(State::option);
    }
    if (state_ == State::tensors) return tensor_key(name);
    key_ = 0;
    while (key_ < keys.size() && keys[key_] != name) ++key_;
    if (key_ == keys.size())
      fail("has the key ", in_quotes(name),
           ", which is none of \"format\", \"version\", \"layers\", \"W\", \"B\", \"state\", \"tensors\"");
    if (std::exchange(has_key_[key_], true)) fail("has the key ", in_quotes(name), " twice");
    return enter(State::value);
  }

  bool end_object() {
    if (state_ == State::layer) {
      if (!has_type_) fail("lacks \"type\"");
      const Description& ours = outline_.layers[list_index_];
      if (!describe_the_same(layer_, ours))
        fail("is ", in_words(layer_), " in the file, but ", in_words(ours), " in this network", remedy);
      ++list_index_;
      return enter(State::layers);
    }
    if (state_ == State::tensors) {
      for (std::size_t i = 0; i < outline_.others.size(); ++i)
        if (!has_tensor_[i]) fail("lacks ", in_quotes(outline_.others[i].name), ", which this network has", remedy);
      return enter(State::root);
    }
    for (const std::size_t needed : {std::size_t{W}, std::size_t{B}})
      if (!has_key_[needed]) fail("lacks ", in_quotes(keys[needed]), "; it holds no parameters of a network");
    if (!outline_.others.empty() && !has_key_[others])
      fail("lacks \"tensors\", of which this network has ", outline_.others.size(), remedy);
    if (outline_.state_count > 0 && !has_key_[kept])
      fail("lacks \"state\", the ", outline_.state_count, " numbers that this network keeps beside its parameters",
           remedy);
    return enter(State::end);
  }

  bool start_array(std::size_t) {
    switch (state_) {
      case State::value:
        list_index_ = 0;
        if (key_ == layers) return enter(State::layers);
        if (key_ == W || key_ == B) return enter(State::lists);
        if (key_ == kept) return enter_numbers(numbers_.data(), outline_.state_count, 1);
        return refuse("a list");
      case State::matrix: {
        const WeightPlace& place = matrix_place();
        if (row_ == place.rows) refuse_more("rows", place.rows);
        return enter_numbers(parameters_.data() + place.weight_offset + row_, place.columns, place.rows);
      }
      case State::tensor:
        row_ = 0;
        return enter(State::matrix);
      case State::lists: {
        if (list_index_ > outline_.weights.size()) refuse_more("lists", outline_.weights.size() + 1);
        if (list_index_ == 0) return enter_numbers(nullptr, outline_.input_size, 1);
        row_ = 0;
        if (key_ == W) return enter(State::matrix);
        const WeightPlace& place = outline_.weights[list_index_ - 1];
        if (place.bias_size == 0) return enter_numbers(nullptr, place.rows, 1);
        return enter_numbers(parameters_.data() + place.bias_offset, place.bias_size, 1);
      }
      default:
        return refuse("a list");
    }
  }

  bool end_array() {
    switch (state_) {
      case State::numbers: {
        const bool is_no_bias = key_ == B && destination_ == nullptr && list_index_ > 0;
        if (column_ != expected_ && !(is_no_bias && column_ == 0)) refuse_count("numbers", column_, expected_);
        if (key_ == kept) return enter(State::root);
        if (is_in_matrix()) {
          ++row_;
          return enter(State::matrix);
        }
        ++list_index_;
        return enter(State::lists);
      }
      case State::matrix:
        if (const Index rows = matrix_place().rows; row_ != rows) refuse_count("rows", row_, rows);
        if (key_ == others) return enter(State::tensors);
        ++list_index_;
        return enter(State::lists);
      case State::layers:
        if (list_index_ != outline_.layers.size()) refuse_count("layers", list_index_, outline_.layers.size());
        return enter(State::root);
      default:
        if (list_index_ != outline_.weights.size() + 1) refuse_count("lists", list_index_, outline_.weights.size() + 1);
        return enter(State::root);
    }
  }

  bool number_integer(std::int64_t value) { return integer(value); }
  bool number_unsigned(std::uint64_t value) { return integer(value); }
  bool number_float(double value, const std::string& text) {
    if (state_ != State::numbers) return other_number(value);
    T number{};
    const auto [end, problem] = read_number(text.data(), text.data() + text.size(), number);
    if (problem == std::errc::result_out_of_range) {
      if (value > 1 || value < -1) refuse_large(text);
      number = static_cast<T>(value);  // too small for a T: zero, with its sign
    }
    return store(number);
  }

  bool string(std::string& text) {
    source_.found_token();
    if (state_ == State::type) {
      layer_.type = std::move(text);
      has_type_ = true;
      return enter(State::layer);
    }
    if (!is_value_of(format)) return refuse("a text");
    if (text != "nn") fail("is ", in_quotes(text), ", but must be \"nn\"; it is a file of another program");
    return enter(State::root);
  }

  bool boolean(bool value) { return refuse(value ? "true" : "false"); }
  bool null() { return refuse("null (which is what some programs write for NaN)"); }
  bool binary(auto&) { return refuse("binary data"); }

  bool parse_error(std::size_t, const std::string& token, const auto& problem) {
    constexpr int number_overflow = 406;
    if (problem.id == number_overflow) refuse_large(token);
    refuse_byte();
  }

 private:
  static constexpr std::size_t most_options = 32;

  bool tensor_key(const std::string& name) {
    list_index_ = 0;
    while (list_index_ < outline_.others.size() && outline_.others[list_index_].name != name) ++list_index_;
    if (list_index_ == outline_.others.size()) fail("has ", in_quotes(name), ", which this network has not", remedy);
    if (has_tensor_[list_index_]) fail("has ", in_quotes(name), " twice");
    has_tensor_[list_index_] = true;
    tensor_ = name;
    return enter(State::tensor);
  }
  // Where the matrix goes that is being read.
  const WeightPlace& matrix_place() const {
    return key_ == others ? outline_.others[list_index_].place : outline_.weights[list_index_ - 1];
  }

  // A list of numbers for every stride-th place from destination on; none: a list of zeros that only keeps a place.
  bool enter_numbers(T* destination, Index count, Index stride) {
    destination_ = destination;
    expected_ = count;
    stride_ = stride;
    column_ = 0;
    return enter(State::numbers);
  }

  bool store(T number) {
    source_.found_token();
    if (column_ == expected_) refuse_more("numbers", expected_);
    if (destination_ != nullptr) {
      destination_[column_ * stride_] = number;
    } else if (number != T(0)) {
      fail("is ", number, ", but must be 0: it only keeps the place of ",
           list_index_ == 0 ? "the input layer" : "a layer without bias");
    }
    ++column_;
    return true;
  }

  bool integer(auto value) {
    if (state_ == State::numbers) return store(static_cast<T>(value));
    if (!is_value_of(version)) return other_number(static_cast<double>(value));
    source_.found_token();
    if (value < 1) fail("is ", value, ", but versions count from 1");
    if (value > json_version)
      fail("is ", value, ", but this library reads versions up to ", json_version, "; use a newer one");
    return enter(State::root);
  }

  bool other_number(double value) {
    source_.found_token();
    if (is_value_of(version)) fail("is ", value, ", but must be a whole number");
    if (state_ != State::option) return refuse("a number");
    layer_.options.back().second = value;
    return enter(State::layer);
  }

  [[noreturn]] void refuse_large(const std::string& text) const {
    fail("is ", printable(text), ", which is too large for a ", sizeof(T) == sizeof(float) ? "float" : "double");
  }

  const Outline& outline_;
  Buffer<T> parameters_;
  Buffer<T> numbers_;             // of the state
  std::vector<bool> has_tensor_;  // of outline_.others
  std::array<bool, keys.size()> has_key_{};
  bool has_type_ = false;  // of layer_
  T* destination_ = nullptr;
  Index expected_ = 0;
  Index stride_ = 1;
};

}  // namespace nn::detail
