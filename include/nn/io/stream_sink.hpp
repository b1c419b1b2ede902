// SPDX-License-Identifier: MIT
// Where a writer's pieces go to when it writes to a stream.
#pragma once

#include <exception>
#include <ostream>
#include <string_view>

#include <nn/core/errors.hpp>

namespace nn::detail {

/// Throws load_error where the stream fails, whether or not its owner asked it for exceptions.
class StreamSink {
 public:
  explicit StreamSink(std::ostream& stream) : stream_(stream) {}

  void operator()(std::string_view bytes) {
    require_good();
    try {
      stream_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    } catch (const std::exception&) {  // its state says the same
    }
    require_good();
  }
  /// Once all is written.
  void finish() {
    try {
      stream_.flush();
    } catch (const std::exception&) {
    }
    require_good();
  }

 private:
  void require_good() const {
    if (!stream_) throw load_error("save: the stream failed; is its disk full, was its file opened?");
  }

  std::ostream& stream_;
};

}  // namespace nn::detail
