// SPDX-License-Identifier: MIT
// Whether several processes begin alike: where they do not, what is unlike, in words that all of them say.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <nn/core/errors.hpp>
#include <nn/core/hash.hpp>
#include <nn/core/printable.hpp>
#include <nn/core/random.hpp>
#include <nn/core/views.hpp>
#include <nn/training/step/process_exchange.hpp>
#include <nn/training/step/process_group.hpp>

namespace nn {

/// What all processes must have alike, by name. All add the same names in the same order.
class ProcessAgreement {
 public:
  /// A number, a text, a generator, or what has data() and size(). Numbers are compared by their bits.
  template <class Value>
  void add(std::string name, const Value& value) {
    if constexpr (std::is_same_v<Value, bool>) {
      add(std::move(name), std::string_view(value ? "yes" : "no"));
    } else if constexpr (std::is_arithmetic_v<Value>) {
      add_words(std::move(name), text_of(value), &value, 1);
    } else if constexpr (std::is_convertible_v<const Value&, std::string_view>) {
      const std::string_view text = value;
      add_words(std::move(name), std::string(text), text.data(), text.size());
    } else if constexpr (std::is_same_v<Value, Random>) {
      const auto state = value.state();
      add_words(std::move(name), text_of("one in the state ", state[0]), state.data(), state.size());
    } else {
      const auto count = static_cast<std::size_t>(value.size());
      add_words(std::move(name), text_of(count, " numbers"), value.data(), count);
    }
  }

  /// Throws data_error on all processes where they have not all the same: a sentence with every name, and what the
  /// first process has and the first that is unlike it. `who` is the function that asks.
  void require(const char* who, const Processes& processes) const {
    if (processes.size() == 1) return;
    std::string differences;
    const std::vector<std::uint64_t> all = all_of(processes, hashes_);
    for (std::size_t i = 0; i < names_.size(); ++i) {
      std::size_t other = 1;
      while (other < size(processes) && all[other * names_.size() + i] == all[i]) ++other;
      if (other == size(processes)) continue;
      std::vector<char> mine(longest_text);
      std::copy_n(words_[i].begin(), std::min(words_[i].size(), mine.size()), mine.begin());
      const std::vector<char> words = all_of(processes, mine);
      const auto words_of = [&](std::size_t rank) {
        const char* const begin = words.data() + rank * longest_text;
        return detail::printable(std::string(begin, std::find(begin, begin + longest_text, '\0')), longest_text);
      };
      differences += text_of(differences.empty() ? "" : ", ", names_[i], " (", words_of(0), " on process 0, ",
                             words_of(other), " on process ", other, ')');
    }
    if (!differences.empty())
      throw data_error(who, ": the ", processes.size(), " processes do not begin with the same ", differences,
                       "; give all of them the same data, options and network, or the same checkpoint");
  }

 private:
  static constexpr std::size_t longest_text = 256;

  template <class Number>
  void add_words(std::string name, std::string words, const Number* numbers, std::size_t count) {
    Hash hash;
    hash.add({reinterpret_cast<const char*>(numbers), count * sizeof(Number)});
    names_.push_back(std::move(name));
    words_.push_back(std::move(words));
    hashes_.push_back(hash.value());
  }

  static std::size_t size(const Processes& processes) { return static_cast<std::size_t>(processes.size()); }
  // What each process has of as many values, one after the other.
  template <class Value>
  static std::vector<Value> all_of(const Processes& processes, const std::vector<Value>& mine) {
    std::vector<Value> all(size(processes) * mine.size());
    std::copy(mine.begin(), mine.end(), all.begin() + static_cast<std::ptrdiff_t>(mine.size()) * processes.rank());
    ProcessExchange exchange;
    exchange(processes, [&](Index rank, const ProcessExchange::Use& use) {
      use(all.data() + static_cast<std::size_t>(rank) * mine.size(), sizeof(Value) * mine.size());
    });
    return all;
  }

  std::vector<std::string> names_, words_;
  std::vector<std::uint64_t> hashes_;
};

}  // namespace nn
