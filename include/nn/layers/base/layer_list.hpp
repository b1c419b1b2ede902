// SPDX-License-Identifier: MIT
// The layers of a container: in its type, or in a vector when their number is known only at run time.
#pragma once

#include <array>
#include <cstddef>
#include <tuple>
#include <utility>
#include <vector>

#include <nn/core/place.hpp>

namespace nn::detail {

/// One place for each layer of a vector; for as many as containers usually have nothing is allocated.
class PlaceList {
 public:
  explicit PlaceList(std::size_t size) : more_(size > few ? size : 0), size_(size) {}

  std::size_t size() const { return size_; }
  Place& operator[](std::size_t i) { return begin()[i]; }
  const Place& operator[](std::size_t i) const { return begin()[i]; }
  const Place& front() const { return begin()[0]; }
  const Place& back() const { return begin()[size_ - 1]; }
  const Place* begin() const { return more_.empty() ? few_.data() : more_.data(); }
  const Place* end() const { return begin() + size_; }

 private:
  static constexpr std::size_t few = 8;

  Place* begin() { return more_.empty() ? few_.data() : more_.data(); }

  std::array<Place, few> few_{};
  std::vector<Place> more_;
  std::size_t size_;
};

/// Layers in their types.
template <class... Layers>
class LayerList {
  static_assert(sizeof...(Layers) > 0, "nn: a Chain, Residual or Concat has no layers; give it at least one");
  static_assert((require_layer<Layers>() && ...), "nn: a Chain, Residual or Concat contains layers only");

 public:
  static constexpr bool keeps_shape = (shape_is_in_type<Layers> && ...);  // by the types of the layers

  constexpr LayerList() = default;
  constexpr explicit LayerList(Layers... layers) requires(sizeof...(Layers) > 0) : layers_(std::move(layers)...) {}

  static constexpr std::size_t size() { return sizeof...(Layers); }
  static constexpr std::array<Place, sizeof...(Layers)> places() { return {}; }

  /// Calls visit(layer, i) for every layer, first to last, or last to first.
  template <class Visit>
  constexpr void for_each(Visit&& visit) const {
    [&]<std::size_t... Position>(std::index_sequence<Position...>) {
      (visit(std::get<Position>(layers_), static_cast<Index>(Position)), ...);
    }
    (std::make_index_sequence<sizeof...(Layers)>{});
  }
  template <class Visit>
  constexpr void for_each_backward(Visit&& visit) const {
    constexpr std::size_t last = sizeof...(Layers) - 1;
    [&]<std::size_t... Position>(std::index_sequence<Position...>) {
      (visit(std::get<last - Position>(layers_), static_cast<Index>(last - Position)), ...);
    }
    (std::make_index_sequence<sizeof...(Layers)>{});
  }

  constexpr bool operator==(const LayerList&) const = default;

 private:
  [[no_unique_address]] std::tuple<Layers...> layers_;
};

/// Layers in a vector, each an AnyLayer.
template <class L>
class LayerList<std::vector<L>> {
  static_assert(require_layer<L>());

 public:
  static constexpr bool keeps_shape = false;

  LayerList() = default;
  explicit LayerList(std::vector<L> layers) : layers_(std::move(layers)) {}

  std::size_t size() const { return layers_.size(); }
  /// Throws shape_error where there is no layer.
  PlaceList places() const {
    if (layers_.empty()) throw shape_error("a Chain, Residual or Concat has no layers; give it at least one");
    return PlaceList(layers_.size());
  }

  template <class Visit>
  void for_each(Visit&& visit) const {
    for (std::size_t i = 0; i < layers_.size(); ++i) visit(layers_[i], static_cast<Index>(i));
  }
  template <class Visit>
  void for_each_backward(Visit&& visit) const {
    for (std::size_t i = layers_.size(); i-- > 0;) visit(layers_[i], static_cast<Index>(i));
  }

  bool operator==(const LayerList&) const = default;

 private:
  std::vector<L> layers_;
};

}  // namespace nn::detail
