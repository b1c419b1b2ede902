// SPDX-License-Identifier: MIT
// Changes of pictures, one after the other, as one value: augment(RandomShift{2}, RandomRotation{15}, ...)
#pragma once

#include <functional>
#include <tuple>
#include <utility>

#include <nn/core/random.hpp>
#include <nn/data/augmentation/affine.hpp>
#include <nn/data/augmentation/picture.hpp>

namespace nn {

/// Any change of a sample's numbers in place, for FitOptions: augment(...), or a function of one's own.
using Augmentation = std::function<void(float* pixels, Shape shape, Random& random)>;

/// Neighbouring changes of place are read from the picture in one go.
template <class... Changes>
class Augment {
 public:
  /// Throws data_error where an option makes no sense.
  explicit Augment(Changes... changes) : changes_(std::move(changes)...) {
    std::apply([](const auto&... change) { (change.validate(), ...); }, changes_);
  }

  /// Throws data_error for a picture of more than 4096 numbers.
  void operator()(float* pixels, Shape shape, Random& random) const {
    const Picture picture{pixels, shape};
    picture.require_small();
    AffineMap map;
    bool is_moved = false;
    const auto move = [&] {
      if (is_moved) map.apply(picture);
      map = {};
      is_moved = false;
    };
    std::apply(
        [&](const auto&... change) {
          const auto one = [&](const auto& step) {
            if constexpr (requires { step.change(map, random); }) {
              step.change(map, random);
              is_moved = true;
            } else {
              move();
              step.apply(picture, random);
            }
          };
          (one(change), ...);
        },
        changes_);
    move();
  }

 private:
  std::tuple<Changes...> changes_;
};

template <class... Changes>
Augment<Changes...> augment(Changes... changes) {
  return Augment<Changes...>(std::move(changes)...);
}

}  // namespace nn
