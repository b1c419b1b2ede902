// SPDX-License-Identifier: MIT
// y = the outputs of several branches that all read x, channel after channel
#pragma once

#include <algorithm>

#include <nn/layers/base/block.hpp>

namespace nn {

/// Branches are layers, or Chains of them: Concat<Identity, Chain<Conv2D<16, 1>, ReLU>>, and with sizes given at run
/// time Concat{Dense{4}, Dense{8}}. Each pixel has the channels of the first branch, then those of the second, and so
/// on; plain features are one pixel. Throws shape_error where the branches put out different heights or widths.
template <class... Branches>
struct Concat : Block<Concat<Branches...>, Branches...> {
  using Block<Concat, Branches...>::Block;

  static constexpr bool is_row = false;
  static constexpr std::string_view name() { return "Concat"; }

  constexpr Place place(Shape input) const {
    const auto places = this->places(input);
    Shape output = places.front().output;
    for (std::size_t i = 1; i < places.size(); ++i) {
      const Shape branch = places[i].output;
      if (branch.height != output.height || branch.width != output.width)
        throw shape_error("Concat: branch 1 puts out ", places.front().output, " and branch ", i + 1, ' ', branch,
                          ", but only channels of pictures of one height and width can be put together; use the same "
                          "strides in all, and give convolutions nn::same_padding");
      output.channels = checked_sum(output.channels, branch.channels);
    }
    Place all = this->all_of(places, input, output);
    all.memory_size = checked_sum(places.back().activation_end(), input.size());  // and one more dx
    return all;
  }

  void forward(Shape input, const auto& parameters, const auto& x, auto&& y, const auto& mode) const {
    const auto places = this->places(input);
    this->for_each(places, [&](const auto& branch, const Place& place, Index i) {
      auto* output = this->output_of(place, mode);
      this->go_forward(branch, place, i, parameters, x.data(), output, x.cols(), mode);
    });
    for_each_pixel(places, x.cols(), [&](const Place& place, Index of_y, Index of_branch) {
      std::copy_n(this->output_of(place, mode) + of_branch, place.output.channels, y.data() + of_y);
    });
  }

  /// dx = the sum of the branches'
  template <bool writes, class T>
  void go_back(Shape input, const auto& values, auto& gradients, const Training<T>& training, const auto& visit) const {
    const auto places = this->places(input);
    const Index samples = values.input.cols(), size = values.input.size();
    const bool is_wanted = gradients.wanted != InputGradient::none;
    if constexpr (writes)
      for_each_pixel(places, samples, [&](const Place& place, Index of_y, Index of_branch) {
        std::copy_n(gradients.output.data() + of_y, place.output.channels,
                    this->gradient_of(place, training) + of_branch);
      });
    T* const other_dx = training.memory.gradients + places.back().activation_end() * training.memory.samples +
                        training.first_sample * input.size();
    this->for_each(places, [&](const auto& branch, const Place& place, Index i) {
      T* dx = i == 0 ? gradients.input.data() : other_dx;
      this->visit_layer(branch, place, i, values.parameters, values.input.data(),
                        static_cast<const T*>(this->output_of(place, training)), dx,
                        static_cast<const T*>(this->gradient_of(place, training)), samples,
                        is_wanted ? InputGradient::all : InputGradient::none, training, visit);
      if (writes && is_wanted && i > 0) VectorView<T>(gradients.input.data(), size) += ConstVectorView<T>(dx, size);
    });
  }

  static void for_each_option(auto& layer, auto option) { option("branches", layer.size()); }
  constexpr bool operator==(const Concat&) const = default;

 private:
  // Calls visit(place, where its channels begin in y, and where in the branch's output) for each branch and pixel.
  static void for_each_pixel(const auto& places, Index samples, const auto& visit) {
    Index channels = 0, first = 0;
    for (const Place& place : places) channels += place.output.channels;
    for (const Place& place : places) {
      const Index pixels = place.output.height * place.output.width * samples;
      for (Index pixel = 0; pixel < pixels; ++pixel)
        visit(place, pixel * channels + first, pixel * place.output.channels);
      first += place.output.channels;
    }
  }
};

template <class... Branches>
Concat(Branches...) -> Concat<Branches...>;

}  // namespace nn
