// SPDX-License-Identifier: MIT
// First names, letter by letter: a GRU learns which letter comes next, and then makes up names of its own, one letter
// after the other. `names list.txt` learns from a file with a name in each line, and tests on every tenth.
#include <nn/training.hpp>

#include <cmath>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

// Letters are 1 to 26; 0 stands before the first and after the last.
struct Names {
  std::vector<nn::Matrix<float>> letters;  // 1 x steps, from the beginning on
  std::vector<std::vector<int>> next;

  void add(const std::string& name) {
    std::vector<int> numbers{0};
    for (const char letter : name) {
      const int number = (letter | 0x20) - 'a' + 1;  // in ASCII, of either case
      if (number < 1 || number > 26) return;
      numbers.push_back(number);
    }
    if (numbers.size() == 1) return;
    nn::Matrix<float>& x = letters.emplace_back(1, static_cast<nn::Index>(numbers.size()));
    for (std::size_t i = 0; i < numbers.size(); ++i) x.data()[i] = static_cast<float>(numbers[i]);
    numbers.erase(numbers.begin());
    numbers.push_back(0);
    next.push_back(numbers);
  }
  nn::SequenceDataset data() const { return {letters, next, 27}; }
};

using Speller =
    nn::Network<nn::Sequence<1>, nn::Embedding<27, 16>, nn::GRU<64>, nn::TimeDistributed<nn::Dense<27>>, nn::Softmax>;

// Each letter is drawn with the probability that the network gives it.
std::string made_up(const Speller& network, nn::Random& random) {
  nn::Stream stream{network};
  std::string name;
  for (int letter = 0; name.size() < 15; name += static_cast<char>('a' + letter - 1)) {
    const auto likely = stream.step({static_cast<float>(letter)});
    double left = random.uniform();
    for (letter = 0; letter < 26 && (left -= static_cast<double>(likely[letter])) >= 0;) ++letter;
    if (letter == 0) break;
  }
  return name;
}

int main(int argument_count, char** arguments) {
  Names train, test;
  if (argument_count > 1) {
    std::ifstream file(arguments[1]);
    if (!file) return std::cerr << arguments[1] << " cannot be opened\n", 1;
    int line = 0;
    for (std::string name; std::getline(file, name);) (++line % 10 == 0 ? test : train).add(name);
  } else {
    for (const char* name :
         {"alma",   "anna",  "arno",    "bella",  "carla",  "clara", "dana",   "daniel",  "elena",  "elias",
          "emil",   "emma",  "erik",    "hanna",  "helena", "ida",   "irena",  "johanna", "julia",  "karla",
          "laura",  "lena",  "leonard", "lina",   "lukas",  "maria", "marina", "marta",   "martin", "milena",
          "monika", "nadia", "nina",    "oliver", "paula",  "petra", "rosa",   "sandra",  "simona", "tina"})
      train.add(name);
    for (const char* name : {"elina", "marla", "dina", "carina"}) test.add(name);
  }

  Speller network;
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::Adam{.learning_rate = 5e-3}};
  const auto perplexity = [&] { return std::exp(nn::evaluate(network, nn::CrossEntropy{}, test.data()).loss); };
  const double before = perplexity();
  trainer.fit(train.data(), {.epochs = argument_count > 1 ? 10 : 20, .batch_size = argument_count > 1 ? 32 : 8});
  std::cout << "perplexity of names that it has not seen: " << before << " before, " << perplexity() << " now\n";
  nn::Random random(1);
  for (int i = 0; i < 10; ++i) std::cout << made_up(network, random) << (i < 9 ? ", " : "\n");
  return perplexity() < before / 2 ? 0 : 1;
}
