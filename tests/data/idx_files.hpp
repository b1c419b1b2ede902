// SPDX-License-Identifier: MIT
// IDX files for the tests, and a folder for them that goes away.
#pragma once

#include <stdlib.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace test {

/// The header for these sizes, then the data as it is given, be it of another length.
inline std::string idx_text(const std::vector<std::uint32_t>& sizes, const std::string& data) {
  std::string text{0, 0, 8, static_cast<char>(sizes.size())};
  for (const std::uint32_t size : sizes)
    for (const int shift : {24, 16, 8, 0}) text += static_cast<char>(size >> shift & 0xff);
  return text + data;
}

class IdxFolder {
 public:
  IdxFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "nn-test-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  IdxFolder(const IdxFolder&) = delete;
  IdxFolder& operator=(const IdxFolder&) = delete;
  ~IdxFolder() { std::filesystem::remove_all(path_); }

  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(*this / name, std::ios::binary) << text;
  }
  void remove(const std::string& name) const { std::filesystem::remove(*this / name); }

 private:
  std::string path_;
};

}  // namespace test
