// SPDX-License-Identifier: MIT
// Scores of one question of yes or no, sorted: ROC, precision and recall at every threshold, and the best threshold.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include <nn/core/errors.hpp>
#include <nn/core/finite.hpp>
#include <nn/core/views.hpp>

namespace nn {

/// What holds where "yes" is told from this score on.
struct CurvePoint {
  double threshold = 0;            ///< told are the samples whose score is this or larger
  double precision = 0;            ///< of those told, the share that are
  double recall = 0;               ///< of those that are, the share told: the true positive rate
  double false_positive_rate = 0;  ///< of those that are not, the share told
};

/// By what a threshold is chosen.
enum class ThresholdGoal {
  f1,                ///< 2 precision recall / (precision + recall)
  balanced_accuracy  ///< the mean of recall and of 1 - false positive rate (Youden 1950)
};

/// Keeps every score. Equal scores are told together.
class Ranking {
 public:
  /// Throws data_error for a score that is not finite.
  void add(double score, bool is_member) {
    if (!is_finite(score))
      throw data_error("Ranking: the score of sample ", samples(), " is ", score,
                       "; look for NaN in the network's parameters");
    scores_.emplace_back(score, is_member);
    members_ += is_member;
  }

  Index samples() const { return static_cast<Index>(scores_.size()); }
  /// Samples that are "yes".
  Index members() const { return members_; }
  /// Whether there are both; without them no curve says anything.
  bool has_both() const { return members_ > 0 && members_ < samples(); }

  /// The area under the ROC curve, equal scores counting one half (Hanley and McNeil 1982: the rank statistic of Mann
  /// and Whitney); NaN unless has_both().
  double roc_auc() const {
    if (!has_both()) return std::numeric_limits<double>::quiet_NaN();
    double pairs = 0, members = 0;
    for (const Step& step : steps()) {
      pairs += step.others * (members + step.members / 2);
      members += step.members;
    }
    return pairs / (static_cast<double>(members_) * static_cast<double>(samples() - members_));
  }

  /// sum_k (recall_k - recall_(k-1)) precision_k over the curve, as scikit-learn's average_precision_score: the area
  /// under it without interpolation, which would flatter (Davis and Goadrich 2006). NaN without a member.
  double average_precision() const {
    if (members_ == 0) return std::numeric_limits<double>::quiet_NaN();
    double sum = 0, before = 0;
    for (const CurvePoint& point : curve()) {
      sum += (point.recall - before) * point.precision;
      before = point.recall;
    }
    return sum;
  }

  /// A point for each different score, the largest first, so that recall rises. Rates of nothing are 0.
  std::vector<CurvePoint> curve() const {
    std::vector<CurvePoint> points;
    double members = 0, others = 0;
    const auto all = static_cast<double>(members_), rest = static_cast<double>(samples() - members_);
    for (const Step& step : steps()) {
      members += step.members;
      others += step.others;
      points.push_back(
          {step.score, members / (members + others), all == 0 ? 0 : members / all, rest == 0 ? 0 : others / rest});
    }
    return points;
  }

  /// Above this score "yes" is to be told: half way between the two scores where the goal is best, of equally good
  /// ones the highest. Throws data_error unless has_both().
  double best_threshold(ThresholdGoal goal) const {
    if (!has_both())
      throw data_error("Ranking: ", members_, " of ", samples(),
                       " samples are \"yes\", so no threshold is better than another; give samples of both kinds");
    const std::vector<CurvePoint> points = curve();
    std::size_t best = 0;
    for (std::size_t i = 1; i < points.size(); ++i)
      if (worth(points[i], goal) > worth(points[best], goal)) best = i;
    const double score = points[best].threshold;
    if (best + 1 == points.size()) return std::nextafter(score, -std::numeric_limits<double>::max());
    const double below = points[best + 1].threshold, middle = score / 2 + below / 2;
    return middle < score && middle >= below ? middle : below;  // rounding may leave nothing between
  }

 private:
  // All samples of one score.
  struct Step {
    double score, members, others;
  };

  static double worth(const CurvePoint& point, ThresholdGoal goal) {
    if (goal == ThresholdGoal::balanced_accuracy) return point.recall - point.false_positive_rate;
    const double sum = point.precision + point.recall;
    return sum == 0 ? 0 : 2 * point.precision * point.recall / sum;
  }

  std::vector<Step> steps() const {
    std::vector<std::pair<double, bool>> sorted = scores_;
    std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    std::vector<Step> steps;
    for (const auto& [score, is_member] : sorted) {
      if (steps.empty() || steps.back().score != score) steps.push_back({score, 0, 0});
      (is_member ? steps.back().members : steps.back().others) += 1;
    }
    return steps;
  }

  std::vector<std::pair<double, bool>> scores_;
  Index members_ = 0;
};

}  // namespace nn
