// SPDX-License-Identifier: MIT
// The index of a model in several safetensors files: which tensor is in which.
#pragma once

#include <string>
#include <utility>

#include <nn/core/callback.hpp>
#include <nn/io/header_events.hpp>

namespace nn::detail {

/// {"metadata": {...}, "weight_map": {"0.weight": "model-00001-of-00002.safetensors", ...}}: calls found(name, file)
/// for one tensor after the other, and keeps nothing.
class TensorIndexReader final : public HeaderEvents {
 public:
  TensorIndexReader(ByteSource& source, Callback<const std::string&, const std::string&> found)
      : HeaderEvents(source), found_(found) {}

 private:
  enum class State { start, root, map, entries, end };

  void begin_object() override {
    if (state_ == State::start)
      state_ = State::root;
    else if (state_ == State::map && name_.empty())
      state_ = State::entries;
    else
      refuse("an object");
  }
  void end_of_object() override {
    if (state_ == State::root && !has_map_) source_.fail(": it lacks \"weight_map\"; it is no index of tensors");
    state_ = state_ == State::entries ? State::root : State::end;
    name_.clear();
  }
  void found_key(std::string& name) override {
    if (state_ == State::entries) {
      name_ = name;
    } else if (name == "weight_map") {
      if (std::exchange(has_map_, true)) source_.fail(": it has \"weight_map\" twice");
      state_ = State::map;
    } else {
      skip_value();
    }
  }
  void found_text(std::string& file) override {
    if (state_ != State::entries) refuse("a text");
    found_(name_, file);
  }
  [[noreturn]] void refuse(const char* what) const override {
    source_.fail(": its \"weight_map\" must be an object of names and files, but it has ", what);
  }

  Callback<const std::string&, const std::string&> found_;
  State state_ = State::start;
  std::string name_;
  bool has_map_ = false;
};

}  // namespace nn::detail
