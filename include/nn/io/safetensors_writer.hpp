// SPDX-License-Identifier: MIT
// Writes the tensors of a network as a safetensors file.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <nn/core/finite.hpp>
#include <nn/io/encoding.hpp>
#include <nn/io/json_writer.hpp>
#include <nn/io/safetensors_header.hpp>
#include <nn/io/tensor_plan.hpp>

namespace nn::detail {

/// Sink: called with pieces of the file, in order. The caller has called require_writable.
template <class T, class Sink>
class SafetensorsWriter {
 public:
  SafetensorsWriter(std::vector<PlannedTensor> plan, const TensorFileOptions& options, const T* parameters,
                    const T* state)
      : plan_(std::move(plan)), options_(options), parameters_(parameters), state_(state) {
    // As the format has it: integers of 64 bits before real numbers, then by name.
    std::sort(plan_.begin(), plan_.end(), [](const PlannedTensor& a, const PlannedTensor& b) {
      return a.is_counter != b.is_counter ? a.is_counter : a.name < b.name;
    });
  }

  /// Throws load_error naming the first number that is not finite, or too large for the file's type, and for a header
  /// that no reader would take.
  void require_writable() const {
    for (const PlannedTensor& tensor : plan_) {
      if (tensor.is_counter) continue;
      FileOrder order(tensor);
      for (Index i = 0, count = tensor.count(); i < count; ++i) {
        const double number = static_cast<double>(numbers_of(tensor)[order.next()]);
        constexpr double largest = std::numeric_limits<float>::max();
        if (is_finite(number) && (is_double() || (number <= largest && number >= -largest))) continue;
        throw load_error("save: number ", i, " of ", printable(tensor.name), " is ", number,
                         is_finite(number) ? ", too large for F32; give .precision = nn::TensorPrecision::f64"
                                           : ", and a file of tensors holds finite numbers only; go back to parameters "
                                             "from before the training diverged");
      }
    }
    if (const std::size_t size = header().size(); size > largest_tensor_header)
      throw load_error("save: the names of ", plan_.size(), " tensors take ", size, " bytes, but at most ",
                       largest_tensor_header, " fit; give shorter names");
  }

  void write(Sink& sink) const {
    const std::string text = header();
    const std::uint64_t size = text.size();
    write_values(values_of(size), sink);
    sink(std::string_view(text));
    for (const PlannedTensor& tensor : plan_) {
      if (tensor.is_counter)
        write_values(values_of(options_.batches_tracked), sink);
      else if (is_double())
        write_numbers<double>(tensor, sink);
      else
        write_numbers<float>(tensor, sink);
    }
  }

 private:
  bool is_double() const {
    return options_.precision == TensorPrecision::f64 ||
           (options_.precision == TensorPrecision::as_network && std::is_same_v<T, double>);
  }
  const T* numbers_of(const PlannedTensor& tensor) const { return tensor.is_learned ? parameters_ : state_; }

  // Filled up with spaces, so that the numbers begin at a multiple of 8.
  std::string header() const {
    std::string text = "{\"__metadata__\":{\"format\":\"pt\"}";
    std::uint64_t begin = 0;
    for (const PlannedTensor& tensor : plan_) {
      const std::uint64_t width = tensor.is_counter || is_double() ? 8 : 4;
      const std::uint64_t end = begin + width * static_cast<std::uint64_t>(tensor.count());
      text += ',' + json_text(tensor.name) + ":{\"dtype\":\"" +
              (tensor.is_counter ? "I64"
               : is_double()     ? "F64"
                                 : "F32") +
              "\",\"shape\":" + list_of(tensor.sizes) + ",\"data_offsets\":[" + std::to_string(begin) + ',' +
              std::to_string(end) + "]}";
      begin = end;
    }
    text += '}';
    return text + std::string((8 - text.size() % 8) % 8, ' ');
  }

  template <class Number>
  void write_numbers(const PlannedTensor& tensor, Sink& sink) const {
    std::array<Number, 1024> numbers;
    FileOrder order(tensor);
    for (Index first = 0, count = tensor.count(); first < count; first += static_cast<Index>(numbers.size())) {
      const auto some = static_cast<std::size_t>(std::min(count - first, static_cast<Index>(numbers.size())));
      for (std::size_t i = 0; i < some; ++i) numbers[i] = static_cast<Number>(numbers_of(tensor)[order.next()]);
      write_values(std::span<const Number>(numbers.data(), some), sink);
    }
  }

  std::vector<PlannedTensor> plan_;
  const TensorFileOptions& options_;
  const T* parameters_;
  const T* state_;
};

}  // namespace nn::detail
