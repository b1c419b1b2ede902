// SPDX-License-Identifier: MIT
// y(time) = row number x(time) of W
#pragma once

#include <concepts>
#include <type_traits>

#include <nn/core/layer.hpp>
#include <nn/core/whole_number.hpp>

namespace nn {

struct EmbeddingOptions {
  Index padding_index = -1;  ///< the integer whose row starts as zeros and is not learned; -1 for none
  constexpr bool operator==(const EmbeddingOptions&) const = default;
};

/// The sizes and options of an Embedding.
struct EmbeddingSettings {
  Index vocabulary = 1;
  Index width = 1;
  EmbeddingOptions options;
  constexpr bool operator==(const EmbeddingSettings&) const = default;
};

namespace detail {

// Derived gives settings().
template <class Derived>
struct EmbeddingLayer {
  static constexpr std::string_view name() { return "Embedding"; }

  constexpr Shape output_shape(Shape input) const {
    if (vocabulary() < 1 || width() < 1)
      throw shape_error("Embedding: a vocabulary of ", vocabulary(), " and a width of ", width(),
                        " make no rows; both must be at least 1");
    if (padding_index() < -1 || padding_index() >= vocabulary())
      throw shape_error("Embedding: the padding index ", padding_index(), " is no integer of a vocabulary of ",
                        vocabulary(), "; give one below that, or -1 for none");
    if (input.height != 1 || (input.width != 1 && input.channels != 1))
      throw shape_error("Embedding: an input of ", input,
                        " is no sequence of integers; give one integer per step, or plain features");
    return {1, checked_product(input.width, input.channels), width()};
  }
  static constexpr Streaming streaming(Shape step) { return step.channels == 1 ? each_step_alone : Streaming{}; }
  constexpr void tensors(Shape, auto tensor) const {
    const Dimensions dimensions{{.size = vocabulary()}, {.size = width(), .stride = vocabulary()}};
    tensor({"weight", vocabulary(), width(), Role::weight, dimensions});
  }

  void initialize(Shape, auto&& parameters, const Initializer&, Random& random) const {
    using T = typename std::remove_cvref_t<decltype(parameters)>::Scalar;
    MatrixView<T> W(parameters.data(), vocabulary(), width());
    for (Index row = 0; row < vocabulary(); ++row)
      for (Index i = 0; i < width(); ++i) W(row, i) = row == padding_index() ? T(0) : static_cast<T>(random.normal());
  }

  void forward(Shape, const auto& parameters, const auto& x, auto&& y) const {
    using T = typename std::remove_cvref_t<decltype(x)>::Scalar;
    const T* W = parameters.data();
    T* to = y.data();
    for (Index step = 0; step < x.size(); ++step) {
      const Index row = whole_number(x.data()[step], vocabulary() - 1, "Embedding: step ", step % x.rows(),
                                     " of sample ", step / x.rows());
      for (Index i = 0; i < width(); ++i) *to++ = W[i * vocabulary() + row];
    }
  }

  /// Integers have no gradient.
  void input_gradient(Shape, const auto&, auto& gradients) const {
    if (gradients.wanted != InputGradient::none) gradients.input.setZero();
  }

  /// dW(x(time)) = dy(time), added up, for some columns of W
  void add_parameter_gradient(Shape, const auto& values, const auto& gradients, auto* target, auto scale,
                              Shard shard) const {
    const Index first = shard.first(width()), last = shard.last(width());
    for (Index step = 0; step < values.input.size(); ++step) {
      const auto row = static_cast<Index>(values.input.data()[step]);  // was checked on the way forward
      if (row == padding_index()) continue;
      const auto* dy = gradients.output.data() + step * width();
      for (Index i = first; i < last; ++i) target[i * vocabulary() + row] += scale * dy[i];
    }
  }

  static void for_each_option(auto& layer, auto option) {
    auto&& settings = layer.settings();
    option("vocabulary", settings.vocabulary);
    option("width", settings.width);
    option("padding_index", settings.options.padding_index);
  }
  constexpr bool operator==(const EmbeddingLayer&) const = default;

 private:
  constexpr EmbeddingSettings settings() const { return static_cast<const Derived&>(*this).settings(); }
  constexpr Index vocabulary() const { return settings().vocabulary; }
  constexpr Index width() const { return settings().width; }
  constexpr Index padding_index() const { return settings().options.padding_index; }
};

}  // namespace detail

/// Each integer becomes a row of numbers that are learned: Embedding<1000, 64>, Embedding<1000, 64,
/// EmbeddingOptions{.padding_index = 0}>, and with sizes given at run time Embedding{1000, 64, {.padding_index = 0}}.
/// A sequence of one integer per step, or plain features that are integers, becomes 1 x steps x width. W is vocabulary
/// x width and begins as PyTorch's, normal with a variance of 1, whatever the network's initializer. Throws shape_error
/// where the sizes make no sense, and, on the way forward, data_error for what is no integer of the vocabulary.
template <Index Vocabulary = dynamic, Index Width = dynamic, EmbeddingOptions Options = EmbeddingOptions{}>
struct Embedding : detail::EmbeddingLayer<Embedding<Vocabulary, Width, Options>> {
  static constexpr EmbeddingSettings settings() { return {Vocabulary, Width, Options}; }
  constexpr bool operator==(const Embedding&) const = default;
};

template <>
struct Embedding<> : detail::EmbeddingLayer<Embedding<>> {
  constexpr Embedding(std::integral auto vocabulary, std::integral auto width, EmbeddingOptions options = {})
      : settings_{static_cast<Index>(vocabulary), static_cast<Index>(width), options} {}
  constexpr EmbeddingSettings settings() const { return settings_; }
  constexpr EmbeddingSettings& settings() { return settings_; }
  constexpr bool operator==(const Embedding&) const = default;

 private:
  EmbeddingSettings settings_;
};

template <std::integral Vocabulary, std::integral Width>
Embedding(Vocabulary, Width, EmbeddingOptions = {}) -> Embedding<>;

}  // namespace nn
