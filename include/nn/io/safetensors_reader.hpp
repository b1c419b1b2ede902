// SPDX-License-Identifier: MIT
// Reads the tensors of a network from safetensors files: all of them, or none and one error that lists what does not
// fit.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nn/core/buffer.hpp>
#include <nn/core/finite.hpp>
#include <nn/io/json_parser.hpp>
#include <nn/io/safetensors_header.hpp>
#include <nn/io/safetensors_index.hpp>
#include <nn/io/tensor_plan.hpp>

namespace nn::detail {

inline constexpr std::uint64_t unknown_size = std::numeric_limits<std::uint64_t>::max();

/// Names with remarks, for an error: so many that people read them.
class NameList {
 public:
  void add(std::string_view name, std::string_view remark) {
    if (const std::string shown = printable(name, 200); all_.size() < most)
      all_.push_back({shown, std::string(remark)});
    ++count_;
  }
  bool has(std::string_view name) const {
    const std::string shown = printable(name, 200);
    return std::any_of(all_.begin(), all_.end(), [&](const auto& entry) { return entry.first == shown; });
  }
  /// "; missing: 0.weight [4,3], 0.bias [4]", or nothing where there are none.
  std::string text(const char* title) const {
    std::string text;
    for (const auto& [name, remark] : all_)
      text += (text.empty() ? std::string("; ") + title + ": " : ", ") + name + ' ' + remark;
    if (count_ > all_.size()) text += " and " + std::to_string(count_ - all_.size()) + " more";
    return text;
  }

 private:
  static constexpr std::size_t most = 1000;
  std::vector<std::pair<std::string, std::string>> all_;
  std::size_t count_ = 0;
};

inline void skip_white_space(ByteSource& source, std::uint64_t end) {
  while (source.offset() < end && !source.at_end() &&
         std::string_view(" \t\r\n").find(source.current()) != std::string_view::npos) {
    source.advance();
    source.found_token();
  }
}

/// Reads into numbers of its own, as many as the network has; nothing else grows with the file but two numbers for
/// each tensor of its header.
template <class T>
class SafetensorsReader {
 public:
  SafetensorsReader(std::vector<PlannedTensor> plan, Index parameter_count, Index state_count)
      : plan_(std::move(plan)),
        found_(plan_.size()),
        by_name_(plan_.size()),
        parameters_(parameter_count),
        state_(state_count) {
    std::iota(by_name_.begin(), by_name_.end(), std::size_t{0});
    std::sort(by_name_.begin(), by_name_.end(),
              [&](std::size_t a, std::size_t b) { return plan_[a].name < plan_[b].name; });
  }

  ConstVectorView<T> parameters() const { return parameters_.view(); }
  ConstVectorView<T> state() const { return state_.view(); }

  /// One file with all tensors, of so many bytes.
  void read(ByteSource& source, std::uint64_t size) {
    read_header(source, size, 0);
    require_fit(source);
    read_data(source, 0);
  }

  /// The files that an index names, which stand in its folder.
  void read_shards(ByteSource& index, const std::string& folder) {
    std::vector<std::string> files;
    for (Found& found : found_) found.shard = none;
    const auto found_entry = [&](const std::string& name, const std::string& file) {
      const std::size_t number = number_of(name);
      if (number == none) return left_over_.add(name, "in " + in_quotes(file));
      if (found_[number].shard != none) index.fail(": it has ", in_quotes(name), " twice");
      const auto same = std::find(files.begin(), files.end(), file);
      found_[number].shard = static_cast<std::size_t>(same - files.begin());
      if (same == files.end()) files.push_back(file);
    };
    TensorIndexReader reader(index, found_entry);
    skip_white_space(index, unknown_size);
    read_json_value(reader, index, unknown_size);
    skip_white_space(index, unknown_size);
    if (!index.at_end()) index.fail(" goes on after its end");
    for (std::size_t shard = 0; shard < files.size(); ++shard) {
      NeighbourSource source(folder, files[shard]);
      read_header(source, source.size(), shard);
      if (problems(false).empty()) read_data(source, shard);
    }
    require_fit(index);
  }

 private:
  static constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

  // What the file has for a tensor of the plan.
  struct Found {
    const TensorType* type = nullptr;
    std::uint64_t begin = 0;
    std::size_t shard = 0;
  };

  std::size_t number_of(std::string_view name) const {
    const auto at =
        std::lower_bound(by_name_.begin(), by_name_.end(), name,
                         [&](std::size_t i, std::string_view wanted) { return plan_[i].name.compare(wanted) < 0; });
    return at == by_name_.end() || plan_[*at].name != name ? none : *at;
  }

  void read_header(ByteSource& source, std::uint64_t size, std::size_t shard) {
    std::array<char, 8> bytes;
    if (!source.take(bytes.data(), bytes.size()))
      source.fail(" is cut off: a file of tensors begins with 8 bytes for the size of its header");
    std::uint64_t header_size = 0;
    decode(header_size, bytes.data());
    if (header_size > largest_tensor_header)
      source.fail(": its header would have ", header_size, " bytes, but at most ", largest_tensor_header,
                  " are allowed; it is damaged or no safetensors file");
    const std::uint64_t end = bytes.size() + header_size;
    if (size != unknown_size && end > size)
      source.fail(": its header of ", header_size, " bytes does not fit its ", size,
                  " bytes; it is cut off or damaged");
    const auto found_tensor = [&](const FileTensor& tensor) { add(source, tensor, shard); };
    TensorHeaderReader reader(source, found_tensor);
    skip_white_space(source, end);
    if (source.offset() == end || source.at_end() || source.current() != '{')
      source.fail(": its header does not begin with {; it is damaged or no safetensors file");
    read_json_value(reader, source, end);
    skip_white_space(source, end);
    if (source.offset() < end && source.at_end()) source.fail(" is cut off in its header");
    if (source.offset() < end) source.fail(": its header goes on after its end; it is damaged");
    const std::uint64_t data_size = reader.require_contiguous();
    if (size != unknown_size && size - end != data_size)
      source.fail(": ", size - end, " bytes follow its header, but its tensors take ", data_size,
                  "; it is cut off or damaged");
  }

  void add(const ByteSource& source, const FileTensor& tensor, std::size_t shard) {
    const std::vector<std::uint64_t> sizes(tensor.sizes.begin(),
                                           tensor.sizes.begin() + static_cast<std::ptrdiff_t>(tensor.dimension_count));
    const std::string shape = list_of(sizes);
    const std::size_t number = number_of(tensor.name);
    if (number == none) {
      if (!left_over_.has(tensor.name)) left_over_.add(tensor.name, std::string(tensor.type->name) + ' ' + shape);
      return;
    }
    const PlannedTensor& ours = plan_[number];
    Found& found = found_[number];
    if (found.type != nullptr) source.fail(" has the tensor ", in_quotes(tensor.name), " twice");
    if (found.shard != shard) return elsewhere_.add(tensor.name, "in " + source.name());
    found.type = tensor.type;
    found.begin = tensor.begin;
    const bool is_same = std::equal(sizes.begin(), sizes.end(), ours.sizes.begin(), ours.sizes.end(),
                                    [](std::uint64_t a, Index b) { return a == static_cast<std::uint64_t>(b); });
    if (!is_same)
      of_another_shape_.add(tensor.name,
                            "is " + shape + " in the file and " + list_of(ours.sizes) + " in this network");
    if (ours.is_counter ? tensor.type->name != "I64" : !is_real(tensor.type->name))
      of_another_type_.add(tensor.name, "is " + std::string(tensor.type->name) + ", and must be " +
                                            (ours.is_counter ? "I64" : "F64, F32, F16 or BF16"));
  }

  // What does not fit, in words.
  std::string problems(bool is_complete) const {
    NameList missing;
    for (std::size_t i = 0; i < plan_.size() && is_complete; ++i)
      if (found_[i].type == nullptr && !plan_[i].is_counter) missing.add(plan_[i].name, list_of(plan_[i].sizes));
    return missing.text("missing in the file") + left_over_.text("left over in the file") +
           of_another_shape_.text("of another shape") + of_another_type_.text("of another type") +
           elsewhere_.text("in another file than the index says");
  }
  void require_fit(const ByteSource& source) const {
    if (const std::string all = problems(true); !all.empty())
      source.fail(" does not fit this network: ", all.substr(2),
                  "; load it into a network of the layers it was saved from, or give prefix or names");
  }

  void read_data(ByteSource& source, std::size_t shard) {
    std::vector<std::size_t> here;
    for (std::size_t i = 0; i < plan_.size(); ++i)
      if (found_[i].type != nullptr && found_[i].shard == shard) here.push_back(i);
    std::sort(here.begin(), here.end(), [&](std::size_t a, std::size_t b) {
      return std::pair(found_[a].begin, plan_[a].count()) < std::pair(found_[b].begin, plan_[b].count());
    });
    for (const std::size_t i : here) read_tensor(source, plan_[i], found_[i].type);
    if (!source.at_end()) source.fail(" goes on after its last tensor; it is damaged");
  }

  void read_tensor(ByteSource& source, const PlannedTensor& tensor, const TensorType* type) {
    std::array<char, 8192> bytes;
    const std::size_t width = static_cast<std::size_t>(type->bits / 8);
    T* const numbers = tensor.is_learned ? parameters_.data() : state_.data();
    FileOrder order(tensor);
    const Index count = tensor.count();
    for (Index first = 0; first < count;) {
      const Index some = std::min(count - first, static_cast<Index>(bytes.size() / width));
      if (!source.take(bytes.data(), static_cast<std::size_t>(some) * width)) source.fail(" is cut off");
      for (Index i = 0; i < some; ++i, ++first) {
        const char* at = bytes.data() + static_cast<std::size_t>(i) * width;
        if (tensor.is_counter)
          require_counter(source, tensor, at);
        else
          numbers[order.next()] = number_at(source, tensor, type, at, first);
      }
    }
  }

  static void require_counter(const ByteSource& source, const PlannedTensor& tensor, const char* bytes) {
    std::int64_t value = 0;
    decode(value, bytes);
    if (value < 0) source.fail(": ", in_quotes(tensor.name), " is ", value, ", and counts from 0");
  }
  static T number_at(const ByteSource& source, const PlannedTensor& tensor, const TensorType* type, const char* bytes,
                     Index place) {
    const double number = decode_real(type->name, bytes);
    constexpr double largest = static_cast<double>(std::numeric_limits<T>::max());
    if (!is_finite(number) || number > largest || number < -largest)
      source.fail(": number ", place, " of ", in_quotes(tensor.name), " is ", number,
                  is_finite(number) ? ", too large for a float; load it into a network of double"
                                    : ", and those of a network must be finite; the training that wrote it diverged");
    return static_cast<T>(number);
  }

  std::vector<PlannedTensor> plan_;
  std::vector<Found> found_;          // for each of the plan
  std::vector<std::size_t> by_name_;  // numbers in the plan
  Buffer<T> parameters_;
  Buffer<T> state_;
  NameList left_over_, of_another_shape_, of_another_type_, elsewhere_;
};

}  // namespace nn::detail
