// SPDX-License-Identifier: MIT
#include <nn/io/safetensors_writer.hpp>

#include <string>

#include <nn/network.hpp>

#include "../catch.hpp"

TEST_CASE("A writer puts counters first, sorts names, and lets numbers begin at a multiple of 8") {
  nn::Network network{nn::Input{1, 2, 1}, nn::BatchNorm{}, nn::Dense{1}};
  std::string bytes;
  auto sink = [&](std::string_view piece) { bytes += piece; };
  const nn::TensorFileOptions options{.batches_tracked = 5};
  const nn::detail::SafetensorsWriter<float, decltype(sink)> writer(
      nn::detail::tensor_plan(network, options, "test"), options, network.parameters().data(), network.state().data());
  writer.require_writable();
  writer.write(sink);
  const std::size_t header = static_cast<unsigned char>(bytes[0]) + 256u * static_cast<unsigned char>(bytes[1]);
  CHECK(header % 8 == 0);
  CHECK(bytes.substr(8 + header, 8) == std::string("\5\0\0\0\0\0\0\0", 8));
  CHECK(bytes.size() == 8 + header + 8 + 4 * 7);
  std::size_t last = 0;
  for (const char* name : {"\"0.num_batches_tracked\"", "\"0.bias\"", "\"0.running_mean\"", "\"0.running_var\"",
                           "\"0.weight\"", "\"1.bias\"", "\"1.weight\""}) {
    INFO(name);
    const std::size_t at = bytes.find(name);
    CHECK(at != std::string::npos);
    CHECK(at > last);
    last = at;
  }
  CHECK(bytes.find(R"("0.num_batches_tracked":{"dtype":"I64","shape":[],"data_offsets":[0,8]})") != std::string::npos);
  CHECK(bytes.find(R"("1.weight":{"dtype":"F32","shape":[1,2],"data_offsets":[28,36]})") != std::string::npos);
}
