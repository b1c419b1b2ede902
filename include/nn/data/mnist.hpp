// SPDX-License-Identifier: MIT
// MNIST: handwritten digits of 28 x 28 bytes (LeCun et al. 1998), and the sets that are packed like it.
#pragma once

#include <cstddef>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include <nn/core/printable.hpp>
#include <nn/data/dataset.hpp>
#include <nn/data/idx.hpp>

namespace nn {

enum class MnistPart { train, test };

namespace detail {

bool can_open(const auto& path) { return std::ifstream(path, std::ios::binary).is_open(); }

// The file may be called train-images-idx3-ubyte, as it was published, or train-images.idx3-ubyte, as some unpack it.
std::string mnist_file(const std::string& folder, const auto& name, const std::string& kind) {
  std::string published = folder + "/" + name + "-" + kind, renamed = folder + "/" + name + "." + kind;
  if (can_open(published)) return published;
  if (can_open(renamed)) return renamed;
  for (const std::string& path : {published + ".gz", renamed + ".gz"})
    if (can_open(path))
      throw load_error("read_mnist: ", path_in_quotes(path), " is packed; unpack it first with gzip -d");
  throw load_error("read_mnist: there is no file ", name, "-", kind, " that can be opened in the folder ",
                   path_in_quotes(folder), "; cmake -P cmake/fetch_mnist.cmake gets MNIST and says where it puts it");
}

}  // namespace detail

/// The 60,000 samples for training or the 10,000 for testing, from a folder with the four unpacked files. Throws
/// load_error where a file is missing, damaged or another than its name says.
template <std::convertible_to<std::string> Folder>
Dataset read_mnist(const Folder& folder, MnistPart part) {
  const std::string name = part == MnistPart::train ? "train" : "t10k";
  const std::string image_path = detail::mnist_file(folder, name + "-images", "idx3-ubyte");
  const std::string label_path = detail::mnist_file(folder, name + "-labels", "idx1-ubyte");

  const IdxArray labels = read_idx(label_path);
  if (labels.dimensions.size() != 1)
    throw load_error("read_mnist: ", detail::path_in_quotes(label_path), " has ", labels.dimensions.size(),
                     " dimensions, but labels have 1; is it the file of the images?");
  for (std::size_t i = 0; i < labels.bytes.size(); ++i)
    if (labels.bytes[i] > 9)
      throw load_error("read_mnist: ", detail::path_in_quotes(label_path), " has the label ", int{labels.bytes[i]},
                       " for sample ", i, " at byte ", i + 8,
                       ", but digits are 0 to 9; it is damaged or another data set");

  IdxArray images = read_idx(image_path);
  if (images.dimensions.size() != 3)
    throw load_error("read_mnist: ", detail::path_in_quotes(image_path), " has ", images.dimensions.size(),
                     " dimensions, but images have 3; is it the file of the labels?");
  if (images.dimensions[1] != 28 || images.dimensions[2] != 28)
    throw load_error("read_mnist: ", detail::path_in_quotes(image_path), " has images of ", images.dimensions[1], "x",
                     images.dimensions[2], ", but those of MNIST are 28x28; use read_idx and Dataset for other sets");
  if (images.dimensions[0] != labels.dimensions[0])
    throw load_error("read_mnist: ", detail::path_in_quotes(image_path), " has ", images.dimensions[0], " images, but ",
                     detail::path_in_quotes(label_path), " has ", labels.dimensions[0],
                     " labels; get both files again");
  return Dataset(Shape(28, 28, 1), std::move(images.bytes), labels.bytes, 10);
}

}  // namespace nn
