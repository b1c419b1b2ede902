// SPDX-License-Identifier: MIT
// The events of JSON text for readers of any type; the parser is compiled once for all of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <string>
#include <vector>

#include <nn/io/byte_source.hpp>
#include <nn/io/thread_locale.hpp>

// The parser is that of nlohmann_json. A program linked with nn::compiled needs none: there it is compiled with the
// files.
#if !defined(NN_COMPILED) || defined(NN_COMPILE_FILES)
#define NN_HAS_JSON_PARSER
#include <nlohmann/json.hpp>
#endif

namespace nn::detail {

/// Which of its exceptions the parser would throw.
struct JsonProblem {
  JsonProblem(const auto& exception) : id(exception.id) {}
  int id;
};

/// The events, those of nlohmann::json_sax.
class JsonSax {
 public:
  virtual ~JsonSax() = default;
  virtual bool null() = 0;
  virtual bool boolean(bool value) = 0;
  virtual bool number_integer(std::int64_t number) = 0;
  virtual bool number_unsigned(std::uint64_t number) = 0;
  virtual bool number_float(double number, const std::string& text) = 0;
  virtual bool string(std::string& text) = 0;
  virtual bool binary(std::vector<std::uint8_t>& bytes) = 0;
  virtual bool start_object(std::size_t size) = 0;
  virtual bool key(std::string& name) = 0;
  virtual bool end_object() = 0;
  virtual bool start_array(std::size_t size) = 0;
  virtual bool end_array() = 0;
  virtual bool parse_error(std::size_t position, const std::string& token, const JsonProblem& problem) = 0;
};

/// Hands the parser's events to a reader, which has functions of these names; what is refused it throws.
template <class Reader>
class EventsFor final : public JsonSax {
 public:
  explicit EventsFor(Reader& reader) : reader_(reader) {}
  bool null() override { return reader_.null(); }
  bool boolean(bool value) override { return reader_.boolean(value); }
  bool number_integer(std::int64_t number) override { return reader_.number_integer(number); }
  bool number_unsigned(std::uint64_t number) override { return reader_.number_unsigned(number); }
  bool number_float(double number, const std::string& text) override { return reader_.number_float(number, text); }
  bool string(std::string& text) override { return reader_.string(text); }
  bool binary(std::vector<std::uint8_t>& bytes) override { return reader_.binary(bytes); }
  bool start_object(std::size_t size) override { return reader_.start_object(size); }
  bool key(std::string& name) override { return reader_.key(name); }
  bool end_object() override { return reader_.end_object(); }
  bool start_array(std::size_t size) override { return reader_.start_array(size); }
  bool end_array() override { return reader_.end_array(); }
  bool parse_error(std::size_t position, const std::string& token, const JsonProblem& problem) override {
    return reader_.parse_error(position, token, problem);
  }

 private:
  Reader& reader_;
};

inline constexpr std::uint64_t whole_source = std::numeric_limits<std::uint64_t>::max();

// Templates, though of one type each, so that they can be compiled elsewhere.
template <class Source>
void parse_json(JsonSax& events, Source& source, std::uint64_t end, bool is_alone);
template <class Text>
void parse_json_text(JsonSax& events, const Text& text);
/// Whether a text is UTF-8, without which no JSON can hold it.
template <class Text>
bool is_utf8(const Text& text);

/// Reads the value that is all of a source.
template <class Reader>
void read_json(Reader& reader, ByteSource& source) {
  EventsFor events(reader);
  parse_json(events, source, whole_source, true);
}
/// Reads the first value, which ends before the byte `end`.
template <class Reader>
void read_json_value(Reader& reader, ByteSource& source, std::uint64_t end) {
  EventsFor events(reader);
  parse_json(events, source, end, false);
}
/// Reads the value that is all of a text.
template <class Reader>
void read_json_text(Reader& reader, const std::string& text) {
  EventsFor events(reader);
  parse_json_text(events, text);
}

#ifdef NN_HAS_JSON_PARSER

/// What the parser asks for: a pair of these, of which the second only marks the end.
class ByteIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = char;

  ByteIterator() = default;
  ByteIterator(ByteSource& source, std::uint64_t end) : source_(&source), end_(end) {}
  char operator*() const { return source_->current(); }
  ByteIterator& operator++() {
    source_->advance();
    return *this;
  }
  bool operator==(const ByteIterator&) const { return source_->offset() >= end_ || source_->at_end(); }

 private:
  ByteSource* source_ = nullptr;
  std::uint64_t end_ = 0;
};

template <class Source>
void parse_json(JsonSax& events, Source& source, std::uint64_t end, bool is_alone) {
  const ThreadLocale locale;
  nlohmann::json::sax_parse(ByteIterator(source, end), ByteIterator(), &events, nlohmann::json::input_format_t::json,
                            is_alone);
}

template <class Text>
void parse_json_text(JsonSax& events, const Text& text) {
  const ThreadLocale locale;
  nlohmann::json::sax_parse(text, &events);
}

template <class Text>
bool is_utf8(const Text& text) {
  try {
    static_cast<void>(nlohmann::json(text).dump());
    return true;
  } catch (const nlohmann::json::exception&) {
    return false;
  }
}

#endif  // NN_HAS_JSON_PARSER

}  // namespace nn::detail
