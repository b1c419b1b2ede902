// SPDX-License-Identifier: MIT
// Samples are drawn into parts: to train, to validate and to test; or k times in turn to validate (cross-validation).
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include <nn/core/errors.hpp>
#include <nn/core/finite.hpp>
#include <nn/core/random.hpp>
#include <nn/data/dataset.hpp>
#include <nn/data/stratification.hpp>

namespace nn {

/// Shares of the samples, which sum to 1.
struct SplitOptions {
  double train = 0.8;
  double validation = 0;
  double test = 0.2;
  bool stratified = false;  ///< every class has these shares, too; for data sets with labels
  /// The first samples train, the next validate, the last test; nothing is drawn. For time series (nn::windows), where
  /// what comes later must not be known.
  bool chronological = false;
};

/// No sample is in two parts. A part whose share is 0 is not there.
struct Split {
  Dataset train;
  std::optional<Dataset> validation;
  std::optional<Dataset> test;
};

struct FoldOptions {
  Index folds = 5;
  bool stratified = false;  ///< every class is spread evenly, too; for data sets with labels
};

struct Fold {
  Dataset train;
  Dataset validation;
};

namespace detail {

/// Of each class, or of all samples as one.
template <class Data>
std::vector<Index> class_sizes(const Data& data, bool stratified, const char* who) {
  if (!stratified) return {data.size()};
  if (!data.has_labels())
    throw data_error(who, ": stratified parts need labels, but the data set has targets; leave stratified away");
  std::vector<Index> sizes(static_cast<std::size_t>(data.class_count()));
  for (const int label : data.labels()) ++sizes[static_cast<std::size_t>(label)];
  return sizes;
}

/// Deals the samples in a drawn order, each to the part that next_part(its class) says.
template <class Data>
std::vector<std::vector<Index>> deal(const Data& data, std::size_t parts, bool stratified, Random& random,
                                     auto&& next_part) {
  std::vector<Index> order(static_cast<std::size_t>(data.size()));
  std::iota(order.begin(), order.end(), Index(0));
  random.shuffle(order);
  std::vector<std::vector<Index>> dealt(parts);
  for (const Index sample : order) {
    const auto i = static_cast<std::size_t>(sample);
    dealt[next_part(stratified ? static_cast<std::size_t>(data.labels()[i]) : 0)].push_back(sample);
  }
  return dealt;
}

}  // namespace detail

/// Throws data_error where shares are negative or do not sum to 1, and where a part would have no sample.
template <std::derived_from<Dataset> Data>
Split split(const Data& data, const SplitOptions& options, Random& random) {
  const std::array<double, 3> shares{options.train, options.validation, options.test};
  for (const double share : shares)
    if (!is_finite(share) || share < 0 || share > 1)
      throw data_error("split: a share must lie in 0..1, got ", share, "; 0.8 to train and 0.2 to test are usual");
  const double sum = options.train + options.validation + options.test;
  if (std::abs(sum - 1) >= 1e-9)
    throw data_error("split: the shares ", options.train, ", ", options.validation, " and ", options.test, " sum to ",
                     sum, " instead of 1; validation is 0 and test 0.2 when not given");
  if (options.train == 0) throw data_error("split: a share of 0 leaves nothing to train on; 0.8 is the default");
  const detail::PartSizes sizes = detail::part_sizes(shares, data.size());
  for (std::size_t part = 0; part < sizes.size(); ++part)
    if (shares[part] > 0 && sizes[part] < 1)
      throw data_error("split: a share of ", shares[part], " of ", data.size(), " samples is none; use more samples");

  if (options.chronological && options.stratified)
    throw data_error("split: parts in the order of time cannot have the same shares of each class; give chronological ",
                     "or stratified");
  if (options.chronological) {
    const auto range = [&](Index first, Index count) {
      return count == 0 ? std::nullopt : std::optional(data.subset(first, count));
    };
    return {data.subset(0, sizes[0]), range(sizes[0], sizes[1]), range(sizes[0] + sizes[1], sizes[2])};
  }
  const std::vector<Index> class_sizes = detail::class_sizes(data, options.stratified, "split");
  std::vector<detail::PartSizes> left = detail::Stratification(class_sizes, sizes).counts();
  const auto parts = detail::deal(data, sizes.size(), options.stratified, random, [&](std::size_t label) {
    std::size_t part = 0;
    while (left[label][part] == 0) ++part;
    --left[label][part];
    return part;
  });
  const auto chosen = [&](const std::vector<Index>& part) {
    return part.empty() ? std::nullopt : std::optional(data.select(part));
  };
  return {data.select(parts[0]), chosen(parts[1]), chosen(parts[2])};
}
template <std::derived_from<Dataset> Data>
Split split(const Data& data, const SplitOptions& options, Random&& random) {
  return split(data, options, random);
}

/// Every sample is in the validation part of one fold, and in the training part of all others. Each fold has a copy of
/// the data. Throws data_error unless there are 2 or more folds, and no more than samples.
template <std::derived_from<Dataset> Data>
std::vector<Fold> k_fold(const Data& data, const FoldOptions& options, Random& random) {
  const Index folds = options.folds;
  if (folds < 2 || folds > data.size())
    throw data_error("k_fold: cannot make ", folds, " folds of ", data.size(),
                     " samples; use at least 2, and no more than there are samples");
  // Where each class goes on in the round of the folds that the class before it left.
  std::vector<Index> next = detail::class_sizes(data, options.stratified, "k_fold");
  std::exclusive_scan(next.begin(), next.end(), next.begin(), Index(0));
  const auto parts = detail::deal(data, static_cast<std::size_t>(folds), options.stratified, random,
                                  [&](std::size_t label) { return static_cast<std::size_t>(next[label]++ % folds); });
  std::vector<Fold> result;
  for (const std::vector<Index>& validation : parts) {
    std::vector<Index> train;
    for (const std::vector<Index>& part : parts)
      if (&part != &validation) train.insert(train.end(), part.begin(), part.end());
    result.push_back({data.select(train), data.select(validation)});
  }
  return result;
}
template <std::derived_from<Dataset> Data>
std::vector<Fold> k_fold(const Data& data, const FoldOptions& options, Random&& random) {
  return k_fold(data, options, random);
}

}  // namespace nn
