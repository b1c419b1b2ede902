// SPDX-License-Identifier: MIT
// Pictures shifted, turned, scaled and sheared: from = A (to - centre) + centre + shift, all drawn, read once
#pragma once

#include <cmath>
#include <numbers>

#include <nn/core/finite.hpp>
#include <nn/core/random.hpp>
#include <nn/data/augmentation/picture.hpp>

namespace nn {

/// Where a pixel of the new picture is read in the old one, from its centre. Several changes make one such map, so that
/// the picture is blurred only once.
struct AffineMap {
  double row_row = 1, row_column = 0, column_row = 0, column_column = 1;
  double row_shift = 0, column_shift = 0;

  /// Goes through another map first.
  void turn(double a, double b, double c, double d) {
    const AffineMap old = *this;
    row_row = old.row_row * a + old.row_column * c;
    row_column = old.row_row * b + old.row_column * d;
    column_row = old.column_row * a + old.column_column * c;
    column_column = old.column_row * b + old.column_column * d;
  }

  void apply(const Picture& picture) const {
    const Picture::Copy from = picture.copy();
    const double middle_row = 0.5 * static_cast<double>(picture.shape.height - 1);
    const double middle_column = 0.5 * static_cast<double>(picture.shape.width - 1);
    for (Index i = 0; i < picture.shape.height; ++i)
      for (Index j = 0; j < picture.shape.width; ++j) {
        const double row = static_cast<double>(i) - middle_row, column = static_cast<double>(j) - middle_column;
        for (Index channel = 0; channel < picture.shape.channels; ++channel)
          picture.at(i, j, channel) =
              sample_between(from, picture.shape, row_row * row + row_column * column + middle_row + row_shift,
                             column_row * row + column_column * column + middle_column + column_shift, channel);
      }
  }
};

/// By up to `pixels` in each direction.
struct RandomShift {
  static constexpr const char* name() { return "RandomShift"; }

  double pixels = 2;  ///< of MNIST's 28, whose digits have 4 around them

  /// Calls visit(name, option) for every option; self is const where they are only read.
  template <class Self, class Visit>
  static void for_each_option(Self& self, Visit&& visit) {
    visit("pixels", self.pixels);
  }

  void validate() const {
    if (!is_finite(pixels) || pixels < 0 || pixels >= 1e6)
      throw data_error("RandomShift: the shift must not be negative, got ", pixels, " pixels; 2 is usual");
  }
  void change(AffineMap& map, Random& random) const {
    map.row_shift += random.uniform(-pixels, pixels);
    map.column_shift += random.uniform(-pixels, pixels);
  }
};

/// By up to `degrees` either way around the centre.
struct RandomRotation {
  static constexpr const char* name() { return "RandomRotation"; }

  double degrees = 15;  ///< as Ciresan et al. 2010 for most digits of MNIST

  /// Calls visit(name, option) for every option; self is const where they are only read.
  template <class Self, class Visit>
  static void for_each_option(Self& self, Visit&& visit) {
    visit("degrees", self.degrees);
  }

  void validate() const {
    if (!is_finite(degrees) || degrees < 0 || degrees > 180)
      throw data_error("RandomRotation: the angle must lie in 0..180 degrees, got ", degrees, "; 15 is usual");
  }
  void change(AffineMap& map, Random& random) const {
    const double angle = random.uniform(-degrees, degrees) * std::numbers::pi / 180;
    map.turn(std::cos(angle), -std::sin(angle), std::sin(angle), std::cos(angle));
  }
};

/// By a factor between the two, the same in both directions.
struct RandomScale {
  static constexpr const char* name() { return "RandomScale"; }

  double smallest = 0.9;  ///< 0.9 to 1.1: less than the 15 to 20 % of Ciresan et al. 2010
  double largest = 1.1;

  /// Calls visit(name, option) for every option; self is const where they are only read.
  template <class Self, class Visit>
  static void for_each_option(Self& self, Visit&& visit) {
    visit("smallest", self.smallest);
    visit("largest", self.largest);
  }

  void validate() const {
    if (!is_finite(smallest) || !is_finite(largest) || smallest <= 0 || smallest > largest || largest >= 1e6)
      throw data_error("RandomScale: the factors must be positive and in order, got ", smallest, " and ", largest,
                       "; 0.9 and 1.1 are usual");
  }
  void change(AffineMap& map, Random& random) const {
    const double factor = 1 / random.uniform(smallest, largest);
    map.turn(factor, 0, 0, factor);
  }
};

/// Rows are moved sideways by up to `slope` pixels per row from the centre.
struct RandomShear {
  static constexpr const char* name() { return "RandomShear"; }

  double slope = 0.2;  ///< a lean of 11 degrees

  /// Calls visit(name, option) for every option; self is const where they are only read.
  template <class Self, class Visit>
  static void for_each_option(Self& self, Visit&& visit) {
    visit("slope", self.slope);
  }

  void validate() const {
    if (!is_finite(slope) || slope < 0 || slope >= 10)
      throw data_error("RandomShear: the slope must lie in 0..10, got ", slope, "; 0.2 is usual");
  }
  void change(AffineMap& map, Random& random) const { map.turn(1, 0, random.uniform(-slope, slope), 1); }
};

}  // namespace nn
