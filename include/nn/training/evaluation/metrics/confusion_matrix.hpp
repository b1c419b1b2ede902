// SPDX-License-Identifier: MIT
// How often which class was taken for which, and what follows: accuracy, precision, recall, F1.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <ostream>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nn/core/shape.hpp>
#include <nn/training/evaluation/metrics/class_scores.hpp>

namespace nn {

/// Of one class, or an average over classes; from 0 to 1.
struct ClassMetrics {
  double precision = 0;  ///< of the samples told to be of the class, the share that are
  double recall = 0;     ///< of the samples of the class, the share told so
  double f1 = 0;         ///< 2 precision recall / (precision + recall)
};

/// Counts samples. Ratios of nothing are 0, as scikit-learn has them with zero_division=0; averages are over all
/// classes, also those without a sample, as with its labels=range(classes).
class ConfusionMatrix {
 public:
  /// A single output says "yes" above the boundary. Throws data_error for fewer than two classes and for a
  /// boundary that is not finite.
  explicit ConfusionMatrix(Index classes, double decision_boundary = 0.5)
      : classes_(detail::checked_class_count("ConfusionMatrix", classes)),
        counts_(static_cast<std::size_t>(checked_product(classes_, classes_))),
        boundary_(detail::checked_boundary("ConfusionMatrix", decision_boundary)) {}

  /// Outputs (classes x samples, or one output for two classes) and one label per sample; the largest output tells the
  /// class, the first of equal ones. Throws shape_error where sizes do not fit, data_error for a label out of range or
  /// an output that is not finite.
  template <class Outputs, ClassLabels Labels>
  void add(const Eigen::DenseBase<Outputs>& outputs, const Labels& labels) {
    detail::for_each_scored("ConfusionMatrix", classes(), boundary_, outputs, labels,
                            [&](const OwnVector<double>& scores, Index label) {
                              ++counts_[position(label, detail::largest_score(scores))];
                            });
  }

  Index classes() const { return classes_; }
  std::int64_t samples() const { return std::accumulate(counts_.begin(), counts_.end(), std::int64_t{0}); }

  /// Names for tables and messages, one per class, or none: then they are numbers. Throws data_error for another number
  /// of names.
  void set_class_names(std::vector<std::string> names) {
    if (!names.empty() && static_cast<Index>(names.size()) != classes_)
      throw data_error("ConfusionMatrix: ", names.size(), " names do not fit ", classes_,
                       " classes; give one per class, in the order of the labels");
    names_ = std::move(names);
  }
  std::string class_name(Index c) const {
    return names_.empty() ? std::to_string(c) : names_[static_cast<std::size_t>(c)];
  }

  /// How many samples of the class `actual` were told to be `predicted`.
  std::int64_t count(Index actual, Index predicted) const { return counts_[position(actual, predicted)]; }
  /// How many samples there are of a class.
  std::int64_t support(Index of_class) const {
    return sum([&](Index c) { return count(of_class, c); });
  }

  double accuracy() const {
    return ratio(sum([&](Index c) { return count(c, c); }), samples());
  }

  /// The mean recall of the classes that have samples: what guessing gets is 1 / classes, however unequal they are.
  /// 0 without a sample.
  double balanced_accuracy() const {
    double sum = 0, present = 0;
    for (Index c = 0; c < classes(); ++c) {
      sum += ratio(count(c, c), support(c));
      present += support(c) > 0;
    }
    return present == 0 ? 0 : sum / present;
  }

  ClassMetrics of_class(Index c) const {
    const std::int64_t right = count(c, c);
    const std::int64_t told = sum([&](Index actual) { return count(actual, c); });
    return {ratio(right, told), ratio(right, support(c)), ratio(2 * right, told + support(c))};
  }
  /// The mean over the classes.
  ClassMetrics macro() const {
    return average([&](Index) { return 1 / static_cast<double>(classes()); });
  }
  /// The mean over the classes, each counting as often as it has samples.
  ClassMetrics weighted() const {
    return average([&](Index c) { return ratio(support(c), samples()); });
  }
  /// Of all decisions together: where every sample has one class, precision, recall and F1 are the accuracy.
  ClassMetrics micro() const { return {accuracy(), accuracy(), accuracy()}; }

  bool operator==(const ConfusionMatrix&) const = default;

 private:
  std::size_t position(Index actual, Index predicted) const {
    return static_cast<std::size_t>(actual * classes_ + predicted);
  }
  template <class Summand>
  std::int64_t sum(Summand&& of_class) const {
    std::int64_t all = 0;
    for (Index c = 0; c < classes_; ++c) all += of_class(c);
    return all;
  }

  static double ratio(std::int64_t part, std::int64_t whole) {
    return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
  }

  template <class Weight>
  ClassMetrics average(Weight&& weight) const {
    ClassMetrics sum;
    for (Index c = 0; c < classes(); ++c) {
      const ClassMetrics one = of_class(c);
      sum.precision += weight(c) * one.precision;
      sum.recall += weight(c) * one.recall;
      sum.f1 += weight(c) * one.f1;
    }
    return sum;
  }

  Index classes_;
  std::vector<std::int64_t> counts_;  // predicted ones for the first actual class, then for the next
  double boundary_;
  std::vector<std::string> names_;
};

namespace detail {

// In a column of a table (std::setw would bring <locale>, which takes long to compile). A character of several bytes,
// as UTF-8 has them, is one wide.
void print_cell(std::ostream& table, int width, const auto& shown) {
  if constexpr (std::convertible_to<decltype(shown), std::string_view>)
    for (const char byte : std::string_view(shown)) width += (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
  table.width(width);
  table << shown;
}

// Wide enough for names and two blanks before them, and for a number.
int column_width(int least, std::size_t names, auto&& name_of) {
  for (std::size_t i = 0; i < names; ++i) {
    const std::string name = name_of(i);
    const auto is_start = [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; };
    least = std::max(least, static_cast<int>(std::count_if(name.begin(), name.end(), is_start)) + 2);
  }
  return least;
}

}  // namespace detail

/// A table: a row for each actual class, a column for each predicted one.
template <std::derived_from<std::ostream> Stream>
std::ostream& operator<<(Stream& stream, const ConfusionMatrix& confusion) {
  std::ostringstream table;
  table.imbue(std::locale::classic());
  const auto name_of = [&](auto c) { return confusion.class_name(static_cast<Index>(c)); };
  const int width = detail::column_width(8, static_cast<std::size_t>(confusion.classes()), name_of);
  const auto cell = [&](const auto& shown) { detail::print_cell(table, width, shown); };
  cell("actual");
  for (Index predicted = 0; predicted < confusion.classes(); ++predicted) cell(name_of(predicted));
  for (Index actual = 0; actual < confusion.classes(); ++actual) {
    table << '\n';
    cell(name_of(actual));
    for (Index predicted = 0; predicted < confusion.classes(); ++predicted) cell(confusion.count(actual, predicted));
  }
  return stream << table.str() << '\n';
}

}  // namespace nn
