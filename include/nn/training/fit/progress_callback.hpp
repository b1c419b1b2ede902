// SPDX-License-Identifier: MIT
// What fit calls after a batch or an epoch: any callable behind one value.
#pragma once

#include <concepts>
#include <cstddef>
#include <functional>
#include <type_traits>
#include <utility>

#include <nn/training/fit/history.hpp>

namespace nn {

/// Holds any callable that takes a Progress, by reference or not. It ends the training by progress.stop() or by
/// returning false; one that returns true, or nothing, lets it go on.
class ProgressCallback {
 public:
  ProgressCallback(std::nullptr_t = nullptr) {}

  template <class Function>
  requires(!std::same_as<Function, ProgressCallback>) ProgressCallback(Function function) {  // implicitly
    static_assert(std::invocable<Function&, Progress&>,
                  "nn: a callback of fit takes where training stands; write [](nn::Progress& progress) { ... }");
    if constexpr (std::invocable<Function&, Progress&>) {
      using Result = std::invoke_result_t<Function&, Progress&>;
      static_assert(std::is_void_v<Result> || std::same_as<Result, bool>,
                    "nn: a callback of fit returns nothing, or a bool, of which false ends the training");
      if constexpr (std::is_void_v<Result>) {
        call_ = std::move(function);
      } else if (std::function<Result(Progress&)> goes_on = std::move(function)) {  // else it is an empty function
        call_ = [goes_on](Progress& progress) {
          if (!goes_on(progress)) progress.stop();
        };
      }
    }
  }

  explicit operator bool() const { return static_cast<bool>(call_); }
  void operator()(Progress& progress) const { call_(progress); }

 private:
  std::function<void(Progress&)> call_;
};

}  // namespace nn
