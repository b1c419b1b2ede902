// SPDX-License-Identifier: MIT
// Protocol buffers' wire format, read: strictly, without a copy, and never past the end of what is there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <nn/core/bit_cast.hpp>
#include <nn/formats/onnx/document.hpp>
#include <nn/formats/onnx/wire_writer.hpp>

namespace nn::detail::onnx {

/// Goes through the fields of one message:
///   while (message.next())
///     if (message.field() == 1) version = message.integer();
/// Fields that nobody asks for are skipped. A value of another wire type than it is read as, a group, a length that
/// leaves the message and messages nested deeper than `deepest` are refused by a load_error that says where.
class Message {
 public:
  /// As deep as protobuf's own readers go.
  static constexpr int deepest = 100;

  Message(Document& document, std::string_view bytes, const char* name, int depth = 0)
      : document_(&document), all_(bytes), left_(bytes), name_(name), depth_(depth) {
    if (depth > deepest) fail(" is nested deeper than ", deepest, " messages");
  }

  Document& document() const { return *document_; }
  std::string_view all() const { return all_; }
  int depth() const { return depth_; }
  int field() const { return field_; }

  /// Goes to the next field; false at the end.
  bool next() {
    if (left_.empty()) return false;
    const std::uint64_t key = take_varint(left_);
    if (key >> 3 == 0 || key >> 3 > (std::uint64_t{1} << 29) - 1) fail(" has the field number ", key >> 3);
    field_ = static_cast<int>(key >> 3);
    type_ = static_cast<WireType>(key & 7);
    switch (type_) {
      case WireType::varint:
        number_ = take_varint(left_);
        break;
      case WireType::fixed64:
        value_ = take(left_, 8);
        break;
      case WireType::fixed32:
        value_ = take(left_, 4);
        break;
      case WireType::bytes:
        value_ = take(left_, take_varint(left_));
        break;
      default:
        fail(" has a field of type ", key & 7, ", which is a group or unknown");
    }
    return true;
  }

  std::int64_t integer() const {
    require(WireType::varint);
    return static_cast<std::int64_t>(number_);
  }
  float float32() const {
    require(WireType::fixed32);
    return bit_cast<float>(word<std::uint32_t>(value_));
  }
  std::string_view bytes() const {
    require(WireType::bytes);
    return value_;
  }
  /// The message in this field, of a repeated one.
  Message message(const char* name) const { return {*document_, bytes(), name, depth_ + 1}; }

  /// The message in a field that is there once; where it is given several times the parts are one, as they are when
  /// they stand behind each other. Empty where it is missing.
  Message merged(int field, const char* name) const {
    std::string_view only;
    std::size_t count = 0, size = 0;
    for_each(field, [&](const Message& at) {
      only = at.bytes();
      size += only.size();
      ++count;
    });
    if (count > 1) {
      document_->charge(size);
      std::string parts;
      parts.reserve(size);
      for_each(field, [&](const Message& at) { parts += at.bytes(); });
      only = document_->keep(std::move(parts));
    }
    return {*document_, only, name, depth_ + 1};
  }

  /// Calls visit(message at the field) for each field of this number in the whole message.
  template <class Visit>
  void for_each(int field, const Visit& visit) const {
    Message at(*document_, all_, name_, depth_);
    while (at.next())
      if (at.field() == field) visit(at);
  }
  std::size_t count(int field) const {
    std::size_t count = 0;
    for_each(field, [&](const Message&) { ++count; });
    return count;
  }
  bool has(int field) const { return count(field) > 0; }

  /// Calls visit(number) for each number at this field: one, or many that are packed, whatever the schema says.
  template <class Visit>
  void for_each_integer(const Visit& visit) const {
    if (type_ == WireType::varint) return visit(static_cast<std::int64_t>(number_));
    for (std::string_view packed = bytes(); !packed.empty();) visit(static_cast<std::int64_t>(take_varint(packed)));
  }
  /// The same of numbers of a fixed width, 4 or 8 bytes: visit(bits).
  template <class Bits, class Visit>
  void for_each_fixed(const Visit& visit) const {
    constexpr WireType alone = sizeof(Bits) == 4 ? WireType::fixed32 : WireType::fixed64;
    if (type_ == alone) return visit(word<Bits>(value_));
    std::string_view packed = bytes();
    if (packed.size() % sizeof(Bits) != 0)
      fail(" has ", packed.size(), " bytes of numbers of ", sizeof(Bits), " bytes each");
    for (; !packed.empty(); packed.remove_prefix(sizeof(Bits))) visit(word<Bits>(packed));
  }

  template <class... Pieces>
  [[noreturn]] void fail(const Pieces&... what) const {
    document_->fail(left_, ": ", name_, what..., "; it is damaged or no ONNX model");
  }

  template <class Bits>
  static Bits word(std::string_view bytes) {
    Bits bits = 0;
    for (std::size_t i = sizeof(Bits); i-- > 0;)
      bits = static_cast<Bits>(bits << 8 | static_cast<unsigned char>(bytes[i]));
    return bits;
  }

 private:
  void require(WireType type) const {
    if (type_ != type)
      fail(" has the wire type ", static_cast<int>(type_), " for field ", field_, ", but must have ",
           static_cast<int>(type));
  }

  std::string_view take(std::string_view& from, std::uint64_t size) const {
    if (size > from.size()) fail(" has a field of ", size, " bytes, but only ", from.size(), " are left");
    const std::string_view taken = from.substr(0, static_cast<std::size_t>(size));
    from.remove_prefix(taken.size());
    return taken;
  }

  std::uint64_t take_varint(std::string_view& from) const {
    std::uint64_t value = 0;
    for (unsigned i = 0; i < from.size() && i < 10; ++i) {
      const auto byte = static_cast<unsigned char>(from[i]);
      if (i == 9 && byte > 1) break;  // the tenth has room for one bit
      value |= static_cast<std::uint64_t>(byte & 0x7f) << 7 * i;
      if (byte >= 0x80) continue;
      from.remove_prefix(i + 1);
      return value;
    }
    fail(from.size() < 10 ? " ends within a number" : " has a number of more than 64 bits");
  }

  Document* document_;
  std::string_view all_;
  std::string_view left_;
  const char* name_;
  int depth_;
  int field_ = 0;
  WireType type_ = WireType::varint;
  std::uint64_t number_ = 0;
  std::string_view value_;
};

}  // namespace nn::detail::onnx
