// SPDX-License-Identifier: MIT
// Whatever locale a program has chosen, nothing that the library reads or writes changes.
#include <clocale>
#include <locale>
#include <sstream>
#include <string>
#include <vector>

#include <nn/network.hpp>

#include "catch.hpp"
#include "left_out.hpp"

namespace {

struct CommasAndGroups : std::numpunct<char> {
  char do_decimal_point() const override { return ','; }
  char do_thousands_sep() const override { return '.'; }
  std::string do_grouping() const override { return "\3"; }
};

// Gives the program its locales back.
class KeepsLocales {
 public:
  KeepsLocales() = default;
  KeepsLocales(const KeepsLocales&) = delete;
  KeepsLocales& operator=(const KeepsLocales&) = delete;
  ~KeepsLocales() {
    std::locale::global(all_);
    std::setlocale(LC_ALL, c_.c_str());
  }

 private:
  std::locale all_;
  std::string c_ = std::setlocale(LC_ALL, nullptr);
};

// All that the library says and writes, with numbers of thousands and with fractions.
std::string everything() {
  std::ostringstream out;  // as the program has it
  nn::Network<float, nn::Input<1500>, nn::Dense<1200>, nn::LeakyReLU, nn::Dense<2>, nn::Softmax> network;
  out << nn::summary(network) << network.input_shape() << '\n' << nn::Shape(1024, 2048, 3) << '\n';
  const nn::Matrix<float> x = nn::Matrix<float>::Constant(1500, 4, 0.25F);
  const nn::Dataset data(x, {0, 1, 0, 1});
  const auto report = nn::classification_report(network, data);
  out << report << report.confusion;
  out << nn::regression_report(network, nn::Dataset(x, nn::Matrix<float>::Constant(2, 4, 0.5F).eval()));
  out << nn::check_gradients(nn::Network<float, nn::Input<2>, nn::Dense<2>, nn::Tanh>{}, nn::MeanSquaredError{},
                             nn::Matrix<double>{{0.1}, {0.7}}, nn::Matrix<double>{{0.3}, {0.2}})
             .worst
      << '\n';
  try {
    network.predict(nn::Matrix<float>(1234, 1));
  } catch (const nn::shape_error& problem) {
    out << problem.what() << '\n';
  }
  try {
    nn::Trainer{network, nn::CrossEntropy{}, nn::SGD{.learning_rate = -1234.5}};
  } catch (const nn::data_error& problem) {
    out << problem.what() << '\n';
  }
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{}};
  out << nn::diagnose(trainer, data);

  std::ostringstream file;
  nn::Network<nn::Input<2>, nn::Dense<2>, nn::LeakyReLU> small, loaded;
  nn::save(small, file);
  out << file.str();
  std::istringstream back(file.str());
  loaded.initialize(nn::Random(9));
  nn::load(loaded, back);
  out << (loaded == small ? "the same\n" : "another\n");
  std::istringstream csv("a,b\n1.5,2\n2.5,3000\n");
  const nn::Table table = nn::read_csv(csv);
  out << (table.column("a").numbers == std::vector<double>{1.5, 2.5}) << (table.column("b").numbers[1] == 3000);
  return out.str();
}

}  // namespace

TEST_CASE("A decimal comma and grouped thousands of the program's C++ locale change nothing") {
  const KeepsLocales keeps;
  const std::string plain = everything();
  CHECK(plain.find("1500") != std::string::npos);
  std::locale::global(std::locale(std::locale(), new CommasAndGroups));
  std::ostringstream control;
  control << 1234.5;
  CHECK(control.str() == "1.234,5");
  CHECK(everything() == plain);
}

TEST_CASE("A decimal comma of the program's C locale changes nothing, where the system has such a locale") {
  const KeepsLocales keeps;
  const std::string plain = everything();
  bool found = false;
  for (const char* name : {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "pt_BR.UTF-8", "ru_RU.UTF-8"})
    if (std::setlocale(LC_ALL, name) != nullptr) {
      found = true;
      CHECK(std::to_string(0.5) == "0,500000");
      CHECK(everything() == plain);
    }
  if (!found) test::left_out("the C library in a locale with a decimal comma: none is installed");
}
