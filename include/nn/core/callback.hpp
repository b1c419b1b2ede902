// SPDX-License-Identifier: MIT
// A reference to something that can be called, whatever its type: what takes one is compiled once.
#pragma once

namespace nn {

/// Refers to a function object, which must outlive it.
template <class... Arguments>
class Callback {
 public:
  template <class Call>
  Callback(const Call& call)
      : call_(&call),
        invoke_([](const void* given, Arguments... arguments) { (*static_cast<const Call*>(given))(arguments...); }) {}
  void operator()(Arguments... arguments) const { invoke_(call_, arguments...); }

 private:
  const void* call_;
  void (*invoke_)(const void*, Arguments...);
};

}  // namespace nn
