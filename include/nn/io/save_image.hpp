// SPDX-License-Identifier: MIT
// An image as a PGM or PPM file, which every viewer of pictures shows and nn::read_pnm reads.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <nn/core/errors.hpp>
#include <nn/core/shape.hpp>
#include <nn/core/views.hpp>
#include <nn/data/image.hpp>
#include <nn/io/atomic_file.hpp>

namespace nn {

/// PGM of 1 channel, PPM of 3. Throws shape_error for another number of channels or bytes, load_error where the file
/// cannot be written; an older one is then as it was.
inline void save_image(const std::string& path, const Image& image) {
  const Shape shape = image.shape;
  if ((shape.channels != 1 && shape.channels != 3) || static_cast<Index>(image.bytes.size()) != shape.size())
    throw shape_error("save_image: ", image.bytes.size(), " bytes of shape ", shape,
                      " are no image; give height x width x 1 or 3 channels");
  AtomicFile file(path);
  file.write(text_of(shape.channels == 1 ? "P5 " : "P6 ", shape.width, ' ', shape.height, " 255\n"));
  file.write({reinterpret_cast<const char*>(image.bytes.data()), image.bytes.size()});
  file.commit();
}

/// A sample, 0 as black to 1 as white; what lies outside of that, or is NaN, is cut: save_image("digit.pgm",
/// {28, 28, 1}, test.inputs().col(0)).
template <class X>
void save_image(const std::string& path, Shape shape, const Eigen::DenseBase<X>& sample) {
  Image image{shape, {}};
  for (Index column = 0; column < sample.cols(); ++column)
    for (Index row = 0; row < sample.rows(); ++row) {
      const auto number = static_cast<double>(sample.derived().coeff(row, column));
      image.bytes.push_back(static_cast<std::uint8_t>(number > 0 ? std::min(number, 1.0) * 255 + 0.5 : 0));
    }
  save_image(path, image);
}

}  // namespace nn
