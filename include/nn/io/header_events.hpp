// SPDX-License-Identifier: MIT
// The events of a JSON parser for files of which a reader knows some keys: others are skipped, not too deep.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include <nn/io/byte_source.hpp>

namespace nn::detail {

/// Those of nlohmann::json_sax. A reader overrides what it expects; what it does not is refused where it stands.
/// Nothing is kept but what the reader keeps, however large or deep the file is.
class HeaderEvents {
 public:
  static constexpr int deepest = 16;

  bool start_object(std::size_t) { return is_skipped(1) || (begin_object(), true); }
  bool end_object() { return is_skipped(-1) || (end_of_object(), true); }
  bool start_array(std::size_t) { return is_skipped(1) || (begin_list(), true); }
  bool end_array() { return is_skipped(-1) || (end_of_list(), true); }
  bool key(std::string& name) { return is_skipped(0) || (found_key(name), true); }
  bool string(std::string& text) { return is_skipped(0) || (found_text(text), true); }
  bool number_unsigned(std::uint64_t number) { return is_skipped(0) || (found_number(number), true); }
  bool number_integer(std::int64_t) { return is_skipped(0) || (refuse("a negative number"), true); }
  bool number_float(double, const std::string&) { return is_skipped(0) || (refuse("a fraction"), true); }
  bool boolean(bool) { return is_skipped(0) || (refuse("true or false"), true); }
  bool null() { return is_skipped(0) || (refuse("null"), true); }
  bool binary(auto&) { return is_skipped(0) || (refuse("binary data"), true); }
  bool parse_error(std::size_t, const std::string&, const auto&) {
    if (source_.has_ended()) source_.fail(": its JSON ends too early; the file is cut off");
    source_.fail(": its JSON is damaged: it is none, has a number that is too large, or is no UTF-8");
  }

 protected:
  explicit HeaderEvents(ByteSource& source) : source_(source) {}
  ~HeaderEvents() = default;

  /// The value that comes next is not looked at.
  void skip_value() { is_skipping_ = true; }

  virtual void begin_object() { refuse("an object"); }
  virtual void end_of_object() = 0;
  virtual void begin_list() { refuse("a list"); }
  virtual void end_of_list() {}
  virtual void found_key(std::string& name) = 0;
  virtual void found_text(std::string&) { refuse("a text"); }
  virtual void found_number(std::uint64_t) { refuse("a number"); }
  /// Says where in the file something is that cannot stand there.
  [[noreturn]] virtual void refuse(const char* what) const = 0;

  ByteSource& source_;

 private:
  bool is_skipped(int change) {
    source_.found_token();
    if (!is_skipping_) return false;
    skipped_depth_ += change;
    if (skipped_depth_ > deepest) source_.fail(": its JSON is nested more than ", deepest, " deep; it is damaged");
    if (skipped_depth_ == 0) is_skipping_ = false;
    return true;
  }

  bool is_skipping_ = false;
  int skipped_depth_ = 0;
};

}  // namespace nn::detail
