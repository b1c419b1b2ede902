// SPDX-License-Identifier: MIT
// std::bit_cast, which some standard libraries lack (libc++ before 14) though their compilers have what it is made of.
#pragma once

#include <type_traits>

namespace nn {

template <class To, class From>
requires(sizeof(To) == sizeof(From) && std::is_trivially_copyable_v<To> && std::is_trivially_copyable_v<From>)
    [[nodiscard]] constexpr To bit_cast(const From& from) noexcept {
  return __builtin_bit_cast(To, from);
}

}  // namespace nn
