// SPDX-License-Identifier: MIT
// Numbers as bytes of a file: little-endian on every machine, whole numbers in 64 bits.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>

#include <nn/core/random.hpp>

namespace nn::detail {

/// Calls use(number) for the numbers of fixed width that a value consists of: a bool or a character of 8 bits, a whole
/// number of 64, a float or double as it is, the state of a generator. Any other type names its own numbers, by
/// for_each_number.
template <class Value, class Use>
void for_each_number(Value& value, Use& use) {
  using Plain = std::remove_const_t<Value>;
  if constexpr (std::is_arithmetic_v<Plain>)
    use(value);
  else if constexpr (std::is_same_v<Plain, Random>)
    for (auto& word : value.state()) use(word);
  else
    Plain::for_each_number(value, use);
}

/// What stands in a file for a number: unsigned, of its width there.
template <class Number>
using Word = std::conditional_t<sizeof(Number) == 1, std::uint8_t,
                                std::conditional_t<std::is_same_v<Number, float>, std::uint32_t, std::uint64_t>>;

/// The bytes of a word of this machine in the order of a file, and back.
template <class Bits>
Bits little_endian(Bits bits) {
  if constexpr (std::endian::native == std::endian::big && sizeof(Bits) > 1) {
    std::array<char, sizeof(Bits)> bytes;
    std::memcpy(bytes.data(), &bits, sizeof bits);
    std::reverse(bytes.begin(), bytes.end());
    std::memcpy(&bits, bytes.data(), sizeof bits);
  }
  return bits;
}

/// Writes a value and returns where its bytes end.
template <class Value>
char* encode(const Value& value, char* bytes) {
  const auto write = [&]<class Number>(const Number& number) {
    Word<Number> bits{};
    if constexpr (std::is_floating_point_v<Number>)
      std::memcpy(&bits, &number, sizeof number);
    else
      bits = static_cast<Word<Number>>(number);
    bits = little_endian(bits);
    std::memcpy(bytes, &bits, sizeof bits);
    bytes += sizeof bits;
  };
  for_each_number(value, write);
  return bytes;
}

/// Reads a value. False where the bytes are none of its type: a bool that is neither 0 nor 1, a whole number that is
/// too large for this machine.
template <class Value>
bool decode(Value& value, const char* bytes) {
  bool is_valid = true;
  const auto read = [&]<class Number>(Number& number) {
    Word<Number> bits;
    std::memcpy(&bits, bytes, sizeof bits);
    bits = little_endian(bits);
    bytes += sizeof bits;
    if constexpr (std::is_floating_point_v<Number>) {
      std::memcpy(&number, &bits, sizeof number);
    } else {
      number = static_cast<Number>(bits);
      is_valid = is_valid && static_cast<Word<Number>>(number) == bits;
    }
  };
  for_each_number(value, read);
  return is_valid;
}

/// The bytes of a value in a file.
template <class Value>
std::size_t encoded_size() {
  std::size_t size = 0;
  const auto count = [&]<class Number>(const Number&) { size += sizeof(Word<Number>); };
  const Value value{};
  for_each_number(value, count);
  return size;
}

/// The values that a field consists of: those of a container, or the one that it is.
template <class Field>
auto values_of(Field& field) {
  if constexpr (requires { field.data(); })
    return std::span(field.data(), static_cast<std::size_t>(field.size()));
  else
    return std::span<Field>(&field, 1);
}

/// Calls sink(bytes) with the encoded values, piece by piece.
template <class Value, class Sink>
void write_values(std::span<Value> values, Sink&& sink) {
  std::array<char, 8192> buffer;
  const std::size_t size = encoded_size<std::remove_const_t<Value>>(), most = buffer.size() / size;
  for (; !values.empty(); values = values.subspan(std::min(most, values.size()))) {
    char* end = buffer.data();
    for (const Value& value : values.first(std::min(most, values.size()))) end = encode(value, end);
    sink(std::string_view(buffer.data(), static_cast<std::size_t>(end - buffer.data())));
  }
}

/// The contrary: source(bytes, size) gives the next bytes. False as decode().
template <class Value, class Source>
bool read_values(std::span<Value> values, Source&& source) {
  std::array<char, 8192> buffer;
  const std::size_t size = encoded_size<Value>(), most = buffer.size() / size;
  bool is_valid = true;
  for (; !values.empty(); values = values.subspan(std::min(most, values.size()))) {
    const std::span<Value> some = values.first(std::min(most, values.size()));
    source(buffer.data(), some.size() * size);
    for (std::size_t i = 0; i < some.size(); ++i) is_valid = decode(some[i], buffer.data() + i * size) && is_valid;
  }
  return is_valid;
}

}  // namespace nn::detail
