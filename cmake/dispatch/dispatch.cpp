// SPDX-License-Identifier: MIT
// Which kernels a program uses: the best for its processor, which is asked once.
#include <nn/core/errors.hpp>
#include <nn/kernels/dispatch.hpp>

namespace nn::kernels {

// level.cpp, compiled for each of them
inline namespace baseline {
template <class T>
const LevelKernels<T>& compiled_kernels();
}
inline namespace avx2 {
template <class T>
const LevelKernels<T>& compiled_kernels();
}
inline namespace avx512 {
template <class T>
const LevelKernels<T>& compiled_kernels();
}

namespace {

template <class T>
const LevelKernels<T>& kernels_for(Level level) {
  switch (level) {
    case Level::avx512:
      return avx512::compiled_kernels<T>();
    case Level::avx2:
      return avx2::compiled_kernels<T>();
    default:
      return baseline::compiled_kernels<T>();
  }
}

}  // namespace

template <class T>
constinit std::atomic<const LevelKernels<T>*> KernelsInForce<T>::pointer = nullptr;
template struct KernelsInForce<float>;
template struct KernelsInForce<double>;

// The compiler's function also asks whether the operating system saves the registers.
Level best_level() {
  const auto has_avx2 = [] {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi") &&
           __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt");
  };
  const auto has_avx512 = [] {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  };
  __builtin_cpu_init();  // this may be asked before main
  if (!has_avx2()) return Level::sse2;
  return has_avx512() ? Level::avx512 : Level::avx2;
}

Level level() {
  const LevelKernels<float>* kernels = &level_kernels<float>();
  for (const Level level : {Level::avx512, Level::avx2})
    if (kernels == &kernels_for<float>(level)) return level;
  return Level::sse2;
}

void use_level(Level level) {
  if (level > best_level())
    throw data_error("use_level: this processor has no ", level == Level::avx512 ? "AVX-512" : "AVX2 and FMA",
                     "; use a level up to best_level()");
  KernelsInForce<float>::pointer.store(&kernels_for<float>(level), std::memory_order_release);
  KernelsInForce<double>::pointer.store(&kernels_for<double>(level), std::memory_order_release);
}

}  // namespace nn::kernels
