// SPDX-License-Identifier: MIT
// Numbers that PyTorch or scikit-learn worked out: tests/fixtures/<topic>.py wrote tests/fixtures/<topic>.txt.
#pragma once

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <nn/core/views.hpp>

namespace test {

/// The numbers in the line of the file that starts with `key`.
inline nn::Vector<double> fixture(const std::string& topic, const std::string& key) {
  const std::string here = __FILE__;
  std::ifstream file(here.substr(0, here.find_last_of("/\\") + 1) + "fixtures/" + topic + ".txt");
  for (std::string line, word; std::getline(file, line);) {
    std::istringstream words(line);
    if (!(words >> word) || word != key) continue;
    std::vector<double> numbers;
    for (double number = 0; words >> number;) numbers.push_back(number);
    return nn::Vector<double>::Map(numbers.data(), static_cast<nn::Index>(numbers.size()));
  }
  throw std::runtime_error("no line " + key + " in the fixture " + topic);
}

/// The same as columns of `rows` numbers.
inline nn::Matrix<double> fixture(const std::string& topic, const std::string& key, nn::Index rows) {
  const nn::Vector<double> numbers = fixture(topic, key);
  return nn::ConstMatrixView<double>(numbers.data(), rows, numbers.size() / rows);
}

}  // namespace test
