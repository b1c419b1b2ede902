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
  /// A number for each sample (a patient, a customer, a recording): samples of one number stay together, so that none
  /// is validated that the network has met. Empty: each sample stands for itself.
  std::vector<int> groups = {};
  /// The samples are in the order of time, and each fold trains on what comes before those that it validates
  /// (scikit-learn: TimeSeriesSplit); the first are never validated. Nothing is drawn.
  bool chronological = false;
};

/// The numbers of the samples that a fold trains on, and of those that it validates.
struct FoldSamples {
  std::vector<Index> train;
  std::vector<Index> validation;
};

struct Fold {
  Dataset train;
  Dataset validation;
  FoldSamples samples;  ///< which of the whole data set they are
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

/// Deals whole groups in a drawn order, the largest first, each to the part that has least of its classes so far.
template <class Data>
std::vector<std::vector<Index>> deal_groups(const Data& data, const FoldOptions& options, Random& random) {
  std::vector<Index> by_group(options.groups.size());
  std::iota(by_group.begin(), by_group.end(), Index(0));
  const auto group_of = [&](Index sample) { return options.groups[static_cast<std::size_t>(sample)]; };
  std::stable_sort(by_group.begin(), by_group.end(), [&](Index a, Index b) { return group_of(a) < group_of(b); });
  std::vector<std::vector<Index>> order;
  for (const Index sample : by_group) {
    if (order.empty() || group_of(order.back().back()) != group_of(sample)) order.emplace_back();
    order.back().push_back(sample);
  }
  if (static_cast<Index>(order.size()) < options.folds)
    throw data_error("k_fold: ", order.size(), " groups are too few for ", options.folds,
                     " folds; use no more folds than there are groups");
  random.shuffle(order);
  std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });

  const std::vector<Index> sizes = class_sizes(data, options.stratified, "k_fold");
  std::vector<std::vector<Index>> dealt(static_cast<std::size_t>(options.folds));
  std::vector<std::vector<double>> shares(dealt.size(), std::vector<double>(sizes.size()));  // of each class, in a part
  for (const std::vector<Index>& group : order) {
    std::vector<double> share(sizes.size());
    for (const Index sample : group) {
      const auto label = options.stratified ? data.labels()[static_cast<std::size_t>(sample)] : 0;
      share[static_cast<std::size_t>(label)] += 1 / static_cast<double>(sizes[static_cast<std::size_t>(label)]);
    }
    // By how much the sum of squares of all shares grows, but for what is the same in every part.
    const auto cost = [&](std::size_t part) {
      return std::pair(std::inner_product(share.begin(), share.end(), shares[part].begin(), 0.0), dealt[part].size());
    };
    std::size_t best = 0;
    for (std::size_t part = 1; part < dealt.size(); ++part)
      if (cost(part) < cost(best)) best = part;
    dealt[best].insert(dealt[best].end(), group.begin(), group.end());
    for (std::size_t label = 0; label < share.size(); ++label) shares[best][label] += share[label];
  }
  return dealt;
}

/// Which samples go where.
template <class Data>
std::vector<FoldSamples> fold_samples(const Data& data, const FoldOptions& options, Random& random) {
  const Index folds = options.folds;
  if (folds < 2 || folds > data.size() - (options.chronological ? 1 : 0))
    throw data_error("k_fold: cannot make ", folds, " folds of ", data.size(), " samples; use at least 2, and ",
                     options.chronological ? "fewer than" : "no more than", " there are samples");
  if (options.chronological && (options.stratified || !options.groups.empty()))
    throw data_error("k_fold: folds in the order of time cannot be drawn by ", options.stratified ? "class" : "group",
                     "; give chronological, or stratified and groups");
  if (!options.groups.empty() && static_cast<Index>(options.groups.size()) != data.size())
    throw data_error("k_fold: ", options.groups.size(), " groups do not fit ", data.size(),
                     " samples; give the number of its group for each sample");
  std::vector<FoldSamples> result;
  if (options.chronological) {
    const Index each = data.size() / (folds + 1);
    for (Index first = data.size() - folds * each; first < data.size(); first += each) {
      FoldSamples& fold = result.emplace_back();
      fold.train.resize(static_cast<std::size_t>(first));
      fold.validation.resize(static_cast<std::size_t>(each));
      std::iota(fold.train.begin(), fold.train.end(), Index(0));
      std::iota(fold.validation.begin(), fold.validation.end(), first);
    }
    return result;
  }
  std::vector<std::vector<Index>> parts;
  if (!options.groups.empty()) {
    parts = deal_groups(data, options, random);
  } else {
    // Where each class goes on in the round of the folds that the class before it left.
    std::vector<Index> next = class_sizes(data, options.stratified, "k_fold");
    std::exclusive_scan(next.begin(), next.end(), next.begin(), Index(0));
    parts = deal(data, static_cast<std::size_t>(folds), options.stratified, random,
                 [&](std::size_t label) { return static_cast<std::size_t>(next[label]++ % folds); });
  }
  for (const std::vector<Index>& validation : parts) {
    FoldSamples& fold = result.emplace_back();
    for (const std::vector<Index>& part : parts)
      if (&part != &validation) fold.train.insert(fold.train.end(), part.begin(), part.end());
    fold.validation = validation;
  }
  return result;
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

/// Every sample is in the validation part of one fold, and in the training part of all others; chronological folds are
/// an exception. Each fold has a copy of the data. Throws data_error unless there are 2 or more folds, and no more than
/// samples or groups, or where options do not go together.
template <std::derived_from<Dataset> Data>
std::vector<Fold> k_fold(const Data& data, const FoldOptions& options, Random& random) {
  std::vector<Fold> result;
  for (FoldSamples& samples : detail::fold_samples(data, options, random))
    result.push_back({data.select(samples.train), data.select(samples.validation), std::move(samples)});
  return result;
}
template <std::derived_from<Dataset> Data>
std::vector<Fold> k_fold(const Data& data, const FoldOptions& options, Random&& random) {
  return k_fold(data, options, random);
}

}  // namespace nn
