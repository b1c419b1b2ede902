// SPDX-License-Identifier: MIT
// What was said long ago: a GRU adds two marked numbers among hundreds (Hochreiter and Schmidhuber 1997), and an LSTM
// learns which letters may follow in a Reber grammar (Reber 1967) whose second letter comes again before the end.
// `long_memory 400` is the adding problem of 400 steps.
#include <nn/training.hpp>

#include <array>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Each step has a number and a mark; two steps are marked, one in each half.
std::pair<nn::Matrix<float>, nn::Matrix<float>> sums(nn::Index steps, nn::Index count, nn::Random& random) {
  nn::Matrix<float> x = nn::Matrix<float>::Zero(2 * steps, count), t = nn::Matrix<float>::Zero(1, count);
  for (nn::Index i = 0; i < count; ++i) {
    for (nn::Index step = 0; step < steps; ++step) x(2 * step, i) = static_cast<float>(random.uniform());
    for (nn::Index half = 0; half < 2; ++half) {
      const auto drawn = static_cast<nn::Index>(random.below(static_cast<std::uint64_t>(steps / 2)));
      const nn::Index step = half * (steps / 2) + drawn;
      x(2 * step + 1, i) = 1;
      t(0, i) += x(2 * step, i);
    }
  }
  return {x, t};
}

// The mean squared error on sums that it has not seen; always to say 1 is off by 1/6.
double error_of_sums(nn::Index steps, int updates) {
  nn::Network network{nn::Sequence{2, steps}, nn::GRU{32}, nn::LastStep{}, nn::Dense{1}};
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::Adam{.learning_rate = 5e-3}, {.clip_norm = 1}};
  nn::Random random(1);
  for (int update = 0; update < updates; ++update) {
    const auto [x, t] = sums(steps, 32, random);
    trainer.step(x, t);
  }
  const auto [x, t] = sums(steps, 500, random);
  return nn::evaluate(network, nn::MeanSquaredError{}, nn::Dataset(x, t)).loss;
}

constexpr std::string_view letters = "BTPSXVE";
using Column = nn::Vector<float>;

Column one_hot(char letter) { return Column::Unit(7, static_cast<nn::Index>(letters.find(letter))); }

// A word of the embedded grammar, and after each letter but the last those that may follow.
struct Word {
  std::string text = "B";
  std::vector<std::string> may_follow{"TP"};

  void add(char letter, std::string next) {
    text += letter;
    may_follow.push_back(std::move(next));
  }
  explicit Word(nn::Random& random) {
    struct Way {
      char letter;
      int to;
    };
    constexpr std::array<std::array<Way, 2>, 5> grammar{{{{{'T', 1}, {'P', 2}}},
                                                         {{{'S', 1}, {'X', 3}}},
                                                         {{{'T', 2}, {'V', 4}}},
                                                         {{{'X', 2}, {'S', 5}}},
                                                         {{{'P', 3}, {'V', 5}}}}};
    const char frame = "TP"[random.below(2)];
    add(frame, "B");
    add('B', "TP");
    for (int state = 0; state != 5;) {
      const Way way = grammar[static_cast<std::size_t>(state)][random.below(2)];
      state = way.to;
      if (state == 5) {
        add(way.letter, "E");
      } else {
        const auto& ways = grammar[static_cast<std::size_t>(state)];
        add(way.letter, {ways[0].letter, ways[1].letter});
      }
    }
    add('E', {frame});
    add(frame, "E");
    text += 'E';
  }
};

// The share of words in which, after every letter, those that may follow are the likeliest.
double right_words(int count) {
  nn::Network<nn::Sequence<7>, nn::LSTM<16>, nn::TimeDistributed<nn::Dense<7>>, nn::Softmax> network;
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::Adam{.learning_rate = 1e-2}};
  nn::Random random(2);
  std::vector<nn::Matrix<float>> words;
  std::vector<std::vector<int>> next;
  for (int i = 0; i < count; ++i) {
    const std::string text = Word(random).text;
    nn::Matrix<float>& x = words.emplace_back(7, static_cast<nn::Index>(text.size()) - 1);
    std::vector<int>& labels = next.emplace_back();
    for (std::size_t k = 0; k + 1 < text.size(); ++k) {
      x.col(static_cast<nn::Index>(k)) = one_hot(text[k]);
      labels.push_back(static_cast<int>(letters.find(text[k + 1])));
    }
  }
  trainer.fit(nn::SequenceDataset(words, next, 7), {.epochs = 10, .batch_size = 8});

  int right = 0;
  for (int i = 0; i < 200; ++i) {
    const Word word(random);
    nn::Stream stream{network};
    bool is_right = true;
    for (std::size_t k = 0; k + 1 < word.text.size(); ++k) {
      Column likely = stream.step(one_hot(word.text[k]));
      for (std::size_t place = 0; place < word.may_follow[k].size(); ++place) {
        nn::Index best = 0;
        likely.maxCoeff(&best);
        likely[best] = 0;
        is_right = is_right && word.may_follow[k].find(letters[static_cast<std::size_t>(best)]) != std::string::npos;
      }
    }
    right += is_right;
  }
  return right / 200.0;
}

int main(int argument_count, char** arguments) {
  const nn::Index steps = argument_count > 1 ? std::stol(arguments[1]) : 10;
  const double error = error_of_sums(steps, steps > 100 ? 3000 : 150);
  const double right = right_words(argument_count > 1 ? 2000 : 200);
  std::cout << "sums of two among " << steps << ": mean squared error " << error
            << "\nwords of the Reber grammar: " << 100 * right << " % without a letter out of place\n";
  return error < (steps > 100 ? 0.01 : 0.1) && right > (argument_count > 1 ? 0.95 : 0.2) ? 0 : 1;
}
