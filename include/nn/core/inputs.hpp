// SPDX-License-Identifier: MIT
// What a layer of several inputs reads: a view of each.
#pragma once

#include <span>
#include <type_traits>

#include <nn/core/layer.hpp>

namespace nn {

/// Some neighbouring samples of a batch.
struct SampleRange {
  Index first = 0;
  Index count = 0;
};

/// The shapes of the values that a layer of several inputs reads.
using Shapes = std::span<const Shape>;

/// Where a layer of a graph finds a value that it reads, in numbers per sample from the beginning of a workspace.
struct Source {
  Index size = 0;             ///< numbers per sample
  Index offset = 0;           ///< of the value
  Index gradient_offset = 0;  ///< of where this layer writes its gradient
  bool adds = false;          ///< another layer has written the value's gradient before; this one's is added to it
  bool is_input = false;      ///< of the graph
};

/// The values (or gradients) that one layer of a graph reads (or writes) for some samples: inputs[k] is a view of the
/// k-th, features x samples.
template <class View>
class Inputs {
  using Pointer = decltype(std::declval<View&>().data());

 public:
  using Scalar = typename View::Scalar;

  Inputs(std::span<const Source> sources, Index Source::*offset, Pointer begin, Index samples, SampleRange range)
      : sources_(sources), offset_(offset), begin_(begin), samples_(samples), range_(range) {}

  Index size() const { return static_cast<Index>(sources_.size()); }
  View operator[](Index k) const {
    const Source& source = sources_[static_cast<std::size_t>(k)];
    return View(begin_ + source.*offset_ * samples_ + source.size * range_.first, source.size, range_.count);
  }

 private:
  std::span<const Source> sources_;
  Index Source::*offset_;
  Pointer begin_;
  Index samples_;
  SampleRange range_;
};

/// A layer of several inputs. It is written as any other layer, but that each function takes nn::Shapes for the shape
/// of the input, values.input[k] is the k-th input and gradients.input[k] its gradient; see nn/layers/multiply.hpp. Its
/// way back comes in the two halves input_gradient, which writes all gradients, and add_parameter_gradient, which may
/// be left out where nothing is learned.
template <class L>
concept MergeLayer = std::copyable<L> && std::equality_comparable<L> && detail::HasName<L> &&
    requires(const L& layer, Shapes shapes) {
  { layer.output_shape(shapes) } -> std::same_as<Shape>;
};

}  // namespace nn
