// SPDX-License-Identifier: MIT
// Operators that move numbers and compute nothing: slices, transpositions, borders, repetitions.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <nn/formats/onnx/array.hpp>
#include <nn/formats/onnx/fold.hpp>
#include <nn/formats/onnx/imported_graph.hpp>
#include <nn/layers/concatenate.hpp>

namespace nn::detail::onnx {

/// What such an operator does to an array is done to the places of its numbers, when the model is read: then the layer
/// knows where each number comes from. Throws unsupported.
template <class T>
class RearrangementReader {
 public:
  using Value = ImportedValue<T>;

  explicit RearrangementReader(ImportedGraph<T>& graph)
      : graph_(graph), folder_(graph.document(), graph.opset(), std::uint64_t{1} << 27) {}

  /// Nothing where the operator is another.
  std::optional<Value> read(const Node& node, const NodeOptions& options) {
    const std::string_view type = node.op_type;
    if (type == "Flatten") return flatten(node, options);
    if (type == "Reshape") return reshape(node, options);
    if (type == "Squeeze" || type == "Unsqueeze") return squeeze(node, options);
    if (type == "Transpose") return transpose(node, options);
    if (type == "Concat") return concat(node, options);
    if (type == "Slice") return slice(node, options);
    if (type == "Split") return split(node, options);
    if (type == "Gather") return gather(node, options);
    if (type == "Expand") return expand(node);
    if (type == "Pad") return pad(node, options);
    if (type == "DepthToSpace") return depth_to_space(node, options);
    if (type == "SpaceToDepth") return space_to_depth(node, options);
    if (type == "Where") return where(node);
    return {};
  }

 private:
  const Constant& known(const Node& node, std::size_t i, const char* what) {
    if (!graph_.is_given(node, i) || !graph_.is_known(node.inputs[i])) throw unsupported(what, " is not known");
    return graph_.constant(node.inputs[i]);
  }
  /// A list that is an attribute before an opset, and an input from then on; empty where it is not given.
  Sizes list(const Node& node, const NodeOptions& options, std::int64_t input_since, std::size_t i, const char* name) {
    if (graph_.opset() < input_since) return options.integers(name);
    return graph_.is_given(node, i) ? known(node, i, name).as_integers(name) : Sizes();
  }

  /// The value whose numbers stand at `places`, one sample of the model's dimensions; -1 is `constant`.
  Value moved(const Node& node, const Value& x, const Constant& places, std::vector<double> constants = {}) {
    Sizes sizes = places.dims;
    Value y = x;
    if (x.batch) {
      if (*x.batch >= sizes.size() || sizes[*x.batch] != 1) throw unsupported("it moves the samples");
      sizes.erase(sizes.begin() + static_cast<std::ptrdiff_t>(*x.batch));
    }
    return graph_.rearranged(node, y, sizes, {places.integers.begin(), places.integers.end()}, std::move(constants));
  }
  Value plain(const Node& node, std::size_t i = 0) { return graph_.in_order(node, graph_.value(node, i), false); }

  Value flatten(const Node& node, const NodeOptions& options) {
    const Value& x = graph_.value(node, 0);
    const Sizes dims = x.dims();
    std::int64_t axis = options.integer("axis", 1);
    const auto rank = static_cast<std::int64_t>(dims.size());
    if (axis < 0) axis += rank;
    if (axis < 0 || axis > rank) throw unsupported("axis ", axis, " of ", rank, " dimensions");
    if (x.batch) {
      if (*x.batch != 0 || axis != 1) throw unsupported("axis ", axis, " would join samples");
      return graph_.reshaped(node, x, {x.shape.size()});
    }
    const auto product = [&](std::int64_t first, std::int64_t last) {
      return static_cast<std::int64_t>(count_of(Sizes(dims.begin() + first, dims.begin() + last)));
    };
    return graph_.reshaped(node, x, {product(0, axis), product(axis, rank)});
  }

  Value reshape(const Node& node, const NodeOptions& options) {
    const Value& x = graph_.value(node, 0);
    const Sizes wanted =
        graph_.opset() < 5 ? options.integers("shape") : known(node, 1, "its shape").as_integers("its shape");
    if (!x.batch) return graph_.reshaped(node, x, reshape_sizes(options, x.sizes(), wanted));
    if (*x.batch != 0) throw unsupported("the samples are not its first dimension");
    if (wanted.empty()) throw unsupported("it joins all samples");
    Sizes rest(wanted.begin() + 1, wanted.end());
    const bool is_open = std::find(rest.begin(), rest.end(), -1) != rest.end();
    const bool copies = wanted[0] == 0 && options.integer("allowzero", 0) == 0;
    if (!copies && !graph_.is_samples(wanted[0]) && !(wanted[0] == -1 && !is_open))
      throw unsupported("its first size is ", wanted[0], ", which need not be the number of samples");
    const Sizes sizes = x.sizes();
    for (std::size_t i = 0; i < rest.size(); ++i)
      if (rest[i] == 0 && options.integer("allowzero", 0) == 0 && i < sizes.size()) rest[i] = sizes[i];
    return graph_.reshaped(node, x, reshape_sizes(options, {x.shape.size()}, rest));
  }

  Value squeeze(const Node& node, const NodeOptions& options) {
    Value x = graph_.value(node, 0);
    const Sizes axes = list(node, options, 13, 1, "axes");
    if (axes.empty() && (node.op_type == "Unsqueeze" || x.batch)) throw unsupported("its axes are not said");
    const Sizes dims = x.dims();
    Sizes made = node.op_type == "Squeeze" ? squeezed(dims, axes) : unsqueezed(dims, axes);
    if (!x.batch) return graph_.reshaped(node, x, made);
    const auto samples = std::find(made.begin(), made.end(), any_batch);
    x.batch = static_cast<std::size_t>(samples - made.begin());
    made.erase(samples);
    return graph_.reshaped(node, x, made);
  }

  Value transpose(const Node& node, const NodeOptions& options) {
    Value x = graph_.value(node, 0);
    const std::size_t rank = x.dims().size();
    Sizes order = options.integers("perm"), of_sample;
    if (order.empty())
      for (std::size_t i = rank; i-- > 0;) order.push_back(static_cast<std::int64_t>(i));
    std::vector<bool> seen(rank);
    std::optional<std::size_t> batch;
    for (std::size_t i = 0; i < order.size(); ++i) {
      const std::size_t axis = axis_in(order[i], rank);
      if (seen[axis]) throw unsupported("an order that names axis ", axis, " twice");
      seen[axis] = true;
      if (axis == x.batch)
        batch = i;
      else
        of_sample.push_back(static_cast<std::int64_t>(x.axis_of_sample(order[i])));
    }
    if (order.size() != rank) throw unsupported("an order of ", order.size(), " of ", rank, " axes");
    x.batch = batch;
    const bool first = is_first(x.layout);
    if (!is_flat(x.layout)) {  // channels come first, or last, in the model's eyes alone
      const bool swaps =
          is_time(x.layout) ? of_sample == Sizes{1, 0} : of_sample == (first ? Sizes{1, 2, 0} : Sizes{2, 0, 1});
      if (swaps) {
        x.layout = with_channels(x.layout, !first);
        return x;
      }
    }
    return graph_.transposed(node, x, of_sample);
  }

  /// Of values, and of constants between them, along any axis.
  Value concat(const Node& node, const NodeOptions& options) {
    const Value* some = nullptr;
    for (const std::string_view input : node.inputs)
      if (some == nullptr) some = graph_.find(input);
    if (some == nullptr) throw unsupported("it puts together constants that were not computed");
    const std::size_t along = some->axis_of_sample(options.integer("axis", 1));
    std::vector<Value> values;
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const bool is_constant = graph_.find(node.inputs[i]) == nullptr;
      if (is_constant && some->batch) throw unsupported("it puts constants beside each sample");
      values.push_back(is_constant ? graph_.learned(node, i, *some) : graph_.real_value(node, i));
    }
    Value y = values[0];
    for (const Value& one : values)
      if (one.batch != y.batch || one.sizes().size() != y.sizes().size())
        throw unsupported("it puts together arrays of other dimensions");
    if (values.size() == 1) return y;
    Sizes sizes = y.sizes();
    sizes[along] = 0;
    bool is_over_channels = !is_flat(y.layout) || !y.other_sizes;
    for (const Value& one : values) {
      const Sizes other = one.sizes();
      for (std::size_t i = 0; i < sizes.size(); ++i)
        if (i != along && other[i] != sizes[i]) throw unsupported("it puts together arrays of other sizes");
      sizes[along] = checked_sum(sizes[along], other[along]);
      is_over_channels = is_over_channels && one.layout == y.layout && one.layout != Layout::flat_first;
    }
    std::vector<typename nn::Graph<T>::Value> read;
    if (is_over_channels && along == (is_first(y.layout) ? 0 : sizes.size() - 1)) {
      y.shape.channels = sizes[along];
      for (const Value& one : values) read.push_back(one.value);
      y.value = graph_.add(node, Concatenate{}, read);
      return y;
    }
    // One after the other, and then each number where it belongs.
    Constant places{.dims = sizes, .is_whole = true, .integers = Sizes(count_of(sizes)), .reals = {}};
    const std::size_t outer = count_of(Sizes(sizes.begin(), sizes.begin() + static_cast<std::ptrdiff_t>(along)));
    const auto row = static_cast<Index>(count_of(sizes) / outer);
    Index begin = 0, column = 0;
    for (Value& one : values) {
      one = graph_.in_order(node, one, false);
      one = graph_.put(node, one, Shape(one.shape.size()));
      const auto block = one.shape.size() / static_cast<Index>(outer);
      for (Index i = 0; i < one.shape.size(); ++i)
        places.integers[static_cast<std::size_t>(i / block * row + column + i % block)] = begin + i;
      begin += one.shape.size();
      column += block;
      read.push_back(one.value);
    }
    y = values[0];
    y.value = graph_.add(node, Concatenate{}, read);
    y.shape = Shape(begin);
    return graph_.rearranged(node, y, sizes, {places.integers.begin(), places.integers.end()});
  }

  Value slice(const Node& node, const NodeOptions& options) {
    const Value x = plain(node);
    Sizes axes = list(node, options, 10, 3, "axes");
    const Sizes starts = list(node, options, 10, 1, "starts"), ends = list(node, options, 10, 2, "ends"),
                steps = graph_.opset() < 10 ? Sizes() : list(node, options, 10, 4, "steps");
    if (axes.empty())
      for (std::size_t i = 0; i < starts.size(); ++i) axes.push_back(static_cast<std::int64_t>(i));
    for (std::size_t i = 0; i < axes.size() && i < starts.size() && i < ends.size(); ++i)
      if (axis_in(axes[i], x.dims().size()) == x.batch &&
          (starts[i] != 0 || ends[i] < any_batch || (i < steps.size() && steps[i] != 1)))
        throw unsupported("it takes some of the samples");
    return moved(node, x, folded(node, x));
  }

  /// What the operator does to the places of the numbers.
  Constant folded(const Node& node, const Value& x) {
    const Constant places = graph_.places_of(x);
    std::vector<Constant> of_one_sample;  // sizes that say any number of samples say 1
    of_one_sample.reserve(node.inputs.size());
    std::vector<const Constant*> inputs{&places};
    for (std::size_t i = 1; i < node.inputs.size(); ++i) {
      if (!graph_.is_given(node, i)) {
        inputs.push_back(nullptr);
        continue;
      }
      of_one_sample.push_back(known(node, i, "an input that says where numbers go"));
      inputs.push_back(&of_one_sample.back());
    }
    std::optional<Constant> result = folder_.fold(node, inputs);
    if (!result) throw unsupported("it cannot be read yet");
    return std::move(*result);
  }

  Value gather(const Node& node, const NodeOptions& options) {
    Value x = plain(node);
    const std::int64_t axis = options.integer("axis", 0);
    x.axis_of_sample(axis);  // or it is refused
    const Constant places = folded(node, x);
    const std::size_t at = axis_in(axis, x.dims().size());
    if (x.batch && *x.batch > at) x.batch = *x.batch + places.dims.size() - x.dims().size();
    return moved(node, x, places);
  }

  Value expand(const Node& node) {
    Value x = plain(node);
    Sizes wanted = known(node, 1, "its shape").as_integers("its shape");
    const Sizes dims = x.dims(1);
    if (wanted.size() < dims.size()) wanted.insert(wanted.begin(), dims.size() - wanted.size(), 1);
    if (x.batch) {
      *x.batch += wanted.size() - dims.size();
      if (graph_.is_samples(wanted[*x.batch])) wanted[*x.batch] = 1;
    }
    const Sizes made = broadcast(dims, wanted);
    graph_.require_room(static_cast<Index>(count_of(made)), sizeof(Index));
    Constant places{.dims = made, .is_whole = true, .integers = {}, .reals = {}};
    for (std::size_t i = 0, count = count_of(made); i < count; ++i)
      places.integers.push_back(static_cast<std::int64_t>(source_of(i, made, dims)));
    return moved(node, x, places);
  }

  /// Each number of one of two inputs, as a condition says that is known; one of them may be known, too.
  Value where(const Node& node) {
    const Constant& condition = known(node, 0, "its condition");
    if (!condition.is_whole) throw unsupported("its condition is no list of yes and no");
    const Value* some = nullptr;
    for (const std::size_t k : {std::size_t{1}, std::size_t{2}})
      if (some == nullptr && graph_.is_given(node, k)) some = graph_.find(node.inputs[k]);
    if (some == nullptr) throw unsupported("it chooses among constants that were not computed");
    struct Side {
      Sizes dims;
      std::int64_t first;  // of its places: 0 or more of values, and less than 0 of constants
    };
    std::vector<Side> sides;
    std::vector<Value> values;
    std::vector<double> constants;
    Index size = 0;
    Sizes dims = condition.dims;
    for (const std::size_t k : {std::size_t{1}, std::size_t{2}}) {
      if (graph_.is_given(node, k) && graph_.find(node.inputs[k]) != nullptr) {
        const Value x = plain(node, k);
        if (x.batch != some->batch) throw unsupported("the samples are another dimension of each input");
        sides.push_back({x.dims(1), size});
        size += x.shape.size();
        values.push_back(graph_.put(node, x, Shape(x.shape.size())));
      } else {
        const Constant& numbers = known(node, k, "an input");
        graph_.require_room(static_cast<Index>(numbers.size()), sizeof(double));
        sides.push_back({numbers.dims, -1});
        for (std::size_t i = 0; i < numbers.size(); ++i) constants.push_back(numbers.number(i));
      }
      dims = broadcast(dims, sides.back().dims);
    }
    if (dims.size() != some->dims().size()) throw unsupported("a condition of other dimensions than the numbers");
    graph_.require_room(static_cast<Index>(count_of(dims)), sizeof(Index));
    Constant places{.dims = dims, .is_whole = true, .integers = {}, .reals = {}};
    for (std::size_t i = 0, count = count_of(dims); i < count; ++i) {
      const Side& side = sides[condition.integers[source_of(i, dims, condition.dims)] != 0 ? 0 : 1];
      const auto at = static_cast<std::int64_t>(source_of(i, dims, side.dims));
      places.integers.push_back(side.first < 0 ? -1 - at : side.first + at);
    }
    Value y = values[0];
    if (values.size() == 2) {
      y.value = graph_.add(node, Concatenate{}, {values[0].value, values[1].value});
      y.shape = Shape(size);
    }
    return moved(node, y, places, std::move(constants));
  }

  Value split(const Node& node, const NodeOptions& options) {
    const Value x = plain(node);
    const Sizes sizes = x.sizes();
    const std::size_t along = x.axis_of_sample(options.integer("axis", 0));
    Sizes parts = list(node, options, 13, 1, "split");
    const auto count = static_cast<std::int64_t>(node.outputs.size());
    if (parts.empty()) {  // of one size, the last is shorter where they do not divide
      const std::int64_t part = (sizes[along] + count - 1) / count;
      for (std::int64_t k = 0; k < count; ++k) parts.push_back(std::min(part, sizes[along] - k * part));
    }
    std::int64_t sum = 0;
    for (const std::int64_t part : parts) sum = checked_sum(sum, part);
    if (static_cast<std::int64_t>(parts.size()) != count || sum != sizes[along])
      throw unsupported("its parts are not those of ", sizes[along]);
    Constant places = graph_.places_of(x);
    places.dims = sizes;
    std::int64_t begin = 0;
    std::optional<Value> first;
    for (std::size_t k = 0; k < parts.size(); begin += parts[k++]) {
      if (!graph_.is_needed(node, k)) continue;
      Sizes part = sizes;
      part[along] = parts[k];
      const Constant of_part =
          picked(places, part, [&](std::size_t axis, std::int64_t at) { return axis == along ? begin + at : at; });
      Value y = graph_.rearranged(node, x, part, {of_part.integers.begin(), of_part.integers.end()});
      if (k == 0) first = y;
      graph_.define(node.outputs[k], y);
      if (!first) first = y;
    }
    return *first;
  }

  Value pad(const Node& node, const NodeOptions& options) {
    const Value x = plain(node);
    const std::string_view mode = options.text("mode", "constant");
    const Sizes dims = x.dims(1), pads = list(node, options, 11, 1, "pads");
    Sizes axes = graph_.opset() < 18 ? Sizes() : list(node, options, 18, 3, "axes");
    if (axes.empty())
      for (std::size_t i = 0; i < dims.size(); ++i) axes.push_back(static_cast<std::int64_t>(i));
    if (pads.size() != 2 * axes.size()) throw unsupported("pads has ", pads.size(), " numbers, not ", 2 * axes.size());
    double constant = options.real("value", 0);
    if (graph_.opset() >= 11 && graph_.is_given(node, 2)) {
      const Constant& given = known(node, 2, "its value");
      if (given.size() != 1) throw unsupported("it pads with ", given.size(), " numbers");
      constant = given.number(0);
    }
    Sizes before(dims.size(), 0), made = dims;
    for (std::size_t i = 0; i < axes.size(); ++i) {
      const std::size_t axis = axis_in(axes[i], dims.size());
      const std::int64_t behind = pads[axes.size() + i];
      if (axis == x.batch && (pads[i] != 0 || behind != 0)) throw unsupported("it adds samples");
      before[axis] = pads[i];
      made[axis] = checked_sum(checked_sum(dims[axis], pads[i]), behind);
    }
    const Constant inside = graph_.places_of(x);
    Constant places{.dims = made, .is_whole = true, .integers = {}, .reals = {}};
    const std::size_t count = count_of(made);
    for (std::size_t i = 0; i < count; ++i) {
      std::size_t rest = i;
      std::int64_t place = 0, step = 1;
      for (std::size_t k = made.size(); k-- > 0; rest /= static_cast<std::size_t>(made[k])) {
        const std::int64_t at =
            bordered(static_cast<std::int64_t>(rest % static_cast<std::size_t>(made[k])) - before[k], dims[k], mode);
        if (at < 0 || place < 0)
          place = -1;
        else
          place += at * step;
        step *= dims[k];
      }
      places.integers.push_back(place);
    }
    return moved(node, x, places, {constant});
  }
  /// Which of `size` numbers stands at a position that may be outside; -1 is the constant.
  static std::int64_t bordered(std::int64_t at, std::int64_t size, std::string_view mode) {
    if (at >= 0 && at < size) return at;
    if (mode == "constant") return -1;
    if (mode == "edge") return std::clamp<std::int64_t>(at, 0, size - 1);
    if (mode == "wrap") return (at % size + size) % size;
    if (mode != "reflect") throw unsupported("the mode ", in_quotes(mode), " is unknown");
    if (size == 1) return 0;
    const std::int64_t period = 2 * (size - 1), within = (at % period + period) % period;
    return within < size ? within : period - within;
  }

  /// n x channels x height x width, where n is 1 if these are samples. Throws unsupported for other dimensions.
  Constant image_places(const Value& x) {
    Constant places = graph_.places_of(x);
    if (places.dims.size() != 4 || (x.batch && *x.batch != 0)) throw unsupported("its input is no batch of images");
    return places;
  }
  static std::int64_t block_in(const NodeOptions& options) {
    const std::int64_t block = options.integer("blocksize", 0);
    if (block < 1 || block > 1 << 15) throw unsupported("blocksize is ", block);
    return block;
  }
  Value depth_to_space(const Node& node, const NodeOptions& options) {
    const Value x = plain(node);
    Constant places = image_places(x);
    const std::int64_t block = block_in(options), n = places.dims[0], c = places.dims[1], h = places.dims[2],
                       w = places.dims[3];
    if (c % (block * block) != 0) throw unsupported(c, " channels do not make blocks of ", block);
    const std::int64_t depth = c / (block * block);
    const bool rows_first = options.text("mode", "DCR") == "DCR";
    places.dims = rows_first ? Sizes{n, block, block, depth, h, w} : Sizes{n, depth, block, block, h, w};
    places = permuted(places, rows_first ? Sizes{0, 3, 4, 1, 5, 2} : Sizes{0, 1, 4, 2, 5, 3});
    places.dims = {n, depth, h * block, w * block};
    return moved(node, x, places);
  }
  Value space_to_depth(const Node& node, const NodeOptions& options) {
    const Value x = plain(node);
    Constant places = image_places(x);
    const std::int64_t block = block_in(options), n = places.dims[0], c = places.dims[1], h = places.dims[2] / block,
                       w = places.dims[3] / block;
    if (h * block != places.dims[2] || w * block != places.dims[3])
      throw unsupported("an image of ", places.dims[2], " x ", places.dims[3], " does not make blocks of ", block);
    places.dims = {n, c, h, block, w, block};
    places = permuted(places, {0, 3, 5, 1, 2, 4});
    places.dims = {n, c * block * block, h, w};
    return moved(node, x, places);
  }

  ImportedGraph<T>& graph_;
  Folder folder_;
};

}  // namespace nn::detail::onnx
