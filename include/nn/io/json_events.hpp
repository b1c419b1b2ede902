// SPDX-License-Identifier: MIT
// The grammar of a file of a network: takes a parser's events one by one, and says where in the file they are.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <nn/core/number_text.hpp>
#include <nn/io/byte_source.hpp>
#include <nn/io/json_position.hpp>
#include <nn/io/json_writer.hpp>
#include <nn/io/number_list.hpp>

namespace nn::detail {

/// The events are those of nlohmann::json_sax; every refusal is thrown as a load_error. A reader has this as its base
/// and says what is to be done with what comes:
///   begin_layer(), end_layer(), end_layers()       layer_ is number list_index_ of "layers"
///   begin_list(), end_lists()                      number list_index_ of "W" or "B", and all of them
///   begin_numbers(), store(number), end_numbers()  row row_ of a matrix, a list in "B", zeros for the input, "state"
///   end_matrix()                                   of "W" or of a tensor
///   begin_tensor(name), end_tensors(), end_file()
///   most_classes(), most_features(), most_of(part)  how many classes, features of a schema, and numbers of the
///                                                   self-test's "input" or "output"
template <class Derived, class T>
class JsonEvents : protected JsonPosition {
 public:
  explicit JsonEvents(ByteSource& source) : JsonPosition(source) {}

  /// What else the file holds, once the parser is done.
  Extras<T> extras() const { return {class_names_, test_[0].to_vector(), test_[1].to_vector(), schema_.schema()}; }

  bool start_object(std::size_t) {
    if (state_ == State::start) return enter(State::root);
    if (state_ == State::schema) return schema_.start_object();
    if (is_value_of(schema)) {
      schema_.begin(self().most_features(), std::max(self().most_classes(), Index{2}));
      return enter(State::schema);
    }
    if (is_value_of(others)) return enter(State::tensors);
    if (is_value_of(self_test)) return enter(State::self_test);
    if (state_ != State::layers) return refuse("an object");
    self().begin_layer();
    layer_ = {};
    has_type_ = false;
    return enter(State::layer);
  }

  bool key(std::string& name) {
    source_.found_token();
    if (state_ == State::schema) return schema_.key(name);
    if (state_ == State::layer) return layer_key(name);
    if (state_ == State::tensors) {
      self().begin_tensor(name);
      tensor_ = name;
      return enter(State::tensor);
    }
    if (state_ == State::self_test) {
      if (name != "input" && name != "output")
        fail("has the key ", in_quotes(name), ", which is none of \"input\", \"output\"");
      tensor_ = name;
      if (std::exchange(has_test_[test_index()], true)) fail("has the key ", in_quotes(name), " twice");
      return enter(State::test_part);
    }
    key_ = 0;
    while (key_ < keys.size() && keys[key_] != name) ++key_;
    if (key_ == keys.size())
      fail("has the key ", in_quotes(name),
           ", which is none of \"format\", \"version\", \"layers\", \"W\", \"B\", \"state\", \"tensors\", \"classes\", "
           "\"self_test\", \"schema\"");
    if (std::exchange(has_key_[key_], true)) fail("has the key ", in_quotes(name), " twice");
    return enter(State::value);
  }

  bool end_object() {
    if (state_ == State::schema) {
      schema_.end_object();
      return !schema_.has_ended() || enter(State::root);
    }
    if (state_ == State::layer) {
      if (!has_type_) fail("lacks \"type\"");
      self().end_layer();
      ++list_index_;
      return enter(State::layers);
    }
    if (state_ == State::tensors) {
      self().end_tensors();
      return enter(State::root);
    }
    if (state_ == State::self_test) {
      for (const std::size_t part : {0u, 1u})
        if (!has_test_[part]) fail("lacks ", part == 0 ? "\"input\"" : "\"output\"");
      return enter(State::root);
    }
    for (const std::size_t needed : {std::size_t{W}, std::size_t{B}})
      if (!has_key_[needed]) fail("lacks ", in_quotes(keys[needed]), "; it holds no parameters of a network");
    self().end_file();
    return enter(State::end);
  }

  bool start_array(std::size_t) {
    switch (state_) {
      case State::schema:
        return schema_.start_array();
      case State::value:
        list_index_ = 0;
        if (key_ == layers) return enter(State::layers);
        if (key_ == W || key_ == B) return enter(State::lists);
        if (key_ == kept) return enter_numbers();
        if (key_ == classes) return enter(State::classes);
        return refuse("a list");
      case State::tensor:
        row_ = 0;
        return enter(State::matrix);
      case State::lists:
        self().begin_list();
        row_ = 0;
        if (key_ == W && list_index_ > 0) return enter(State::matrix);
        return enter_numbers();
      case State::matrix:
      case State::test_part:
        return enter_numbers();
      default:
        return refuse("a list");
    }
  }

  bool end_array() {
    switch (state_) {
      case State::schema:
        return schema_.end_array();
      case State::numbers:
        if (key_ == self_test) return enter(State::self_test);
        self().end_numbers();
        if (key_ == kept) return enter(State::root);
        if (is_in_matrix()) {
          ++row_;
          return enter(State::matrix);
        }
        ++list_index_;
        return enter(State::lists);
      case State::matrix:
        self().end_matrix();
        if (key_ == others) return enter(State::tensors);
        ++list_index_;
        return enter(State::lists);
      case State::layers:
        self().end_layers();
        return enter(State::root);
      case State::lists:
        self().end_lists();
        return enter(State::root);
      default:
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
    return take(number);
  }

  bool string(std::string& text) {
    source_.found_token();
    if (state_ == State::schema) return schema_.text(std::move(text));
    if (state_ == State::type) {
      layer_.type = std::move(text);
      has_type_ = true;
      return enter(State::layer);
    }
    if (state_ == State::option && layer_.options.back().first == "name") {  // of a graph's layer, and no option
      layer_.options.pop_back();
      layer_.name = std::move(text);
      return enter(State::layer);
    }
    if (state_ == State::classes) {
      if (static_cast<Index>(list_index_++) == self().most_classes())
        fail("is one more class than the network has outputs");
      class_names_.push_back(std::move(text));
      return true;
    }
    if (!is_value_of(format)) return refuse("a text");
    if (text != "nn") fail("is ", in_quotes(text), ", but must be \"nn\"; it is a file of another program");
    return enter(State::root);
  }

  // What can stand nowhere where it came.
  [[noreturn]] bool refuse(const char* what) const {
    if (state_ == State::schema) schema_.refuse(what);
    JsonPosition::refuse(what);
  }
  bool boolean(bool value) { return refuse(value ? "true" : "false"); }
  bool null() { return refuse("null (which is what some programs write for NaN)"); }
  bool binary(auto&) { return refuse("binary data"); }

  bool parse_error(std::size_t, const std::string& token, const auto& problem) {
    constexpr int number_overflow = 406;
    if (problem.id == number_overflow) refuse_large(token);
    refuse_byte();
  }

 protected:
  // Whether the file has the key, as far as it is known.
  bool has(Key key) const { return has_key_[key]; }

 private:
  Derived& self() { return static_cast<Derived&>(*this); }
  std::size_t test_index() const { return tensor_ == "input" ? 0 : 1; }

  bool enter_numbers() {
    column_ = 0;
    if (key_ != self_test) self().begin_numbers();
    return enter(State::numbers);
  }

  bool take(T number) {
    source_.found_token();
    if (key_ == self_test) {
      NumberList<T>& numbers = test_[test_index()];
      if (numbers.size() == self().most_of(tensor_)) fail("is one number more than the network has for it");
      numbers.push_back(number);
    } else {
      self().store(number);
    }
    ++column_;
    return true;
  }

  bool integer(auto value) {
    if (state_ == State::numbers) return take(static_cast<T>(value));
    if (!is_value_of(version)) return other_number(static_cast<double>(value));
    source_.found_token();
    if (value < 1) fail("is ", value, ", but versions count from 1");
    if (value > json_version)
      fail("is ", value, ", but this library reads versions up to ", json_version, "; use a newer one");
    return enter(State::root);
  }

  bool other_number(double value) {
    source_.found_token();
    if (state_ == State::schema) return schema_.number(value);
    if (is_value_of(version)) fail("is ", value, ", but must be a whole number");
    if (state_ != State::option) return refuse("a number");
    layer_.options.back().second = value;
    return enter(State::layer);
  }

  [[noreturn]] void refuse_large(const std::string& text) const {
    const bool is_float = sizeof(T) == sizeof(float) && state_ != State::schema;
    fail("is ", printable(text), ", which is too large for a ", is_float ? "float" : "double");
  }

  std::array<bool, keys.size()> has_key_{};
  std::array<bool, 2> has_test_{};
  std::vector<std::string> class_names_;
  std::array<NumberList<T>, 2> test_;
};

}  // namespace nn::detail
