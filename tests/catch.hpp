// SPDX-License-Identifier: MIT
// Catch2, version 2 or 3. Written so that both serve: Approx; Catch::Matchers::WithinRel, WithinAbs, WithinULP,
// Message; and for strings StartsWith, EndsWith, ContainsSubstring.
#pragma once

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>

using Catch::Approx;
#else
#include <catch2/catch.hpp>

#include <string>

namespace Catch::Matchers {
inline auto ContainsSubstring(const std::string& text) { return Contains(text); }
}  // namespace Catch::Matchers
#endif
