// SPDX-License-Identifier: MIT
// Numbers that PyTorch or scikit-learn worked out: tests/fixtures/<topic>.py wrote tests/fixtures/<topic>.txt, lines of
// a name and numbers.
#pragma once

#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <nn/core/views.hpp>

namespace test {

using Fixture = std::map<std::string, std::vector<double>>;

/// All lines of a file in tests/fixtures.
inline Fixture fixture(const std::string& name) {
  const std::string here = __FILE__;
  std::ifstream file(here.substr(0, here.find_last_of("/\\") + 1) + "fixtures/" + name);
  Fixture lines;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string key;
    words >> key;
    for (double number = 0; words >> number;) lines[key].push_back(number);
  }
  return lines;
}

/// The numbers in the line of the topic that starts with `key`.
inline nn::Vector<double> fixture(const std::string& topic, const std::string& key) {
  const Fixture lines = fixture(topic + ".txt");
  const auto found = lines.find(key);
  if (found == lines.end()) throw std::runtime_error("no line " + key + " in the fixture " + topic);
  return nn::Vector<double>::Map(found->second.data(), static_cast<nn::Index>(found->second.size()));
}

/// The same as columns of `rows` numbers.
inline nn::Matrix<double> fixture(const std::string& topic, const std::string& key, nn::Index rows) {
  const nn::Vector<double> numbers = fixture(topic, key);
  return nn::ConstMatrixView<double>(numbers.data(), rows, numbers.size() / rows);
}

}  // namespace test
