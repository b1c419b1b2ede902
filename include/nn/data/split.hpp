// SPDX-License-Identifier: MIT
// Samples are drawn into parts: to train, to validate and to test; or k times in turn to validate (cross-validation).
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include <nn/core/errors.hpp>
#include <nn/core/random.hpp>
#include <nn/data/dataset.hpp>

namespace nn {

/// Shares of the samples, which sum to 1.
struct SplitOptions {
  double train = 0.8;
  double validation = 0;
  double test = 0.2;
  bool stratified = false;  ///< every class has these shares, too; for data sets with labels
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

// Deals the samples, in a drawn order, to parts of these sizes: always to the part that lacks most of its share so far.
// Where one class comes after the other, each is so spread evenly. The parts keep the drawn order.
std::vector<std::vector<Index>> deal(const auto& data, const std::vector<Index>& sizes, Random& random, bool stratified,
                                     const char* who) {
  if (stratified && !data.has_labels())
    throw data_error(who, ": stratified parts need labels, but the data set has targets; leave stratified away");
  std::vector<Index> drawn(static_cast<std::size_t>(data.size()));
  std::iota(drawn.begin(), drawn.end(), Index(0));
  random.shuffle(drawn);
  std::vector<Index> order = drawn;
  if (stratified)
    std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) {
      return data.labels()[static_cast<std::size_t>(a)] < data.labels()[static_cast<std::size_t>(b)];
    });
  std::vector<std::size_t> part_of(order.size());
  std::vector<Index> lacking(sizes.size());  // in units of 1 / size of the data
  for (const Index sample : order) {
    for (std::size_t part = 0; part < sizes.size(); ++part) lacking[part] += sizes[part];
    const auto neediest = std::max_element(lacking.begin(), lacking.end());
    *neediest -= data.size();
    part_of[static_cast<std::size_t>(sample)] = static_cast<std::size_t>(neediest - lacking.begin());
  }
  std::vector<std::vector<Index>> parts(sizes.size());
  for (const Index sample : drawn) parts[part_of[static_cast<std::size_t>(sample)]].push_back(sample);
  return parts;
}

}  // namespace detail

/// Throws data_error where shares are negative or do not sum to 1, and where a part would have no sample.
template <std::same_as<Dataset> Data>
Split split(const Data& data, const SplitOptions& options, Random& random) {
  const std::array<double, 3> shares{options.train, options.validation, options.test};
  for (const double share : shares)
    if (!(share >= 0 && share <= 1))
      throw data_error("split: a share must lie in 0..1, got ", share, "; 0.8 to train and 0.2 to test are usual");
  const double sum = options.train + options.validation + options.test;
  if (!(std::abs(sum - 1) < 1e-9))
    throw data_error("split: the shares ", options.train, ", ", options.validation, " and ", options.test, " sum to ",
                     sum, " instead of 1; validation is 0 and test 0.2 when not given");
  if (options.train == 0) throw data_error("split: a share of 0 leaves nothing to train on; 0.8 is the default");

  std::vector<Index> sizes;
  double end = 0;
  Index dealt = 0;
  for (const double share : shares) {
    end += share;
    sizes.push_back(static_cast<Index>(std::round(end * static_cast<double>(data.size()))) - dealt);
    dealt += sizes.back();
    if (share > 0 && sizes.back() < 1)
      throw data_error("split: a share of ", share, " of ", data.size(), " samples is none; use more samples");
  }
  const std::vector<std::vector<Index>> parts = detail::deal(data, sizes, random, options.stratified, "split");
  const auto chosen = [&](const std::vector<Index>& part) {
    return part.empty() ? std::nullopt : std::optional(data.select(part));
  };
  return {data.select(parts[0]), chosen(parts[1]), chosen(parts[2])};
}

/// Every sample is in the validation part of one fold, and in the training part of all others. Each fold has a copy of
/// the data. Throws data_error unless there are 2 or more folds, and no more than samples.
template <std::same_as<Dataset> Data>
std::vector<Fold> k_fold(const Data& data, const FoldOptions& options, Random& random) {
  const Index folds = options.folds;
  if (folds < 2 || folds > data.size())
    throw data_error("k_fold: cannot make ", folds, " folds of ", data.size(),
                     " samples; use at least 2, and no more than there are samples");
  std::vector<Index> sizes;
  for (Index k = 0; k < folds; ++k) sizes.push_back(data.size() / folds + (k < data.size() % folds ? 1 : 0));
  const std::vector<std::vector<Index>> parts = detail::deal(data, sizes, random, options.stratified, "k_fold");
  std::vector<Fold> result;
  for (const std::vector<Index>& validation : parts) {
    std::vector<Index> train;
    for (const std::vector<Index>& part : parts)
      if (&part != &validation) train.insert(train.end(), part.begin(), part.end());
    result.push_back({data.select(train), data.select(validation)});
  }
  return result;
}

}  // namespace nn
