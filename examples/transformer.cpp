// SPDX-License-Identifier: MIT
// A transformer (Vaswani et al. 2017) that sorts digits: each step looks at all others and says which digit belongs in
// its place. The sequences have different lengths, and `transformer short` is a first look at how it learns.
#include <nn/training.hpp>

#include <algorithm>
#include <iostream>
#include <string_view>
#include <vector>

struct Digits {
  std::vector<nn::Matrix<float>> given;  // 1 x steps
  std::vector<std::vector<int>> sorted;

  Digits(int count, nn::Random& random) {
    for (int i = 0; i < count; ++i) {
      nn::Matrix<float>& digits = given.emplace_back(1, 4 + static_cast<nn::Index>(random.below(5)));
      for (nn::Index step = 0; step < digits.cols(); ++step) digits(0, step) = static_cast<float>(random.below(10));
      std::vector<int>& in_order = sorted.emplace_back(digits.data(), digits.data() + digits.cols());
      std::sort(in_order.begin(), in_order.end());
    }
  }
};

constexpr nn::TransformerOptions norm_first{.norm_first = true};
using Sorter = nn::Network<nn::Sequence<1>, nn::Embedding<10, 32>, nn::PositionalEncoding,
                           nn::TransformerBlock<4, 64, norm_first>, nn::TransformerBlock<4, 64, norm_first>,
                           nn::LayerNorm, nn::TimeDistributed<nn::Dense<10>>, nn::Softmax>;

int main(int argument_count, char** arguments) {
  const bool is_short = argument_count > 1 && std::string_view(arguments[1]) == "short";
  nn::Random random(1);
  const Digits learned(is_short ? 500 : 4000, random), others(200, random);
  const nn::SequenceDataset training(learned.given, learned.sorted, 10), test(others.given, others.sorted, 10);

  Sorter sorter;
  nn::Trainer trainer{sorter, nn::CrossEntropy{}, nn::Adam{.learning_rate = 2e-3}};
  const double before = nn::evaluate(sorter, nn::CrossEntropy{}, test).accuracy;
  trainer.fit(training, {.epochs = is_short ? 2 : 12, .batch_size = 64});
  const double after = nn::evaluate(sorter, nn::CrossEntropy{}, test).accuracy;
  std::cout << "of the digits that it has not seen, " << 100 * before << " % stood in their place, and now "
            << 100 * after << " %\n";

  const nn::Matrix<float> digits{{7, 3, 9, 1, 3, 0}};
  const nn::Matrix<float> likely = sorter.predict(digits);  // a column for each step
  std::cout << digits << " sorted is";
  for (nn::Index step = 0; step < likely.cols(); ++step) {
    nn::Index digit = 0;
    likely.col(step).maxCoeff(&digit);
    std::cout << ' ' << digit;
  }
  std::cout << '\n';
  return after > (is_short ? before : 0.95) ? 0 : 1;
}
