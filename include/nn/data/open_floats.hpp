// SPDX-License-Identifier: MIT
// Samples in a file of plain numbers, float after float, that is read in pieces.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <nn/core/bit_cast.hpp>
#include <nn/core/errors.hpp>
#include <nn/core/finite.hpp>
#include <nn/core/shape.hpp>
#include <nn/core/views.hpp>
#include <nn/data/dataset.hpp>
#include <nn/data/lazy_dataset.hpp>
#include <nn/data/record_file.hpp>

namespace nn {

/// How a file of floats (32 bits, little-endian, as NumPy's tofile writes them) is read: each sample is its inputs,
/// then its targets, or its label.
struct FloatFile {
  Shape shape = Shape(0);    ///< of a sample; channels last
  Index targets = 0;         ///< numbers after the inputs
  Index classes = 0;         ///< in place of targets: one number follows, the label, from 0 to classes - 1
  std::uint64_t header = 0;  ///< bytes before the first sample, which are skipped
  LazyOptions options = {};
};

/// Throws data_error where the description makes no sense; load_error, also from fit and evaluate, where the file
/// cannot be read, is not of whole samples, has changed its size since, or has a number that is not finite or no label.
inline LazyDataset open_floats(const std::string& path, const FloatFile& is) {
  const Index features = is.shape.size();
  if (features < 1) throw data_error("open_floats: samples of shape ", is.shape, " hold nothing; say the shape");
  if ((is.targets > 0) == (is.classes > 0) || is.targets < 0 || is.classes < 0)
    throw data_error("open_floats: got ", is.targets, " targets and ", is.classes, " classes; say one of them");
  const Index outputs = is.classes > 0 ? 1 : is.targets;
  const std::size_t size = sizeof(float) * static_cast<std::size_t>(checked_sum(features, outputs));
  const auto file = std::make_shared<const detail::RecordFile>("open_floats", path);
  const std::uint64_t bytes = file->size() - std::min(is.header, file->size());
  if (bytes == 0 || bytes % size != 0)
    file->fail(" has ", bytes, " bytes after a header of ", is.header, ", which are not whole samples of ",
               features + outputs, " floats, ", size, " bytes each; check the shape and the targets");

  LazyOptions options = is.options;
  if (options.run == 0) options.run = detail::usual_run(size);
  const auto read = [file, is, features, outputs, size](std::span<const Index> samples) {
    const auto count = static_cast<Index>(samples.size());
    Matrix<float> x(features, count), targets(is.classes > 0 ? 0 : outputs, count);
    std::vector<int> labels(is.classes > 0 ? samples.size() : 0);
    file->for_each_record(samples, is.header, size, [&](std::size_t i, const char* record) {
      const auto column = static_cast<Index>(i);
      for (Index k = 0; k < features + outputs; ++k) {
        std::uint32_t bits = 0;
        for (int byte = 0; byte < 4; ++byte) bits |= std::uint32_t{static_cast<unsigned char>(*record++)} << (8 * byte);
        const float number = bit_cast<float>(bits);
        const auto refuse = [&](const auto&... pieces) {
          file->fail(", sample ", samples[i], ": number ", k, " is ", number, pieces...);
        };
        if (!is_finite(number)) refuse("; replace it by a finite number, or check the shape and the header");
        if (k < features) {
          x(k, column) = number;
        } else if (is.classes == 0) {
          targets(k - features, column) = number;
        } else {
          if (!(number >= 0 && number < static_cast<float>(is.classes)) ||
              number != static_cast<float>(static_cast<int>(number)))
            refuse(", but the label must be a whole number from 0 to ", is.classes - 1,
                   "; check the shape and the classes");
          labels[i] = static_cast<int>(number);
        }
      }
    });
    return is.classes > 0 ? Dataset(is.shape, std::move(x), std::move(labels), is.classes)
                          : Dataset(is.shape, std::move(x), targets);
  };
  return {static_cast<Index>(bytes / size), read, options};
}

}  // namespace nn
