// SPDX-License-Identifier: MIT
// What a network ends in, which says what its outputs are: looked up inside of Chains, and in every head of a Concat.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include <nn/core/place.hpp>
#include <nn/networks/pass.hpp>

namespace nn {

template <class... Arguments>
class Network;
template <class... Layers>
struct Chain;

namespace detail {

/// The last two layers that change the numbers; empty where there is none, or it is not known.
struct NetworkEnd {
  std::string_view before, last;

  static constexpr bool is_unchanging(std::string_view layer) {
    for (const std::string_view unchanging : {"Identity", "Flatten", "Reshape", "Dropout"})
      if (layer == unchanging) return true;
    return false;
  }

  /// The next layer.
  constexpr void add(std::string_view layer) {
    if (is_unchanging(layer)) return;
    before = last;
    last = layer;
  }
  /// The layer that stands before all that are known.
  constexpr void add_before(std::string_view layer) {
    if (is_unchanging(layer)) return;
    (last.empty() ? last : before) = layer;
  }
  constexpr bool is_complete() const { return !before.empty(); }
};

/// Of a network as it is: one end, or where it ends in a Concat of several branches, that of each.
class NetworkEnds {
 public:
  template <class Net>
  explicit NetworkEnds(const Net& network) {
    const auto add = [&](const auto& layer, const Place& place, Index level) {
      rows_.back().push_back({layer.name(), level, place.output.size()});
    };
    if constexpr (is_graph<Net>) {
      network.for_each_output([&](const std::vector<Index>& layers_before) {
        rows_.emplace_back();
        for (const Index i : layers_before) nn::for_each_inside(network.layer(i), network.place(i), add);
      });
    } else {
      rows_.emplace_back();
      network.for_each_inside(add);
    }
  }

  /// Calls use(end, outputs) for each head, with the number of its outputs.
  using Use = std::function<void(const NetworkEnd&, Index outputs)>;
  void for_each(const Use& use) const {
    for (const std::vector<Listed>& row : rows_) for_each_head(row, use);
  }

  /// Whether there are several.
  bool are_heads() const {
    int count = 0;
    for_each([&](const NetworkEnd&, Index) { ++count; });
    return count > 1;
  }

 private:
  struct Listed {
    std::string_view name;
    Index level;  // one higher inside of the container before it
    Index outputs;
  };
  using Row = std::span<const Listed>;  // layers of one level, and what is inside of them

  static std::size_t position_of_last(Row row) {
    std::size_t i = row.size() - 1;
    while (row[i].level > row.front().level) --i;
    return i;
  }

  static void for_each_head(Row row, const Use& use) {
    const Index outputs = row.empty() ? 0 : row[position_of_last(row)].outputs;
    for (; !row.empty(); row = row.first(position_of_last(row))) {
      const std::size_t last = position_of_last(row);
      const Row inside = row.subspan(last + 1), before = row.first(last);
      const auto use_with_before = [&](NetworkEnd end, Index count) {
        complete(end, before);
        use(end, count);
      };
      if (row[last].name == "Chain") return for_each_head(inside, use_with_before);
      if (row[last].name == "Concat") return for_each_branch(inside, use_with_before);
      if (NetworkEnd::is_unchanging(row[last].name)) continue;
      NetworkEnd end;
      end.add(row[last].name);
      return use_with_before(end, outputs);
    }
    use({}, outputs);
  }

  static void for_each_branch(Row inside, const Use& use) {
    for (std::size_t first = 0, end = 0; first < inside.size(); first = end) {
      for (end = first + 1; end < inside.size() && inside[end].level > inside.front().level;) ++end;
      for_each_head(inside.subspan(first, end - first), use);
    }
  }

  // Adds what stands at the end of the row, as far as it is missing.
  static void complete(NetworkEnd& end, Row row) {
    for (; !row.empty() && !end.is_complete(); row = row.first(position_of_last(row))) {
      const std::size_t last = position_of_last(row);
      if (row[last].name == "Chain")
        complete(end, row.subspan(last + 1));
      else
        end.add_before(row[last].name);
    }
  }

  std::vector<std::vector<Listed>> rows_;  // one, or of a graph one for each output
};

/// Of a type of network, as far as it says; what is inside of a Concat or a Residual is not looked at.
template <class Net>
struct EndOfType {
  static constexpr bool is_known = false;
};
template <class... Arguments>
struct EndOfType<Network<Arguments...>> {
  template <class L>
  static constexpr void add(NetworkEnd& end, const L*) {
    if constexpr (requires { typename std::bool_constant<L::name().empty()>; })
      end.add(L::name());
    else
      end.add({});
  }
  template <class... Layers>
  static constexpr void add(NetworkEnd& end, const Chain<Layers...>*) {
    (add(end, static_cast<const Layers*>(nullptr)), ...);
  }
  static constexpr bool is_known = true;
  static constexpr NetworkEnd value = [] {
    NetworkEnd end;
    (add(end, static_cast<const Arguments*>(nullptr)), ...);
    return end;
  }();
};

}  // namespace detail

}  // namespace nn
