// SPDX-License-Identifier: MIT
// A strict reader of the HTML that reports write: every element ends where it must, attributes are quoted.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace test {

/// The first mistake in words; empty where there is none.
inline std::string first_html_mistake(std::string_view html) {
  std::vector<std::string> open;
  for (std::size_t at = 0; at < html.size();) {
    if (html[at] == '>') return "a > outside of a tag: " + std::string(html.substr(at, 40));
    if (html[at] == '&') {
      const std::string_view name = html.substr(at, html.find(';', at) - at + 1);
      if (name != "&amp;" && name != "&lt;" && name != "&gt;" && name != "&quot;") return "a bare &";
    }
    if (html[at] != '<') {
      ++at;
      continue;
    }
    std::size_t end = at + 1;
    for (bool is_quoted = false; end < html.size() && (is_quoted || html[end] != '>'); ++end) {
      if (html[end] == '<') return "a < in a tag: " + std::string(html.substr(at, 40));
      if (html[end] == '"') is_quoted = !is_quoted;
    }
    if (end >= html.size()) return "a tag without end";
    const std::string_view tag = html.substr(at + 1, end - at - 1);
    const std::string name(tag.substr(0, tag.find_first_of(" /", 1)));
    at = end + 1;
    if (tag.front() == '!' || tag.back() == '/' || name == "meta" || name == "br" || name == "img") continue;
    if (tag.front() == '/') {
      if (open.empty() || '/' + open.back() != name) return "<" + name + "> ends " + (open.empty() ? "" : open.back());
      open.pop_back();
    } else {
      open.push_back(name);
      if (name == "script" || name == "style") at = html.find("</", at);
      if (at == std::string_view::npos) return "a script without end";
    }
  }
  return open.empty() ? "" : "<" + open.back() + "> has no end";
}

}  // namespace test
