// SPDX-License-Identifier: MIT
// Any grey picture of a digit becomes what those of MNIST are: bright ink on black, within 20 x 20 pixels, its centre
// of mass in the middle of 28 x 28 (LeCun et al. 1998, section III A).
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <type_traits>
#include <utility>
#include <vector>

#include <nn/core/errors.hpp>
#include <nn/core/finite.hpp>
#include <nn/core/views.hpp>
#include <nn/data/grey_picture.hpp>

namespace nn {

namespace detail {
template <class Pixels>
using PixelOf = std::remove_cvref_t<decltype(*std::data(std::declval<const Pixels&>()))>;
}  // namespace detail

/// Brightness as bytes, or as numbers of any scale; one after the other, as in a vector, a span or an Eigen vector.
template <class Pixels>
concept GreyPixels = requires(const Pixels& pixels) {
  requires std::same_as<detail::PixelOf<Pixels>, std::uint8_t> || std::same_as < detail::PixelOf<Pixels>,
  float > || std::same_as<detail::PixelOf<Pixels>, double>;
  std::size(pixels);
};

namespace detail {

/// Rows from top to before bottom, columns from left to before right.
struct Box {
  Index top, left, bottom, right;

  Index height() const { return bottom - top; }
  Index width() const { return right - left; }
  Index longer_side() const { return std::max(height(), width()); }
};

/// A part of a picture, each pixel the mean of factor x factor, as 0 to 1 between `low` and `high`.
template <class Pixel>
GreyPicture reduced(const Pixel* pixels, Index width, const Box& part, Index factor, double low, double high) {
  GreyPicture picture((part.height() + factor - 1) / factor, (part.width() + factor - 1) / factor);
  for (Index row = 0; row < picture.height; ++row)
    for (Index column = 0; column < picture.width; ++column) {
      const Index top = part.top + row * factor, left = part.left + column * factor;
      const Index bottom = std::min(top + factor, part.bottom), right = std::min(left + factor, part.right);
      double sum = 0;
      for (Index r = top; r < bottom; ++r)
        for (Index c = left; c < right; ++c)  // halved: the difference of two doubles may not be one
          sum += (static_cast<double>(pixels[r * width + c]) / 2 - low / 2) / (high / 2 - low / 2);
      picture(row, column) = sum / static_cast<double>((bottom - top) * (right - left));
    }
  return picture;
}

/// Leaves the ink, from 0 (none) to 1, and returns the box around it.
Box leave_ink(auto& picture) {
  subtract_border_plane(picture);
  double skewness = 0;  // ink is less than the paper and differs more from it
  for (const double value : picture.values) skewness += value * value * value;
  if (skewness < 0)
    for (double& value : picture.values) value = -value;

  double noise = noise_deviation(picture), threshold = 0;
  for (bool is_smooth = false;; is_smooth = true) {
    for (int round = 0; round < 2; ++round) subtract_shading(picture, otsu_threshold(picture.values), noise);
    threshold = std::max(otsu_threshold(picture.values), 0.0);
    double ink = 0, paper = 0, ink_count = 0;
    for (const double value : picture.values) {
      (value > threshold ? ink : paper) += value;
      ink_count += value > threshold;
    }
    const double contrast =
        ink_count > 0 ? ink / ink_count - paper / (static_cast<double>(picture.values.size()) - ink_count) : 0;
    // Halves of mere noise differ by 1.6 deviations; below 4, many a pixel is on the wrong side of the threshold.
    if (contrast > std::max((is_smooth ? 2.2 : 4) * noise, 1e-6)) break;
    if (is_smooth)
      throw data_error("center_digit: no digit stands out: of the whole range of brightness, ink and paper differ by ",
                       contrast, " and noise by ", noise, "; give a picture of more contrast");
    noise *= smooth(picture);
  }

  const Mask pieces = large_pieces(picture, threshold, 0.05);
  std::vector<double> strengths;
  Mask is_near(pieces.size());
  for (Index row = 0; row < picture.height; ++row)
    for (Index column = 0; column < picture.width; ++column) {
      if (!pieces[picture.position(row, column)]) continue;
      strengths.push_back(picture(row, column));
      for_each_near(picture, row, column, 1, [&](Index r, Index c) { is_near[picture.position(r, c)] = true; });
    }
  const double full = quantile(std::move(strengths), 0.75);
  const double faintest = std::max(std::min(3 * noise, threshold), 1e-6 * full);  // rounding is no ink

  Box box{picture.height, picture.width, 0, 0};
  for (Index row = 0; row < picture.height; ++row)
    for (Index column = 0; column < picture.width; ++column) {
      double& value = picture(row, column);
      const bool is_ink = is_near[picture.position(row, column)] && value > faintest;
      value = is_ink ? std::clamp(value / full, 0.0, 1.0) : 0;
      if (!(value > 0)) continue;
      box = {std::min(box.top, row), std::min(box.left, column), std::max(box.bottom, row + 1),
             std::max(box.right, column + 1)};
    }
  return box;
}

/// The box, its longer side made 20 pixels; every pixel is the mean over its area, or between pixels that are farther
/// apart, on the line between them.
GreyPicture scaled(const auto& picture, const Box& box) {
  const double step = static_cast<double>(box.longer_side()) / 20, area = std::max(step, 1.0);
  const auto size = [&](Index side) { return static_cast<Index>(std::ceil(static_cast<double>(side) / step - 1e-9)); };
  GreyPicture result(size(box.height()), size(box.width()));
  // How much of source pixel j is within the area of pixel i.
  const auto share = [&](Index i, Index count, Index j, Index source_count) {
    const double middle = (static_cast<double>(2 * i + 1 - count) * step + static_cast<double>(source_count)) / 2;
    return std::clamp((area + 1) / 2 - std::abs(middle - static_cast<double>(j) - 0.5), 0.0, 1.0) / area;
  };
  for (Index row = 0; row < result.height; ++row)
    for (Index r = 0; r < box.height(); ++r) {
      const double weight = share(row, result.height, r, box.height());
      if (weight == 0) continue;
      for (Index column = 0; column < result.width; ++column)
        for (Index c = 0; c < box.width(); ++c)
          result(row, column) +=
              weight * share(column, result.width, c, box.width()) * picture(box.top + r, box.left + c);
    }
  return result;
}

}  // namespace detail

/// The most pixels that center_digit takes: 64 million.
inline constexpr Index largest_picture = Index{1} << 26;

/// A picture of one digit, row after row: a photograph, a scan, a drawing; dark on bright or bright on dark; on paper
/// that may be noisy and unevenly lit. Returns the 28 x 28 pixels, row after row, 0 (paper) to 1 (ink), that a network
/// trained on MNIST takes as a sample. Throws data_error for a picture that is empty, of one colour, not finite, larger
/// than largest_picture, of another size than it says, or in which nothing stands out of the noise.
///
/// The paper is a plane fitted to the border and the mean around each pixel; ink is what is above Otsu's threshold, in
/// pieces of at least a twentieth of the largest, with the softer pixels beside it. So the digit must be larger than
/// anything else in the picture, and a picture that is more ink than paper at its border is taken for its inverse.
template <std::floating_point T = float, GreyPixels Pixels>
Vector<T> center_digit(const Pixels& pixels, Index height, Index width) {
  constexpr Index working_side = 128;  // enough for 20 pixels, and means of many pixels have less noise
  if (height < 1 || width < 1)
    throw data_error("center_digit: a picture of ", height, "x", width, " holds nothing; give at least 1x1 pixels");
  if (height > largest_picture / width)
    throw data_error("center_digit: a picture of ", height, "x", width, " is larger than ", largest_picture,
                     " pixels; make it smaller first");
  const auto* data = std::data(pixels);
  const Index count = static_cast<Index>(std::size(pixels));
  if (count != height * width)
    throw data_error("center_digit: ", count, " pixels are no picture of ", height, "x", width, ", which has ",
                     height * width, "; check the sizes");
  if constexpr (!std::same_as<detail::PixelOf<Pixels>, std::uint8_t>) {
    const Index wrong = first_not_finite(data, count);
    if (wrong < count)
      throw data_error("center_digit: the pixel in row ", wrong / width, ", column ", wrong % width, " is ",
                       data[wrong], "; replace it by a finite number");
  }
  const auto [darkest, brightest] = std::minmax_element(data, data + count);
  const double low = static_cast<double>(*darkest), high = static_cast<double>(*brightest);
  if (low / 2 == high / 2)
    throw data_error("center_digit: all ", count, " pixels are ", low, "; give a picture with a digit in it");

  // A digit that is small in a large picture is looked at again, closer.
  detail::Box part{0, 0, height, width};
  for (;;) {
    const Index factor = (part.longer_side() + working_side - 1) / working_side;
    detail::GreyPicture picture = detail::reduced(data, width, part, factor, low, high);
    const detail::Box box = detail::leave_ink(picture);
    if (factor > 1 && 4 * box.longer_side() <= working_side) {
      const Index margin = factor * box.longer_side() / 2;
      part = {std::max(part.top, part.top + factor * box.top - margin),
              std::max(part.left, part.left + factor * box.left - margin),
              std::min(part.bottom, part.top + factor * box.bottom + margin),
              std::min(part.right, part.left + factor * box.right + margin)};
      continue;
    }

    const detail::GreyPicture digit = detail::scaled(picture, box);
    double mass = 0, rows = 0, columns = 0, strongest = 0;
    for (Index row = 0; row < digit.height; ++row)
      for (Index column = 0; column < digit.width; ++column) {
        const double value = digit(row, column);
        mass += value;
        rows += value * static_cast<double>(row);
        columns += value * static_cast<double>(column);
        strongest = std::max(strongest, value);
      }
    const auto first = [](double centre, Index size) {  // MNIST's centres of mass are all within half a pixel of 14
      return std::clamp<Index>(14 - static_cast<Index>(std::floor(centre + 0.5)), 0, 28 - size);
    };
    const Index top = first(rows / mass, digit.height), left = first(columns / mass, digit.width);
    Vector<T> sample = Vector<T>::Zero(28 * 28);
    for (Index row = 0; row < digit.height; ++row)
      for (Index column = 0; column < digit.width; ++column)
        sample((top + row) * 28 + left + column) = static_cast<T>(digit(row, column) / strongest);
    return sample;
  }
}

}  // namespace nn
