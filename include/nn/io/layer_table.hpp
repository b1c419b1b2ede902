// SPDX-License-Identifier: MIT
// From a layer in words and numbers back to the layer: a table of names, to which programs add layers of their own.
#pragma once

#include <algorithm>
#include <concepts>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <nn/core/inputs.hpp>
#include <nn/core/options.hpp>
#include <nn/io/outline.hpp>
#include <nn/networks/any_layer.hpp>

namespace nn {

namespace detail {

// Gives an option its number, where it can be changed: what a layer has in its type is a value or const.
template <class Option>
void set_option(const std::string& layer, const char* name, Option&& option, double number) {
  using Number = std::remove_cvref_t<Option>;
  constexpr double largest = 0x1p53;  // up to which every whole number is a double
  const auto refuse = [&](const char* needed) {
    throw data_error(layer, ": ", name, " must be ", needed, ", got ", number, "; mend the file or save it again");
  };
  if (!is_finite(number)) refuse("a finite number");
  if (std::same_as<Number, bool> && number != 0 && number != 1) refuse("0 or 1");
  if (std::integral<Number> &&
      (number < -largest || number > largest || number != static_cast<double>(static_cast<Index>(number))))
    refuse("a whole number");
  if constexpr (std::is_lvalue_reference_v<Option> && !std::is_const_v<std::remove_reference_t<Option>>)
    option = static_cast<Number>(number);
}

// Gives the layer the options that stand in the description, all of which it must have, and no others.
template <class L>
void set_options(L& layer, const Description& given) {
  std::size_t known = 0;
  std::string names;
  const auto set = [&]<class Option>(const char* name, Option&& option) {
    names += (names.empty() ? "" : ", ") + std::string(name);
    for (const auto& [given_name, number] : given.options)
      if (given_name == name) {
        ++known;
        return set_option(in_words(given), name, std::forward<Option>(option), number);
      }
    throw data_error(in_words(given), ": lacks the option ", name, "; save the network again, with this library");
  };
  if constexpr (requires { L::for_each_option(layer, set); }) L::for_each_option(layer, set);
  if (known != given.options.size())
    throw data_error(in_words(given), ": has another option than ", names.empty() ? "none" : names,
                     ", or one of them twice; is it a layer of a newer library?");
}

}  // namespace detail

/// The layers that a file may name. Throws data_error where a layer cannot be made, shape_error where it cannot be
/// anywhere.
template <std::floating_point T>
class LayerTable {
 public:
  /// A layer that files may name from now on: this one, with the options that stand in the file. Where its options are
  /// also in its type, as PReLU's, one of each type. Throws data_error where there is another layer of that name.
  template <class First, class... OtherTypes>
  LayerTable& add(const First& first, const OtherTypes&... others) {
    static_assert(detail::require_layer<First>() && (detail::require_layer<OtherTypes>() && ...));
    static_assert(!std::same_as<First, AnyLayer<T>>, "nn::LayerTable: add the layer itself, as Gated{}");
    require_listed_options<First>();
    return enter({std::string(first.name()),
                  AnyLayer<T>(first),
                  [first, others...](const Description& given, std::vector<AnyLayer<T>>&&) {
                    return make_one_of(given, first, others...);
                  },
                  {}});
  }

  /// A layer of several inputs, which the layers of a graph may be.
  template <MergeLayer Merge>
  LayerTable& add(const Merge& merge) {
    require_listed_options<Merge>();
    const std::string name(merge.name());
    const AnyLayer<T, Shapes> example(merge);
    for (const MergeEntry& other : merges_)
      if (other.example == example) return *this;
    require_free(name);
    merges_.push_back({name, example, [merge](const Description& given) {
                         Merge made = merge;
                         detail::set_options(made, given);
                         return AnyLayer<T, Shapes>(made);
                       }});
    return *this;
  }

  /// A container of layers: make(layers) gives what holds a std::vector<AnyLayer<T>>, whose number is its only option.
  template <class Make>
  LayerTable& add_container(std::string_view name, std::string_view option, Make make) {
    return enter(
        {std::string(name),
         {},
         [make](const Description&, std::vector<AnyLayer<T>>&& inside) { return AnyLayer<T>(make(std::move(inside))); },
         std::string(option)});
  }

  /// How many layers stand inside of this one: 0 for a layer that is no container.
  std::size_t count_inside(const Description& given) const {
    const Entry& entry = find(given.type);
    if (entry.count_option.empty()) return 0;
    if (given.options.size() != 1 || given.options[0].first != entry.count_option)
      throw data_error(detail::in_words(given), ": must have one option, ", entry.count_option,
                       ", which says how many layers it has; save the network again");
    Index count = 0;
    detail::set_option(detail::in_words(given), entry.count_option.c_str(), count, given.options[0].second);
    if (count < 1) throw data_error(detail::in_words(given), ": must have at least 1 layer; mend the file");
    return static_cast<std::size_t>(count);
  }

  /// The layer of this description, a container with these layers inside.
  AnyLayer<T> make(const Description& given, std::vector<AnyLayer<T>> inside = {}) const {
    if (const std::size_t count = count_inside(given); count != inside.size())
      throw data_error(detail::in_words(given), ": got ", inside.size(), " layers for inside of it, but has ", count,
                       "; give as many as it says");
    return find(given.type).make(given, std::move(inside));
  }

  /// Whether the name is that of a layer of several inputs.
  bool has_merge(std::string_view name) const { return find_merge(name) != nullptr; }
  AnyLayer<T, Shapes> make_merge(const Description& given) const {
    if (const MergeEntry* merge = find_merge(given.type)) return merge->make(given);
    find(given.type);  // throws, or
    throw data_error(detail::in_words(given), ": reads one value, not several");
  }

  /// The layer of this name, with the options with which it was added.
  AnyLayer<T> make(std::string_view name) const {
    const Entry& entry = find(name);
    if (!entry.example.empty()) return entry.example.front();
    throw data_error(detail::printable(name), ": is a container, which has no layers of its own; name another layer");
  }

 private:
  struct Example : std::vector<AnyLayer<T>> {
    Example() = default;
    Example(AnyLayer<T> layer) { this->push_back(std::move(layer)); }
  };
  struct Entry {
    std::string name;
    Example example;  // none of a container
    std::function<AnyLayer<T>(const Description&, std::vector<AnyLayer<T>>&&)> make;
    std::string count_option;  // of a container
  };

  struct MergeEntry {
    std::string name;
    AnyLayer<T, Shapes> example;
    std::function<AnyLayer<T, Shapes>(const Description&)> make;
  };

  template <class L>
  static constexpr void require_listed_options() {
    static_assert(
        !requires(const L& layer) { layer.describe([](const char*, double) {}); },
        "nn::LayerTable: what describe() tells can be saved only; list the options by `static void "
        "for_each_option(auto& layer, auto option)` in its place; see nn/core/layer.hpp");
  }

  void require_free(std::string_view name) const {
    const auto has_name = [&](const auto& entry) { return entry.name == name; };
    if (std::any_of(entries_.begin(), entries_.end(), has_name) || find_merge(name) != nullptr)
      throw data_error("LayerTable: there is another layer with the name ", detail::in_quotes(name),
                       " already; give this one a name of its own");
  }

  LayerTable& enter(Entry entry) {
    for (const Entry& other : entries_)
      if (!entry.example.empty() && entry.example == other.example) return *this;
    require_free(entry.name);
    entries_.push_back(std::move(entry));
    return *this;
  }

  const MergeEntry* find_merge(std::string_view name) const {
    for (const MergeEntry& merge : merges_)
      if (merge.name == name) return &merge;
    return nullptr;
  }

  const Entry& find(std::string_view name) const {
    for (const Entry& entry : entries_)
      if (entry.name == name) return entry;
    throw data_error(detail::in_quotes(name),
                     " is no layer that this program knows; where it is your own, add it: "
                     "{.layers = nn::known_layers<",
                     sizeof(T) == sizeof(float) ? "float" : "double", ">().add(YourLayer{})}");
  }

  // The first of the layers that can be what is described.
  template <class... Layers>
  static AnyLayer<T> make_one_of(const Description& given, Layers... layers) {
    std::vector<AnyLayer<T>> made;
    std::string nearest;
    const auto try_layer = [&](auto& layer) {
      if (!made.empty()) return;
      detail::set_options(layer, given);
      validate_options<T>(layer);
      if (const Description is = describe(layer); detail::describe_the_same(is, given))
        made.emplace_back(layer);
      else
        nearest += (nearest.empty() ? "" : " or ") + detail::in_words(is);
    };
    (try_layer(layers), ...);
    if (made.empty())
      throw data_error(detail::in_words(given), ": is a layer that this program does not have; it has ", nearest);
    return std::move(made.front());
  }

  std::vector<Entry> entries_;
  std::vector<MergeEntry> merges_;
};

}  // namespace nn
