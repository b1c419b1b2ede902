// SPDX-License-Identifier: MIT
#include <nn/io/stream_sink.hpp>

#include <sstream>

#include "../catch.hpp"

TEST_CASE("A sink passes bytes to its stream, and says so where that fails") {
  std::ostringstream stream;
  nn::detail::StreamSink sink(stream);
  sink("ab");
  sink("c");
  sink.finish();
  CHECK(stream.str() == "abc");
  stream.setstate(std::ios::badbit);
  CHECK_THROWS_WITH(sink("d"), "save: the stream failed; is its disk full, was its file opened?");
  std::ostringstream throwing;
  throwing.exceptions(std::ios::badbit | std::ios::failbit);
  throwing.rdbuf()->pubsetbuf(nullptr, 0);
  nn::detail::StreamSink other(throwing);
  other("x");
  CHECK_NOTHROW(other.finish());
}
