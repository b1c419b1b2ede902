// SPDX-License-Identifier: MIT
// Do the files that the page saves of one network compute alike? The JSON and the ONNX model are read by nn, the C
// header is linked with this program; params is the convolutional network, course the dense one.
//
// usage: saved_files folder digits.bin
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <nn/formats/onnx/load.hpp>
#include <nn/io/load_network.hpp>

#include "digit_bytes.hpp"

extern "C" {
void params_in_c(const float* x, float* y);
void course_in_c(const float* x, float* y);
}

namespace {

bool is_alike(const std::string& path, const nn::Matrix<float>& digits, void (*in_c)(const float*, float*)) {
  const nn::Matrix<float> expected = nn::load_network<float>(path + ".json").predict(digits);
  const nn::Matrix<float> of_onnx = nn::load_onnx<float>(path + ".onnx").predict(digits);
  nn::Matrix<float> of_c(10, digits.cols());
  for (nn::Index i = 0; i < digits.cols(); ++i) in_c(digits.col(i).data(), of_c.col(i).data());
  const float onnx = (of_onnx - expected).cwiseAbs().maxCoeff(), c = (of_c - expected).cwiseAbs().maxCoeff();
  std::printf("%s: %d digits by the ONNX model and by the C header differ from nn by at most %g and %g\n", path.c_str(),
              static_cast<int>(digits.cols()), static_cast<double>(onnx), static_cast<double>(c));
  return onnx < 1e-5F && c < 1e-5F;
}

}  // namespace

int main(int, char** words) {
  std::ifstream file(words[2], std::ios::binary);
  const std::vector<std::uint8_t> bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const nn::Dataset data = handwriting::digits_of(bytes);
  const nn::Matrix<float> digits = data.inputs(0, data.size());
  const std::string folder = words[1];
  return is_alike(folder + "/params", digits, params_in_c) && is_alike(folder + "/course", digits, course_in_c) ? 0 : 1;
}
