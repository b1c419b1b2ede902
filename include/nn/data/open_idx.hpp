// SPDX-License-Identifier: MIT
// IDX files, as MNIST's, of which the images are read in pieces.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <nn/core/errors.hpp>
#include <nn/core/printable.hpp>
#include <nn/core/shape.hpp>
#include <nn/core/views.hpp>
#include <nn/data/dataset.hpp>
#include <nn/data/idx.hpp>
#include <nn/data/lazy_dataset.hpp>
#include <nn/data/record_file.hpp>

namespace nn {

/// A file of samples (of one to three dimensions: features, height x width, or height x width x channels) and one of
/// their labels, which is read now. A class_count of 0 means the largest label + 1. Throws load_error, also from fit
/// and evaluate, where a file cannot be read, is damaged or has changed its size since.
inline LazyDataset open_idx(const std::string& images, const std::string& labels, Index class_count = 0,
                            LazyOptions options = {}) {
  const auto file = std::make_shared<const detail::RecordFile>("open_idx", images);
  std::ifstream stream(images, std::ios::binary);
  const std::string name = detail::path_in_quotes(images);
  std::vector<Index> sizes;
  const std::uint64_t bytes = detail::IdxReader<std::istream>(stream, name).read_header(sizes);
  const std::uint64_t header = 4 + 4 * sizes.size();
  if (file->size() != header + bytes)
    file->fail(" has ", file->size(), " bytes, but its sizes promise ", header + bytes, "; get the file again");
  IdxArray given = read_idx(labels);
  if (given.dimensions.size() != 1)
    throw load_error("open_idx: ", detail::path_in_quotes(labels), " has ", given.dimensions.size(),
                     " dimensions, but labels have 1; is it the file of the images?");
  if (given.dimensions[0] != sizes[0])
    file->fail(" has ", sizes[0], " samples, but ", detail::path_in_quotes(labels), " has ", given.dimensions[0],
               " labels; get both files again");
  const int largest = *std::max_element(given.bytes.begin(), given.bytes.end());
  const Index classes = class_count == 0 ? largest + 1 : class_count;
  if (largest >= classes)
    throw load_error("open_idx: ", detail::path_in_quotes(labels), " has the label ", largest, ", but ", classes,
                     " classes have the labels 0 to ", classes - 1, "; give the right number of classes");

  sizes.resize(4, 1);
  const Shape shape = sizes[2] == 1 && sizes[3] == 1 ? Shape(sizes[1]) : Shape(sizes[1], sizes[2], sizes[3]);
  const auto size = static_cast<std::size_t>(shape.size());
  if (options.run == 0) options.run = detail::usual_run(size);
  const auto all = std::make_shared<const std::vector<std::uint8_t>>(std::move(given.bytes));
  const auto read = [file, all, shape, size, header, classes](std::span<const Index> samples) {
    std::vector<std::uint8_t> pixels(samples.size() * size);
    std::vector<int> labels_read(samples.size());
    file->for_each_record(samples, header, size, [&](std::size_t i, const char* record) {
      std::copy_n(reinterpret_cast<const std::uint8_t*>(record), size, pixels.data() + i * size);
      labels_read[i] = (*all)[static_cast<std::size_t>(samples[i])];
    });
    return Dataset(shape, std::move(pixels), std::move(labels_read), classes);
  };
  return {static_cast<Index>(all->size()), read, options};
}

}  // namespace nn
