// SPDX-License-Identifier: MIT
#include <filesystem>
#include <sstream>

#include <nn/formats/onnx/describe.hpp>
#include <nn/formats/onnx/model_writer.hpp>

#include "../../catch.hpp"
#include "../../io/files.hpp"
#include "../../left_out.hpp"

namespace {

std::string description_of_text(const std::string& bytes) {
  std::istringstream stream(bytes);
  return nn::describe_onnx(stream);
}

}  // namespace

TEST_CASE("A model is described: inputs, outputs, operators, sizes, and what is not supported") {
  using namespace nn::detail::onnx;
  ModelWriter writer;
  writer.input("x", DataType::float32, {std::string("batch"), 3});
  writer.input("W", DataType::float32, {2, 3});  // which is a weight
  writer.output("y", DataType::float32, {std::string("batch"), 2});
  writer.node("Gemm", {"x", "W"}, {"h"}, {{"transB", std::int64_t{1}}});
  writer.node("Relu", {"h"}, {"r"});
  writer.node("Relu", {"r"}, {"s"});
  writer.node("Einsum", {"s"}, {"y"});
  writer.initializer("W", {2, 3}, std::vector<float>{1, 2, 3, 4, 5, 6});
  CHECK(description_of_text(writer.text(8, 17)) ==
        "ONNX model, IR version 8, opset 17, by nn \n"
        "input \"x\": float32 [batch, 3]\n"
        "output \"y\": float32 [batch, 2]\n"
        "1 weights and other constants: 6 numbers in 24 bytes\n"
        "operators: Einsum x1 Gemm x1 Relu x2\n"
        "not supported:\n"
        "  Einsum: there is no layer for it\n");
  CHECK_THAT(description_of_text(writer.text(2, 28)),
             Catch::Matchers::ContainsSubstring("  IR version 2: 3 to 14 are read\n  opset 28: 6 to 27 are read\n"));
  for (const auto& [ir, opset] : {std::pair(3, 6), std::pair(14, 27)})
    CHECK_THAT(description_of_text(writer.text(ir, opset)), !Catch::Matchers::ContainsSubstring("are read"));
}

TEST_CASE("A model is described from its path, and a file that is none is refused") {
  const test::Folder folder;
  nn::detail::onnx::ModelWriter writer;
  test::write_file(folder / "model.onnx", writer.text(8, 17));
  CHECK_THAT(nn::describe_onnx(folder / "model.onnx"),
             Catch::Matchers::StartsWith("ONNX model, IR version 8, opset 17"));
  test::write_file(folder / "text.onnx", "no model");
  CHECK_THAT(test::load_error_of([&] { nn::describe_onnx(folder / "text.onnx"); }),
             Catch::Matchers::ContainsSubstring("text.onnx"));
}

// Debian's libonnx-testdata: models that others made, of every operator of ONNX up to opset 17.
TEST_CASE("All models of ONNX's own tests are described") {
  const std::string folder = "/usr/share/libonnx-testdata";
  if (!std::filesystem::exists(folder)) return test::left_out("ONNX's own models: libonnx-testdata is not installed");
  int models = 0, known = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".onnx") continue;
    INFO(entry.path().string());
    const std::string text = nn::describe_onnx(entry.path().string());
    CHECK(text.starts_with("ONNX model"));
    ++models;
    known += text.find("not supported") == std::string::npos;
  }
  WARN(models << " models, of which " << known << " consist of known operators");
  CHECK(models > 1000);
  CHECK(known > models / 4);
}
