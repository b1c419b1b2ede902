// SPDX-License-Identifier: MIT
#include <nn/data/large_pages.hpp>

#include <cstdint>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>

#include "../catch.hpp"

#ifdef MADV_HUGEPAGE

namespace {

// Whether the system says of this address that it is to be in large pages ("hg" among the flags of its region).
bool prefers_large_pages(const char* address) {
  std::ifstream regions("/proc/self/smaps");
  bool is_in_region = false;
  for (std::string line; std::getline(regions, line);) {
    std::istringstream words(line);
    std::uintptr_t begin = 0, end = 0;
    char dash = 0;
    if (words >> std::hex >> begin >> dash >> end && dash == '-')
      is_in_region =
          begin <= reinterpret_cast<std::uintptr_t>(address) && reinterpret_cast<std::uintptr_t>(address) < end;
    if (is_in_region && line.starts_with("VmFlags:")) return (line + ' ').find(" hg ") != std::string::npos;
  }
  return false;
}

bool system_has_large_pages() { return std::ifstream("/sys/kernel/mm/transparent_hugepage/enabled").is_open(); }

}  // namespace

TEST_CASE("Memory for much data is in large pages where the system has them, and that for little is left alone") {
  constexpr std::size_t much = 8 << 20, little = 1 << 20;
  const std::unique_ptr<char[]> large(new char[much]), small(new char[little]);
  nn::detail::prefer_large_pages(large.get(), much);
  nn::detail::prefer_large_pages(small.get(), little);
  CHECK(prefers_large_pages(large.get() + much / 2) == system_has_large_pages());
  CHECK_FALSE(prefers_large_pages(small.get() + little / 2));
}

#endif
