// SPDX-License-Identifier: MIT
// The models that ONNX itself is tested with (Debian's package libonnx-testdata), which nobody here wrote: what is read
// of them computes what their files say.
#include <nn/formats/onnx/load.hpp>
#include <nn/formats/onnx/save.hpp>
#include <nn/io/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "../../catch.hpp"
#include "../../io/files.hpp"
#include "../../left_out.hpp"

namespace {

namespace onnx = nn::detail::onnx;
namespace files = std::filesystem;

struct FileTensor {
  onnx::DataType type = onnx::DataType::undefined;
  onnx::Sizes dims;
  std::vector<double> numbers;
};

FileTensor tensor_in(const files::path& path) {
  onnx::Document document = onnx::read_document(path.string());
  const onnx::Tensor tensor = onnx::tensor_of(onnx::Message(document, document.bytes(), "TensorProto"));
  return {tensor.type, tensor.dims, onnx::numbers_of<double>(document, tensor)};
}
std::vector<FileTensor> tensors_in(const files::path& folder, const std::string& kind) {
  std::vector<FileTensor> tensors;
  for (int k = 0;; ++k) {
    const files::path path = folder / "test_data_set_0" / (kind + '_' + std::to_string(k) + ".pb");
    if (!files::exists(path)) return tensors;
    tensors.push_back(tensor_in(path));
  }
}

bool is_weight(const onnx::Model& model, const onnx::ValueInfo& input) {
  return std::any_of(model.graph.initializers.begin(), model.graph.initializers.end(),
                     [&](const onnx::Tensor& tensor) { return tensor.name == input.name; });
}

// What could ever be read: real and whole numbers in at most four dimensions, real results, operators with layers.
std::string out_of_scope(const onnx::Model& model) {
  const auto is_real = [](const onnx::ValueInfo& value) {
    return value.is_tensor && (value.type == onnx::DataType::float32 || value.type == onnx::DataType::float64);
  };
  for (const onnx::Node& node : model.graph.nodes)
    if (onnx::find_operator(node.op_type) == nullptr && node.op_type != "Attention") return "other operators";
  for (const onnx::ValueInfo& input : model.graph.inputs) {
    if (is_weight(model, input)) continue;
    if (!is_real(input) && input.type != onnx::DataType::int32 && input.type != onnx::DataType::int64)
      return "inputs of other types";
    if (input.has_shape && input.shape.size() > 4) return "inputs of more than four dimensions";
  }
  for (const onnx::ValueInfo& output : model.graph.outputs)
    if (!is_real(output)) return "outputs of other types";
  return "";
}

// A sample per column, or all in one. The dimension of the samples may be any.
nn::Matrix<float> samples_of(const FileTensor& tensor, std::optional<std::size_t> batch) {
  onnx::Constant all{.dims = tensor.dims, .is_whole = false, .integers = {}, .reals = tensor.numbers};
  onnx::Sizes order;
  if (batch) order.push_back(static_cast<std::int64_t>(*batch));
  for (std::size_t i = 0; i < tensor.dims.size(); ++i)
    if (i != batch) order.push_back(static_cast<std::int64_t>(i));
  if (batch.value_or(0) != 0) all = onnx::permuted(all, order);
  const auto samples = static_cast<nn::Index>(batch ? tensor.dims[*batch] : 1);
  const auto size = samples == 0 ? 0 : static_cast<nn::Index>(all.size()) / samples;
  return nn::Matrix<double>::Map(all.reals.data(), size, samples).cast<float>();
}

// The largest difference in units of what is allowed: 1e-3 of the number, and 1e-7.
double difference(const nn::Matrix<float>& found, const std::vector<FileTensor>& wanted,
                  std::optional<std::size_t> batch, double relative) {
  double largest = 0;
  nn::Index row = 0;
  for (const FileTensor& tensor : wanted) {
    if (batch && tensor.dims.size() <= *batch) return 1e9;
    const nn::Matrix<float> one = samples_of(tensor, batch);
    if (one.cols() != found.cols() || row + one.rows() > found.rows()) return 1e9;
    for (nn::Index column = 0; column < one.cols(); ++column)
      for (nn::Index i = 0; i < one.rows(); ++i) {
        const auto y = static_cast<double>(one(i, column)), x = static_cast<double>(found(row + i, column));
        if (x == y || (std::isnan(x) && std::isnan(y))) continue;
        const double far = std::abs(x - y) / (1e-7 + relative * std::abs(y));
        largest = std::max(largest, std::isnan(far) ? 1e9 : far);
      }
    row += one.rows();
  }
  return row == found.rows() ? largest : 1e9;
}

// "node 0, Conv: it has no kernel_shape" of a refusal.
std::string reason_in(const std::string& refusal) {
  const std::size_t begin = refusal.find("\n  ");
  return begin == std::string::npos ? refusal : refusal.substr(begin + 3, refusal.find('\n', begin + 3) - begin - 3);
}

struct Outcome {
  std::string refusal;  // empty where numbers came out
  double difference = 0, strict_difference = 0;
  bool is_same_from_json = true;
  std::string unwritten = {};  // why save_onnx refuses it, or what is wrong of what it writes; empty where nothing is
};

// Through a file of numbers into the graph of another copy of the model, whose own numbers are lost.
bool is_same_from_json(const nn::Graph<float>& graph, const std::vector<nn::Matrix<float>>& x,
                       const nn::Matrix<float>& y) {
  std::stringstream file;
  nn::save(graph, file);
  nn::Graph<float> loaded = graph;
  loaded.parameters().setConstant(0.5f);
  nn::load(loaded, file);
  const nn::Matrix<float> again = loaded.predict(x);
  return std::memcmp(again.data(), y.data(), sizeof(float) * static_cast<std::size_t>(y.size())) == 0;
}

// Why the graph is not what a model that save_onnx writes of it is when it is read again; empty where it is, to 1e-5.
std::string unlike_written(const nn::Graph<float>& graph, const std::vector<nn::Matrix<float>>& x,
                           const nn::Matrix<float>& y, const std::string& path) {
  try {
    std::ofstream file(path, std::ios::binary);
    nn::save_onnx(graph, file);
  } catch (const nn::load_error& problem) {
    return "refused: " + reason_in(problem.what());
  }
  try {
    const nn::Matrix<float> again = nn::load_onnx<float>(path).predict(x);
    if (again.rows() != y.rows() || again.cols() != y.cols()) return "FAILED: other sizes";
    for (nn::Index i = 0; i < y.size(); ++i) {
      const float a = y.data()[i], b = again.data()[i];
      const bool is_same = a == b || (std::isnan(a) && std::isnan(b)) || std::abs(a - b) <= 1e-5F * (1 + std::abs(a));
      if (!is_same) return "FAILED: " + std::to_string(b) + " for " + std::to_string(a);
    }
    return "";
  } catch (const nn::error& problem) {
    return "FAILED: " + reason_in(problem.what());
  }
}

// The files' inputs are samples where they can be; otherwise all of the first is one sample, and what cannot be one, as
// weights and shapes, is given when the model is loaded.
Outcome outcome_of(const files::path& folder, const onnx::Model& model, const test::Folder& written) {
  const std::vector<FileTensor> inputs = tensors_in(folder, "input"), outputs = tensors_in(folder, "output");
  std::vector<std::string> names;
  for (const onnx::ValueInfo& input : model.graph.inputs)
    if (!is_weight(model, input)) names.emplace_back(input.name);
  const auto is_real = [&](std::size_t i) {
    return inputs[i].type == onnx::DataType::float32 || inputs[i].type == onnx::DataType::float64;
  };
  std::string refusal;
  for (const std::optional<std::size_t>& batch :
       {std::optional<std::size_t>(0), std::optional<std::size_t>(), std::optional<std::size_t>(1)})
    for (const bool only_first : {false, true}) {
      nn::LoadOnnxOptions options{.inputs = {}, .batch = batch};
      std::vector<nn::Matrix<float>> columns;
      const auto is_sample = [&](std::size_t i) {
        const onnx::Sizes &dims = inputs[i].dims, &first = inputs[0].dims;
        if (batch && dims.size() <= *batch) return false;
        return i == 0 ||
               (!only_first && is_real(i) && dims.size() == first.size() && (!batch || dims[*batch] == first[*batch]));
      };
      for (std::size_t i = 0; i < inputs.size() && i < names.size(); ++i)
        if (is_sample(i))
          columns.push_back(samples_of(inputs[i], batch));
        else
          options.inputs.push_back({names[i], inputs[i].dims, inputs[i].numbers});
      try {
        const nn::Graph<float> graph = nn::load_onnx<float>((folder / "model.onnx").string(), options);
        const nn::Matrix<float> found = graph.predict(columns);
        return {"", difference(found, outputs, batch, 1e-3), difference(found, outputs, batch, 1e-6),
                is_same_from_json(graph, columns, found),
                unlike_written(graph, columns, found, written / (folder.filename().string() + ".onnx"))};
      } catch (const nn::error& problem) {
        refusal += (refusal.empty() ? "" : " | ") + reason_in(problem.what());
      }
    }
  return {refusal};
}

}  // namespace

TEST_CASE("Of the models that ONNX is tested with none gives a wrong number") {
  const files::path data = "/usr/share/libonnx-testdata/data";
  if (!files::exists(data)) return test::left_out("models of libonnx-testdata: the package is not installed");
  std::map<std::string, int> counts;
  std::vector<std::string> refused, wrong, unwritten;
  const test::Folder written;
  int models = 0, selected = 0, passed = 0, strict = 0;
  for (const char* kind : {"node", "simple", "pytorch-converted", "pytorch-operator"})
    for (const files::directory_entry& entry : files::directory_iterator(data / kind)) {
      ++models;
      const files::path path = entry.path() / "model.onnx";
      std::string outside;
      onnx::Model model;
      try {
        model = onnx::model_of(onnx::read_document(path.string()));
        outside = out_of_scope(model);
      } catch (const nn::load_error&) {
        outside = "functions or attributes that are not read";
      }
      if (!outside.empty()) {
        ++counts["not in scope: " + outside];
        continue;
      }
      ++selected;
      const Outcome outcome = outcome_of(entry.path(), model, written);
      const std::string name = entry.path().filename().string();
      if (!outcome.refusal.empty()) {
        refused.push_back(name + ": " + outcome.refusal);
      } else if (outcome.difference > 1) {
        wrong.push_back(name);
      } else {
        ++passed;
        strict += outcome.strict_difference <= 1;
        if (!outcome.unwritten.empty()) unwritten.push_back(name + ": " + outcome.unwritten);
      }
      if (!outcome.is_same_from_json) wrong.push_back(name + " from JSON");
    }
  std::sort(refused.begin(), refused.end());
  for (const std::string& line : refused) std::printf("refused: %s\n", line.c_str());
  for (const std::string& line : wrong) std::printf("WRONG: %s\n", line.c_str());
  for (const std::string& line : unwritten) std::printf("not written: %s\n", line.c_str());
  for (const auto& [reason, count] : counts) std::printf("%4d %s\n", count, reason.c_str());
  std::printf("%d models of libonnx-testdata: %d in scope, %d of these pass (%d also at 1e-6), %zu are refused\n",
              models, selected, passed, strict, refused.size());
  std::printf("of the %d that pass, save_onnx writes %zu that compute the same when they are read again, %zu others\n",
              passed, static_cast<std::size_t>(passed) - unwritten.size(), unwritten.size());
  CHECK(wrong.empty());
  CHECK(unwritten.empty());
  CHECK(selected == 449);
  CHECK(passed >= 429);  // raised with what is read
  const std::string file = __FILE__, check = file.substr(0, file.find_last_of('/') + 1) + "check_models.py ";
  if (std::system("/usr/bin/python3 -c 'import onnx' 2>/dev/null") != 0)
    return test::left_out("onnx's checker of what was read and written: python3-onnx is not installed");
  CHECK(std::system(("/usr/bin/python3 " + check + written.path() + " >&2").c_str()) == 0);
}
