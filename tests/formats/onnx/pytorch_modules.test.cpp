// SPDX-License-Identifier: MIT
// PyTorch's modules as its exporter writes them (tests/fixtures/onnx_modules.py): what is read of them gives PyTorch's
// numbers, and what save_onnx writes of that gives them again, under the same names.
#include <nn/formats/onnx/load.hpp>
#include <nn/formats/onnx/save.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "../../catch.hpp"

namespace {

namespace files = std::filesystem;

files::path modules_folder() { return files::path(__FILE__).parent_path() / "../../fixtures/onnx/modules"; }

// Row by row, a sample after the other, is column by column here.
nn::Matrix<float> module_input(nn::Index size, nn::Index samples) {
  nn::Matrix<float> x(size, samples);
  for (nn::Index i = 0; i < x.size(); ++i)
    x.data()[i] = static_cast<float>(1.5 * std::sin(0.7 * static_cast<double>(i)));
  return x;
}

// The largest difference, in units of 1e-5 of the number and of 1.
double module_difference(const nn::Matrix<float>& found, const std::vector<float>& wanted) {
  if (static_cast<std::size_t>(found.size()) != wanted.size()) return 1e9;
  double largest = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const auto y = static_cast<double>(wanted[i]), x = static_cast<double>(found.data()[i]);
    const double far = std::abs(x - y) / (1e-5 * (1 + std::abs(y)));
    largest = std::max(largest, std::isnan(far) ? 1e9 : far);
  }
  return largest;
}

// Names of weights that are those of a module, and not the exporter's own. Of an attention's inner product only the
// bias has one, under which no layer is found.
std::set<std::string> module_weights(std::istream& file) {
  std::set<std::string> names;
  const nn::detail::onnx::Model model = nn::detail::onnx::model_of(nn::detail::onnx::read_document(file));
  for (const auto& tensor : model.graph.initializers)
    if (tensor.type == nn::detail::onnx::DataType::float32 && tensor.name.find("::") == std::string::npos &&
        !tensor.name.ends_with("in_proj_bias"))
      names.emplace(tensor.name);
  return names;
}

// Checks one of them in both directions.
void check_module(const files::path& path, const nn::LoadOnnxOptions& options, nn::Index samples,
                  const std::vector<float>& wanted) {
  CAPTURE(path.filename().string());
  const nn::Graph<float> graph = nn::load_onnx<float>(path.string(), options);
  const nn::Matrix<float> x = module_input(graph.input_shape().size(), samples);
  CHECK(module_difference(graph.predict(x), wanted) < 1);
  std::stringstream saved;
  nn::save_onnx(graph, saved);
  std::stringstream copy(saved.str());
  CHECK(module_difference(nn::load_onnx<float>(saved).predict(x), wanted) < 1);
  std::ifstream original(path, std::ios::binary);
  const std::set<std::string> names = module_weights(copy);
  for (const std::string& weight : module_weights(original)) {
    CAPTURE(weight);
    CHECK(names.contains(weight));
  }
}

}  // namespace

TEST_CASE("PyTorch's modules are read from three opsets, and written again, with PyTorch's numbers and names") {
  std::ifstream file(modules_folder() / "outputs.txt");
  int count = 0;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string name;
    words >> name;
    std::vector<float> wanted;
    for (float number = 0; words >> number;) wanted.push_back(number);
    // An attention joins the samples with the heads, and is read for one.
    const bool is_of_one = name == "encoder";
    nn::LoadOnnxOptions options;
    if (is_of_one) options = {.sizes = {{"x", {1, 5, 4}}}, .batch = {}};
    for (const char* opset : {"_11.onnx", "_13.onnx", "_17.onnx"}) {
      const files::path path = modules_folder() / (name + opset);
      if (!files::exists(path)) continue;
      check_module(path, options, is_of_one ? 1 : 2, wanted);
      ++count;
    }
  }
  CHECK(count == 65);
}
