// SPDX-License-Identifier: MIT
// Which language is a word of? Its letters are embedded, a GRU reads them in both directions, and the largest of what
// it says of any letter decides. `languages words/english words/german ...` learns from lists of words, one in a line.
#include <nn/training.hpp>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

struct Words {
  std::vector<nn::Matrix<float>> letters;  // 1 x bytes of UTF-8
  std::vector<int> language;

  void add(const std::string& word, int of) {
    nn::Matrix<float>& x = letters.emplace_back(1, static_cast<nn::Index>(word.size()));
    for (std::size_t i = 0; i < word.size(); ++i) x.data()[i] = static_cast<float>(static_cast<unsigned char>(word[i]));
    language.push_back(of);
  }
};

// Syllables of three languages that nobody speaks.
std::string invented(int language, nn::Random& random) {
  static const std::vector<std::vector<std::string>> syllables{{"ka", "lo", "mi", "ne", "tu", "va"},
                                                               {"krs", "ost", "eln", "ung", "sch", "ir"},
                                                               {"ao", "ie", "ou", "la", "ne", "mi"}};
  std::string word;
  for (std::uint64_t i = 1 + random.below(4); i > 0; --i)
    word += syllables[static_cast<std::size_t>(language)][random.below(6)];
  return word;
}

int main(int argument_count, char** arguments) {
  Words train, test;
  const int languages = argument_count > 1 ? argument_count - 1 : 3;
  nn::Random random(1);
  for (int language = 0; language < languages; ++language) {
    std::vector<std::string> words;
    if (argument_count > 1) {
      std::ifstream file(arguments[language + 1]);
      if (!file) return std::cerr << arguments[language + 1] << " cannot be opened\n", 1;
      for (std::string word; std::getline(file, word);)
        if (!word.empty() && word.find('\'') == std::string::npos) words.push_back(word);
      random.shuffle(words);
      words.resize(std::min<std::size_t>(words.size(), 5000));  // of each as many
    } else {
      for (int i = 0; i < 80; ++i) words.push_back(invented(language, random));
    }
    for (std::size_t i = 0; i < words.size(); ++i) (i % 10 == 0 ? test : train).add(words[i], language);
  }

  nn::Sequential<float, nn::any_length> network{
      nn::Sequence{1},   nn::Embedding{256, 16}, nn::Bidirectional{nn::GRU{32}},
      nn::MaxOverTime{}, nn::Dense{languages},   nn::Softmax{}};
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::Adam{.learning_rate = 5e-3}};
  const nn::SequenceDataset unseen(test.letters, test.language, languages);
  trainer.fit(nn::SequenceDataset(train.letters, train.language, languages),
              {.epochs = argument_count > 1 ? 5 : 8, .batch_size = argument_count > 1 ? 64 : 16});
  const double accuracy = nn::evaluate(network, nn::CrossEntropy{}, unseen).accuracy;
  std::cout << "of " << unseen.size() << " words that it has not seen, it knows the language of " << 100 * accuracy
            << " %; of " << languages << '\n';
  return accuracy > (argument_count > 1 ? 0.6 : 0.7) ? 0 : 1;
}
