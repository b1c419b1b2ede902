// SPDX-License-Identifier: MIT
#include <nn/training/evaluation/target_summary.hpp>

#include <nn/losses/binary_cross_entropy.hpp>
#include <nn/losses/class_weighted.hpp>
#include <nn/losses/cross_entropy.hpp>
#include <nn/losses/hinge.hpp>
#include <nn/losses/mean_squared_error.hpp>
#include <nn/losses/sigmoid_binary_cross_entropy.hpp>

#include "../../catch.hpp"
#include "../../numbers.hpp"

using Catch::Matchers::Message;
using nn::detail::decisions;
using nn::detail::TargetKind;
using nn::detail::TargetSummary;

namespace {

using M = nn::Matrix<double>;

TargetSummary summary_of(const nn::Matrix<double>& targets) {
  return TargetSummary::of(nn::Dataset(nn::Matrix<double>::Zero(1, targets.cols()), targets), targets.rows());
}

TargetKind kind_of(const nn::Matrix<double>& targets) { return summary_of(targets).kind(); }

}  // namespace

TEST_CASE("targets name one class where each sample has one 1, or shares that sum to 1") {
  CHECK(kind_of(M{{1, 0, 0}, {0, 0, 1}, {0, 1, 0}}) == TargetKind::one_class);
  CHECK(kind_of(M{{1, -1}, {-1, 1}}) == TargetKind::one_class);
  CHECK(kind_of(M{{0.25, 1}, {0.75, 0}}) == TargetKind::one_class);
  CHECK(kind_of(M{{0.33}, {0.33}, {0.33}}) == TargetKind::one_class);
}

TEST_CASE("targets of 0 and 1, or of -1 and 1, of which any number may be yes, are each a yes or no") {
  CHECK(kind_of(M{{1, 0, 0}, {1, 0, 1}}) == TargetKind::yes_or_no);
  CHECK(kind_of(M{{1, 0}, {0, 0}}) == TargetKind::yes_or_no);
  CHECK(kind_of(M{{1, -1}, {1, 1}}) == TargetKind::yes_or_no);
  CHECK(kind_of(M{{0, 1, 1}}) == TargetKind::yes_or_no);
  CHECK(kind_of(M{{-1, 1}}) == TargetKind::yes_or_no);
  CHECK(summary_of(M{{-1, 1}}).are_signs());
  CHECK_FALSE(summary_of(M{{0, 1}}).are_signs());
  CHECK_FALSE(summary_of(M{{1, 1}}).are_signs());
}

TEST_CASE("other targets from 0 to 1 are shares, and all others numbers") {
  CHECK(kind_of(M{{0.5, 1}, {0.75, 0}}) == TargetKind::shares);
  CHECK(kind_of(M{{0.5}}) == TargetKind::shares);
  CHECK(kind_of(M{{1}, {2}}) == TargetKind::numbers);
  CHECK(kind_of(M{{-1, 0, 1}}) == TargetKind::numbers);
  CHECK(kind_of(M{{1, -1}, {0, 0}}) == TargetKind::numbers);
  CHECK(kind_of(M{{180'000, 175'000}}) == TargetKind::numbers);
}

TEST_CASE("targets are summed up whatever stands in which of many samples") {
  nn::Matrix<double> targets(2, 600);
  targets << nn::Matrix<double>::Ones(1, 600), nn::Matrix<double>::Zero(1, 600);
  CHECK(kind_of(targets) == TargetKind::one_class);
  targets(1, 599) = 1;
  CHECK(kind_of(targets) == TargetKind::yes_or_no);
  targets(1, 300) = 0.5;
  CHECK(kind_of(targets) == TargetKind::shares);
  targets(0, 257) = -1;
  CHECK(kind_of(targets) == TargetKind::numbers);
  CHECK_THROWS_MATCHES(summary_of(targets).require_probabilities("fit"), nn::data_error,
                       Message("fit: the target of output 0 of sample 257 is -1, but the loss takes probabilities; "
                               "give 0 for no and 1 for yes, or class labels counted from 0, or take a loss for "
                               "numbers such as MeanSquaredError"));
}

TEST_CASE("class labels are one class per sample, and of a single output a yes or no") {
  const nn::Dataset data(nn::Matrix<double>::Zero(1, 3), std::vector<int>{0, 1, 1});
  CHECK(TargetSummary::of(data, 2).kind() == TargetKind::one_class);
  CHECK(TargetSummary::of(data, 1).kind() == TargetKind::yes_or_no);
  CHECK_FALSE(TargetSummary::of(data, 1).are_signs());
}

TEST_CASE("a probability may be off by rounding and no more") {
  CHECK(nn::detail::is_probability(0.0));
  CHECK(nn::detail::is_probability(1.0F + std::numeric_limits<float>::epsilon()));
  CHECK(nn::detail::is_probability(-1e-7));
  CHECK_FALSE(nn::detail::is_probability(-1e-5));
  CHECK_FALSE(nn::detail::is_probability(1.00001));
}

TEST_CASE("targets of a step must be probabilities where the loss takes them") {
  const nn::Matrix<float> good{{0, 1}, {1, 0.5F}}, bad{{0, 1}, {1, 2}};
  const auto check = [](const char* who, const nn::Matrix<float>& t, auto loss) {
    nn::detail::require_probabilities(who, loss, nn::ConstMatrixView<float>(t.data(), t.rows(), t.cols()));
  };
  CHECK_NOTHROW(check("step", good, nn::CrossEntropy{}));
  CHECK_NOTHROW(check("step", bad, nn::MeanSquaredError{}));
  CHECK_THROWS_AS(check("step", bad, nn::ClassWeighted{nn::CrossEntropy{}, {1, 1}}), nn::data_error);
  CHECK_THROWS_MATCHES(check("step", bad, nn::SigmoidBinaryCrossEntropy{}), nn::data_error,
                       Message("step: the target of output 1 of sample 1 is 2, but the loss takes probabilities; give "
                               "0 for no and 1 for yes, or class labels counted from 0, or take a loss for numbers "
                               "such as MeanSquaredError"));
}

TEST_CASE("a class is decided once, labels one by one, and numbers not at all") {
  const auto per_sample = [](const nn::Matrix<double>& targets, auto loss, bool has_heads = false) {
    return decisions<decltype(loss)>(summary_of(targets), targets.rows(), has_heads).per_sample;
  };
  const nn::Matrix<double> one_hot{{1}, {0}, {0}}, several{{1}, {0}, {1}}, shares{{0.5}, {0}, {1}},
      numbers{{3}, {0}, {1}};
  CHECK(per_sample(one_hot, nn::CrossEntropy{}) == 1);
  CHECK(per_sample(one_hot, nn::MeanSquaredError{}) == 1);
  CHECK(per_sample(several, nn::SigmoidBinaryCrossEntropy{}) == 3);
  CHECK(per_sample(several, nn::MeanSquaredError{}) == 3);
  CHECK(per_sample(shares, nn::SigmoidBinaryCrossEntropy{}) == 3);
  CHECK(per_sample(shares, nn::MeanSquaredError{}) == 0);
  CHECK(per_sample(numbers, nn::MeanSquaredError{}) == 0);
  // Two heads, each with a class of its own.
  CHECK(per_sample(several, nn::CrossEntropy{}) == 0);
  CHECK(per_sample(several, nn::SigmoidBinaryCrossEntropy{}, true) == 0);
  CHECK(per_sample(one_hot, nn::CrossEntropy{}, true) == 1);
  CHECK(per_sample(one_hot, nn::BinaryCrossEntropy{}, true) == 0);
  CHECK(per_sample(one_hot, nn::MeanSquaredError{}, true) == 0);
}

TEST_CASE("yes begins where the loss says, else between the two targets") {
  const auto boundary = [](const nn::Matrix<double>& targets, auto loss) {
    return decisions<decltype(loss)>(summary_of(targets), 1, false).boundary;
  };
  CHECK(boundary(M{{0, 1}}, nn::MeanSquaredError{}) == 0.5);
  CHECK(boundary(M{{-1, 1}}, nn::MeanSquaredError{}) == 0);
  CHECK(boundary(M{{-1, 1}}, nn::ClassWeighted{nn::MeanSquaredError{}, {1, 2}}) == 0);
  CHECK(boundary(M{{0, 1}}, nn::Hinge{}) == 0);
  CHECK(boundary(M{{0, 1}}, nn::ClassWeighted{nn::SigmoidBinaryCrossEntropy{}, {1, 2}}) == 0);
}

TEST_CASE("right decisions are counted") {
  using V = nn::Vector<double>;
  const V y{{0.25, 0.75, 0.875}};
  CHECK(nn::detail::Decisions{1, 0.5}.right(y, V{{0, 0, 1}}) == 1);
  CHECK(nn::detail::Decisions{1, 0.5}.right(y, V{{0, 1, 0}}) == 0);
  CHECK(nn::detail::Decisions{3, 0.5}.right(y, V{{0, 0, 1}}) == 2);
  CHECK(nn::detail::Decisions{3, 0}.right(y, V{{0, 0, 1}}) == 1);
  CHECK(nn::detail::Decisions{0, 0}.right(y, V{{0, 0, 1}}) == 0);
  CHECK(nn::detail::Decisions{1, 0}.right(V{{0.25}}, V{{1}}) == 1);
  CHECK(nn::detail::Decisions::largest(V{{1, 3, 3}}) == 1);
}
