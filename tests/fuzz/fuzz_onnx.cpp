// SPDX-License-Identifier: MIT
// Any bytes given to describe_onnx and to what takes a model's numbers out end in a load_error or in a result; with
// -DNN_FUZZ_LOAD_ONNX, which takes minutes to compile, given to load_onnx also, in a graph that computes. With clang,
// from the root of the repository:
//
//   clang++ -std=c++20 -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined -I include
//     $(pkg-config --cflags eigen3 nlohmann_json) tests/fuzz/fuzz_onnx.cpp -pthread -o fuzz_onnx
//   mkdir -p corpus && ./fuzz_onnx -max_len=8192 -max_total_time=60 corpus tests/fixtures/onnx
#include <cstdint>
#include <cstring>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <nn/core/random.hpp>
#include <nn/formats/onnx/describe.hpp>
#include <nn/formats/onnx/model_writer.hpp>
#include <nn/formats/onnx/tensor_numbers.hpp>
#ifdef NN_FUZZ_LOAD_ONNX
#include <nn/formats/onnx/load.hpp>
#endif

namespace {

using namespace nn::detail::onnx;

void take_out(Document& document, const Tensor& tensor) {
  if (tensor.facts().kind == NumberKind::none) return;
  static_cast<void>(numbers_of<double>(document, tensor));
  if (is_integer(tensor.type)) static_cast<void>(numbers_of<std::int64_t>(document, tensor));
}

// A model of everything that is read.
std::string whole_model() {
  ModelWriter writer;
  writer.input("x", DataType::float32, {std::string("batch"), 2});
  writer.output("y", DataType::float32, {std::string("batch"), 2});
  writer.node("Gemm", {"x", "W"}, {"h"}, {{"transB", std::int64_t{1}}, {"alpha", 0.5F}});
  writer.node("Pad", {"h"}, {"y"}, {{"pads", std::vector<std::int64_t>{0, -1}}, {"mode", "edge"}});
  writer.initializer("W", {2, 2}, std::vector<float>{1, 2, 3, 4});
  writer.initializer("shape", {1}, std::vector<std::int64_t>{-1});
  writer.metadata("names", "cat");
  return writer.text(8, 17);
}

// A field as it stands in a message.
std::string copy_of(const Message& message) {
  WireWriter writer;
  try {
    writer.bytes(message.field(), message.bytes());
  } catch (const nn::load_error&) {
    try {
      writer.integer(message.field(), message.integer());
    } catch (const nn::load_error&) {
      writer.float32(message.field(), message.float32());
    }
  }
  return writer.text();
}

// The fields of a message, up to the first that is none.
std::vector<std::string> fields_of(std::string_view bytes) {
  std::vector<std::string> fields;
  Document document("", std::string(bytes));
  Message message(document, document.bytes(), "");
  try {
    while (message.next()) fields.push_back(copy_of(message));
  } catch (const nn::load_error&) {
  }
  return fields;
}

// Doubles, drops, swaps or changes a field of the message, or of one inside it.
std::string mutated(std::string_view bytes, nn::Random& random, int depth = 0);

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  try {
    Model model = model_of(Document("the input", bytes));
    static_cast<void>(describe(model));
    for (const Tensor& tensor : model.graph.initializers) take_out(*model.document, tensor);
#ifdef NN_FUZZ_LOAD_ONNX
    std::istringstream stream(bytes);
    const nn::Graph<float> graph = nn::load_onnx<float>(stream);
    if (graph.activation_size() < 100'000 && graph.parameter_count() < 100'000)
      static_cast<void>(graph.predict(nn::Vector<float>(nn::Vector<float>::Ones(graph.input_shape().size()))));
#endif
  } catch (const nn::load_error&) {
  }
  return 0;
}

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace {

std::string mutated(std::string_view bytes, nn::Random& random, int depth) {
  std::vector<std::string> fields = fields_of(bytes);
  if (fields.empty() || depth > 8 || random.below(4) == 0) {
    std::string changed(bytes);
    changed.resize(bytes.size() + 16);
    changed.resize(LLVMFuzzerMutate(reinterpret_cast<std::uint8_t*>(changed.data()), bytes.size(), changed.size()));
    return changed;
  }
  const auto any = [&] { return static_cast<std::size_t>(random.below(fields.size())); };
  switch (random.below(5)) {
    case 0:
      fields.push_back(fields[any()]);
      break;
    case 1:
      fields.erase(fields.begin() + static_cast<std::ptrdiff_t>(any()));
      break;
    case 2:
      std::swap(fields[any()], fields[any()]);
      break;
    default: {  // go into one
      std::string& chosen = fields[any()];
      Document document("", chosen);
      Message message(document, document.bytes(), "");
      message.next();
      WireWriter writer;
      try {
        writer.bytes(message.field(), mutated(message.bytes(), random, depth + 1));
      } catch (const nn::load_error&) {
        writer.integer(message.field(), static_cast<std::int64_t>(random.next() >> random.below(64)));
      }
      chosen = writer.text();
    }
  }
  std::string all;
  for (const std::string& field : fields) all += field;
  return all;
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
  nn::Random random(seed);
  std::string bytes(reinterpret_cast<const char*>(data), size);
  if (bytes.empty() || random.below(64) == 0) bytes = whole_model();
  bytes = mutated(bytes, random);
  bytes.resize(std::min(bytes.size(), max_size));
  std::memcpy(data, bytes.data(), bytes.size());
  return bytes.size();
}
