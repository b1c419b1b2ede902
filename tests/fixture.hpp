// SPDX-License-Identifier: MIT
// Numbers that other programs worked out: tests/fixtures/X.py wrote X.txt, lines of a name and numbers.
#pragma once

#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

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

}  // namespace test
