// SPDX-License-Identifier: MIT
// Every pixel is read a little beside its place; the displacements are noise, smoothed with a Gaussian of width sigma
#pragma once

#include <algorithm>
#include <cmath>

#include <nn/core/finite.hpp>
#include <nn/core/random.hpp>
#include <nn/data/augmentation/picture.hpp>

namespace nn {

/// Simard, Steinkraus and Platt 2003 (Best practices for convolutional neural networks), who take sigma = 4 and
/// alpha = 34 for MNIST.
struct ElasticDistortion {
  static constexpr const char* name() { return "ElasticDistortion"; }

  double alpha = 34;  ///< the displacements' scale, before smoothing, in pixels
  double sigma = 4;   ///< of the smoothing, in pixels

  /// Calls visit(name, option) for every option; self is const where they are only read.
  template <class Self, class Visit>
  static void for_each_option(Self& self, Visit&& visit) {
    visit("alpha", self.alpha);
    visit("sigma", self.sigma);
  }

  void validate() const {
    if (!is_finite(alpha) || alpha < 0 || alpha >= 1e6)
      throw data_error("ElasticDistortion: alpha must not be negative, got ", alpha, "; 34 is usual");
    if (!is_finite(sigma) || sigma <= 0 || sigma > 20)
      throw data_error("ElasticDistortion: sigma must lie in 0..20 pixels, got ", sigma, "; 4 is usual");
  }

  void apply(const Picture& picture, Random& random) const {
    const Picture::Copy from = picture.copy();
    const Picture::Copy down = displacements(picture.shape, random), right = displacements(picture.shape, random);
    for (Index i = 0; i < picture.shape.height; ++i)
      for (Index j = 0; j < picture.shape.width; ++j) {
        const auto place = static_cast<std::size_t>(i * picture.shape.width + j);
        for (Index channel = 0; channel < picture.shape.channels; ++channel)
          picture.at(i, j, channel) =
              sample_between(from, picture.shape, static_cast<double>(i) + static_cast<double>(down[place]),
                             static_cast<double>(j) + static_cast<double>(right[place]), channel);
      }
  }

 private:
  // One number per pixel: uniform on -alpha..alpha, smoothed along the rows and then along the columns.
  Picture::Copy displacements(Shape shape, Random& random) const {
    const Index height = shape.height, width = shape.width;
    const auto reach = static_cast<Index>(std::ceil(3 * sigma));
    std::array<float, 64> weight{};
    float sum = 0;
    for (Index k = -reach; k <= reach; ++k)
      sum += std::exp(static_cast<float>(-static_cast<double>(k * k) / (2 * sigma * sigma)));
    for (Index k = 0; k <= reach; ++k)
      weight[static_cast<std::size_t>(k)] =
          std::exp(static_cast<float>(-static_cast<double>(k * k) / (2 * sigma * sigma))) / sum;

    Picture::Copy noise{}, smooth{};
    for (Index i = 0; i < height * width; ++i)
      noise[static_cast<std::size_t>(i)] = static_cast<float>(random.uniform(-alpha, alpha));
    const auto pass = [&](const Picture::Copy& in, Picture::Copy& out, bool along_rows) {
      for (Index i = 0; i < height; ++i)
        for (Index j = 0; j < width; ++j) {
          const Index here = along_rows ? j : i, end = along_rows ? width : height;
          float total = 0;
          for (Index k = std::max(-reach, -here); k <= std::min(reach, end - 1 - here); ++k)
            total += weight[static_cast<std::size_t>(std::abs(k))] *
                     in[static_cast<std::size_t>(along_rows ? i * width + j + k : (i + k) * width + j)];
          out[static_cast<std::size_t>(i * width + j)] = total;
        }
    };
    pass(noise, smooth, true);
    pass(smooth, noise, false);
    return noise;
  }
};

}  // namespace nn
