// SPDX-License-Identifier: MIT
// The header of a safetensors file: which tensors it has, of which type and shape, and where their bytes lie.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <nn/core/callback.hpp>
#include <nn/io/header_events.hpp>
#include <nn/io/safetensors_type.hpp>

// The file: the size N of the header, 8 bytes, little-endian; N bytes of JSON, which may stand in white space,
//   {"__metadata__": {"format": "pt"}, "0.weight": {"dtype": "F32", "shape": [4, 3], "data_offsets": [0, 48]}, ...};
// the numbers, row by row, little-endian. Offsets count from the end of the header; the tensors lie one after the other
// without a gap, and nothing follows the last.
namespace nn::detail {

inline constexpr std::uint64_t largest_tensor_header = 100'000'000;

/// A tensor as the file has it.
struct FileTensor {
  static constexpr std::size_t most_dimensions = 8;

  std::string name;
  const TensorType* type = nullptr;
  std::array<std::uint64_t, most_dimensions> sizes{};
  std::size_t dimension_count = 0;
  std::uint64_t begin = 0, end = 0;
};

/// Takes the events of the parser and calls found(tensor) for one tensor after the other. It keeps two numbers for
/// each.
class TensorHeaderReader final : public HeaderEvents {
 public:
  TensorHeaderReader(ByteSource& source, Callback<const FileTensor&> found) : HeaderEvents(source), found_(found) {}

  /// The end of the last tensor. Throws load_error where they do not lie one after the other.
  std::uint64_t require_contiguous() {
    std::sort(extents_.begin(), extents_.end());
    std::uint64_t end = 0;
    for (const Extent& extent : extents_) {
      if (extent.begin != end)
        source_.fail(": its tensors leave a hole or overlap: one begins at byte ", extent.begin,
                     " of the data, but the one before it ends at ", end, "; the file is damaged");
      end = extent.end;
    }
    return end;
  }

 private:
  enum class State { start, root, metadata, value, entry, type, shape, offsets, sizes, ends, end };
  struct Extent {
    std::uint64_t begin, end;
    auto operator<=>(const Extent&) const = default;
  };

  void begin_object() override {
    if (state_ == State::start)
      state_ = State::root;
    else if (state_ == State::value && is_metadata_)
      state_ = State::metadata;
    else if (state_ == State::value)
      state_ = State::entry;
    else
      refuse("an object");
  }
  void end_of_object() override {
    if (state_ == State::entry) finish();
    state_ = state_ == State::root ? State::end : State::root;
  }
  void begin_list() override {
    if (state_ == State::shape)
      state_ = State::sizes;
    else if (state_ == State::offsets)
      state_ = State::ends;
    else
      refuse("a list");
  }
  void end_of_list() override {
    if (state_ == State::ends && offset_count_ != 2) fail("data_offsets needs 2 numbers, got ", offset_count_);
    state_ = State::entry;
  }

  void found_key(std::string& name) override {
    if (state_ == State::metadata) return;
    if (state_ == State::entry) return found_field(name);
    is_metadata_ = name == "__metadata__";
    if (is_metadata_ && has_metadata_) source_.fail(": it has \"__metadata__\" twice");
    has_metadata_ = has_metadata_ || is_metadata_;
    tensor_ = {};
    tensor_.name = name;
    has_type_ = has_shape_ = has_offsets_ = false;
    state_ = State::value;
  }
  void found_field(const std::string& name) {
    const auto enter = [&](State state, bool& has_it) {
      if (has_it) fail("it has \"", name, "\" twice");
      has_it = true;
      state_ = state;
    };
    if (name == "dtype")
      enter(State::type, has_type_);
    else if (name == "shape")
      enter(State::shape, has_shape_);
    else if (name == "data_offsets")
      enter(State::offsets, has_offsets_);
    else
      skip_value();  // a newer version may have more to say
    if (state_ == State::offsets) offset_count_ = 0;
  }

  void found_text(std::string& text) override {
    if (state_ == State::metadata) return;
    if (state_ != State::type) refuse("a text");
    tensor_.type = tensor_type(text);
    if (tensor_.type == nullptr) fail("the type ", in_quotes(text), " is none of safetensors");
    state_ = State::entry;
  }
  void found_number(std::uint64_t number) override {
    if (state_ == State::sizes) {
      if (tensor_.dimension_count == FileTensor::most_dimensions)
        fail("it has more than ", FileTensor::most_dimensions, " dimensions; no network has such a tensor");
      tensor_.sizes[tensor_.dimension_count++] = number;
    } else if (state_ == State::ends) {
      if (offset_count_ == 0) tensor_.begin = number;
      if (offset_count_ == 1) tensor_.end = number;
      if (++offset_count_ > 2) fail("data_offsets needs 2 numbers, got more");
    } else {
      refuse("a number");
    }
  }

  // A tensor is known.
  void finish() {
    if (!has_type_ || !has_shape_ || !has_offsets_)
      fail("it lacks ", !has_type_ ? "dtype" : !has_shape_ ? "shape" : "data_offsets");
    if (tensor_.end < tensor_.begin)
      fail("its data end at byte ", tensor_.end, ", before they begin at ", tensor_.begin);
    std::uint64_t bits = tensor_.type->bits;
    for (std::size_t i = 0; i < tensor_.dimension_count; ++i)
      if (__builtin_mul_overflow(bits, tensor_.sizes[i], &bits)) fail("the product of its sizes is too large to count");
    if (bits % 8 != 0) fail("its ", bits, " bits are no whole bytes");
    if (bits / 8 != tensor_.end - tensor_.begin)
      fail("its shape needs ", bits / 8, " bytes, but it has ", tensor_.end - tensor_.begin);
    extents_.push_back({tensor_.begin, tensor_.end});
    found_(tensor_);
  }

  template <class... Pieces>
  [[noreturn]] void fail(const Pieces&... what) const {
    source_.fail(": the tensor ", in_quotes(tensor_.name), ": ", what..., "; the file is damaged");
  }
  [[noreturn]] void refuse(const char* what) const override {
    if (state_ == State::start) source_.fail(": its header is ", what, ", but must be an object {...}");
    if (is_metadata_) source_.fail(": \"__metadata__\" has ", what, ", but holds texts only");
    fail("it has ", what, " where none can stand");
  }

  Callback<const FileTensor&> found_;
  State state_ = State::start;
  FileTensor tensor_;
  bool has_type_ = false, has_shape_ = false, has_offsets_ = false;  // of tensor_
  bool is_metadata_ = false, has_metadata_ = false;
  int offset_count_ = 0;
  std::vector<Extent> extents_;
};

}  // namespace nn::detail
