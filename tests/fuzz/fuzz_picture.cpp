// SPDX-License-Identifier: MIT
// Any bytes given to the MNIST example as a picture end in a load_error, or in a picture of which center_digit makes
// 28 x 28 numbers from 0 to 1, or a data_error. With clang, from the root of the repository:
//
//   clang++ -std=c++20 -g -O1 -DNN_HAS_STB -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined
//     -fno-sanitize=nonnull-attribute -I include $(pkg-config --cflags eigen3)
//     tests/fuzz/fuzz_picture.cpp examples/mnist/image.cpp -o fuzz_picture
//   mkdir -p corpus && ./fuzz_picture -max_len=4096 -max_total_time=60 corpus tests/fuzz/pictures
#include <cstdint>
#include <cstdlib>
#include <string>

#include <nn/core/errors.hpp>
#include <nn/data/center_digit.hpp>

#include "../../examples/mnist/image.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const mnist::Image image = mnist::image_of(std::string(data, data + size), "a file");
    if (image.pixels.size() > 1 << 11) return 0;  // center_digit takes its time
    const nn::Vector<float> sample = nn::center_digit(image.pixels, image.height, image.width);
    if (sample.size() != 28 * 28 || !(sample.minCoeff() >= 0 && sample.maxCoeff() <= 1)) std::abort();
  } catch (const nn::load_error&) {
  } catch (const nn::data_error&) {
  }
  return 0;
}
