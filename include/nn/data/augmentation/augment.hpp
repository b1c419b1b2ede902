// SPDX-License-Identifier: MIT
// Changes of pictures, one after the other, as one value: augment(RandomShift{2}, RandomRotation{15}, ...)
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include <nn/core/options.hpp>
#include <nn/core/random.hpp>
#include <nn/data/augmentation/affine.hpp>
#include <nn/data/augmentation/picture.hpp>

namespace nn {

/// Any change of a sample's numbers in place, for FitOptions: augment(...), or a function of one's own,
/// void(float* pixels, Shape shape, Random& random), which several threads may call at once.
class Augmentation {
 public:
  Augmentation(std::nullptr_t = nullptr) {}

  template <class Change>
  requires(!std::is_same_v<Change, Augmentation> && std::is_invocable_v<Change&, float*, Shape, Random&>)
      Augmentation(Change change)  // implicitly, as a std::function
  {
    description_ = own;
    if constexpr (requires { change.description(); }) description_ = change.description();
    if constexpr (requires { change.require(Shape()); }) require_ = [change](Shape shape) { change.require(shape); };
    change_ = std::move(change);
    if (!change_) description_ = none;
  }

  explicit operator bool() const { return static_cast<bool>(change_); }
  void operator()(float* pixels, Shape shape, Random& random) const { change_(pixels, shape, random); }
  /// Throws the change's data_error where samples of this shape cannot be changed.
  void require(Shape shape) const {
    if (require_) require_(shape);
  }
  /// By which a checkpoint knows it: "RandomShift (pixels 2), ...", of a function only that it is one.
  const std::string& description() const { return description_; }

  static constexpr const char* none = "none";
  static constexpr const char* own = "one of the program's own";

 private:
  std::function<void(float*, Shape, Random&)> change_;
  std::function<void(Shape)> require_;
  std::string description_ = none;
};

/// Neighbouring changes of place are read from the picture in one go.
template <class... Changes>
class Augment {
 public:
  /// Throws data_error where an option makes no sense.
  explicit Augment(Changes... changes) : changes_(std::move(changes)...) {
    std::apply([](const auto&... change) { (change.validate(), ...); }, changes_);
  }

  /// Throws data_error for a picture of more than 4096 numbers; and for samples of a single row or column, as plain
  /// features and sequences, which a change of place would move out of sight, unless no change asks for an image.
  void require(Shape shape) const {
    Picture{nullptr, shape}.require_small();
    if ((shape.height == 1 || shape.width == 1) && (needs_image<Changes> || ...))
      throw data_error("augment: samples of ", shape, " are no pictures of rows and columns; give ",
                       "Dataset{Shape{height, width, channels}, inputs, labels}, or an image as the network's Input");
  }

  /// "RandomShift (pixels 2), ..."
  std::string description() const {
    std::string all;
    std::apply(
        [&](const auto&... change) { ((all += (all.empty() ? "" : ", ") + description_of_change(change)), ...); },
        changes_);
    return all;
  }

  /// Throws data_error as require does.
  void operator()(float* pixels, Shape shape, Random& random) const {
    require(shape);
    const Picture picture{pixels, shape};
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
  // Whether a change is one of rows and columns: all that do not say otherwise.
  template <class Change>
  static constexpr bool needs_image = [] {
    if constexpr (requires { Change::needs_image; }) return Change::needs_image;
    return true;
  }();

  static std::string description_of_change(const auto& change) {
    if constexpr (ListsOptions<std::remove_cvref_t<decltype(change)>>) return description_of(change);
    return Augmentation::own;
  }

  std::tuple<Changes...> changes_;
};

template <class... Changes>
Augment<Changes...> augment(Changes... changes) {
  return Augment<Changes...>(std::move(changes)...);
}

}  // namespace nn
